"""Every page in both languages: 200 for who may, a plain refusal for who may not, and whole in itself."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from api.headers import MAX_BODY
from infra.clock import today
from infra.messages import say
from tests.api.test_main_job import ACCEPT, CONSENT, OPEN, PROPOSE
from tests.conftest import CAST, Ask
from tests.web.conftest import Visit
from tests.web.visitors import ORIGIN, Page
from web.ask import LANGUAGES
from web.forms import FORM

PAGES = ["/today", "/cases", "/cases/new", "/joint-work", "/pact", "/organisations", "/organisation", "/docs/schema"]
PAGES += ["/account", "/account/password", "/account/second-factor", "/account/second-factor/end"]
OF_CASE = ["", "/edit/identity", "/edit/contacts", "/edit/legal_status", "/edit/economic", "/edit/work"]
OF_CASE += ["/edit/education", "/edit/housing", "/edit/health", "/edit/justice", "/edit/needs"]
OF_CASE += ["/consent", "/propose", "/access-log"]
OVERSEER_MAY_NOT = {"/cases", "/cases/new"}

OWN = "query($slug: String!) { cases(first: 1, filter: {holder: $slug}) { nodes { id } } }"
WORK = "{ jointInterventions(first: 1) { nodes { id } } }"


def is_whole(page: Page, language: str) -> None:
    """The page says its language, has a title and one heading, labels every input and uses no id twice."""
    assert f'<html lang="{language}">' in page.source
    assert re.search(r"<title>\S.* · WIN</title>", page.source)
    assert page.source.count("<h1>") == 1
    assert [one for one in page.inputs if one.get("id") not in page.labels] == []
    assert [one for one in page.inputs if one["tag"] == "input" and "type" not in one] == []
    assert sorted(page.ids) == sorted(set(page.ids))
    # The one script of the pages is ours, shows a password that was typed, and is where there is one to type.
    scripts = re.findall(r"<script[^>]*>", page.source)
    assert [re.sub(r"\?\w+", "", one) for one in scripts] == (
        ['<script src="/static/passwords.js" defer>'] if 'type="password"' in page.source else []
    )
    assert not re.search(r"\sstyle=|\son\w+=", page.source)


async def own_case(ask: Ask, who: str) -> str:
    """Return the id of a case that this one's organisation holds."""
    body = await ask(who, OWN, {"slug": CAST[who][1]})
    return str(body["data"]["cases"]["nodes"][0]["id"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", CAST)
async def test_every_page_answers_everybody(visit: Visit, who: str, language: str) -> None:
    visitor = await visit(who, language)
    for address in PAGES:
        await visitor.open(address)
        refused = who == "coordinatrice" and address in OVERSEER_MAY_NOT
        assert (address, visitor.status) == (address, 403 if refused else 200)
        is_whole(visitor.page, language)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_of_a_case(visit: Visit, ask: Ask, language: str) -> None:
    anna, rosa = await visit("anna", language), await visit("rosa", language)
    case = f"/cases/{await own_case(ask, 'anna')}"
    for part in OF_CASE:
        await anna.open(case + part)
        assert (part, anna.status) == (part, 200)
        is_whole(anna.page, language)
        await rosa.open(case + part)
        assert (part, rosa.status) == (part, 404)
        is_whole(rosa.page, language)
    work = (await ask("anna", WORK))["data"]["jointInterventions"]["nodes"][0]["id"]
    await anna.open(f"/joint-work/{work}")
    assert anna.status == 200
    is_whole(anna.page, language)


async def test_a_volunteer_is_refused_plainly(visit: Visit, ask: Ask) -> None:
    piero, case = await visit("piero"), f"/cases/{await own_case(ask, 'anna')}"
    for part in ("/consent", "/propose", "/access-log", "/edit/health"):
        await piero.open(case + part)
        assert (part, piero.status) == (part, 403)
        assert "Non puoi fare questa operazione" in piero.page.text
        assert "/today" in piero.page.links
        assert case + part not in (await piero.open(case)).links


async def test_who_is_not_signed_in_signs_in_first_and_comes_back(visit: Visit) -> None:
    somebody = await visit()
    await somebody.open("/cases")
    assert somebody.address == "/sign-in"
    is_whole(somebody.page, "it")
    await somebody.send("/sign-in", email=CAST["anna"][0], password="una-rete-di-prova")
    assert somebody.address == "/cases"


PUBLIC = ["/", "/help", "/contacts", "/privacy", "/accessibility"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_everybody_may_know_what_win_is_and_whom_to_ask(visit: Visit, language: str) -> None:
    somebody = await visit(language=language)
    for address in PUBLIC:
        await somebody.open(address)
        assert (somebody.status, somebody.address) == (200, address)
        is_whole(somebody.page, language)
        assert {"/sign-in", *PUBLIC} <= {*somebody.page.links, address}
        if address != "/help":
            assert "coordinatrice@vnp.example" in somebody.page.text
    anna = await visit("anna", language)
    for address in PUBLIC[1:]:
        await anna.open(address)
        assert "Anna Girandoli" in anna.page.text
    await anna.open("/")
    assert anna.address == "/today"
    await anna.open("/cases/new")
    help_for_it = next(link for link in anna.page.links if link.startswith("/help#"))
    assert f'id="{help_for_it.partition("#")[2]}"' in (await anna.open(help_for_it)).source


async def test_a_refusal_keeps_the_menu_and_says_whom_to_ask(visit: Visit) -> None:
    piero, case = await visit("piero"), "/cases/case_01890000-0000-7000-8000-000000000000"
    for address, status in (
        ("/members", 403),
        (case, 404),
        ("/nowhere", 404),
        ("/sign-out", 405),
        (f"{case}/a/b", 404),
    ):
        await piero.open(address)
        assert (address, piero.status) == (address, status)
        assert {"/today", "/cases", "/account"} <= set(piero.page.links)
        assert "Piero " in piero.page.text
        is_whole(piero.page, "it")
    await piero.open("/members")
    assert re.search(r"Chi coordina Caritas di Empoli \(dimostrativa\): .*Elena Terralunga", piero.page.text)
    chief = await visit("coordinatrice")
    await chief.open("/cases")
    assert chief.status == 403
    assert "chiedi a Costanza Acquaforte" in chief.page.text
    somebody = await visit()
    await somebody.open("/nowhere")
    assert somebody.status == 404
    assert {"/", "/sign-in", "/contacts"} <= set(somebody.page.links)
    assert "/today" not in somebody.page.links


@pytest.mark.parametrize(
    "address", ["/nowhere", "/cases/nope", "/joint-work/nope", "/cases/case_0/edit/nothing", "/pact?version=x"]
)
async def test_what_is_not_there_is_said_in_both_languages(visit: Visit, address: str) -> None:
    for language, words in (("it", "Pagina non trovata"), ("en", "Page not found")):
        anna = await visit("anna", language)
        page = await anna.open(address)
        assert anna.status == 404
        assert words in page.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_too_large_is_refused_on_a_page(visit: Visit, language: str) -> None:
    anna = await visit("anna", language)

    async def in_parts() -> AsyncIterator[bytes]:
        for _ in range(2):
            yield b"note=" + b"x" * MAX_BODY

    for content in (b"x" * (MAX_BODY + 1), in_parts()):
        refused = await anna.client.post(
            "/cases/new", content=content, headers={"Content-Type": FORM, "Origin": ORIGIN}
        )
        assert (refused.status_code, refused.headers["connection"]) == (413, "close")
        page = Page(refused.text)
        is_whole(page, language)
        assert say(language, "limit.body", limit=MAX_BODY) in page.text
        assert {"/today", "/cases", "/account"} <= set(page.links)


async def test_the_language_is_chosen_on_any_page(visit: Visit) -> None:
    somebody = await visit()
    await somebody.sign_in("rosa")
    await somebody.open("/pact")
    await somebody.send("/language", button=("language", "en"))
    assert somebody.address == "/pact"
    assert "Who has signed" in somebody.page.text
    assert "Work placement" in somebody.page.text
    await somebody.send("/language", button=("language", "it"))
    assert "Inserimento lavorativo" in somebody.page.text


async def test_cases_are_filtered_sorted_and_paged(visit: Visit) -> None:
    anna = await visit("anna")
    first = (await anna.open("/cases")).links
    await anna.follow(r"/cases\?.*after=.*")
    assert anna.status == 200
    ids = {link for link in first if link.startswith("/cases/case_")}
    assert ids.isdisjoint(anna.page.links)
    await anna.send("/cases", status="CLOSED", orderBy="OPENED_ON_ASC")
    assert "In ascolto" not in re.sub(r"<option.*?</option>", "", anna.page.source)
    await anna.send("/cases", number="does not exist")
    assert "Nessuna scheda" in anna.page.text
    await anna.open("/cases?status=wrong&orderBy=wrong")
    assert anna.status == 200


async def test_no_address_tells_who_was_looked_for(visit: Visit) -> None:
    anna, other = await visit("anna"), await visit("rosa")
    await anna.open("/cases/new")
    await anna.send("/cases/new", givenName="Zefirina", familyName="Prova")
    assert "Zefirina" not in re.findall(r"<title>(.*)</title>", anna.page.source)[0]
    await anna.open("/cases")
    await anna.send("/cases", name="zefi prova", orderBy="OPENED_ON_ASC")
    assert "Zefirina Prova" in anna.page.text
    assert 'value="zefi prova"' in anna.page.source
    address = dict(anna.page.form("/language").pairs)["here"]
    assert address.startswith("/cases?orderBy=OPENED_ON_ASC&words=")
    assert "zefi" not in address
    await anna.send("/language", button=("language", "it"))
    assert 'value="zefi prova"' in anna.page.source
    for given in (address, f"{address}x", "/cases?words=%00", "/cases?name=zefi"):
        await other.open(given)
        assert other.status == 200
        assert 'value="zefi' not in other.page.source
    await anna.open("/cases")
    await anna.send("/cases", name="x" * 9000, number="x" * 9000)
    assert anna.status == 200
    assert len(dict(anna.page.form("/language").pairs)["here"]) < 1000


async def test_pages_say_what_they_need_and_are_not_kept(visit: Visit) -> None:
    anna = await visit("anna")
    answer = await anna.client.get("/today")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    style = re.search(r'href="(/static/[^"]+)"', answer.text)
    assert style is not None
    sheet = await anna.client.get(style[1])
    assert sheet.status_code == 200
    assert "immutable" in sheet.headers["cache-control"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_case_of_which_hardly_anything_is_visible_has_its_place(visit: Visit, ask: Ask, language: str) -> None:
    case = (await done(ask, "anna", OPEN, {"input": {"person": {"familyName": "Quasiniente"}}}))["case"]["id"]
    consent = {"caseId": case, "basis": "CONSENT", "purposes": ["TRAINEESHIP"], "fields": ["education"]}
    until = today().replace(year=today().year + 1, day=1).isoformat()
    await done(ask, "anna", CONSENT, {"input": {**consent, "organisations": ["cooperativa-il-ponte"], "until": until}})
    offer = {"caseId": case, "purpose": "TRAINEESHIP", "partners": ["cooperativa-il-ponte"], "fields": ["education"]}
    work = (await done(ask, "anna", PROPOSE, {"input": offer}))["jointIntervention"]["id"]
    await done(ask, "giulia", ACCEPT, {"id": work})
    giulia = await visit("giulia", language)
    for address in ("/today", "/cases", "/joint-work", f"/joint-work/{work}", f"/cases/{case}"):
        await giulia.open(address)
        assert (address, giulia.status) == (address, 200)
        assert (work if address == "/joint-work" else case) in giulia.page.source
        assert "Quasiniente" not in giulia.page.text


async def done(ask: Ask, who: str, mutation: str, variables: Any) -> Any:
    """Return the payload of a mutation that has to succeed."""
    body = await ask(who, mutation, variables)
    (payload,) = body["data"].values()
    assert payload["problems"] == [], body
    return payload

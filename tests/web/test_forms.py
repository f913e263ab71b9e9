"""Forms: what is wrong is said at the input and in the summary, nothing typed is lost, nobody else's form counts."""

import re
from typing import Any

import httpx
import pytest
from markupsafe import escape

from tests.conftest import Ask
from tests.web.conftest import Visit
from tests.web.test_main_job import opened, written
from tests.web.visitors import ORIGIN, Visitor
from web.forms import Typed, by_input, local, missing

OWN = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
CODE = "RSSMRA80A01H501X"
DONE_TO = "query($id: ID!) { case(id: $id) { version authorisations { id } jointInterventions { totalCount } } }"


def says(visitor: Visitor, name: str, message: str) -> None:
    """The page says it twice, in the same words: in the summary, which takes the focus, and at the input."""
    source = visitor.page.source
    assert visitor.status == 422
    assert '<div class="summary" role="alert" tabindex="-1" autofocus' in source
    assert f'<a href="#{name}">' in source
    assert source.count(escape(message)) >= 2, visitor.page.text
    assert f'id="{name}-wrong1"' in source
    assert "<title>Errore: " in source


def typed_in(visitor: Visitor, action: str) -> dict[str, list[str]]:
    """Return what the inputs of a form hold."""
    return Typed(visitor.page.form(action).pairs).values


async def test_a_new_case_keeps_what_was_typed(visit: Visit) -> None:
    anna = await visit("anna")
    await anna.open("/cases/new")
    given = {"givenName": "Amina", "bornOn": "32/13/1990", "identityCode": CODE, "need": "housing/eviction"}
    await anna.send("/cases/new", **given)
    says(anna, "bornOn", "Questo giorno non c'è nel calendario.")
    held = typed_in(anna, "/cases/new")
    assert {name: held[name] for name in given} == {name: [value] for name, value in given.items()}

    await anna.send("/cases/new", bornOn="7.5.90")
    says(anna, "identityCode", "Il codice non torna")
    assert typed_in(anna, "/cases/new")["bornOn"] == ["7.5.90"]
    await anna.send("/cases/new", identityCode="")
    assert anna.status == 200
    assert "07/05/1990" in anna.page.text
    assert "Sfratto" in anna.page.text


async def test_a_case_without_a_name_is_not_opened(visit: Visit) -> None:
    anna = await visit("anna", "en")
    await anna.open("/cases/new")
    await anna.send("/cases/new")
    assert anna.status == 422
    assert anna.page.source.count("Write at least the given name or the family name.") >= 2


@pytest.mark.parametrize(
    ("group", "name", "typed", "message"),
    [
        ("identity", "birthYear", "ninety", "Scrivi l'anno con quattro cifre"),
        ("contacts", "phone", "call me", "solo cifre"),
        ("contacts", "email", "nobody", "nome@esempio.it"),
        ("economic", "iseeValue", "a lot", "Questo importo non si legge"),
        ("economic", "iseeValidUntil", "soon", "Questa data non si legge"),
        ("economic", "iseeValidUntil", "31/2/2030", "Questo giorno non c'è nel calendario"),
    ],
)
async def test_what_cannot_be_read_is_said_at_its_input(
    visit: Visit, group: str, name: str, typed: str, message: str
) -> None:
    anna = await visit("anna")
    case = await opened(anna, "Forms")
    await anna.open(f"{case}/edit/{group}")
    await anna.send(f"{case}/edit/{group}", **{name: typed})
    says(anna, name, message)
    assert typed_in(anna, f"{case}/edit/{group}")[name] == [typed]


async def test_a_consent_says_all_that_is_missing_at_once(visit: Visit) -> None:
    anna = await visit("anna")
    case = await opened(anna, "Consent")
    await anna.open(f"{case}/consent")
    await anna.send(f"{case}/consent", until="", purposes="HIRE")
    says(anna, "until", "Scrivi l'ultimo giorno valido")
    says(anna, "fields", "Scegli almeno un tipo di dati")
    says(anna, "kinds", "Scegli almeno un tipo di ente")
    assert typed_in(anna, f"{case}/consent")["purposes"] == ["HIRE"]
    await anna.send(f"{case}/consent", until="1/1/2020", fields="identity", kinds="CARITAS")
    says(anna, "until", "La data è già passata")
    await anna.open(f"{case}/propose")
    await anna.send(f"{case}/propose", message="hello")
    says(anna, "purpose", "Scegli che cosa volete fare insieme")
    says(anna, "partners", "Scegli almeno un ente.")
    assert typed_in(anna, f"{case}/propose")["message"] == ["hello"]


async def test_whoever_comes_second_loses_nothing(visit: Visit) -> None:
    anna, marked = await visit("anna"), await visit("anna", "en")
    case = await opened(anna, "Twice")
    await written(anna, case, "work", profile="before", history="old")
    edit = f"{case}/edit/work"
    await anna.open(edit)
    await marked.open(edit)
    await marked.send(edit, profile="hers", history="her history")
    await anna.send(edit, profile="mine")
    assert anna.status == 409
    assert "Ci sono due versioni" in anna.page.text
    assert "Anna Girandoli ha cambiato questi dati" in anna.page.text
    assert "Tieni quello che c'è adesso: hers" in anna.page.text
    held = typed_in(anna, edit)
    assert (held["profile"], held["history"]) == (["mine"], ["her history"])
    both = anna.page
    await anna.send(edit)
    assert "mine" in anna.page.text
    assert "her history" in anna.page.text
    await marked.open(edit)
    await marked.send(edit, profile="hers again")
    anna.page = both
    await anna.send(edit, profile="mine again")
    assert anna.status == 409
    await anna.speak("en", **{"keep.profile": "theirs"})
    assert "There are two versions" in anna.page.text
    await anna.speak("it")
    assert "Tieni quello che c'è adesso: hers again" in anna.page.text
    await anna.send(edit)
    assert anna.status == 200
    assert "hers again" in anna.page.text
    assert "mine again" not in anna.page.text


async def test_another_part_of_the_case_is_no_conflict(visit: Visit) -> None:
    anna, piero = await visit("anna"), await visit("piero")
    case = await opened(anna, "Apart")
    await anna.open(f"{case}/edit/contacts")
    await piero.open(f"{case}/edit/work")
    await anna.send(f"{case}/edit/contacts", phone="00221 77 123 45 67", phoneNote="int. 12")
    assert "+221 77 123 45 67 (Senegal)" in anna.page.text
    await piero.send(f"{case}/edit/work", profile="cuoco")
    assert piero.status == 200
    assert "cuoco" in piero.page.text


async def test_a_case_is_moved_and_closed_with_a_reason(visit: Visit) -> None:
    anna, piero, marked = await visit("anna"), await visit("piero"), await visit("anna")
    case = await opened(anna, "Cammino")
    status = f"{case}/status"
    await piero.open(status)
    assert {one["value"] for one in piero.page.inputs if one.get("name") == "status"} >= {"ASSESSED", "AT_TABLE"}
    assert "CLOSED" not in {one["value"] for one in piero.page.inputs if one.get("name") == "status"}
    await anna.open(status)
    await marked.open(status)
    await piero.send(status, status="AT_TABLE")
    assert "Stato cambiato." in piero.page.text
    await anna.send(status, status="IN_CHARGE")
    assert anna.status == 409
    assert "Un'altra persona ha cambiato lo stato" in anna.page.text
    await anna.send(status, status="CLOSED")
    says(anna, "reason", "Scegli il motivo.")
    await anna.send(status, status="CLOSED", reason="AUTONOMY_REACHED")
    assert "Chiusa" in anna.page.text
    assert "autonomia raggiunta" in anna.page.text
    await piero.open(status)
    assert piero.status == 403


async def test_only_what_was_changed_is_sent(visit: Visit, ask: Ask) -> None:
    anna = await visit("anna")
    case = await opened(anna, "Untouched")
    await anna.open(f"{case}/edit/contacts")
    await anna.send(f"{case}/edit/contacts")
    assert anna.status == 200
    body = await ask("anna", "query($id: ID!) { case(id: $id) { version } }", {"id": case.split("/")[-1]})
    assert body["data"]["case"]["version"] == 1


async def test_needs_are_added_and_removed(visit: Visit) -> None:
    anna = await visit("anna")
    case = await opened(anna, "Needs")
    await written(anna, case, "needs", need="housing/eviction", note="entro maggio")
    assert "entro maggio" in anna.page.text
    await anna.open(f"{case}/edit/needs")
    (remove,) = [one["value"] for one in anna.page.inputs if one.get("name") == "remove"]
    await anna.send(f"{case}/edit/needs", remove=remove)
    assert "entro maggio" not in anna.page.text


async def test_what_people_write_is_text(visit: Visit) -> None:
    anna = await visit("anna")
    case = await opened(anna, "<b>Amina</b>")
    assert "<b>Amina</b>" not in anna.page.source
    await written(anna, case, "work", profile="</textarea><script>alert(1)</script>")
    for page in (anna.page, await anna.open(f"{case}/edit/work")):
        assert "<script" not in page.source
    assert typed_in(anna, f"{case}/edit/work")["profile"] == ["</textarea><script>alert(1)</script>"]


FOREIGN: list[dict[str, str]] = [
    {},
    {"Origin": "null"},
    {"Origin": "https://other.example"},
    {"Origin": "https://win.example.other.example"},
    {"Origin": "http://win.example"},
    {"Origin": "https://win.example:8443"},
    {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
    {"Origin": ORIGIN, "Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site"},
    {**OWN, "Content-Type": "text/plain"},
    {**OWN, "Content-Type": "multipart/form-data; boundary=x"},
    {**OWN, "Content-Type": "application/json"},
]


async def post(visitor: Visitor, address: str, form: dict[str, Any], headers: dict[str, str]) -> httpx.Response:
    return await visitor.client.post(address, data=form, headers=headers)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_forms_of_other_sites_are_refused(visit: Visit, headers: dict[str, str]) -> None:
    anna = await visit("anna")
    page = await anna.open("/cases/new")
    form = dict(page.form("/cases/new").pairs) | {"givenName": "Forged"}
    assert (await post(anna, "/cases/new", form, headers)).status_code in (400, 403)
    somebody = await visit()
    form = {"email": "anna@caritas-empoli.example", "password": "una-rete-di-prova"}
    refused = await post(somebody, "/sign-in", form, headers)
    assert refused.status_code in (400, 403)
    assert "set-cookie" not in refused.headers


@pytest.mark.parametrize("token", [None, "", "0" * 64, "é"], ids=str)
async def test_a_form_counts_only_with_the_token_of_its_session(visit: Visit, token: str | None) -> None:
    anna = await visit("anna")
    form = {"givenName": "Forged"} | ({} if token is None else {"token": token})
    assert (await post(anna, "/cases/new", form, OWN)).status_code == 403
    other = dict((await (await visit("rosa")).open("/cases/new")).form("/cases/new").pairs)
    assert (await post(anna, "/cases/new", {**form, "token": other["token"]}, OWN)).status_code == 403


async def test_a_wrong_password_says_so_and_keeps_the_address(visit: Visit) -> None:
    somebody = await visit()
    await somebody.open("/sign-in?next=//other.example/")
    await somebody.send("/sign-in", email="nobody@prova.example", password="wrong")
    # A sentence about the whole form stands under no single input, and begins with the label of none.
    assert "<li>L&#39;indirizzo o la password non sono corretti" in somebody.page.source
    assert "email-wrong1" not in somebody.page.ids
    assert typed_in(somebody, "/sign-in")["email"] == ["nobody@prova.example"]
    assert "wrong" not in [value for values in typed_in(somebody, "/sign-in").values() for value in values]
    await somebody.send("/sign-in", email="luca@asl-toscana-centro.example", password="una-rete-di-prova")
    assert somebody.address == "/today"


async def test_signing_out_ends_the_session(visit: Visit) -> None:
    somebody = await visit()
    await somebody.sign_in("marta")
    secret = somebody.client.cookies["__Host-win-session"]
    await somebody.send("/sign-out")
    assert somebody.address == "/sign-in"
    somebody.client.cookies.set("__Host-win-session", secret)
    await somebody.open("/today")
    assert somebody.address == "/sign-in"


def test_a_problem_belongs_to_the_last_input_of_its_path() -> None:
    problems = [{**local("fields", "b"), "path": ["fields", "0"]}, local("bornOn", "a")]
    found = by_input(problems, ["bornOn", "fields"], "it")
    assert list(found.items()) == [("bornOn", ["a"]), ("fields", ["b"])]
    whole = by_input([*problems, local("somethingElse", "c")], ["bornOn", "fields"], "it")
    assert next(iter(whole.items())) == ("", ["c"])


def test_what_is_missing_is_said_in_its_own_words() -> None:
    problems = [missing("reason", "en"), missing("number", "en"), local("code", "c", "WRONG")]
    assert by_input(problems, ["reason", "number", "code"], "en") == {
        "reason": ["Write why: one line is enough."],
        "number": ["This is needed. Fill it in to continue."],
        "code": ["c"],
    }


async def test_a_note_says_which_need_it_is_about(visit: Visit) -> None:
    anna = await visit("anna")
    await anna.open("/cases/new")
    await anna.send("/cases/new", givenName="Amina", note="scade a marzo")
    says(anna, "need", "Scegli il bisogno a cui si riferisce la nota.")
    case = await opened(anna, "Bisogni")
    await anna.open(f"{case}/edit/needs")
    await anna.send(f"{case}/edit/needs", note="scade a marzo")
    says(anna, "need", "Scegli il bisogno a cui si riferisce la nota.")
    assert typed_in(anna, f"{case}/edit/needs")["note"] == ["scade a marzo"]


async def test_that_an_address_is_protected_is_seen_by_whom_it_is_entrusted_to(visit: Visit) -> None:
    anna = await visit("anna")
    case = await opened(anna, "Protetta")
    await written(anna, case, "contacts", address="Via Roma 1", addressProtected="yes")
    assert "Indirizzo da proteggere Sì" in anna.page.text
    await anna.open(f"{case}/edit/contacts")
    assert typed_in(anna, f"{case}/edit/contacts")["addressProtected"] == ["yes"]
    await written(anna, case, "contacts", addressProtected="no")
    assert "Indirizzo da proteggere" not in anna.page.text


async def test_a_form_that_is_sent_twice_is_done_once(visit: Visit, ask: Ask) -> None:
    anna, giulia = await visit("anna"), await visit("giulia")
    await anna.open("/cases/new")
    case = await twice(anna, "/cases/new", familyName="Doppia")
    await anna.open(f"{case}/edit/work")
    await twice(anna, f"{case}/edit/work", profile="magazziniera")
    assert "Salvato." in anna.page.text
    await anna.open(f"{case}/consent")
    chosen = {"purposes": "TRAINEESHIP", "kinds": "SOCIAL_COOPERATIVE_B", "fields": ["identity", "work"]}
    await twice(anna, f"{case}/consent", **chosen)
    await anna.open(f"{case}/propose")
    offer = {"purpose": "TRAINEESHIP", "partners": "cooperativa-il-ponte", "fields": ["identity", "work"]}
    await anna.send(f"{case}/propose", **offer)
    work = await twice(anna, f"{case}/propose", button=("step", "send"))
    await giulia.open(work)
    assert await twice(giulia, f"{work}/accept") == case
    consent = re.findall(r"/consents/[^/\"]+/withdraw", (await anna.open(case)).source)
    await anna.open(consent[0])
    await twice(anna, consent[0], reason="Ha cambiato idea")
    found = (await ask("anna", DONE_TO, {"id": case.split("/")[-1]}))["data"]["case"]
    assert (found["version"], len(found["authorisations"]), found["jointInterventions"]["totalCount"]) == (2, 1, 1)
    numbers = (await ask("anna", "{ cases(first: 100) { nodes { person { identity { familyName } } } } }"))["data"]
    names = [one["person"]["identity"]["familyName"] for one in numbers["cases"]["nodes"] if one["person"]["identity"]]
    assert names.count("Doppia") == 1


async def twice(visitor: Visitor, action: str, **given: Any) -> str:
    """Send the form that is open, and again as it was, as two clicks do; return where both lead."""
    page = visitor.page
    await visitor.send(action, **given)
    first = visitor.address
    visitor.page = page
    await visitor.send(action, **given)
    assert (visitor.status, visitor.address) == (200, first)
    return first


async def test_whoever_goes_back_and_writes_something_else_sends_that_too(visit: Visit) -> None:
    anna = await visit("anna")
    page = await anna.open("/cases/new")
    await anna.send("/cases/new", familyName="Prima")
    first, anna.page = anna.address, page
    await anna.send("/cases/new", familyName="Seconda")
    assert anna.status == 200
    assert anna.address != first
    assert "Seconda" in anna.page.text

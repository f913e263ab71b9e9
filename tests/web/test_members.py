"""The pages of members and the page of a link, without scripts: the whole way in, and every way that is none."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from tests.api.people import CARITAS, PASSWORD, PONTE, Someone, by, someone, work_in
from tests.conftest import CAST, Ask, setting
from tests.tenants.staff import post
from tests.web.conftest import Visit
from tests.web.test_pages import is_whole
from tests.web.visitors import ORIGIN, Visitor
from web.ask import LANGUAGES

ABSENT = "01890000-0000-7000-8000-000000000000"
OPEN = "{ invitations(first: 100) { nodes { id email } } members(first: 100) { nodes { id email role } } }"
FORMS = ["/members/invite", "/members", "/members/{member}/role", "/members/{member}/remove"]
CHOSEN = "quattro parole scelte bene"
LET_IN = """
SELECT m.role, i.email, m.valid_until IS NULL AND m.role_since > now() - interval '1 hour'
  FROM member m JOIN account i ON i.id = m.invited_by WHERE m.account_id = $1
"""
LONG_AGO = "UPDATE member SET role_since = '2020-01-01', invited_by = account_id WHERE account_id = $1"
Post = Callable[[str], Awaitable[str]]


@pytest.fixture
async def mailbox(tmp_path: Path) -> AsyncIterator[Path]:
    async with setting("WIN_DATA", str(tmp_path)):
        yield tmp_path


@pytest.fixture
async def posted(ask: Ask, owner: asyncpg.Connection, mailbox: Path) -> Post:
    """Gives the link that somebody who was invited finds in their mail."""
    territory = await owner.fetchval("SELECT id FROM territory WHERE slug = 'empolese-valdelsa'")

    async def link_to(email: str) -> str:
        found = (await ask("coordinatrice", OPEN))["data"]["invitations"]["nodes"]
        (invitation,) = [one["id"] for one in found if one["email"] == email]
        return await post(owner, territory, UUID(invitation.rpartition("_")[2]))

    return link_to


async def invited(visit: Visit, email: str, role: str = "VOLUNTEER") -> Visitor:
    """Have the coordinator of the lead body invite somebody; return her at the list."""
    chief = await visit("coordinatrice")
    await chief.open("/members")
    await chief.follow("/members/invite")
    await chief.send("/members/invite", email=email, displayName="Nuova Persona", role=role)
    assert (chief.status, chief.address) == (200, "/members")
    return chief


async def let_in(owner: asyncpg.Connection, person: Someone) -> list[tuple[str, str, bool]]:
    """Return the roles of somebody whom others let in, who did, and whether the role is new."""
    async with owner.transaction():
        await work_in(owner)
        return [tuple(row) for row in await owner.fetch(LET_IN, person.account_id)]


async def member_of(ask: Ask, email: str) -> dict[str, Any]:
    found = (await ask("coordinatrice", OPEN))["data"]["members"]["nodes"]
    (member,) = [one for one in found if one["email"] == email] or [{}]
    return dict(member)


async def test_the_whole_way_in_and_out(visit: Visit, ask: Ask, posted: Post) -> None:
    email = f"{uuid4().hex}@prova.example"
    chief = await invited(visit, email)
    assert "L'invito è pronto" in chief.page.text
    assert "In partenza" in chief.page.text
    link = await posted(email)
    await chief.open("/members")
    assert "Inviato il" in chief.page.text

    newcomer = await visit()
    await newcomer.open(f"/invitations/{link}")
    assert newcomer.status == 200
    is_whole(newcomer.page, "it")
    name = (await ask("coordinatrice", "{ viewer { displayName } }"))["data"]["viewer"]["displayName"]
    assert f"{name} ti invita a lavorare per" in newcomer.page.text
    assert "Ruolo: Volontario" in newcomer.page.text
    assert email in newcomer.page.text
    await newcomer.send(r"/invitations/.*", displayName="Nuova di Nome", password="breve")
    assert newcomer.status == 422
    assert "troppo corta" in newcomer.page.text
    assert "Nuova di Nome" in newcomer.page.source
    assert "breve" not in newcomer.page.source
    await newcomer.send(r"/invitations/.*", displayName="Nuova di Nome", password=CHOSEN)
    assert (newcomer.status, newcomer.address) == (200, "/today")
    assert "Ciao Nuova" in newcomer.page.text
    await newcomer.open("/members")
    assert newcomer.status == 403
    await changed_and_removed(chief, newcomer, ask, email)


async def changed_and_removed(chief: Visitor, newcomer: Visitor, ask: Ask, email: str) -> None:
    """Have the coordinator make more of the newcomer, and then nothing."""
    member = await member_of(ask, email)
    await chief.open(f"/members/{member['id']}/role")
    await chief.send(r"/members/.*/role", role="CASE_MANAGER")
    assert "Il ruolo è cambiato" in chief.page.text
    assert (await member_of(ask, email))["role"] == "CASE_MANAGER"
    await chief.follow(f"/members/{member['id']}/remove")
    assert "Da subito non entra più" in chief.page.text
    await chief.send(r"/members/.*/remove")
    assert "La persona non fa più parte" in chief.page.text
    await newcomer.open("/today")
    assert newcomer.address == "/sign-in"
    await newcomer.send("/sign-in", email=email, password=CHOSEN)
    assert newcomer.status == 422
    assert await member_of(ask, email) == {}


async def test_whoever_has_an_account_signs_in_with_it(
    visit: Visit, ask: Ask, posted: Post, owner: asyncpg.Connection
) -> None:
    person = await someone(owner, CARITAS)
    await invited(visit, person.email, "AUDITOR")
    link, page = await posted(person.email), await visit()
    await page.open(f"/invitations/{link}")
    assert "Hai già un accesso" in page.page.text
    assert "displayName" not in page.page.form(r"/invitations/.*").names
    await page.send(r"/invitations/.*", password="un'altra parola ancora")
    assert page.status == 422
    assert "L'indirizzo o la password non sono corretti" in page.page.text
    await page.send(r"/invitations/.*", password=PASSWORD)
    assert (page.status, page.address) == (200, "/today")
    assert "Revisione" in page.page.text
    assert (await member_of(ask, person.email))["role"] == "AUDITOR"
    assert await let_in(owner, person) == [("auditor", CAST["coordinatrice"][0], True)]
    await page.open("/organisation")
    assert "Caritas" in page.page.text


async def test_whoever_was_a_member_is_one_anew(visit: Visit, posted: Post, owner: asyncpg.Connection) -> None:
    """Who let them in, and since when they have their role, is of the last time: two persons are told apart by it."""
    person = await someone(owner, CAST["coordinatrice"][1], until=date(2024, 1, 1), role="coordinator")
    await by(owner, LONG_AGO, person.account_id)
    await invited(visit, person.email)
    link, page = await posted(person.email), await visit()
    await page.open(f"/invitations/{link}")
    await page.send(r"/invitations/.*", password=PASSWORD)
    assert await let_in(owner, person) == [("volunteer", CAST["coordinatrice"][0], True)]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_links_that_lead_nowhere_look_the_same(visit: Visit, posted: Post, language: str) -> None:
    emails = [f"{uuid4().hex}@prova.example" for _ in range(3)]
    for email in emails:
        chief = await invited(visit, email)
    used, withdrawn, replaced = [await posted(email) for email in emails]
    await posted(emails[2])
    guest = await visit(language=language)
    await guest.open(f"/invitations/{used}")
    await guest.send(r"/invitations/.*", displayName="Nuova", password=CHOSEN)
    await chief.open("/members")
    forms = [form.action for form in chief.page.forms if form.action.endswith("/withdraw")]
    for action in forms:
        await chief.open("/members")
        await chief.send(action)
    assert "Nessun invito in attesa" in chief.page.text
    seen = set()
    for link in (used, withdrawn, replaced, "x", "x" * 3000, "%00", "%C3%A8", uuid4().hex):
        stranger = await visit(language=language)
        await stranger.open(f"/invitations/{link}")
        is_whole(stranger.page, language)
        seen.add((stranger.status, stranger.page.source.replace(stranger.address, "")))
        body = {"displayName": "Nuova", "password": CHOSEN}
        headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
        answer = await stranger.client.post(f"/invitations/{link}", data=body, headers=headers)
        stranger.at(answer)
        seen.add((stranger.status, stranger.page.source.replace(stranger.address, "")))
    assert len(seen) == 1
    assert seen.pop()[0] == 404


async def test_of_many_who_follow_one_link_at_once_one_gets_in(visit: Visit, posted: Post) -> None:
    email = f"{uuid4().hex}@prova.example"
    await invited(visit, email)
    link, headers = await posted(email), {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
    guests = [await visit() for _ in range(4)]

    async def follow(guest: Visitor, number: int) -> httpx.Response:
        body = {"displayName": f"Numero {number}", "password": f"{CHOSEN} {number}"}
        return await guest.client.post(f"/invitations/{link}", data=body, headers=headers)

    answers = await asyncio.gather(*(follow(guest, number) for number, guest in enumerate(guests)))
    assert sorted(answer.status_code for answer in answers) == [303, 404, 404, 404]
    assert sum("set-cookie" in answer.headers for answer in answers) == 1


async def test_the_link_stays_on_its_page(visit: Visit, posted: Post) -> None:
    email = f"{uuid4().hex}@prova.example"
    await invited(visit, email)
    link, guest = await posted(email), await visit()
    for address in (f"/invitations/{link}", "/invitations/nobodys"):
        answer = await guest.client.get(address)
        assert answer.headers["referrer-policy"] == "strict-origin"
        assert answer.headers["cache-control"] == "no-store"
    answer = await guest.client.post(f"/invitations/{link}", data={"displayName": "X", "password": CHOSEN})
    assert answer.status_code == 403
    headers = {"Origin": "https://other.example", "Sec-Fetch-Site": "cross-site"}
    answer = await guest.client.post(
        f"/invitations/{link}", data={"displayName": "X", "password": CHOSEN}, headers=headers
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("who", ["anna", "piero", "giulia"])
async def test_who_does_not_manage_members_sees_none_of_it(visit: Visit, who: str) -> None:
    visitor = await visit(who)
    await visitor.open("/today")
    assert "/members" not in visitor.page.links
    for address in FORMS:
        await visitor.open(address.format(member=f"member_{ABSENT}"))
        assert visitor.status == (404 if "member}" in address else 403), address


@pytest.fixture
async def rival(visit: Visit, owner: asyncpg.Connection) -> Visitor:
    """The coordinator of another organisation."""
    person = await someone(owner, PONTE, role="coordinator")
    visitor = await visit()
    await visitor.open("/sign-in")
    await visitor.send("/sign-in", email=person.email, password=PASSWORD)
    return visitor


async def test_a_coordinator_of_another_organisation_gets_what_nobody_gets(
    visit: Visit, ask: Ask, rival: Visitor
) -> None:
    email = f"{uuid4().hex}@prova.example"
    await invited(visit, email)
    found = (await ask("coordinatrice", OPEN))["data"]
    member = next(one["id"] for one in found["members"]["nodes"])
    invitation = next(one["id"] for one in found["invitations"]["nodes"] if one["email"] == email)
    await rival.open("/members")
    assert rival.status == 200
    assert email not in rival.page.source
    assert not {one["email"] for one in found["members"]["nodes"]} & set(rival.page.text.split())
    token = dict(rival.page.form("/sign-out").pairs)["token"]
    headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
    for form, hidden in (
        ("/members/{}/role", member),
        ("/members/{}/remove", member),
        ("/members/invitations/{}/withdraw", invitation),
    ):
        answers = set()
        for id_ in (hidden, f"{hidden.partition('_')[0]}_{ABSENT}", "nothing"):
            answer = await rival.client.post(
                form.format(id_), data={"token": token, "role": "VOLUNTEER"}, headers=headers
            )
            page = answer.text.replace(id_, "")
            answers.add((answer.status_code, page))
        assert len(answers) == 1, form
        assert answers.pop()[0] == 404
    assert (await ask("coordinatrice", OPEN))["data"] == found


async def test_what_was_typed_comes_back_with_what_is_wrong(visit: Visit) -> None:
    for language, words in (("it", "Scrivi un indirizzo e-mail"), ("en", "Write an e-mail address")):
        chief = await visit("coordinatrice", language)
        await chief.open("/members/invite")
        is_whole(chief.page, language)
        await chief.send("/members/invite", email="nessuno", displayName="Nuova", role="OPERATOR")
        assert chief.status == 422
        assert words in chief.page.text
        form = dict(chief.page.form("/members/invite").pairs)
        assert (form["email"], form["displayName"], form["role"]) == ("nessuno", "Nuova", "OPERATOR")


async def test_the_last_coordinator_is_told_so(visit: Visit, ask: Ask) -> None:
    chief = await visit("coordinatrice")
    listed = (await ask("coordinatrice", "{ members { nodes { id isViewer } } }"))["data"]["members"]["nodes"]
    (own,) = [one["id"] for one in listed if one["isViewer"]]
    await chief.open(f"/members/{own}/remove")
    is_whole(chief.page, "it")
    await chief.send(r"/members/.*/remove")
    assert (chief.status, "È l'unica persona che coordina" in chief.page.text) == (422, True)
    await chief.open(f"/members/{own}/role")
    await chief.send(r"/members/.*/role", role="VOLUNTEER")
    assert (chief.status, "È l'unica persona che coordina" in chief.page.text) == (422, True)


async def test_a_role_that_is_not_on_the_form_is_not_given(visit: Visit, ask: Ask, rival: Visitor) -> None:
    await rival.open("/members/invite")
    form = rival.page.form("/members/invite")
    values = {one.get("value") for one in rival.page.inputs if one.get("name") == "role"}
    assert values == {"VOLUNTEER", "OPERATOR", "CASE_MANAGER", "COORDINATOR"}
    body = {**dict(form.pairs), "email": "a@prova.example", "displayName": "A", "role": "TERRITORY_COORDINATOR"}
    headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
    refused = await rival.client.post("/members/invite", data=body, headers=headers, follow_redirects=True)
    assert refused.status_code == 422

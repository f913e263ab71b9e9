"""A forgotten password and a lost second factor: ways back for the rightful person, and for nobody else."""

import asyncio
import base64
import re
from typing import Any

import asyncpg
import pytest
import structlog

from infra.database import as_role, connection_facts
from infra.settings import settings
from jobs.letters import write
from tenants.members.commands import linked
from tenants.members.secrets import hash_of
from tenants.members.throttles import MOST_FOR_ADDRESS, MOST_LINKS_FOR_ADDRESS
from tests.api.people import CARITAS, PASSWORD, Someone, by, is_alive, someone
from tests.api.test_guessing import guess
from tests.web.conftest import Visit
from tests.web.test_second_factor import still, switched_on
from tests.web.visitors import Visitor

__all__ = ["still"]
NEW = "quattro cavalli verdi al mare"
CLAIM = "SELECT * FROM claim_letter(interval '1 minute')"


@pytest.fixture(autouse=True)
async def nothing_waits(owner: asyncpg.Connection) -> None:
    await owner.execute("DELETE FROM sign_in_throttle")
    await owner.execute("DELETE FROM letter")


@pytest.fixture
async def person(owner: asyncpg.Connection) -> Someone:
    return await someone(owner, CARITAS)


@pytest.fixture
async def steward(database_url: str, secret: str) -> Any:
    connection = await asyncpg.connect(**connection_facts(as_role(database_url, "win_steward", secret)))
    yield connection
    await connection.close()


async def post(steward: asyncpg.Connection) -> list[tuple[str, str, str]]:
    """Send what is due as the worker does, into the folder of mails; return address, subject and text of each."""
    folder, sent = settings().data.absolute() / "mail", []
    while (letter := await steward.fetchrow(CLAIM)) is not None:
        before = set(folder.glob("*.eml")) if folder.is_dir() else set()
        link = await write(letter)

        await steward.execute("SELECT letter_sent($1, $2)", letter["id"], hash_of(link) if link else None)
        for path in set(folder.glob("*.eml")) - before if folder.is_dir() else ():
            text = path.read_text("utf-8")
            sent.append((re.findall(r"^To: (.*)$", text, re.MULTILINE)[0], text.partition("\n\n")[0], text))
    return sent


async def forgot(visitor: Visitor, email: str) -> None:
    await visitor.open("/sign-in")
    await visitor.follow("/forgotten")
    await visitor.send("/forgotten", email=email)


async def test_a_link_by_mail_sets_a_new_password_once(
    visit: Visit, owner: asyncpg.Connection, steward: asyncpg.Connection, person: Someone
) -> None:
    before = await visit()
    await before.open("/sign-in")
    await before.send("/sign-in", **person.typed())
    for number in range(MOST_FOR_ADDRESS):  # somebody guesses meanwhile
        await guess(person.email, f"10.88.{number}.1")
    visitor, seen = await visit(), []
    for email in (person.email.upper(), f"nobody-{person.email}"):
        await forgot(visitor, email)
        seen.append((visitor.status, visitor.address, re.sub(r"value=\"[0-9a-f]{32}\"", "", visitor.page.source)))
    assert seen[0] == seen[1]
    ((to, _, text),) = await post(steward)
    assert to == person.email
    (secret,) = re.findall(r"/reset/(\S+)", text)
    stored = await owner.fetch("SELECT to_jsonb(r)::text FROM password_reset r")
    assert all(secret not in row[0] for row in stored)

    await chooses(visitor, person, f"/reset/{secret}")
    assert not await is_alive(before.client.cookies["__Host-win-session"])
    ((to, _, text),) = await post(steward)
    assert (to, "è appena cambiata" in text) == (person.email, True)
    assert "Qualcuno" not in text
    # The browser is known now, so that whoever guesses keeps nobody out.
    await visitor.send("/sign-in", email=person.email, password=NEW)
    assert visitor.address == "/today"
    await visitor.open(f"/reset/{secret}")
    assert (visitor.status, "non è valido" in visitor.page.text) == (404, True)


async def chooses(visitor: Visitor, person: Someone, at: str) -> None:
    """Choose a new password by the link, after some that will not do."""
    page = await visitor.open(at)
    assert (visitor.status, person.email in page.source) == (200, True)
    for given, words in (
        ({"newPassword": NEW, "repeatPassword": "altro"}, "sono diverse"),
        ({"newPassword": "benvenuto2024!", "repeatPassword": "benvenuto2024!"}, "si indovina facilmente"),
        ({"newPassword": "xyz-12", "repeatPassword": "xyz-12"}, "troppo corta"),
    ):
        await visitor.send(at, **given)
        assert words in visitor.page.text
        assert given["newPassword"] not in visitor.page.source
        await visitor.open(f"{visitor.address}?{visitor.query}")  # reloading sends nothing, and tells it still
        assert (visitor.status, words in visitor.page.text) == (422, True)
    await visitor.send(at, newPassword=NEW, repeatPassword=NEW)
    assert (visitor.address, "La password è cambiata" in visitor.page.text) == ("/sign-in", True)


async def test_a_link_ends_and_all_of_them_end_with_the_first(
    visit: Visit, owner: asyncpg.Connection, person: Someone
) -> None:
    links = [await linked(owner, person.email) for _ in range(3)]
    await owner.execute(
        "UPDATE password_reset SET expires_at = now() WHERE token_hash = sha256(convert_to($1, 'UTF8'))", links[0]
    )
    visitor = await visit()
    await visitor.open(f"/reset/{links[0]}")
    assert visitor.status == 404
    pages = [await visit() for _ in range(2)]
    for one, link in zip(pages, links[1:], strict=True):
        await one.open(f"/reset/{link}")
    both = [
        one.send(f"/reset/{link}", newPassword=NEW, repeatPassword=NEW)
        for one, link in zip(pages, links[1:], strict=True)
    ]
    await asyncio.gather(*both)
    assert sorted(one.status for one in pages) == [200, 404]
    for link in links:
        await visitor.open(f"/reset/{link}")
        assert visitor.status == 404


async def test_the_second_factor_is_asked_after_it(
    visit: Visit, owner: asyncpg.Connection, person: Someone, still: int
) -> None:
    visitor = await visit()
    await visitor.open("/sign-in")
    await visitor.send("/sign-in", **person.typed())
    _, recovery = await switched_on(visitor, still)
    link = await linked(owner, person.email)
    stranger = await visit()
    await stranger.open(f"/reset/{link}")
    await stranger.send(f"/reset/{link}", newPassword=NEW, repeatPassword=NEW)
    await stranger.send("/sign-in", email=person.email, password=NEW)
    assert stranger.address == "/sign-in/code"
    await stranger.send("/sign-in/code", code=recovery[0])
    assert stranger.address == "/today"


async def test_asking_is_limited_for_everybody_alike(visit: Visit, owner: asyncpg.Connection, person: Someone) -> None:
    for email in (person.email, f"nobody-{person.email}"):
        visitor = await visit()
        for _ in range(MOST_LINKS_FOR_ADDRESS):
            await forgot(visitor, email)
            assert "Se l'indirizzo è registrato" in visitor.page.text
        await forgot(visitor, email)
        assert "troppi tentativi" in visitor.page.text
    counted = "SELECT count(*) FROM letter WHERE email = $1"
    assert await owner.fetchval(counted, person.email) == MOST_LINKS_FOR_ADDRESS


async def test_nothing_is_sent_to_who_works_for_nobody_any_more(
    owner: asyncpg.Connection, steward: asyncpg.Connection, visit: Visit, person: Someone
) -> None:
    """Decided when it is sent, and not when it was asked."""
    await forgot(await visit(), person.email)
    await by(owner, "UPDATE member SET valid_until = '2024-01-01' WHERE account_id = $1", person.account_id)
    assert await post(steward) == []
    assert await owner.fetchval("SELECT count(*) FROM password_reset WHERE account_id = $1", person.account_id) == 0


async def test_the_log_tells_what_happened_and_of_nobody(
    visit: Visit, owner: asyncpg.Connection, person: Someone
) -> None:
    with structlog.testing.capture_logs() as lines:
        visitor = await visit()
        await visitor.open("/sign-in")
        for _ in range(6):
            await visitor.send("/sign-in", email=person.email, password="sbagliata")
        await forgot(visitor, person.email)
        link = await linked(owner, person.email)
        await visitor.open(f"/reset/{link}")
        await visitor.send(f"/reset/{link}", newPassword=NEW, repeatPassword=NEW)
        await visitor.send("/sign-in", email=person.email, password=NEW)
        await visitor.open("/cases/case_00000000-0000-7000-8000-000000000000")
        await visitor.open("/members")
    told = [line for line in lines if line["event"] == "sign-in"]
    assert [line["outcome"] for line in told] == [
        *["wrong password"] * 5,
        *("throttled", "link asked", "password reset", "opened"),
    ]
    assert len({line["account"] for line in told}) == 1
    refused = [(line["code"], line["action"], line["role"]) for line in lines if line["event"] == "refused"]
    assert {line["account"] for line in lines if line["event"] == "refused"} == {told[0]["account"]}
    assert ("NOT_FOUND", "", "case_manager") in refused
    assert ("FORBIDDEN", "member.manage", "case_manager") in refused
    text = repr(lines)
    for told_of in (
        person.email,
        person.email.partition("@")[0],
        "Qualcuno",
        "127.0.0.1",
        str(person.account_id),
        link,
        NEW,
        PASSWORD,
    ):
        assert told_of not in text


async def test_what_was_typed_tells_the_next_person_nothing(
    visit: Visit, owner: asyncpg.Connection, person: Someone
) -> None:
    """The page that a shared computer shows has it enciphered, for the member that it was typed by."""

    visitor = await visit()
    await visitor.open("/sign-in")
    await visitor.send("/sign-in", **person.typed())
    await visitor.open("/cases/new")
    lengths = []
    for name in ("Amina", "Amina " * 20):
        page = visitor.page
        await owner.execute("UPDATE session SET revoked_at = now() WHERE account_id = $1", person.account_id)
        await visitor.send("/cases/new", givenName=name)
        kept = dict(visitor.page.form("/sign-in").pairs)["kept"]
        lengths.append(len(kept))
        inside = base64.urlsafe_b64decode(kept)
        assert b"Amina" not in inside
        assert b"/cases/new" not in inside
        visitor.page = page
    assert lengths[0] == lengths[1]


async def test_the_list_of_sessions_is_known_again(visit: Visit, person: Someone) -> None:
    chrome = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"
    )
    visitor = await visit()
    visitor.client.headers["User-Agent"] = chrome
    await visitor.open("/sign-in")
    await visitor.send("/sign-in", **person.typed())
    page = await visitor.open("/account")
    assert "Chrome su Windows" in page.text
    assert "Lo stesso posto di adesso" in page.text


async def test_a_refusal_is_told_in_the_language_of_the_account(visit: Visit, owner: asyncpg.Connection) -> None:
    """And not in that of the browser: nobody chose it."""
    person = await someone(owner, CARITAS, language="en")
    visitor = await visit()
    visitor.client.headers["Accept-Language"] = "it"
    await visitor.open("/sign-in")
    await visitor.send("/sign-in", **person.typed())
    refused = await visitor.client.post(
        "/account/language", data={"token": "x"}, headers={"Origin": "https://win.example"}
    )
    assert refused.status_code == 403
    assert '<html lang="en">' in refused.text

"""One's own account: the password, the open sessions, the language; and where a password must not get to."""

import asyncio
from collections.abc import Iterator
from contextvars import Context
from typing import Any

import asyncpg
import httpx
import pytest
import structlog

from api.identity import enter
from infra.database import transaction
from tenants.members import passwords, service
from tenants.members.secrets import hash_of
from tenants.members.service import SignIn
from tests.api.people import (
    CARITAS,
    COOKIE,
    PASSWORD,
    PONTE,
    Browser,
    Someone,
    asked,
    code,
    is_alive,
    signed_in,
    someone,
)

NEW = "quattro cavalli verdi al mare"
SESSIONS = "{ viewer { email language sessions { id kind openedAt lastUsedAt endsAt isCurrent } } }"
PROBLEMS = "{ problems { code path message } }"
CHANGE = f"mutation ($input: ChangePasswordInput!) {{ changePassword(input: $input) {PROBLEMS} }}"
END = f"mutation ($input: EndSessionInput!) {{ endSession(input: $input) {PROBLEMS} }}"
OTHERS = "mutation { endOtherSessions { viewer { sessions { isCurrent } } problems { code } } }"
SPEAK = (
    "mutation ($input: SetLanguageInput!) { setLanguage(input: $input) { viewer { language } problems { message } } }"
)


async def sessions(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """Return the sessions that the page of the account would list."""
    body = await asked(client, SESSIONS)
    found: list[dict[str, Any]] = body["data"]["viewer"]["sessions"]
    return found


async def change(client: httpx.AsyncClient, current: str = PASSWORD, new: str = NEW) -> list[tuple[str, str]]:
    """Change the password; return the problems."""
    body = await asked(client, CHANGE, currentPassword=current, newPassword=new)
    assert "errors" not in body, body
    return [(problem["code"], problem["path"][0]) for problem in body["data"]["changePassword"]["problems"]]


async def test_sessions_are_my_own_and_say_which_one_asks(
    browser: Browser, person: Someone, owner: asyncpg.Connection
) -> None:
    stranger = await someone(owner, CARITAS)
    await signed_in(browser, stranger)
    first, _ = await signed_in(browser, person)
    await signed_in(browser, person)
    token = (await service.issue_token(owner, person.email, CARITAS)).secret
    found = await sessions(first)
    assert sorted((one["kind"], one["isCurrent"]) for one in found) == [
        ("BEARER", False),
        ("COOKIE", False),
        ("COOKIE", True),
    ]
    assert all(one["openedAt"] <= one["lastUsedAt"] < one["endsAt"] for one in found)
    (by_token,) = [one for one in await sessions(browser(authorization=f"Bearer {token}")) if one["isCurrent"]]
    assert by_token["kind"] == "BEARER"


async def test_ended_sessions_are_not_listed(browser: Browser, person: Someone, owner: asyncpg.Connection) -> None:
    client, _ = await signed_in(browser, person)
    for column in ("revoked_at = now()", "expires_at = now()", "last_seen_at = now() - interval '31 minutes'"):
        _, other = await signed_in(browser, person)
        await owner.execute(f"UPDATE session SET {column} WHERE token_hash = $1", hash_of(other))
    assert [one["isCurrent"] for one in await sessions(client)] == [True]


async def test_one_session_is_ended_and_the_others_stay(browser: Browser, person: Someone) -> None:
    client, secret = await signed_in(browser, person)
    _, other = await signed_in(browser, person)
    (away,) = [one["id"] for one in await sessions(client) if not one["isCurrent"]]
    assert (await asked(client, END, sessionId=away))["data"]["endSession"]["problems"] == []
    assert (await is_alive(secret), await is_alive(other)) == (True, False)
    again = await asked(client, END, sessionId=away)
    assert again["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_nobody_ends_somebody_elses(browser: Browser, person: Someone, owner: asyncpg.Connection) -> None:
    stranger = await someone(owner, CARITAS)
    client, _ = await signed_in(browser, person)
    theirs, secret = await signed_in(browser, stranger)
    (id_,) = [one["id"] for one in await sessions(theirs)]
    answers = [await asked(client, END, sessionId=one) for one in (id_, f"{id_[:-1]}{'1' if id_[-1] == '0' else '0'}")]
    for body in answers:
        del body["errors"][0]["extensions"]["requestId"]
    assert answers[0] == answers[1]
    assert await is_alive(secret)


async def test_signing_out_everywhere_keeps_this_one(
    browser: Browser, person: Someone, owner: asyncpg.Connection
) -> None:
    client, secret = await signed_in(browser, person)
    _, other = await signed_in(browser, person)
    token = (await service.issue_token(owner, person.email, CARITAS)).secret
    body = await asked(client, OTHERS)
    assert body["data"]["endOtherSessions"]["viewer"]["sessions"] == [{"isCurrent": True}]
    assert [await is_alive(one) for one in (secret, other, token)] == [True, False, False]


async def test_a_new_password_ends_every_other_session_and_changes_this_secret(
    browser: Browser, person: Someone, owner: asyncpg.Connection
) -> None:
    client, secret = await signed_in(browser, person)
    _, other = await signed_in(browser, person)
    token = (await service.issue_token(owner, person.email, CARITAS)).secret
    (before,) = [one for one in await sessions(client) if one["isCurrent"]]
    assert await change(client) == []
    assert client.cookies[COOKIE] != secret
    assert [await is_alive(one) for one in (secret, other, token)] == [False, False, False]
    assert await is_alive(client.cookies[COOKIE])
    (after,) = await sessions(client)
    assert (after["id"], after["endsAt"]) == (before["id"], before["endsAt"])
    assert code(await browser().post("/session", json=person.typed())) == "UNAUTHENTICATED"
    assert (await browser().post("/session", json=person.typed() | {"password": NEW})).status_code == 201


@pytest.mark.parametrize(
    ("current", "new", "problems"),
    [
        ("", "", [("REQUIRED", "currentPassword"), ("REQUIRED", "newPassword")]),
        (PASSWORD, PASSWORD, [("TOO_OBVIOUS", "newPassword")]),
        (PASSWORD, "breve", [("TOO_SHORT", "newPassword")]),
        (PASSWORD, "Qualcuno-1234", [("TOO_OBVIOUS", "newPassword")]),
        (PASSWORD, "x" * 1025, [("TOO_LONG", "newPassword")]),
        ("sbagliata", NEW, [("WRONG_PASSWORD", "currentPassword")]),
    ],
)
async def test_what_cannot_be_a_password_changes_nothing(
    browser: Browser, person: Someone, current: str, new: str, problems: list[tuple[str, str]]
) -> None:
    client, secret = await signed_in(browser, person)
    assert await change(client, current, new) == problems
    assert client.cookies[COOKIE] == secret
    assert await is_alive(secret)
    assert (await browser().post("/session", json=person.typed())).status_code == 201


@pytest.mark.usefixtures("unhurried")
async def test_guessing_the_present_password_is_guessing_at_sign_in(browser: Browser, person: Someone) -> None:
    client, _ = await signed_in(browser, person)
    for _ in range(5):
        assert await change(client, "sbagliata") == [("WRONG_PASSWORD", "currentPassword")]
    body = await asked(client, CHANGE, currentPassword=PASSWORD, newPassword=NEW)
    assert body["errors"][0]["extensions"]["code"] == "TOO_MANY_ATTEMPTS"
    assert code(await client.post("/session", json=person.typed())) == "TOO_MANY_ATTEMPTS"


@pytest.mark.usefixtures("unhurried")
async def test_a_guess_counts_even_if_the_rest_of_the_document_fails(browser: Browser, person: Someone) -> None:
    client, _ = await signed_in(browser, person)
    fields = "a: changePassword(input: $input) { problems { code } }"
    document = (
        f'mutation ($input: ChangePasswordInput!) {{ {fields} endSession(input: {{sessionId: "x"}}) {PROBLEMS} }}'
    )
    for _ in range(5):
        body = await asked(client, document, currentPassword="sbagliata", newPassword=NEW)
        assert body["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    body = await asked(client, document, currentPassword="sbagliata", newPassword=NEW)
    assert {error["extensions"]["code"] for error in body["errors"]} == {"TOO_MANY_ATTEMPTS"}


async def test_a_change_that_is_rolled_back_hands_over_nothing(browser: Browser, person: Someone) -> None:
    client, secret = await signed_in(browser, person)
    fields = "a: changePassword(input: $input) { problems { code } }"
    document = (
        f'mutation ($input: ChangePasswordInput!) {{ {fields} endSession(input: {{sessionId: "x"}}) {PROBLEMS} }}'
    )
    await asked(client, document, currentPassword=PASSWORD, newPassword=NEW)
    assert client.cookies[COOKIE] == secret
    assert await is_alive(secret)
    assert (await browser().post("/session", json=person.typed())).status_code == 201


async def test_of_two_changes_at_once_one_is_done(browser: Browser, person: Someone) -> None:
    first, _ = await signed_in(browser, person)
    second, _ = await signed_in(browser, person)
    words = ["tre barche rosse nel porto", "sette lune di carta gialla"]
    bodies = await asyncio.gather(
        *(
            asked(client, CHANGE, currentPassword=PASSWORD, newPassword=new)
            for client, new in zip((first, second), words, strict=True)
        )
    )
    done = [new for new, body in zip(words, bodies, strict=True) if "errors" not in body and not problems_of(body)]
    assert len(done) == 1
    assert [await is_alive(client.cookies[COOKIE]) for client in (first, second)].count(True) == 1
    assert (await browser("192.0.2.4").post("/session", json=person.typed() | {"password": done[0]})).status_code == 201


def problems_of(body: dict[str, Any]) -> Any:
    return body["data"]["changePassword"]["problems"]


async def test_a_sign_in_under_way_does_not_outlive_the_change(
    browser: Browser, person: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old password was right when it was looked at, and is not any more when the session would open."""
    client, _ = await signed_in(browser, person)
    looked_at, changed = asyncio.Event(), asyncio.Event()
    opening = service._open

    async def slowly(*given: Any) -> service.Opened:
        looked_at.set()
        await changed.wait()
        return await opening(*given)

    monkeypatch.setattr(service, "_open", slowly)
    under_way = asyncio.create_task(service.sign_in(SignIn(person.email, PASSWORD, "192.0.2.77")))
    await looked_at.wait()
    assert await change(client) == []
    changed.set()
    with pytest.raises(service.Unauthenticated):
        await under_way
    assert len(await sessions(client)) == 1


async def test_a_change_of_organisation_under_way_ends_with_the_others(
    browser: Browser, owner: asyncpg.Connection
) -> None:
    """Whoever ends all other sessions waits for one that is just being opened, and ends it too."""
    person = await someone(owner, CARITAS, PONTE)
    here, _ = await signed_in(browser, person, organisation=CARITAS)
    _, secret = await signed_in(browser, person, organisation=CARITAS)
    waits = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_blocking_pids(pid) @> ARRAY[$1::int])"
    async with transaction() as connection:
        viewer = await enter(connection, hash_of(secret))
        assert viewer is not None
        opened = await service.switch_organisation(connection, hash_of(secret), PONTE)
        ending = asyncio.create_task(asked(here, OTHERS), context=Context())
        while not await owner.fetchval(waits, connection.get_server_pid()):
            assert not ending.done()
    await ending
    assert (await is_alive(secret), await is_alive(opened.secret)) == (False, False)
    assert await is_alive(here.cookies[COOKIE])


async def test_an_older_hash_does_not_bring_the_old_password_back(database: str, person: Someone) -> None:
    """What renews a hash compares it first: a change in between is not undone."""
    async with transaction() as connection:
        renewed = await connection.fetchval(
            "SELECT renew_password($1, $2, $3)", person.account_id, b"another proof", passwords.stored("old")
        )
    assert renewed is False


async def test_a_token_reads_the_account_and_changes_nothing(
    browser: Browser, person: Someone, owner: asyncpg.Connection
) -> None:
    token = (await service.issue_token(owner, person.email, CARITAS)).secret
    client = browser(authorization=f"Bearer {token}")
    (own,) = await sessions(client)
    for document, given in (
        (CHANGE, {"currentPassword": PASSWORD, "newPassword": NEW}),
        (END, {"sessionId": own["id"]}),
        (OTHERS, {}),
        (SPEAK, {"language": "en"}),
    ):
        body = await asked(client, document, **given)
        assert [error["extensions"]["code"] for error in body["errors"]] == ["FORBIDDEN"], body
    assert await is_alive(token)


async def test_the_language_is_kept_with_the_account(browser: Browser, person: Someone) -> None:
    client, _ = await signed_in(browser, person)
    body = await asked(client, SPEAK, language="en")
    assert body["data"]["setLanguage"] == {"viewer": {"language": "en"}, "problems": []}
    again = await browser().post("/session", json=person.typed())
    assert again.json()["viewer"]["language"] == "en"
    (problem,) = (await asked(client, SPEAK, language="fr"))["data"]["setLanguage"]["problems"]
    assert problem["message"].startswith("This item is not in the list")


async def test_whether_there_is_another_organisation(browser: Browser, owner: asyncpg.Connection) -> None:
    document = "{ viewer { hasSeveralOrganisations organisation { slug } } }"
    for organisations, several in (((CARITAS,), False), ((CARITAS, PONTE), True)):
        client, _ = await signed_in(browser, await someone(owner, *organisations), organisation=CARITAS)
        viewer = (await asked(client, document))["data"]["viewer"]
        assert viewer == {"hasSeveralOrganisations": several, "organisation": {"slug": CARITAS}}


LITERAL = f'mutation {{ changePassword(input: {{currentPassword: "{PASSWORD}", newPassword: "{NEW}"}}) {PROBLEMS} }}'
MALFORMED = [
    pytest.param(CHANGE, {"input": {"currentPassword": PASSWORD, "newPassword": NEW, "extra": 1}}, id="one too many"),
    pytest.param(CHANGE, {"input": {"currentPassword": [PASSWORD], "newPassword": NEW}}, id="a list"),
    pytest.param(CHANGE, {"input": PASSWORD}, id="no object"),
    pytest.param(CHANGE.replace("Input!", "Input"), {"input": {"newPassword": NEW}}, id="one too few"),
    pytest.param(LITERAL.replace("newPassword", "nuova"), {}, id="a literal in the document"),
    pytest.param(LITERAL.replace(", ", " ] "), {}, id="a document that cannot be read"),
    pytest.param(LITERAL.replace(f'"{NEW}"', "$new").replace("mutation", "mutation ($new: String)"), {}, id="unset"),
]


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as entries:
        yield entries


@pytest.mark.parametrize(("document", "variables"), MALFORMED)
async def test_a_password_is_never_quoted(
    browser: Browser, person: Someone, logged: list[Any], document: str, variables: dict[str, Any]
) -> None:
    client, _ = await signed_in(browser, person)
    response = await client.post("/graphql", json={"query": document, "variables": variables})
    assert {error["extensions"]["code"] for error in response.json()["errors"]} == {"BAD_REQUEST"}
    for secret in (PASSWORD, NEW):
        assert secret not in response.text
        assert secret not in repr(logged)


async def test_a_password_is_kept_nowhere(
    browser: Browser, person: Someone, owner: asyncpg.Connection, logged: list[Any]
) -> None:
    client, _ = await signed_in(browser, person)
    given = {"query": CHANGE, "variables": {"input": {"currentPassword": PASSWORD, "newPassword": NEW}}}
    refused = await client.post("/graphql", json=given, headers={"idempotency-key": "once"})
    assert code(refused) == "BAD_REQUEST"
    assert "Idempotency-Key" in refused.text
    assert await change(client) == []
    assert NEW not in repr(logged)
    async with owner.transaction():
        for territory in await owner.fetch("SELECT id FROM territory"):
            await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(territory["id"]))
            rows = await owner.fetch("SELECT 1 FROM idempotency WHERE account_id = $1", person.account_id)
            rows += await owner.fetch("SELECT 1 FROM event WHERE account_id = $1", person.account_id)
            assert rows == []

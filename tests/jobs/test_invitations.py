"""The link of an invitation: made when it is sent, once as far as mail can be, and in clear nowhere but in the mail."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import UUID, uuid4

import pytest

from authz.actor import Actor
from authz.roles import Role
from infra.database import Connection
from tenants.invitations.service import invite_member, withdraw_invitation
from tenants.members.secrets import hash_of
from tests.conftest import setting
from tests.infra.smtp import PostOffice, post_office
from tests.jobs.service import Service
from tests.tenants.office import HOLDER, Office, do
from tests.tenants.staff import hire

DONE = "SELECT state = 'done' FROM event WHERE invitation_id = $1"
TRIED = "SELECT attempts > 0 FROM event WHERE invitation_id = $1"
EVERYTHING = """
SELECT string_agg(t, ' ') FROM (
    SELECT to_jsonb(e)::text FROM event e WHERE e.invitation_id = $1 UNION ALL
    SELECT to_jsonb(i)::text FROM invitation i WHERE i.id = $1 UNION ALL
    SELECT to_jsonb(d)::text FROM idempotency d) x (t)
"""


@pytest.fixture(scope="module")
async def chief(owner: Connection, office: Office) -> Actor:
    return await hire(owner, office, HOLDER, Role.COORDINATOR)


@pytest.fixture
async def mails(service: Service) -> AsyncIterator[PostOffice]:
    """A mail server to which a new worker speaks."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(post_office())
        address = f"smtp://localhost:{server.port}?starttls=never"
        await stack.enter_async_context(setting("WIN_SMTP_URL", address))
        await stack.enter_async_context(setting("WIN_PUBLIC_URL", "https://win.example/"))
        await service.kill_worker()
        yield server
        await service.kill_worker()


async def invite(chief: Actor) -> UUID:
    return await do(chief, invite_member, f"{uuid4().hex}@prova.example", "Nuova Persona", "volunteer")


def links(mails: PostOffice) -> list[str]:
    """Return the secrets of the links that were sent, in order."""
    texts = [message.get_content() for message in mails.messages]
    return [re.findall(r"https://win\.example/invitations/(\S+)\s", text)[0] for text in texts]


async def test_the_link_is_in_the_mail_and_its_hash_in_the_database(
    service: Service, watching: Connection, mails: PostOffice, chief: Actor
) -> None:
    invitation = await invite(chief)
    await service.until(watching, DONE, invitation)
    (link,) = links(mails)
    assert len(link) == 43
    row = await watching.fetchrow("SELECT email, token_hash, sent_at FROM invitation WHERE id = $1", invitation)
    assert (mails.sent_to, row["token_hash"]) == ([row["email"]], hash_of(link))
    assert row["sent_at"] is not None
    stored = await watching.fetchval(EVERYTHING, invitation)
    for text in (stored, service.log.read_text("utf-8")):
        assert link not in text
    assert row["email"] not in service.log.read_text("utf-8")


async def test_the_mail_says_who_invites_to_what(
    service: Service, watching: Connection, owner: Connection, mails: PostOffice, chief: Actor
) -> None:
    for language, words in (("it", "ti invita a lavorare in WIN"), ("en", "invites you to work in WIN")):
        await owner.execute("UPDATE account SET language = $2 WHERE id = $1", chief.account_id, language)
        await service.until(watching, DONE, await invite(chief))
        text = mails.messages[-1].get_content()
        assert f"{HOLDER} coordinator {words}" in text
        assert HOLDER in mails.messages[-1]["Subject"]
        assert "Nuova Persona" not in text


async def test_what_the_mail_server_refuses_is_tried_again(
    service: Service, watching: Connection, mails: PostOffice, chief: Actor
) -> None:
    mails.refuses = {"RCPT"}
    invitation = await invite(chief)
    await service.until(watching, TRIED, invitation)
    assert await watching.fetchval("SELECT token_hash FROM invitation WHERE id = $1", invitation) is None
    mails.refuses = set()
    await service.until(watching, DONE, invitation)
    assert len(links(mails)) == 1
    assert "prova.example" not in service.log.read_text("utf-8")


async def test_one_that_is_withdrawn_is_not_sent(
    service: Service, watching: Connection, mails: PostOffice, chief: Actor
) -> None:
    invitation = await invite(chief)
    await do(chief, withdraw_invitation, invitation)
    await service.until(watching, DONE, invitation)
    assert mails.messages == []


async def test_withdrawing_waits_for_no_mail_server(
    service: Service, watching: Connection, mails: PostOffice, chief: Actor
) -> None:
    mails.silent = "MAIL"
    invitation = await invite(chief)
    await service.look_after()
    await mails.asked.wait()
    await do(chief, withdraw_invitation, invitation)
    mails.let_go.set()
    await service.until(watching, DONE, invitation)
    assert await watching.fetchval("SELECT token_hash FROM invitation WHERE id = $1", invitation) is None


async def test_a_worker_that_is_killed_after_sending_sends_another_link_and_the_first_is_dead(
    service: Service, watching: Connection, mails: PostOffice, chief: Actor
) -> None:
    mails.silent = "QUIT"
    invitation = await invite(chief)
    await service.look_after()
    await mails.asked.wait()
    await service.kill_worker()
    mails.silent = ""
    await service.until(watching, DONE, invitation)
    first, second = links(mails)
    stored = await watching.fetchval("SELECT token_hash FROM invitation WHERE id = $1", invitation)
    assert (stored == hash_of(second), stored == hash_of(first)) == (True, False)


async def test_without_a_mail_server_it_lies_in_the_folder(
    service: Service, watching: Connection, chief: Actor
) -> None:
    async with setting("WIN_DATA", str(service.data)):
        await service.kill_worker()
        invitation = await invite(chief)
        await service.until(watching, DONE, invitation)
        await service.kill_worker()
    (path,) = (service.data / "mail").iterdir()
    assert re.search(r"/invitations/\S{43}\n", path.read_text("utf-8").replace("\r\n", "\n"))

"""The mail in the morning, and what becomes of a letter that is not sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from authz.actor import Actor
from infra.database import Connection
from jobs.failures import failed, retry
from jobs.letters import post
from jobs.news import gather, last_morning
from jobs.outbox import Pace, relay
from tenants.account.service import set_news_by_mail
from tenants.notifications.service import mark_all_read
from tests.conftest import setting
from tests.jobs.conftest import mail
from tests.tenants.office import HOLDER, PARTNER, Office, do, see
from tests.tenants.staff import email_of

LONG_AGO = "UPDATE notification SET at = at - interval '2 days', mailed_at = NULL"
NAMED = "UPDATE organisation SET name = $2 WHERE id = $1"
NUMBER = "SELECT number FROM case_file WHERE id = $1"


async def test_a_mail_in_the_morning_names_nobody(
    office: Office, people: Mapping[str, Actor], owner: Connection, watching: Connection, work: Any
) -> None:
    ilaria = people["ilaria"]
    addresses = {name: await email_of(owner, people[name]) for name in ("giulia", "ilaria")}
    for actor in people.values():
        await do(actor, mark_all_read, None)
    await owner.execute("DELETE FROM letter")
    await owner.execute("UPDATE account SET language = 'en' WHERE id = $1", ilaria.account_id)
    await watching.execute(NAMED, office.organisations[PARTNER], "Il Ponte\r\nBcc: others@prova.example")
    cases = [await office.a_case() for _ in range(2)]
    for case in cases:
        await office.propose(case)
    async with mail() as server:
        await work(relay, gather, post)
        assert server.messages == []  # it happened today
        await watching.execute(LONG_AGO)
        await work(gather, gather, post, gather, post)
        assert sorted(server.sent_to) == sorted([addresses["giulia"], addresses["ilaria"]])
        by_address = dict(zip(server.sent_to, server.messages, strict=True))
        italian, english = by_address[addresses["giulia"]], by_address[addresses["ilaria"]]
        assert (italian["Subject"], english["Subject"]) == ("WIN: novità da leggere", "WIN: something new to read")
        assert "novità che ti aspettano in WIN per Il Ponte" in italian.get_content()
        assert ": 2." in italian.get_content()
        for message in (italian, english):
            assert message["Bcc"] is None
            assert "https://win.example/notifications" in message.get_content()
            numbers = [(await see(office.anna, NUMBER, case))[0][0] for case in cases]
            for secret in ("Amina", "Prova", HOLDER, "irocinio", "raineeship", *numbers):
                assert secret not in message.get_content() + str(message["Subject"])


async def test_who_has_read_it_or_wants_no_mail_gets_none(
    office: Office, people: Mapping[str, Actor], owner: Connection, watching: Connection, work: Any
) -> None:
    """It is looked at again when the letter is sent."""
    ilaria = people["ilaria"]
    await owner.execute("DELETE FROM letter")
    async with mail() as server:
        await office.propose(await office.a_case())
        await work()
        await watching.execute(LONG_AGO)
        await work(gather)
        written = await owner.fetchval("SELECT count(*) FROM letter WHERE kind = 'news' AND state = 'pending'")
        assert written >= 2
        for actor in people.values():
            if actor is not ilaria:
                await do(actor, mark_all_read, None)
        await do(ilaria, set_news_by_mail, False)
        await work(post)
        assert server.messages == []
        await watching.execute(LONG_AGO)
        await work(gather, post)
        assert server.messages == []
    await do(ilaria, set_news_by_mail, True)


LETTER = "SELECT id, state, attempts FROM letter"


async def test_a_letter_is_lost_to_nobody(
    office: Office, people: Mapping[str, Actor], owner: Connection, watching: Connection, work: Any
) -> None:
    """To be interrupted is not to fail; what has failed is shown to the operator, and tried again."""
    pace, address = Pace(), await email_of(owner, people["giulia"])
    await owner.execute("DELETE FROM letter")
    await owner.execute(
        "INSERT INTO letter (kind, email, language, at, due_at) VALUES ('password_changed', $1, 'it', now(), now())",
        address,
    )
    for _ in range(pace.attempts + 1):
        assert await watching.fetchrow("SELECT * FROM claim_letter($1)", pace.claim) is not None
        assert await watching.fetchrow("SELECT * FROM claim_letter($1)", pace.claim) is None
        await owner.execute("UPDATE letter SET due_at = now()")
    async with setting("WIN_SMTP_URL", "smtp://localhost:1?starttls=never"):
        for attempt in range(1, pace.attempts + 1):
            await work(post)
            row, *state = await owner.fetchrow(LETTER)
            assert state == ["failed" if attempt == pace.attempts else "pending", attempt]
            await owner.execute("UPDATE letter SET due_at = now()")
    (line,) = [line for line in await failed(watching) if str(row) in line]
    assert "password_changed" in line
    assert f"({pace.attempts} attempts)" in line
    assert address not in line
    async with mail() as server:
        assert await retry(watching, row)
        assert not await retry(watching, row)
        await work(post)
        assert server.sent_to == [address]
    assert not await retry(watching, row)


def test_the_morning_is_that_of_italy() -> None:
    def of(text: str) -> str:
        return last_morning(datetime.fromisoformat(text)).isoformat()

    assert of("2026-07-01T05:00:00+00:00") == "2026-07-01T07:00:00+02:00"
    assert of("2026-07-01T04:59:59+00:00") == "2026-06-30T07:00:00+02:00"
    assert of("2026-01-15T06:30:00+00:00") == "2026-01-15T07:00:00+01:00"
    assert of("2026-03-29T04:00:00+00:00") == "2026-03-28T07:00:00+01:00"

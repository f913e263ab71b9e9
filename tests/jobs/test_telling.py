"""Who is told of what, once; and that it is decided when they are told, and not when it happened."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from authz.actor import Actor
from authz.roles import Role
from infra.database import (
    SERVING_ROLE,
    STEWARD,
    Connection,
    as_role,
    close_pool,
    connection_facts,
    open_pool,
)
from infra.errors import Invalid, ProblemCode
from jobs.letters import post
from jobs.news import gather, last_morning
from jobs.outbox import CLAIM, JOBS, Pace, relay
from tenants.account.service import set_news_by_mail
from tenants.authorisations.service import withdraw_authorisation
from tenants.invitations.service import invite_member
from tenants.joint_work.attaching import attach_authorisation
from tenants.joint_work.service import (
    accept_joint_intervention,
    close_joint_intervention,
    decline_joint_intervention,
    mark_proposal_read,
)
from tenants.notifications.service import mark_all_read
from tests.conftest import setting
from tests.infra.smtp import PostOffice, post_office
from tests.tenants.office import HOLDER, PARTNER, Office, do, see
from tests.tenants.staff import email_of, hire

CONTEXT: dict[str, Any] = {"jobs": JOBS, "pace": Pace(), "is_stopping": lambda: False}


@pytest.fixture(scope="module")
async def watching(office: Office, database_url: str, secret: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(**connection_facts(as_role(database_url, STEWARD, secret)))
    await connection.execute("SELECT set_config('win.territory_id', $1, false)", str(office.territory_id))
    yield connection
    await connection.close()


@pytest.fixture(scope="module")
async def people(owner: Connection, office: Office) -> Mapping[str, Actor]:
    """Everybody who might be told; two of each side may answer, propose and consent."""
    return {
        "anna": office.anna,
        "chief": await hire(owner, office, HOLDER, Role.COORDINATOR),
        "piero": office.piero,
        "giulia": await hire(owner, office, PARTNER, Role.CASE_MANAGER),
        "ilaria": await hire(owner, office, PARTNER, Role.COORDINATOR),
        "luca": office.luca,
        "rosa": office.rosa,
    }


@pytest.fixture
async def work(database_url: str, secret: str) -> Any:
    """Do what the worker does, by its own functions and as its role."""

    @asynccontextmanager
    async def as_worker() -> AsyncIterator[None]:
        await close_pool()
        await open_pool(as_role(database_url, STEWARD, secret))
        try:
            yield
        finally:
            await close_pool()
            await open_pool(as_role(database_url, SERVING_ROLE, secret), max_size=10)

    async def working(*jobs: Any) -> None:
        async with as_worker():
            for job in jobs or (relay,):
                await job(CONTEXT)

    return working


TOLD = "SELECT kind FROM notification WHERE case_id = $1 AND read_at IS NULL"
AGAIN = (
    "UPDATE event SET state = 'pending', due_at = now() WHERE case_id = $1 AND state = 'done' AND due_at IS NOT NULL"
)
FORGET_PROCESSED = "DELETE FROM processed WHERE event_id IN (SELECT id FROM event WHERE case_id = $1)"
COUNTED = "SELECT count(*) FROM notification WHERE case_id = $1"


async def told(people: Mapping[str, Actor], case: UUID) -> dict[str, set[str]]:
    """Return who is told of what that they have not read, and have them read it."""
    found: dict[str, set[str]] = {}
    for name, actor in people.items():
        for (kind,) in await see(actor, TOLD, case):
            found.setdefault(kind, set()).add(name)
        await do(actor, mark_all_read, None)
    return found


HOLDERS, PARTNERS = {"anna", "chief"}, {"giulia", "ilaria"}


async def test_who_is_told_of_what_and_once(
    office: Office, people: Mapping[str, Actor], watching: Connection, work: Any
) -> None:
    anna, chief, giulia, ilaria = (people[name] for name in ("anna", "chief", "giulia", "ilaria"))
    case = await office.a_case()
    consent = await office.consent(case)
    joint = await office.propose(case)
    await work()
    assert await told(people, case) == {"joint_intervention_proposed": PARTNERS}
    await do(giulia, accept_joint_intervention, joint)
    await work()
    assert await told(people, case) == {"joint_intervention_accepted": HOLDERS}
    await do(anna, withdraw_authorisation, consent, "Non vuole più")
    await work()
    assert await told(people, case) == {
        "authorisation_withdrawn": {"chief"},
        "joint_intervention_suspended": PARTNERS,
    }
    await do(chief, attach_authorisation, joint, await office.consent(case))
    await work()
    assert await told(people, case) == {"joint_intervention_attached": PARTNERS}
    await do(chief, close_joint_intervention, joint, "completed")
    await work()
    assert await told(people, case) == {"joint_intervention_closed": PARTNERS}
    second = await office.propose(case)
    await do(ilaria, decline_joint_intervention, second, "not_now")
    await work()
    # Whoever was to be asked has answered, and need not be asked any more.
    assert await told(people, case) == {"joint_intervention_declined": HOLDERS}
    before = await watching.fetchval(COUNTED, case)
    await watching.execute(AGAIN, case)
    await work()
    await watching.execute(FORGET_PROCESSED, case)
    await watching.execute(AGAIN, case)
    await work()
    # What does not concern them any more is told to nobody by another run, and nothing is told twice.
    assert await watching.fetchval(COUNTED, case) == before


async def test_one_claim_claims_one(office: Office, watching: Connection, work: Any) -> None:
    """However the database goes about it: here it is made to join row by row."""
    await work()
    for _ in range(3):
        await office.propose(await office.a_case())
    async with watching.transaction():
        for join in ("hashjoin", "mergejoin", "material"):
            await watching.execute(f"SET LOCAL enable_{join} = off")
        claimed = await watching.fetch(CLAIM, Pace().claim)
        assert len(claimed) == 1
    await work()


MOVE = "UPDATE joint_intervention SET proposed_at = proposed_at - interval '31 days' WHERE id = $1"
COME = "UPDATE event SET at = now(), due_at = now() WHERE joint_intervention_id = $1 AND kind = $2"
STATUS = "SELECT seen_at IS NOT NULL FROM joint_intervention_partner WHERE joint_intervention_id = $1"


async def test_a_proposal_is_read_reminded_of_and_lapses(
    office: Office, people: Mapping[str, Actor], watching: Connection, work: Any
) -> None:
    giulia, case = people["giulia"], await office.a_case()
    await office.consent(case)
    joint = await office.propose(case)
    await work()
    await told(people, case)
    await do(people["anna"], mark_proposal_read, joint)
    assert await see(people["anna"], STATUS, joint) == [(False,)]
    await do(giulia, mark_proposal_read, joint)
    assert await see(people["anna"], STATUS, joint) == [(True,)]
    await watching.execute(COME, joint, "joint_intervention_will_lapse")
    await work()
    assert await told(people, case) == {"joint_intervention_will_lapse": PARTNERS}
    await watching.execute(MOVE, joint)
    for verb, given in ((accept_joint_intervention, ()), (decline_joint_intervention, ("not_now",))):
        with pytest.raises(Invalid) as refused:
            await do(giulia, verb, joint, *given)
        assert [(one.code, one.text) for one in refused.value.problems] == [
            (ProblemCode.WRONG_STATE, "problem.proposal_lapsed")
        ]
    await watching.execute(COME, joint, "joint_intervention_lapsed")
    await work()
    assert await told(people, case) == {"joint_intervention_lapsed": HOLDERS}
    # It is no obstacle to a new one.
    await do(giulia, accept_joint_intervention, await office.propose(case))


YESTERDAY = "((now() AT TIME ZONE 'Europe/Rome')::date - 1)"
GONE = {
    "the member is removed": (
        f"UPDATE member SET valid_until = {YESTERDAY} WHERE organisation_id = $1",
        "UPDATE member SET valid_until = NULL WHERE organisation_id = $1",
    ),
    "the organisation ends": (
        f"UPDATE organisation SET valid_until = {YESTERDAY} WHERE id = $1",
        "UPDATE organisation SET valid_until = NULL WHERE id = $1",
    ),
    "the organisation leaves the pact": (
        f"UPDATE pact_party SET left_on = {YESTERDAY} WHERE organisation_id = $1",
        "UPDATE pact_party SET left_on = NULL WHERE organisation_id = $1",
    ),
}


@pytest.mark.parametrize("gone", GONE)
async def test_whom_it_does_not_concern_any_more_is_told_nothing(
    office: Office, people: Mapping[str, Actor], owner: Connection, watching: Connection, work: Any, gone: str
) -> None:
    """The worker rests while something is proposed, and runs when there is nobody to be told."""
    leave, come_back = GONE[gone]
    partner, queued, shown = office.organisations[PARTNER], await office.a_case(), await office.a_case()
    await office.propose(shown)
    await work()
    assert await see(people["giulia"], TOLD, shown) == [("joint_intervention_proposed",)]
    await office.propose(queued)
    await watching.execute(leave, partner)
    try:
        await work()
        assert await watching.fetchval(COUNTED, queued) == 0
        if "pact" in gone:  # of the other two nobody is left who could ask
            assert await see(people["giulia"], TOLD, shown) == []
    finally:
        await watching.execute(come_back, partner)


@asynccontextmanager
async def mail() -> AsyncIterator[PostOffice]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(post_office())
        await stack.enter_async_context(setting("WIN_SMTP_URL", f"smtp://localhost:{server.port}?starttls=never"))
        await stack.enter_async_context(setting("WIN_PUBLIC_URL", "https://win.example/"))
        yield server


INVITED = "SELECT state, (SELECT token_hash FROM invitation i WHERE i.id = $1) FROM event WHERE invitation_id = $1"


async def test_an_invitation_of_an_organisation_that_has_ended_is_not_sent(
    office: Office, people: Mapping[str, Actor], watching: Connection, work: Any
) -> None:
    invitation = await do(people["ilaria"], invite_member, "nuova@prova.example", "Nuova Persona", "volunteer")
    leave, come_back = GONE["the organisation ends"]
    await watching.execute(leave, office.organisations[PARTNER])
    try:
        async with mail() as server:
            await work()
        assert server.messages == []
        assert tuple(await watching.fetchrow(INVITED, invitation)) == ("done", None)
    finally:
        await watching.execute(come_back, office.organisations[PARTNER])


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


def test_the_morning_is_that_of_italy() -> None:
    def of(text: str) -> str:
        return last_morning(datetime.fromisoformat(text)).isoformat()

    assert of("2026-07-01T05:00:00+00:00") == "2026-07-01T07:00:00+02:00"
    assert of("2026-07-01T04:59:59+00:00") == "2026-06-30T07:00:00+02:00"
    assert of("2026-01-15T06:30:00+00:00") == "2026-01-15T07:00:00+01:00"
    assert of("2026-03-29T04:00:00+00:00") == "2026-03-28T07:00:00+01:00"

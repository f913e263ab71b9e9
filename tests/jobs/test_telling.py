"""Who is told of what, once; and that it is decided when they are told, and not when it happened."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from authz.actor import Actor
from infra.database import Connection
from infra.errors import Invalid, ProblemCode
from jobs.outbox import CLAIM, Pace, relay
from jobs.suspending import suspend
from tenants.authorisations.service import withdraw_authorisation
from tenants.demo.catalogue import OTHER
from tenants.demo.network import work_in
from tenants.invitations.service import invite_member
from tenants.joint_work.attaching import attach_authorisation
from tenants.joint_work.service import (
    accept_joint_intervention,
    close_joint_intervention,
    decline_joint_intervention,
    mark_proposal_read,
)
from tenants.notifications.service import mark_all_read
from tests.jobs.conftest import mail
from tests.tenants.office import PARTNER, Office, do, see

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


OVER = "UPDATE authorisation SET until = now() WHERE case_id = $1"
NOTED = "SELECT count(*) FROM event WHERE case_id = $1 AND kind = 'joint_intervention_suspended'"


async def test_of_the_demonstration_nothing_is_told_anew(owner: Connection, database: str, work: Any) -> None:
    noted = (
        "SELECT count(*), count(*) FILTER (WHERE e.at < now() - interval '10 days') FROM event e "
        "WHERE e.kind = 'joint_intervention_suspended' AND e.territory_id = $1"
    )
    territory = await owner.fetchval("SELECT id FROM territory WHERE slug = $1", OTHER)
    await work(suspend)
    async with owner.transaction():
        await work_in(owner, territory)
        every, old = await owner.fetchrow(noted, territory)
    assert every == old > 0


async def test_a_part_that_is_suspended_by_time_alone_is_told_of_once(
    office: Office, people: Mapping[str, Actor], watching: Connection, work: Any
) -> None:
    anna, giulia, case = people["anna"], people["giulia"], await office.a_case()
    await office.consent(case)
    joint = await office.propose(case)
    await do(giulia, accept_joint_intervention, joint)
    await work(suspend, relay)
    await told(people, case)
    await watching.execute(OVER, case)
    await work(suspend, suspend, relay)
    assert await told(people, case) == {"joint_intervention_suspended": PARTNERS}
    await work(suspend, relay)
    assert await told(people, case) == {}
    # It goes on, and ends anew; and whoever it goes on for before they are told is not told that it has ended.
    await do(anna, attach_authorisation, joint, await office.consent(case))
    await watching.execute(OVER, case)
    await work(suspend)
    await do(anna, attach_authorisation, joint, await office.consent(case))
    assert await watching.fetchval(NOTED, case) == 2
    await work()
    assert await told(people, case) == {"joint_intervention_attached": PARTNERS}
    # What never began is not suspended.
    bare = await office.a_case()
    await do(giulia, accept_joint_intervention, await office.propose(bare))
    await work(suspend)
    assert await watching.fetchval(NOTED, bare) == 0
    # Whoever has left the pact is told nothing, and the holder finds it in the case's timeline.
    partner = office.organisations[PARTNER]
    await watching.execute("UPDATE pact_party SET left_on = joined_on WHERE organisation_id = $1", partner)
    try:
        await work(suspend, relay)
        assert await told(people, case) == {}
        assert await see(anna, NOTED, case) == [(3,)]
    finally:
        await watching.execute("UPDATE pact_party SET left_on = NULL WHERE organisation_id = $1", partner)


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

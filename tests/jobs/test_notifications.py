"""Who is told of what, in which words, and what each sees of what happened."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from asyncpg import InsufficientPrivilegeError

from infra.clock import new_id, today
from infra.database import Connection
from tenants.authorisations.service import withdraw_authorisation
from tenants.cases.service import update_health, update_housing
from tenants.joint_work.service import (
    accept_joint_intervention,
    close_joint_intervention,
    decline_joint_intervention,
    propose_joint_intervention,
)
from tests.api.test_main_job import Job, consent_and_propose, open_and_write
from tests.conftest import Ask
from tests.jobs.service import Service
from tests.tenants.office import CLINIC, PARTNER, Office, acting, do, see, version_of

DUE = "SELECT NOT EXISTS (SELECT FROM event WHERE state = 'pending' AND due_at < now() + interval '1 day')"
TOLD = "SELECT kind FROM notification WHERE case_id = $1"
KINDS = "SELECT kind FROM event WHERE case_id = $1 AND kind NOT LIKE 'joint_intervention_%laps%' ORDER BY id"


async def test_members_who_may_answer_are_told(office: Office, service: Service, watching: Connection) -> None:
    case = await office.a_case()
    await office.propose(case)
    await service.until(watching, DUE)
    assert await see(office.giulia, TOLD, case) == [("joint_intervention_proposed",)]
    for other in (office.anna, office.piero, office.luca, office.rosa):
        assert await see(other, TOLD, case) == []


async def test_the_holder_is_warned_seven_days_before(office: Office, service: Service, watching: Connection) -> None:
    cases = [await office.a_case() for _ in range(3)]
    given = [await office.consent(case) for case in cases[:2]]
    await office.consent(cases[2], until=today() + timedelta(days=3))
    ends = "SELECT case_id, due_at FROM event WHERE kind = 'authorisation_will_end' AND case_id = ANY ($1)"
    until = dict(await watching.fetch("SELECT case_id, until FROM authorisation WHERE case_id = ANY ($1)", cases))
    week = timedelta(days=7)
    assert dict(await watching.fetch(ends, cases)) == {case: until[case] - week for case in cases[:2]}
    await do(office.anna, withdraw_authorisation, given[1], "Non vuole più")
    await watching.execute("UPDATE event SET due_at = now() WHERE state = 'pending' AND case_id = ANY ($1)", cases)
    await service.until(watching, DUE)
    told = [await see(office.anna, TOLD, case) for case in cases]
    assert told == [[("authorisation_will_end",)], [], []]
    assert await see(office.piero, TOLD, cases[0]) == []


async def test_a_partner_sees_nothing_of_others(office: Office) -> None:
    case = await office.a_case()
    await office.consent(case)
    await do(office.anna, update_health, case, await version_of(office, case), {"conditions": "Asma"})
    await do(office.anna, update_housing, case, await version_of(office, case), {"situation": "In affitto"})
    both = await do(office.anna, propose_joint_intervention, case, "traineeship", [PARTNER], ["work"], None)
    alone = await do(
        office.anna, propose_joint_intervention, case, "health_social_pathway", [CLINIC], ["health.conditions"], None
    )
    await do(office.giulia, accept_joint_intervention, both)
    await do(office.luca, decline_joint_intervention, alone, "not_now")
    await do(office.anna, close_joint_intervention, both, "completed")
    proposed, closed = "joint_intervention_proposed", "joint_intervention_closed"
    everything = [
        *("case_opened", "authorisation_given", "authorisation_will_end", "case_updated", "case_updated"),
        *(proposed, proposed, "joint_intervention_accepted", "joint_intervention_declined", closed),
    ]
    assert [kind for (kind,) in await see(office.anna, KINDS, case)] == everything
    assert [kind for (kind,) in await see(office.piero, KINDS, case)] == [*everything[:3], *everything[4:]]
    assert [kind for (kind,) in await see(office.giulia, KINDS, case)] == [
        proposed,
        "joint_intervention_accepted",
        closed,
    ]
    assert [kind for (kind,) in await see(office.luca, KINDS, case)] == [proposed, "joint_intervention_declined"]
    assert await see(office.rosa, KINDS, case) == []


CLAIM = """
INSERT INTO event (territory_id, kind, organisation_id, account_id, holder_id, case_id, data, at, state)
VALUES ($1, 'case_updated', $2, $3, $4, $5, '{}', now(), 'done')
"""


@pytest.mark.parametrize("forged", ["another organisation's act", "a hidden case", "another account"])
async def test_nobody_writes_events_for_others(office: Office, forged: str) -> None:
    case, me = await office.a_case(), office.rosa
    organisation = office.anna.organisation_id if forged == "another organisation's act" else me.organisation_id
    account = office.anna.account_id if forged == "another account" else me.account_id
    async with acting(me) as connection:
        with pytest.raises(InsufficientPrivilegeError):
            async with connection.transaction():
                await connection.execute(
                    CLAIM, me.territory_id, organisation, account, office.anna.organisation_id, case
                )


NOTIFICATIONS = """query($unread: Boolean!) { notifications(first: 100, unreadOnly: $unread) {
  nodes { id kind text readAt caseId jointIntervention { id } } } }"""
MARK = """mutation($id: ID!) { markNotificationRead(input: {notificationId: $id}) {
  notification { id readAt } problems { code } } }"""
TIMELINE = "query($id: ID!) { case(id: $id) { events(first: 50) { nodes { kind organisation { slug } fields } } } }"
ACCEPT = """mutation($id: ID!) { acceptJointIntervention(input: {jointInterventionId: $id}) { problems { code } } }"""
SEEN = """SELECT EXISTS (SELECT FROM notification WHERE joint_intervention_id = $1)"""


async def told(ask: Ask, who: str, work: str, *, unread: bool = False) -> list[dict[str, Any]]:
    nodes = (await ask(who, NOTIFICATIONS, {"unread": unread}))["data"]["notifications"]["nodes"]
    return [node for node in nodes if (node["jointIntervention"] or {}).get("id") == work]


async def test_notifications_and_timeline_through_graphql(ask: Ask, service: Service, owner: Connection) -> None:
    job = Job(ask)
    await open_and_write(job)
    await consent_and_propose(job)
    async with owner.transaction():
        territory = await owner.fetchval("SELECT id FROM territory WHERE slug = 'empolese-valdelsa'")
        await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(territory))
        # Each statement of this transaction sees what others have committed.
        await service.until(owner, SEEN, UUID(job.joint_intervention.partition("_")[2]))
    (mine,) = await told(ask, "giulia", job.joint_intervention)
    assert mine["kind"] == "JOINT_INTERVENTION_PROPOSED"
    assert "vi ha proposto un intervento congiunto" in mine["text"]
    assert mine["caseId"] is None
    for other in ("anna", "piero", "rosa", "marta", "luca"):
        assert await told(ask, other, job.joint_intervention) == []
        assert (await ask(other, MARK, {"id": mine["id"]}))["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    read = (await ask("giulia", MARK, {"id": mine["id"]}))["data"]["markNotificationRead"]
    assert read["problems"] == []
    assert read["notification"]["readAt"] is not None
    assert await told(ask, "giulia", job.joint_intervention, unread=True) == []
    assert len(await told(ask, "giulia", job.joint_intervention)) == 1
    await ask("giulia", ACCEPT, {"id": job.joint_intervention})
    assert [one["caseId"] for one in await told(ask, "giulia", job.joint_intervention)] == [job.case]
    events = (await ask("giulia", TIMELINE, {"id": job.case}))["data"]["case"]["events"]["nodes"]
    assert [event["kind"] for event in events] == ["JOINT_INTERVENTION_ACCEPTED", "JOINT_INTERVENTION_PROPOSED"]
    own = (await ask("anna", TIMELINE, {"id": job.case}))["data"]["case"]["events"]["nodes"]
    assert own[-1]["kind"] == "CASE_OPENED"
    assert own[0]["organisation"] == {"slug": "cooperativa-il-ponte"}
    assert "AUTHORISATION_WILL_END" not in [event["kind"] for event in own]
    assert ["work.profile", "work.history"] in [event["fields"] for event in own]


READ_BY_A_PARTNER = """
INSERT INTO access_log (territory_id, at, request_id, organisation_id, account_id, holder_id, case_id, fields_mask,
                        clause, authorisation_id, source_id, kind, reader_name, reader_role)
VALUES ($1, now(), $2, $3, $4, $5, $6, 1, 1, $2, $2, 'opened', 'Giulia', 'case_manager')
"""


async def test_the_log_of_reads_is_sealed(
    office: Office, service: Service, watching: Connection, owner: Connection
) -> None:
    case, row = await office.a_case(), new_id()
    who = (office.giulia.organisation_id, office.giulia.account_id, office.anna.organisation_id)
    async with owner.transaction():
        await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(office.territory_id))
        await owner.execute(READ_BY_A_PARTNER, office.territory_id, row, *who, case)
    await service.kill_worker()
    # A worker seals when it starts, and every hour.
    await service.until(watching, "SELECT seal IS NOT NULL FROM access_log WHERE request_id = $1", row)
    assert await watching.fetch("SELECT * FROM broken_seals($1)", office.territory_id) == []

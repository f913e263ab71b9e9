"""The path of a case: allowed steps alone, a reason to close it, and what its end does to joint work."""

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from authz.roles import Role
from infra.clock import today
from infra.database import Connection
from infra.errors import Conflict, Invalid, NotFound, Refused
from tenants.cases import service
from tenants.cases.models import CaseStatus
from tenants.cases.steps import STEPS
from tenants.demo.network import work_in
from tests.tenants.office import CLINIC, HOLDER, Office, do, open_office, see, version_of

STATE = "SELECT status, closed_on, closure_reason FROM case_file WHERE id = $1"


@pytest.fixture(scope="module")
async def office(database: str, owner: Connection) -> AsyncIterator[Office]:
    async with open_office(owner) as office:
        yield office


async def told(office: Office, case: UUID, status: str, reason: str | None = None) -> list[tuple[str, ...]]:
    with pytest.raises(Invalid) as problems:
        await do(office.anna, service.change_status, case, status, reason)
    return [(problem.code.value, *problem.path) for problem in problems.value.problems]


async def test_a_case_is_closed_with_a_reason_and_opened_again(office: Office) -> None:
    case = await office.a_case()
    assert await told(office, case, "CLOSED") == [("REQUIRED", "reason")]
    assert await told(office, case, "CLOSED", "tired") == [("UNKNOWN_ITEM", "reason")]
    assert await told(office, case, "lost", "other") == [("UNKNOWN_ITEM", "status"), ("WRONG_STATE", "reason")]
    await do(office.anna, service.change_status, case, "CLOSED", "autonomy_reached", 1)
    assert await see(office.anna, STATE, case) == [("closed", today(), "autonomy_reached")]
    assert await told(office, case, "closed", "other") == [("WRONG_STATE", "status")]
    assert await told(office, case, "monitoring", "other") == [("WRONG_STATE", "status"), ("WRONG_STATE", "reason")]
    with pytest.raises(Refused):
        await do(office.piero, service.change_status, case, "in_charge")
    with pytest.raises(Conflict) as conflict:
        await do(office.anna, service.change_status, case, "in_charge", None, 1)
    assert conflict.value.actual == 2
    await do(office.anna, service.change_status, case, "in_charge", None, 2)
    assert await see(office.anna, STATE, case) == [("in_charge", None, None)]
    assert await version_of(office, case) == 3


async def test_every_state_leads_on_and_to_an_end(office: Office) -> None:
    assert set(STEPS) == set(CaseStatus)
    assert all(before not in following for before, following in STEPS.items())
    assert all(CaseStatus.CLOSED in following for before, following in STEPS.items() if before != CaseStatus.CLOSED)
    reached = {CaseStatus.LISTENING}
    while more := {after for before in reached for after in STEPS[before]} - reached:
        reached |= more
    assert reached == set(CaseStatus) - {CaseStatus.CONTACT}


PLACED = """
UPDATE case_file SET status = $2::text, closed_on = CASE WHEN $2::text = 'closed' THEN current_date END,
       closure_reason = CASE WHEN $2::text = 'closed' THEN 'other' END
 WHERE id = $1
"""


async def test_what_the_verb_allows_and_what_the_database_allows_is_one(office: Office, owner: Connection) -> None:
    case = await office.a_case()
    move = "SELECT passed FROM change_case_status($1, $2, $3, NULL)"
    for before in CaseStatus:
        for after in CaseStatus:
            reason = "other" if after == CaseStatus.CLOSED else None
            async with owner.transaction():
                await work_in(owner, office.territory_id)
                await owner.execute(PLACED, case, before.value)
            passed = await see(office.anna, move, case, after.value, reason)
            assert passed == ([(True,)] if after in STEPS[before] else []), (before, after)


async def test_a_volunteer_moves_a_case_on_but_does_not_close_it(office: Office) -> None:
    case = await office.a_case()
    await do(office.piero, service.change_status, case, "at_table")
    with pytest.raises(Refused):
        await do(office.piero, service.change_status, case, "closed", "other")
    move = "SELECT passed FROM change_case_status($1, $2, $3, NULL)"
    assert await see(office.piero, move, case, "closed", "other") == []
    assert await see(office.member(HOLDER, Role.AUDITOR), move, case, "in_charge", None) == []
    assert await see(office.rosa, move, case, "in_charge", None) == []
    assert await see(office.anna, move, case, "closed", "because") == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await see(office.anna, "UPDATE case_file SET status = 'closed' WHERE id = $1 RETURNING 1", case)


async def test_the_end_of_a_case_ends_joint_work_and_opening_it_again_revives_none(office: Office) -> None:
    case = await office.a_shared_case()
    await office.propose(case, CLINIC, "health_social_pathway")
    with pytest.raises(Refused):
        await do(office.giulia, service.change_status, case, "closed", "other")
    await do(office.anna, service.change_status, case, "closed", "moved_away")
    with pytest.raises(NotFound):
        await do(office.giulia, service.update_contacts, case, 1, {"phone": None})
    works = "SELECT closed_at IS NOT NULL, closed_by, closing_reason FROM joint_intervention WHERE case_id = $1"
    assert await see(office.anna, works, case) == [(True, office.anna.account_id, "case_closed")] * 2
    kinds = "SELECT kind FROM event WHERE case_id = $1 AND kind ~ 'closed|status' ORDER BY kind"
    assert [kind for (kind,) in await see(office.anna, kinds, case)] == [
        *["case_status_changed"],
        *["joint_intervention_closed"] * 2,
    ]
    assert [kind for (kind,) in await see(office.giulia, kinds, case)] == ["joint_intervention_closed"]
    await do(office.anna, service.change_status, case, "in_charge")
    assert await see(office.giulia, "SELECT FROM case_file WHERE id = $1", case) == []

"""Joint interventions: proposing, answering and closing, by whom, in which state, and at once."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from authz.fields import mask_of
from authz.roles import Role
from infra.clock import new_id
from infra.database import Connection
from infra.errors import Invalid, NotFound, Refused
from tenants.cases.service import change_status
from tenants.joint_work.service import (
    accept_joint_intervention,
    close_joint_intervention,
    decline_joint_intervention,
    propose_joint_intervention,
)
from tests.tenants.office import CLINIC, HOLDER, PARTNER, STRANGER, Office, acting, at_once, do, open_office, see

PARTNERS = "SELECT organisation_id, status, decline_reason FROM joint_intervention_partner"


@pytest.fixture(scope="module")
async def office(database: str, owner: Connection) -> AsyncIterator[Office]:
    async with open_office(owner) as office:
        yield office


def told(invalid: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, ...]]:
    return [(problem.code.value, *problem.path) for problem in invalid.value.problems]


async def propose(
    office: Office, case: UUID, purpose: str, partners: list[str], fields: list[str], message: Any
) -> Any:
    return await do(office.anna, propose_joint_intervention, case, purpose, partners, fields, message)


async def test_a_proposal_keeps_what_is_offered_and_invites(office: Office) -> None:
    case = await office.a_case()
    fields = ["identity", "economic", "health.conditions"]
    row = await propose(office, case, "TRAINEESHIP", [PARTNER, PARTNER], fields, " Tirocinio?\n")
    kept = """SELECT purpose, offered_mask, message, proposed_by FROM joint_intervention j
                JOIN joint_intervention_offer o ON o.joint_intervention_id = j.id WHERE j.id = $1"""
    assert await see(office.anna, kept, row) == [("traineeship", mask_of(fields), "Tirocinio?", office.anna.account_id)]
    invited = (office.organisations[PARTNER], "invited", None)
    assert await see(office.anna, f"{PARTNERS} WHERE joint_intervention_id = $1", row) == [invited]
    assert await see(office.giulia, "SELECT FROM case_file WHERE id = $1", case) == []


async def test_every_problem_is_told_at_once_and_nobody_is_invited(office: Office) -> None:
    case = await office.a_case()
    with pytest.raises(Invalid) as invalid:
        await propose(
            office, case, "traineeship", [CLINIC, "no-such", HOLDER, PARTNER], ["work", "justice", "x"], "\x00"
        )
    assert told(invalid) == [
        ("NOT_SHAREABLE", "fields", "1"),
        ("UNKNOWN_FIELD", "fields", "2"),
        ("UNKNOWN_ORGANISATION", "partners", "1"),
        ("NOT_SHAREABLE", "partners", "2"),
        ("NOT_SHAREABLE", "partners", "0"),
        ("INVALID_FORMAT", "message"),
    ]
    with pytest.raises(Invalid) as invalid:
        await propose(office, case, "statistics", [], [], None)
    assert told(invalid) == [("UNKNOWN_ITEM", "purpose"), ("REQUIRED", "fields"), ("REQUIRED", "partners")]
    assert await see(office.anna, "SELECT FROM joint_intervention WHERE case_id = $1", case) == []


async def test_a_partner_without_a_grant_is_told_so(office: Office) -> None:
    with pytest.raises(Invalid) as invalid:
        await propose(office, await office.a_case(), "traineeship", [STRANGER], ["work"], None)
    assert [problem.text for problem in invalid.value.problems] == ["problem.partner_not_in_pact"]


async def test_no_joint_work_begins_on_a_closed_case(office: Office) -> None:
    case = await office.a_case()
    await do(office.anna, change_status, case, "closed", "other")
    with pytest.raises(Invalid) as invalid:
        await office.propose(case)
    assert told(invalid) == [("WRONG_STATE", "case_id")]


async def test_who_may_propose(office: Office) -> None:
    hidden, shared = await office.a_case(), await office.a_shared_case()
    given: tuple[Any, ...] = ("traineeship", [], [], None)
    for case in (hidden, new_id()):
        for actor in (office.rosa, office.giulia, office.member(STRANGER, Role.VOLUNTEER)):
            with pytest.raises(NotFound):
                await do(actor, propose_joint_intervention, case, *given)
    for actor in (office.giulia, office.piero, office.member(HOLDER, Role.OPERATOR)):
        with pytest.raises(Refused):
            await do(actor, propose_joint_intervention, shared, *given)


async def test_accepting_shares_and_closing_ends_it(office: Office) -> None:
    case = await office.a_case()
    await office.consent(case)
    row = await office.propose(case)
    await do(office.giulia, accept_joint_intervention, row)
    assert len(await see(office.giulia, "SELECT FROM case_file WHERE id = $1", case)) == 1
    with pytest.raises(Refused):
        await do(office.giulia, close_joint_intervention, row, "completed")
    with pytest.raises(Invalid) as invalid:
        await do(office.anna, close_joint_intervention, row, "La persona è malata")
    assert told(invalid) == [("UNKNOWN_ITEM", "reason")]
    await do(office.anna, close_joint_intervention, row, "completed")
    assert await see(office.giulia, "SELECT FROM case_file WHERE id = $1", case) == []
    with pytest.raises(Invalid) as invalid:
        await do(office.anna, close_joint_intervention, row, "other")
    assert told(invalid) == [("WRONG_STATE", "joint_intervention_id")]


async def test_declining_takes_a_reason(office: Office) -> None:
    row = await office.propose(await office.a_case())
    for reason, code in ((None, "REQUIRED"), ("La persona è malata", "UNKNOWN_ITEM")):
        with pytest.raises(Invalid) as invalid:
            await do(office.giulia, decline_joint_intervention, row, reason)
        assert told(invalid) == [(code, "reason")]
    await do(office.giulia, decline_joint_intervention, row, "NO_PLACE")
    declined = (office.organisations[PARTNER], "declined", "no_place")
    assert await see(office.anna, f"{PARTNERS} WHERE joint_intervention_id = $1", row) == [declined]


async def test_an_answer_is_given_once(office: Office) -> None:
    row = await office.propose(await office.a_case())
    await do(office.giulia, accept_joint_intervention, row)
    for answer in ((accept_joint_intervention, row), (decline_joint_intervention, row, "not_now")):
        with pytest.raises(Invalid) as invalid:
            await do(office.giulia, *answer)
        assert told(invalid) == [("ALREADY_ANSWERED", "joint_intervention_id")]


async def test_what_is_closed_is_not_accepted(office: Office) -> None:
    row = await office.propose(await office.a_case())
    await do(office.anna, close_joint_intervention, row, "other_way")
    with pytest.raises(Invalid) as invalid:
        await do(office.giulia, accept_joint_intervention, row)
    assert told(invalid) == [("WRONG_STATE", "joint_intervention_id")]


async def test_who_is_not_invited_finds_nothing(office: Office) -> None:
    row = await office.propose(await office.a_case())
    for actor in (office.rosa, office.luca, office.member(CLINIC, Role.VOLUNTEER), office.member(HOLDER, Role.AUDITOR)):
        for missing in (row, new_id()):
            for verb in (
                (accept_joint_intervention, missing),
                (decline_joint_intervention, missing, ""),
                (close_joint_intervention, missing, ""),
            ):
                with pytest.raises(NotFound):
                    await do(actor, *verb)


async def test_the_holder_does_not_answer_for_a_partner_nor_a_volunteer_for_the_own_house(office: Office) -> None:
    row = await office.propose(await office.a_case())
    for actor in (office.anna, office.member(PARTNER, Role.VOLUNTEER)):
        with pytest.raises(Refused):
            await do(actor, accept_joint_intervention, row)
    with pytest.raises(Refused):
        await do(office.piero, close_joint_intervention, row, "x")
    invited = (office.organisations[PARTNER], "invited", None)
    assert await see(office.anna, f"{PARTNERS} WHERE joint_intervention_id = $1", row) == [invited]


async def test_of_two_answers_at_once_one_counts(office: Office) -> None:
    row = await office.propose(await office.a_case())
    results = await at_once(
        do(office.giulia, accept_joint_intervention, row),
        do(office.giulia, decline_joint_intervention, row, "not_now"),
    )
    assert sorted(type(result).__name__ for result in results) == ["Invalid", "UUID"]


async def test_closing_and_accepting_at_once_leave_nothing_shared(office: Office) -> None:
    for _ in range(10):
        case = await office.a_case()
        await office.consent(case)
        row = await office.propose(case)
        await at_once(
            do(office.giulia, accept_joint_intervention, row),
            do(office.anna, close_joint_intervention, row, "mistake"),
        )
        assert await see(office.giulia, "SELECT FROM case_access WHERE case_id = $1", case) == []


async def test_nobody_waits_for_a_case_that_they_do_not_see(office: Office) -> None:
    case = await office.a_case()
    async with acting(office.anna):
        await propose_joint_intervention(office.anna, case, "traineeship", [PARTNER], ["work"], None)
        with pytest.raises(NotFound):
            await do(office.rosa, propose_joint_intervention, case, "traineeship", [PARTNER], ["work"], None)

"""Giving and withdrawing authorisations: what is refused, what is told, and that a withdrawal is seen at once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from authz.fields import FIELD, mask_of
from infra.clock import end_of_day, new_id, today
from infra.database import Connection
from infra.errors import Invalid, NotFound, Refused
from tenants.authorisations.service import give_authorisation, withdraw_authorisation
from tenants.joint_work.service import accept_joint_intervention
from tests.tenants.office import CLINIC, HOLDER, PARTNER, Office, at_once, consent, do, open_office, see, years_from

NOW = today()
ONE = "SELECT basis, purposes, organisation_ids, kinds, field_mask, until, given_by FROM authorisation WHERE id = $1"


@pytest.fixture(scope="module")
async def office(database: str, owner: Connection) -> AsyncIterator[Office]:
    async with open_office(owner) as office:
        yield office


async def problems(office: Office, case: UUID, **changes: Any) -> list[tuple[str, ...]]:
    with pytest.raises(Invalid) as told:
        await do(office.anna, give_authorisation, case, **consent(**changes))
    return [(problem.code.value, *problem.path) for problem in told.value.problems]


async def test_it_keeps_what_was_agreed(office: Office) -> None:
    case = await office.a_case()
    given = consent(
        purposes=["traineeship", "HIRE", "hire"],
        organisations=[PARTNER, CLINIC, PARTNER],
        kinds=["company"],
        fields=["identity", "work.profile", "health.mental"],
    )
    authorisation = await do(office.anna, give_authorisation, case, **given)
    partners = sorted([office.organisations[PARTNER], office.organisations[CLINIC]])
    mask = mask_of(["identity", "work.profile", "health.mental"])
    assert await see(office.anna, ONE, authorisation) == [
        (
            *("consent", ["traineeship", "hire"], partners, ["company"], mask),
            *(end_of_day(given["until"]), office.anna.account_id),
        )
    ]


async def test_every_problem_is_told_at_once_and_nothing_is_given(office: Office) -> None:
    case = await office.a_case()
    assert await problems(
        office,
        case,
        basis="habit",
        purposes=["statistics"],
        organisations=["no-such", "\x00", HOLDER, PARTNER],
        kinds=["bank"],
        fields=["identity", "health", "notes.private"],
        until=NOW - timedelta(days=1),
    ) == [
        ("UNKNOWN_ITEM", "basis"),
        ("UNKNOWN_ITEM", "purposes", "0"),
        ("UNKNOWN_ITEM", "kinds", "0"),
        ("UNKNOWN_ORGANISATION", "organisations", "1"),
        ("UNKNOWN_ORGANISATION", "organisations", "0"),
        ("NOT_SHAREABLE", "organisations", "2"),
        ("NOT_SHAREABLE", "fields", "1"),
        ("UNKNOWN_FIELD", "fields", "2"),
        ("IN_THE_PAST", "until"),
    ]
    assert await see(office.anna, "SELECT FROM authorisation WHERE case_id = $1", case) == []


async def test_something_has_to_be_named(office: Office) -> None:
    nothing = await problems(office, await office.a_case(), purposes=[], organisations=[], kinds=[], fields=[])
    assert nothing == [("REQUIRED", "fields"), ("REQUIRED", "purposes"), ("REQUIRED", "organisations")]
    many = await problems(office, await office.a_case(), organisations=[PARTNER] * 101, fields=["identity"] * 101)
    assert many == [("TOO_MANY", "organisations"), ("TOO_MANY", "fields")]


async def test_a_special_field_is_named_itself_and_with_consent(office: Office) -> None:
    case = await office.a_case()
    fields = ["health.conditions", "justice.measures", "status"]
    assert await problems(office, case, basis="public_task", fields=fields) == [
        ("NEEDS_CONSENT", "fields", "0"),
        ("NEEDS_CONSENT", "fields", "1"),
        # Of what is left, the pact rests nothing on a public task.
        ("NOT_SHAREABLE", "basis"),
    ]
    authorisation = await do(office.anna, give_authorisation, case, **consent(fields=fields))
    ((_, _, _, _, mask, _, _),) = await see(office.anna, ONE, authorisation)
    assert mask & FIELD["status.disadvantage"].mask == 0
    assert mask & FIELD["justice.measures"].mask


async def test_a_public_task_is_recorded_only_where_the_pact_rests_something_on_it(office: Office) -> None:
    case = await office.a_case()
    nothing = await problems(office, case, basis="public_task", fields=["work"])
    assert nothing == [("NOT_SHAREABLE", "basis")]


async def test_it_lasts_from_today_to_five_years(office: Office) -> None:
    case, last = await office.a_case(), years_from(NOW, 5)
    for until in (NOW, last):
        await do(office.anna, give_authorisation, case, **consent(until=until))
    assert await problems(office, case, until=NOW - timedelta(days=1)) == [("IN_THE_PAST", "until")]
    assert await problems(office, case, until=last + timedelta(days=2)) == [("TOO_FAR", "until")]
    assert await problems(office, case, until=NOW.max) == [("TOO_FAR", "until")]


async def test_hidden_comes_before_refused(office: Office) -> None:
    hidden, shared = await office.a_case(), await office.a_shared_case()
    authorisation = await office.consent(hidden)
    for case in (hidden, new_id()):
        with pytest.raises(NotFound):
            await do(office.rosa, give_authorisation, case, **consent(basis=""))
    for row in (authorisation, new_id()):
        with pytest.raises(NotFound):
            await do(office.giulia, withdraw_authorisation, row, "")
    for actor in (office.giulia, office.piero):
        with pytest.raises(Refused):
            await do(actor, give_authorisation, shared, **consent())
    with pytest.raises(Refused):
        await do(office.piero, withdraw_authorisation, authorisation, "perché no")


async def test_withdrawn_is_seen_at_once_and_only_once(office: Office) -> None:
    case = await office.a_case()
    authorisation = await office.consent(case)
    await do(office.giulia, accept_joint_intervention, await office.propose(case))
    mine = "SELECT FROM case_file WHERE id = $1"
    assert len(await see(office.giulia, mine, case)) == 1
    for reason, code in ((" ", "REQUIRED"), ("x" * 501, "TOO_LONG")):
        with pytest.raises(Invalid) as told:
            await do(office.anna, withdraw_authorisation, authorisation, reason)
        assert [(problem.code.value, *problem.path) for problem in told.value.problems] == [(code, "reason")]
    await do(office.anna, withdraw_authorisation, authorisation, "Non vuole più")
    assert await see(office.giulia, mine, case) == []
    with pytest.raises(Invalid) as told:
        await do(office.anna, withdraw_authorisation, authorisation, "Di nuovo")
    assert [(problem.code.value, *problem.path) for problem in told.value.problems] == [
        ("WRONG_STATE", "authorisation_id")
    ]
    kept = await see(office.anna, "SELECT withdrawal_reason FROM authorisation WHERE id = $1", authorisation)
    assert kept == [("Non vuole più",)]


async def test_of_two_withdrawals_one_is_done(office: Office) -> None:
    authorisation = await office.consent(await office.a_case())
    results = await at_once(*(do(office.anna, withdraw_authorisation, authorisation, word) for word in ("uno", "due")))
    assert sorted(type(result).__name__ for result in results) == ["Invalid", "UUID"]


async def test_a_withdrawal_and_an_acceptance_at_once_leave_nothing_shared(office: Office) -> None:
    for _ in range(10):
        case = await office.a_case()
        authorisation, proposal = await office.consent(case), await office.propose(case)
        results = await at_once(
            do(office.giulia, accept_joint_intervention, proposal),
            do(office.anna, withdraw_authorisation, authorisation, "Ha cambiato idea"),
        )
        assert results == [proposal, authorisation]
        assert await see(office.giulia, "SELECT FROM case_access WHERE case_id = $1", case) == []

"""Joint work stands on named authorisations: what has ended does not begin again by itself."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from authz.roles import Role
from infra.clock import new_id, today
from infra.database import Connection, connection_facts
from infra.errors import Invalid, NotFound, ProblemCode, Refused
from tenants.authorisations.service import withdraw_authorisation
from tenants.demo.network import work_in
from tenants.joint_work.attaching import attach_authorisation
from tenants.joint_work.service import (
    accept_joint_intervention,
    close_joint_intervention,
    decline_joint_intervention,
    propose_joint_intervention,
)
from tenants.sharing.supposing import if_accepted, if_withdrawn
from tests.authz.documents import KINDS, clause
from tests.tenants.land import Land
from tests.tenants.office import (
    CLINIC,
    FIELDS,
    HOLDER,
    PARTNER,
    PATHWAY,
    PLACEMENT,
    STRANGER,
    Office,
    at_once,
    do,
    open_office,
    see,
)

MINE = "SELECT id FROM case_file WHERE id = $1"
STANDS = "SELECT stands($1, $2)"
OFFER = "SELECT message FROM joint_intervention_offer WHERE joint_intervention_id = $1"
TOLD = "SELECT kind FROM event WHERE case_id = $1 AND partner_id IS NOT NULL ORDER BY at, id"


@pytest.fixture
async def office(database: str, owner: Connection) -> AsyncIterator[Office]:
    async with open_office(owner) as office:
        yield office


def told(invalid: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [problem.message_id.removeprefix("problem.") for problem in invalid.value.problems]


async def as_owner(owner: Connection, office: Office, *statements: tuple[Any, ...]) -> None:
    async with owner.transaction():
        await work_in(owner, office.territory_id)
        for statement in statements:
            await owner.execute(*statement)


async def shared_case(office: Office) -> tuple[UUID, UUID, UUID]:
    """Return a case, the consent to it, and the joint work by which the partner sees it."""
    case = await office.a_case()
    consent, row = await office.consent(case), await office.propose(case)
    await do(office.giulia, accept_joint_intervention, row)
    return case, consent, row


async def sees(office: Office, case: UUID, row: UUID) -> bool:
    """Tell whether the partner sees the case; that both sides are told the same of it is looked at besides."""
    found = bool(await see(office.giulia, MINE, case))
    assert bool(await see(office.giulia, OFFER, row)) == found
    for side in (office.anna, office.giulia):
        assert await see(side, STANDS, row, office.organisations[PARTNER]) == [(found,)]
    assert await see(office.rosa, STANDS, row, office.organisations[PARTNER]) == [(False,)]
    return found


async def test_a_later_consent_revives_nothing_until_it_is_attached(office: Office) -> None:
    case, consent, row = await shared_case(office)
    assert await sees(office, case, row)
    await do(office.anna, withdraw_authorisation, consent, "Non vuole più")
    later = await office.consent(case)
    assert not await sees(office, case, row)
    assert await see(office.giulia, TOLD, case) == [("joint_intervention_suspended",)]
    await do(office.anna, attach_authorisation, row, later)
    assert await sees(office, case, row)
    assert await see(office.giulia, TOLD, case) == [("joint_intervention_suspended",), ("joint_intervention_attached",)]


async def test_of_two_consents_one_withdrawn_changes_only_what_it_alone_gave(office: Office) -> None:
    case, row = await office.a_case(), None
    first = await office.consent(case, fields=["identity", "work"])
    second = await office.consent(case, fields=["identity"])
    row = await office.propose(case)
    await do(office.giulia, accept_joint_intervention, row)
    work = "SELECT bit_or(read_mask) FROM case_access WHERE case_id = $1"
    before = (await see(office.giulia, work, case))[0][0]
    await do(office.anna, withdraw_authorisation, first, "Solo il nome")
    assert await sees(office, case, row)
    assert (await see(office.giulia, work, case))[0][0] < before
    assert await see(office.giulia, TOLD, case) == []
    await do(office.anna, withdraw_authorisation, second, "Nemmeno")
    assert not await sees(office, case, row)
    assert await see(office.giulia, TOLD, case) == [("joint_intervention_suspended",)]


async def test_what_can_be_attached_and_by_whom(office: Office) -> None:
    case, consent, row = await shared_case(office)
    other = await office.consent(await office.a_case())
    for actor, work, authorisation in (
        (office.anna, row, new_id()),
        (office.anna, row, other),
        (office.anna, new_id(), consent),
        (office.giulia, row, consent),
        (office.rosa, row, consent),
    ):
        with pytest.raises(NotFound):
            await do(actor, attach_authorisation, work, authorisation)
    with pytest.raises(Refused):
        await do(office.piero, attach_authorisation, row, consent)
    strangers = await office.consent(case, organisations=[STRANGER])
    gone = await office.consent(case)
    await do(office.anna, withdraw_authorisation, gone, "Subito")
    for authorisation, problem in (
        (consent, "already_attached"),
        (strangers, "authorisation_names_nobody"),
        (gone, "authorisation_ended"),
    ):
        with pytest.raises(Invalid) as invalid:
            await do(office.anna, attach_authorisation, row, authorisation)
        assert told(invalid) == [problem]
    await do(office.anna, close_joint_intervention, row, "completed")
    with pytest.raises(Invalid) as invalid:
        await do(office.anna, attach_authorisation, row, await office.consent(case))
    assert told(invalid) == ["joint_work_is_closed"]
    assert not await sees(office, case, row)


async def test_attaching_and_withdrawing_at_once_leave_nothing_shared(office: Office) -> None:
    for _ in range(5):
        case, consent, row = await shared_case(office)
        await do(office.anna, withdraw_authorisation, consent, "Non vuole più")
        later = await office.consent(case)
        await at_once(
            do(office.anna, attach_authorisation, row, later),
            do(office.anna, withdraw_authorisation, later, "Ha cambiato idea"),
        )
        assert not await sees(office, case, row)


OUT = {
    "leaves": (
        "UPDATE pact_party SET left_on = $2 WHERE organisation_id = $1",
        "UPDATE pact_party SET left_on = NULL WHERE organisation_id = $1",
    ),
    "is to join later": (
        "UPDATE pact_party SET joined_on = $2::date + 9 WHERE organisation_id = $1",
        "UPDATE pact_party SET joined_on = $2 WHERE organisation_id = $1",
    ),
    "ends": (
        "UPDATE organisation SET valid_until = $2::date - 1 WHERE id = $1",
        "UPDATE organisation SET valid_until = NULL WHERE id = $1",
    ),
}


@pytest.mark.parametrize("how", OUT)
@pytest.mark.parametrize("day", [today(), today() - timedelta(3)], ids=["today", "some days ago"])
async def test_whoever_is_back_has_nothing_of_before_and_accepted_nothing_meanwhile(
    owner: Connection, office: Office, how: str, day: Any
) -> None:
    (case, _, row), waiting = await shared_case(office), await office.a_case()
    await office.consent(waiting)
    proposed = await office.propose(waiting)
    partner = office.organisations[PARTNER]
    out, back = ((statement, *([partner, day][: statement.count("$")])) for statement in OUT[how])
    await as_owner(owner, office, out)
    with pytest.raises(Invalid) as invalid:
        await do(office.giulia, accept_joint_intervention, proposed)
    assert told(invalid) == ["not_a_party"]
    by_kind = await office.consent(case, organisations=[], kinds=[KINDS[PARTNER]])
    with pytest.raises(Invalid) as invalid:
        await do(office.anna, attach_authorisation, row, by_kind)
    assert told(invalid) == ["authorisation_names_nobody"]
    assert not await see(office.giulia, MINE, case)
    await as_owner(owner, office, back)
    assert not await sees(office, case, row)
    assert not await sees(office, waiting, proposed)
    again = await office.consent(case)
    await do(office.anna, attach_authorisation, row, again)
    await do(office.giulia, accept_joint_intervention, proposed)
    assert await sees(office, case, row)
    assert await sees(office, waiting, proposed)


async def test_an_end_that_passed_unnoticed_is_one(owner: Connection, office: Office) -> None:
    """The day of leaving comes by itself, without any statement; only the return is one."""
    case, _, row = await shared_case(office)
    partner = office.organisations[PARTNER]
    left = "UPDATE pact_party SET left_on = $2 WHERE organisation_id = $1"
    off, on = "ALTER TABLE pact_party DISABLE TRIGGER USER", "ALTER TABLE pact_party ENABLE TRIGGER USER"
    await as_owner(owner, office, (off,), (left, partner, today()), (on,))
    await as_owner(owner, office, (left, partner, None))
    assert not await sees(office, case, row)


async def test_a_new_version_lets_joint_work_go_on_and_a_return_by_it_does_not(
    owner: Connection, office: Office
) -> None:
    case, _, row = await shared_case(office)
    async with owner.transaction():
        await work_in(owner, office.territory_id)
        slug = await owner.fetchval("SELECT slug FROM territory WHERE id = $1", office.territory_id)
        land = Land(owner, office.territory_id, slug, dict(office.organisations))
        await land.bring_into_force(land.document(clause(PLACEMENT), version=2))
    assert await sees(office, case, row)
    partner = office.organisations[PARTNER]
    await as_owner(
        owner,
        office,
        ("UPDATE pact_party SET left_on = $2 WHERE organisation_id = $1", partner, today() - timedelta(1)),
    )
    async with owner.transaction():
        await work_in(owner, office.territory_id)
        await land.bring_into_force(land.document(clause(PLACEMENT, PATHWAY), version=3))
    assert not await sees(office, case, row)
    await do(office.anna, attach_authorisation, row, await office.consent(case))
    assert await sees(office, case, row)


@pytest.mark.parametrize("named", ["", "another"], ids=["no territory", "another territory"])
async def test_whoever_writes_and_whatever_territory_they_name_the_rest_follows(
    owner: Connection, office: Office, server_url: str, database_url: str, named: str
) -> None:
    """An administrator is under no row security; what sharing is derived from it derives all the same."""
    case, _, row = await shared_case(office)
    facts = {**connection_facts(server_url), "database": connection_facts(database_url)["database"]}
    administrator = await asyncpg.connect(**facts)
    try:
        if named:
            await administrator.execute("SELECT set_config('win.territory_id', $1, false)", str(new_id()))
        left = "UPDATE pact_party SET left_on = $2 WHERE organisation_id = $1"
        await administrator.execute(left, office.organisations[PARTNER], today())
        assert not await sees(office, case, row)
        await administrator.execute(left, office.organisations[PARTNER], None)
        assert not await sees(office, case, row)
    finally:
        await administrator.close()


async def test_the_other_partners_are_not_told_of_one(office: Office) -> None:
    """Of two partners, one loses its ground: the other hears nothing, not even that there is another."""
    case = await office.a_case()
    consent = await office.consent(case, purposes=["health_social_pathway", "traineeship"])
    given = ("traineeship", [PARTNER], FIELDS, "Due parole")
    row = await do(office.anna, propose_joint_intervention, case, *given)
    await do(office.giulia, accept_joint_intervention, row)
    assert await see(office.giulia, OFFER, row) == [("Due parole",)]
    operator = office.member(PARTNER, Role.OPERATOR)
    assert await see(operator, OFFER, row) == [("Due parole",)]
    await do(office.anna, withdraw_authorisation, consent, "Basta")
    for somebody in (office.giulia, operator, office.luca, office.rosa):
        assert await see(somebody, OFFER, row) == []
    assert await see(office.anna, OFFER, row) == [("Due parole",)]
    for somebody in (office.luca, office.member(CLINIC), office.rosa):
        assert await see(somebody, TOLD, case) == []
    assert await see(office.member(HOLDER, Role.OPERATOR), TOLD, case) == [("joint_intervention_suspended",)]


async def test_a_second_proposal_for_the_same_purpose_is_pointed_out(office: Office) -> None:
    case, consent, row = await shared_case(office)
    await do(office.anna, withdraw_authorisation, consent, "Non vuole più")
    for _ in range(2):
        with pytest.raises(Invalid) as invalid:
            await office.propose(case)
        assert told(invalid) == ["already_proposed"]
    await do(office.anna, close_joint_intervention, row, "completed")
    again = await office.propose(case)
    await do(office.giulia, decline_joint_intervention, again, "not_now")
    assert await office.propose(case) != again


async def test_what_is_supposed_finds_what_the_verb_would_find(office: Office) -> None:
    _, consent, row = await shared_case(office)
    with pytest.raises(Invalid) as found:
        await do(office.giulia, if_accepted, row)
    assert [problem.code for problem in found.value.problems] == [ProblemCode.ALREADY_ANSWERED]
    await do(office.anna, withdraw_authorisation, consent, "Non vuole più")
    for verb, given in ((if_withdrawn, ()), (withdraw_authorisation, ("Di nuovo",))):
        with pytest.raises(Invalid) as found:
            await do(office.anna, verb, consent, *given)
        assert told(found) == ["already_withdrawn"]
    invited = await office.propose(await office.a_case())
    await do(office.anna, close_joint_intervention, invited, "mistake")
    for verb in (if_accepted, accept_joint_intervention):
        with pytest.raises(Invalid) as found:
            await do(office.giulia, verb, invited)
        assert told(found) == ["joint_work_is_closed"]
    assert (await do(office.anna, if_accepted, invited)).shown == []

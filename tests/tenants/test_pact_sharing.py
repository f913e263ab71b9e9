"""A case that is shared follows the pact: what is no longer granted is no longer there."""

import pytest

from authz.fields import ALL_FIELDS, FIELD, mask_of
from infra.clock import new_id
from tests.authz.documents import clause, share
from tests.tenants.land import AID, PLACEMENT, Land

PERSON = "INSERT INTO person (territory_id, id, organisation_id, reference, is_demo) VALUES ($1, $2, $3, 'P1', true)"
CASE = """
INSERT INTO case_file (territory_id, id, holder_id, person_id, opened_by, number, status, opened_on, is_demo)
VALUES ($1, $2, $3, $4, $5, '1', 'listening', current_date, true)
"""
CONSENT = f"""
INSERT INTO authorisation (territory_id, case_id, holder_id, organisation_ids, given_by, basis, purposes, kinds,
                           field_mask, until, given_at)
VALUES ($1, $2, $3, ARRAY[$4::uuid], $5, 'consent', '{{traineeship}}', '{{}}', {ALL_FIELDS},
        now() + interval '1 year', now())
"""
WORK = """
INSERT INTO joint_intervention (territory_id, id, case_id, holder_id, proposed_by, purpose, proposed_at)
VALUES ($1, $2, $3, $4, $5, 'traineeship', now())
"""
OFFER = """
INSERT INTO joint_intervention_offer (territory_id, joint_intervention_id, case_id, holder_id, offered_mask)
VALUES ($1, $2, $3, $4, -1)
"""
PARTNER = """
INSERT INTO joint_intervention_partner (territory_id, joint_intervention_id, organisation_id, holder_id, case_id,
                                        status, answered_at, answered_by)
VALUES ($1, $2, $3, $4, $5, 'accepted', now(), $6)
"""


async def share_a_case(land: Land) -> None:
    """Have caritas-empoli share a case with cooperativa-il-ponte for a traineeship, with consent to everything."""
    holder, partner, somebody = (
        land.organisations["caritas-empoli"],
        land.organisations["cooperativa-il-ponte"],
        new_id(),
    )
    person, case, work = new_id(), new_id(), new_id()
    for statement, *values in (
        (PERSON, person, holder),
        (CASE, case, holder, person, somebody),
        (CONSENT, case, holder, partner, somebody),
        (WORK, work, case, holder, somebody),
        (OFFER, work, case, holder),
        (PARTNER, work, partner, holder, case, somebody),
    ):
        await land.owner.execute(statement, land.id, *values)


async def shared(land: Land) -> list[tuple[int, int]]:
    rows = await land.owner.fetch(
        "SELECT read_mask, write_mask FROM case_access WHERE organisation_id = $1",
        land.organisations["cooperativa-il-ponte"],
    )
    return [tuple(row) for row in rows]


async def test_sharing_follows_the_version_in_force(land: Land) -> None:
    await land.bring_into_force(land.document(AID, PLACEMENT))
    await share_a_case(land)
    read = mask_of(["identity", "work"]) & ~FIELD["identity.identity_code"].mask
    assert await shared(land) == [(read, FIELD["plan.progress"].mask)]
    await land.bring_into_force(land.document(AID, clause(share(read=["work"])), version=2))
    assert await shared(land) == [(mask_of(["work"]), 0)]
    await land.bring_into_force(land.document(AID, version=3))
    assert await shared(land) == []


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM pact_grant",
        "DELETE FROM pact_term",
        "UPDATE pact_grant SET read_mask = 0, write_mask = 0",
        "UPDATE pact_term SET read_mask = 0, write_mask = 0",
        "UPDATE pact_term SET basis = 'public_task'",
        "DELETE FROM pact_party",
    ],
)
async def test_half_of_the_decisions_shares_nothing(land: Land, damage: str) -> None:
    await land.bring_into_force(land.document(PLACEMENT))
    await share_a_case(land)
    assert len(await shared(land)) == 1
    await land.owner.execute(damage)
    assert sum(read | write for read, write in await shared(land)) == 0


async def test_term_never_gives_more_than_was_granted(land: Land) -> None:
    await land.bring_into_force(land.document(PLACEMENT))
    await share_a_case(land)
    before = await shared(land)
    await land.owner.execute("UPDATE pact_term SET read_mask = -1, write_mask = -1")
    assert await shared(land) == before


@pytest.mark.parametrize(
    ("answered", "ends"),
    [
        ("2025-11-23 22:30+00", "2027-05-18 00:00"),
        ("2025-11-23 23:30+00", "2027-05-19 00:00"),
        ("2026-04-30 21:59+00", "2027-10-23 00:00"),
        ("2026-04-30 22:00+00", "2027-10-24 00:00"),
    ],
)
async def test_the_last_day_counts_to_its_end_in_italy(land: Land, answered: str, ends: str) -> None:
    """Summer time begins or ends in between: 540 days are days of the calendar, not so many hours."""
    await land.bring_into_force(land.document(PLACEMENT))
    await share_a_case(land)
    await land.owner.execute("UPDATE authorisation SET until = given_at + interval '5 years'")
    await land.owner.execute("UPDATE joint_intervention_partner SET answered_at = $1::text::timestamptz", answered)
    found = await land.owner.fetchval(
        "SELECT to_char(until AT TIME ZONE 'Europe/Rome', 'YYYY-MM-DD HH24:MI') FROM case_access WHERE clause > 0"
    )
    assert found == ends

"""The pact in the database: loaded whole, kept as signed, decided by Casbin, and checked."""

from datetime import timedelta

import asyncpg
import pytest

from authz.clauses import PartyRole, parse_pact
from authz.compile import Grant, Party, decide, digest, policy_lines, terms
from authz.enforcer import PolicyError
from authz.faults import PactError
from authz.fields import FIELD, mask_of
from authz.kinds import OrganisationKind
from authz.purposes import Purpose
from infra.clock import new_id, today
from infra.database import Connection, Context, transaction
from infra.errors import Invalid, NotFound
from tenants.pacts.queries import stored_grants, stored_parties, stored_terms, stored_versions
from tenants.pacts.service import (
    Joining,
    bring_into_force,
    load_pact,
    policy_health,
    simulate,
)
from tests.authz.documents import KINDS, document
from tests.tenants.land import AID, PLACEMENT, SIGNED, Land

PARTIES = [Party(slug, OrganisationKind(kind)) for slug, kind in KINDS.items()]


async def test_version_is_stored_whole(land: Land) -> None:
    written = land.document(AID, PLACEMENT, preamble={"it": "Insieme.", "en": "Together."})
    version_id = await land.load(written)
    pact = parse_pact(written)
    [version] = await stored_versions(land.owner)
    assert (version.id, version.number, version.digest) == (version_id, 1, digest(pact))
    assert version.pact() == pact
    assert not version.is_in_force
    clauses = await land.owner.fetch("SELECT number, gives_it, receives_en FROM pact_clause ORDER BY number")
    assert [tuple(row) for row in clauses] == [(1, "Testo.", "Text."), (5, "Testo.", "Text.")]
    parties = await stored_parties(land.owner, version_id)
    assert {(party.slug, party.role, party.joined_on) for party in parties} == {
        (slug, "promoter" if slug == "vnp" else "signatory", SIGNED) for slug in KINDS
    }
    assert await land.grants() == {}
    assert await policy_health(land.owner) == [f"No version of the pact is in force in {land.slug}."]


async def test_same_text_again_is_the_same_version(land: Land) -> None:
    written = land.document(AID)
    assert await land.load(written) == await land.load(written)
    assert len(await stored_versions(land.owner)) == 1


async def test_pact_that_does_not_fit_is_refused_with_every_fault(land: Land) -> None:
    parties = {"promoters": ["vnp"], "signatories": ["caritas-empol"], "required": ["vnp"]}
    written = document(AID, version=3, parties=parties)
    with pytest.raises(PactError) as refusal:
        await load_pact(land.owner, land.id, written, [Joining("vnp", PartyRole.ADHERENT, SIGNED)])
    assert [fault.text for fault in refusal.value.faults] == [
        "other_territory",
        "no_such_organisation",
        "joined_differently",
        "joined_differently",
        "not_the_next_version",
    ]
    assert refusal.value.faults[1].it.endswith("Scrivere «caritas-empoli».")
    assert refusal.value.faults[4].en == "Pact, version: version 3 is not the next one. Write 1."
    assert await stored_versions(land.owner) == []


async def test_territory_that_is_not_there_has_no_pact(land: Land) -> None:
    with pytest.raises(NotFound):
        await load_pact(land.owner, new_id(), land.document(AID), [])
    with pytest.raises(NotFound):
        await bring_into_force(land.owner, land.id, new_id(), SIGNED)


async def test_in_force_the_decisions_are_casbins(land: Land) -> None:
    written = land.document(AID, PLACEMENT)
    await land.bring_into_force(written)
    pact = parse_pact(written)
    decided = decide(policy_lines(pact, PARTIES))
    assert await land.grants() == decided
    assert set(await stored_terms(land.owner)) == set(terms(pact, PARTIES, decided))
    assert decided["cooperativa-il-ponte", Purpose.TRAINEESHIP] == Grant(
        mask_of(["identity", "work"]) & ~FIELD["identity.identity_code"].mask, FIELD["plan.progress"].mask
    )
    assert await policy_health(land.owner) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE pact_version SET title_it = 'Altro'",
        "UPDATE pact_version SET digest = 'sha256:0'",
        "UPDATE pact_version SET document = '{}'",
        "UPDATE pact_version SET in_force_from = '2020-01-01'",
        "UPDATE pact_version SET in_force_from = NULL",
        "DELETE FROM pact_version",
        "UPDATE pact_clause SET gives_it = 'Altro'",
        "UPDATE pact_clause SET shares = '[]'",
        "UPDATE pact_clause SET pact_version_id = id",
        "DELETE FROM pact_clause",
    ],
)
async def test_version_in_force_cannot_be_changed_even_by_the_owner(land: Land, statement: str) -> None:
    await land.bring_into_force(land.document(AID, PLACEMENT))
    with pytest.raises(asyncpg.RestrictViolationError):
        async with land.owner.transaction():
            await land.owner.execute(statement)
    assert await policy_health(land.owner) == []


async def test_new_version_replaces_the_decisions(land: Land) -> None:
    await land.bring_into_force(land.document(AID, PLACEMENT))
    [kept] = await land.owner.fetch("SELECT id FROM pact_term WHERE purpose = 'traineeship'")
    second = await land.bring_into_force(land.document(PLACEMENT, version=2))
    first, now = await stored_versions(land.owner)
    assert first.superseded_at is not None
    assert (now.id, now.is_in_force, now.in_force_from) == (second, True, SIGNED)
    assert set(await land.grants()) == {("cooperativa-il-ponte", Purpose.TRAINEESHIP)}
    assert {made_from for made_from, _ in (await stored_grants(land.owner)).values()} == {second}
    assert await land.owner.fetch("SELECT id FROM pact_term") == [kept]
    assert await policy_health(land.owner) == []
    with pytest.raises(PolicyError, match="superseded"):
        await bring_into_force(land.owner, land.id, first.id, SIGNED)


async def test_bringing_into_force_again_touches_nothing(land: Land) -> None:
    version_id = await land.bring_into_force(land.document(AID, PLACEMENT))
    rows = "SELECT g.ctid, t.ctid FROM pact_grant g, pact_term t ORDER BY 1, 2"
    before = await land.owner.fetch(rows)
    await bring_into_force(land.owner, land.id, version_id, SIGNED + timedelta(days=3))
    assert await land.owner.fetch(rows) == before
    [version] = await stored_versions(land.owner)
    assert version.in_force_from == SIGNED


async def test_nothing_comes_into_force_before_its_day(land: Land) -> None:
    version_id = await land.load(land.document(AID))
    with pytest.raises(Invalid):
        await bring_into_force(land.owner, land.id, version_id, today() + timedelta(days=1))
    assert await land.grants() == {}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("UPDATE pact_party SET joined_on = current_date + 2 WHERE organisation_id = $1", id="joins later"),
        pytest.param("UPDATE pact_party SET left_on = current_date - 2 WHERE organisation_id = $1", id="left"),
        pytest.param("UPDATE organisation SET valid_until = current_date - 2 WHERE id = $1", id="closed down"),
        pytest.param("UPDATE organisation SET valid_from = current_date + 2 WHERE id = $1", id="not there yet"),
    ],
)
async def test_only_those_who_are_bound_today_get_anything(land: Land, change: str) -> None:
    version_id = await land.load(land.document(AID, PLACEMENT))
    await land.owner.execute(change, land.organisations["caritas-vinci"])
    await bring_into_force(land.owner, land.id, version_id, SIGNED)
    assert {slug for slug, _ in await land.grants()} == {"caritas-empoli", "cooperativa-il-ponte"}
    assert await policy_health(land.owner) == []


async def test_party_that_leaves_keeps_no_decision_once_they_are_brought_up_to_date(land: Land) -> None:
    version_id = await land.bring_into_force(land.document(AID))
    await land.owner.execute(
        "UPDATE pact_party SET left_on = current_date - 2 WHERE organisation_id = $1",
        land.organisations["caritas-vinci"],
    )
    assert await policy_health(land.owner) == []
    await bring_into_force(land.owner, land.id, version_id, SIGNED)
    assert {slug for slug, _ in await land.grants()} == {"caritas-empoli"}


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param("DELETE FROM pact_clause WHERE number = 5", id="clause missing"),
        pytest.param("UPDATE pact_clause SET shares = '[]' WHERE number = 5", id="clause unlike the signed one"),
        pytest.param("DELETE FROM pact_party WHERE role = 'promoter'", id="party missing"),
        pytest.param("UPDATE pact_version SET digest = 'sha256:0'", id="another digest"),
        pytest.param("UPDATE pact_version SET document = jsonb_set(document, '{version}', '2')", id="another text"),
        pytest.param("UPDATE pact_version SET document = '{}'", id="no text"),
    ],
)
async def test_half_loaded_version_does_not_come_into_force(land: Land, damage: str) -> None:
    version_id = await land.load(land.document(AID, PLACEMENT))
    await land.owner.execute(damage)
    with pytest.raises(PolicyError):
        await bring_into_force(land.owner, land.id, version_id, SIGNED)
    assert await land.grants() == {}
    assert not (await stored_versions(land.owner))[0].is_in_force


HEALTH = [
    ("DELETE FROM pact_clause WHERE number = 5", "Version 1 of {0} is half loaded; clauses missing: 5."),
    ("UPDATE pact_clause SET shares = '[]'", "Version 1 of {0} has clauses unlike those signed: 1, 5."),
    ("UPDATE pact_clause SET number = 9 WHERE number = 5", "Version 1 of {0} has clauses that were not signed: 9."),
    ("DELETE FROM pact_party WHERE role = 'promoter'", "Version 1 of {0} is half loaded; parties missing: 1."),
    ("UPDATE pact_version SET digest = 'sha256:0'", "Version 1 of {0} is not the text that its digest is of."),
    ("UPDATE pact_version SET document = '[]'", "Version 1 of {0} cannot be read."),
    ("DELETE FROM pact_grant", "Nothing is granted under {0}: its decisions are missing."),
    ("DELETE FROM pact_grant WHERE purpose = 'traineeship'", "Decisions under {0} that are missing: 1."),
    ("UPDATE pact_grant SET read_mask = read_mask | 8", "Decisions under {0} that are not those of its text: 2."),
    (
        "INSERT INTO pact_grant (territory_id, pact_version_id, organisation_id, purpose, read_mask, write_mask) "
        "SELECT territory_id, pact_version_id, organisation_id, 'hire', 2, 0 FROM pact_party WHERE role = 'promoter'",
        "Decisions under {0} that are not those of its text: 1.",
    ),
    ("DELETE FROM pact_term WHERE purpose = 'traineeship'", "Terms under {0} that are missing: 1."),
    ("UPDATE pact_term SET read_mask = read_mask | 32", "Terms under {0} that give more than was granted: 3."),
    ("UPDATE pact_term SET until_days = 1000", "Terms under {0} that are not those of its text: 3."),
    ("UPDATE pact_version SET superseded_at = now()", "No version of the pact is in force in {1}."),
]


@pytest.mark.parametrize(("damage", "sentence"), HEALTH, ids=[damage for damage, _ in HEALTH])
async def test_damage_is_told(land: Land, damage: str, sentence: str) -> None:
    await land.bring_into_force(land.document(AID, PLACEMENT))
    for table in ("pact_version", "pact_clause"):
        await land.owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER immutable")
    await land.owner.execute(damage)
    assert sentence.format(f"the pact of {land.slug}", land.slug) in await policy_health(land.owner)


async def test_decisions_of_another_version_are_told(land: Land) -> None:
    await land.bring_into_force(land.document(AID))
    draft = await land.load(land.document(AID, version=2))
    await land.owner.execute("UPDATE pact_grant SET pact_version_id = $1", draft)
    expected = f"Decisions under the pact of {land.slug} that were made from another version: 2."
    assert await policy_health(land.owner) == [expected]


async def test_without_a_territory_there_is_no_health(land: Land) -> None:
    await land.owner.execute("SELECT set_config('win.territory_id', '', true)")
    assert await policy_health(land.owner) == ["No territory is named, so no pact can be checked."]


@pytest.mark.parametrize("territory", ["empolese-valdelsa", "valdarno-demo"])
@pytest.mark.usefixtures("database")
async def test_demonstration_pacts_are_sound_to_the_serving_role(owner: Connection, territory: str) -> None:
    territory_id = await owner.fetchval("SELECT id FROM territory WHERE slug = $1", territory)
    async with transaction(Context(territory_id)) as connection:
        assert await policy_health(connection) == []
    async with transaction() as connection:
        assert await policy_health(connection) == ["No territory is named, so no pact can be checked."]


async def test_simulation_is_what_would_come_into_force(land: Land) -> None:
    written = land.document(AID, PLACEMENT)
    found = simulate(parse_pact(written), PARTIES, "cooperativa-il-ponte", Purpose.TRAINEESHIP)
    await land.bring_into_force(written)
    assert found.grant == (await land.grants())["cooperativa-il-ponte", Purpose.TRAINEESHIP]
    assert [(term.clause, term.until_days) for term in found.terms] == [(5, 540)]
    assert simulate(parse_pact(written), PARTIES, "vnp", Purpose.HIRE).grant == Grant(0, 0)

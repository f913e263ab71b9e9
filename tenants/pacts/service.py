"""Loads a version of the pact and brings it into force. These are the operator's verbs: they run as the owner.

Nothing here ever allows by itself: what is shared is what Casbin decided and stored, and without that, nothing.
"""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from authz.checked import Place, instead_of
from authz.clauses import Pact, PartyRole, document_of, parse_pact
from authz.compile import Grant, Party, Term, decide, digest, policy_lines, terms
from authz.enforcer import PolicyError
from authz.faults import Fault, PactError
from authz.purposes import Purpose
from infra.clock import new_id, now, today
from infra.database import Connection
from infra.errors import Invalid, NotFound, Problem, ProblemCode
from tenants.pacts.health import policy_health, version_faults
from tenants.pacts.queries import (
    Decisions,
    StoredParty,
    StoredVersion,
    as_parties,
    clause_row,
    decisions,
    stored_parties,
    stored_versions,
)

__all__ = ["Joining", "Simulation", "bring_into_force", "load_pact", "parties_of", "policy_health", "simulate"]

# Sharing is derived anew when the decisions change: in one statement that happens once they have all changed.
REPLACE_DECISIONS = """
WITH granted AS (
    SELECT * FROM unnest($3::uuid[], $4::text[], $5::bigint[], $6::bigint[])
                  AS g (organisation_id, purpose, read_mask, write_mask)
), agreed AS (
    SELECT * FROM unnest($7::uuid[], $8::text[], $9::int[], $10::text[], $11::int[], $12::bigint[], $13::bigint[])
                  AS t (organisation_id, purpose, clause, basis, until_days, read_mask, write_mask)
), no_longer_granted AS (
    DELETE FROM pact_grant x
     WHERE x.territory_id = $1
       AND NOT EXISTS (SELECT FROM granted g WHERE (g.organisation_id, g.purpose) = (x.organisation_id, x.purpose))
), no_longer_agreed AS (
    DELETE FROM pact_term x
     WHERE x.territory_id = $1
       AND NOT EXISTS (SELECT FROM agreed t
                        WHERE (t.organisation_id, t.purpose, t.clause, t.basis, t.read_mask, t.write_mask) =
                              (x.organisation_id, x.purpose, x.clause, x.basis, x.read_mask, x.write_mask)
                          AND t.until_days IS NOT DISTINCT FROM x.until_days)
), newly_agreed AS (
    INSERT INTO pact_term (territory_id, organisation_id, purpose, clause, basis, until_days, read_mask, write_mask)
    SELECT $1, n.* FROM (
        SELECT * FROM agreed
        EXCEPT
        SELECT organisation_id, purpose, clause, basis, until_days, read_mask, write_mask
          FROM pact_term WHERE territory_id = $1) n
)
INSERT INTO pact_grant AS x (territory_id, pact_version_id, organisation_id, purpose, read_mask, write_mask)
SELECT $1, $2, g.organisation_id, g.purpose, g.read_mask, g.write_mask FROM granted g
ON CONFLICT (territory_id, organisation_id, purpose) DO UPDATE
   SET pact_version_id = EXCLUDED.pact_version_id, read_mask = EXCLUDED.read_mask, write_mask = EXCLUDED.write_mask
 WHERE (x.pact_version_id, x.read_mask, x.write_mask) IS DISTINCT FROM
       (EXCLUDED.pact_version_id, EXCLUDED.read_mask, EXCLUDED.write_mask)
"""
INSERT_VERSION = """
INSERT INTO pact_version (territory_id, id, version, title_it, title_en, preamble_it, preamble_en, digest, document,
                          loaded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb, $10)
"""
INSERT_CLAUSE = """
INSERT INTO pact_clause (territory_id, id, pact_version_id, number, title_it, title_en, gives_it, gives_en,
                         receives_it, receives_en, shares)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text::jsonb)
"""
INSERT_PARTY = """
INSERT INTO pact_party (territory_id, id, pact_version_id, organisation_id, role, joined_on)
VALUES ($1, $2, $3, $4, $5, $6)
"""


class Joining(NamedTuple):
    """That an organisation signed or joined, and when."""

    slug: str
    role: PartyRole
    joined_on: date


@dataclass(frozen=True)
class Simulation:
    """What a pact would give one organisation for one purpose."""

    grant: Grant
    terms: tuple[Term, ...]


def parties_of(pact: Pact, joined_on: date) -> list[Joining]:
    """Return the parties of the document, all of whom joined on one day."""
    return [Joining(slug, role, joined_on) for slug, role in pact.parties]


async def load_pact(connection: Connection, territory_id: UUID, document: object, parties: Sequence[Joining]) -> UUID:
    """Store a version that is not in force yet and return its id; the same text again is the same version.

    Raises `PactError` with every fault at once.
    """
    pact = parse_pact(document)
    async with connection.transaction():
        await _enter(connection, territory_id)
        versions = await stored_versions(connection)
        for version in versions:
            if version.digest == digest(pact):
                return version.id
        organisations = await _organisations(connection, territory_id)
        faults = await _misfits(connection, territory_id, pact, parties, organisations)
        following = max((version.number for version in versions), default=0) + 1
        if pact.version != following:
            Place(None, faults, "version").fault("not_the_next_version", name=pact.version, expected=following)
        if faults:
            raise PactError(faults)
        return await _store(connection, territory_id, pact, parties, organisations)


async def bring_into_force(connection: Connection, territory_id: UUID, version_id: UUID, day: date) -> None:
    """Make this version the one that sharing goes by, in force from `day`; doing it again brings parties up to date.

    Raises `NotFound`, `Invalid` for a day to come, or `PolicyError` if what is stored cannot be relied on.
    """
    if day > today():
        raise Invalid([Problem(ProblemCode.IN_THE_FUTURE, ("day",))])
    async with connection.transaction():
        await _enter(connection, territory_id)
        version = next((one for one in await stored_versions(connection) if one.id == version_id), None)
        if version is None:
            raise NotFound
        await _require_sound(connection, version)
        parties = [one for one in await stored_parties(connection, version.id) if one.is_bound_on(today())]
        decided = await asyncio.to_thread(decisions, version.document, as_parties(parties))
        await connection.execute(
            "UPDATE pact_version SET superseded_at = $3 "
            "WHERE territory_id = $1 AND id <> $2 AND in_force_from IS NOT NULL AND superseded_at IS NULL",
            *(territory_id, version_id, now()),
        )
        await connection.execute(
            "UPDATE pact_version SET in_force_from = $3 WHERE territory_id = $1 AND id = $2 AND in_force_from IS NULL",
            *(territory_id, version_id, day),
        )
        await _replace_decisions(connection, territory_id, version_id, decided, parties)


def simulate(pact: Pact, parties: Sequence[Party], organisation: str, purpose: Purpose) -> Simulation:
    """Return what the pact would give the organisation for the purpose. Raises `PolicyError`."""
    grants = decide(policy_lines(pact, parties))
    grant = grants.get((organisation, purpose), Grant(0, 0))
    concerned = (term for term in terms(pact, parties, grants) if term.organisation == organisation)
    return Simulation(grant, tuple(term for term in concerned if term.purpose is purpose))


async def _enter(connection: Connection, territory_id: UUID) -> None:
    """Name the territory, and let nobody else change its pact meanwhile."""
    await connection.execute("SELECT set_config('win.territory_id', $1, true)", str(territory_id))
    found = await connection.fetchval("SELECT id FROM territory WHERE id = $1 FOR NO KEY UPDATE", territory_id)
    if found is None:
        raise NotFound


async def _organisations(connection: Connection, territory_id: UUID) -> dict[str, UUID]:
    rows = await connection.fetch("SELECT slug, id FROM organisation WHERE territory_id = $1", territory_id)
    return {row["slug"]: row["id"] for row in rows}


async def _misfits(
    connection: Connection,
    territory_id: UUID,
    pact: Pact,
    parties: Sequence[Joining],
    organisations: Mapping[str, UUID],
) -> list[Fault]:
    """Return in what the pact does not fit the territory and those who joined."""
    faults: list[Fault] = []
    territory = await connection.fetchval("SELECT slug FROM territory WHERE id = $1", territory_id)
    if pact.territory != territory:
        Place(None, faults, "territory").fault("other_territory", name=pact.territory, expected=territory)
    for slug, _ in pact.parties:
        if slug not in organisations:
            place = Place(None, faults, "parties")
            place.fault("no_such_organisation", name=slug, **instead_of(slug, organisations, or_else=["—"]))
    joined = {(party.slug, PartyRole(party.role)) for party in parties}
    for slug in sorted({slug for slug, _ in joined.symmetric_difference(pact.parties)}):
        Place(None, faults, "parties").fault("joined_differently", name=slug)
    return faults


async def _store(
    connection: Connection,
    territory_id: UUID,
    pact: Pact,
    parties: Iterable[Joining],
    organisations: Mapping[str, UUID],
) -> UUID:
    version_id = new_id()
    texts = (pact.title.it, pact.title.en, pact.preamble.it, pact.preamble.en)
    stored = (digest(pact), json.dumps(document_of(pact)), now())
    await connection.execute(INSERT_VERSION, territory_id, version_id, pact.version, *texts, *stored)
    await connection.executemany(
        INSERT_CLAUSE, [(territory_id, new_id(), version_id, *clause_row(clause)) for clause in pact.clauses]
    )
    await connection.executemany(
        INSERT_PARTY,
        [
            (territory_id, new_id(), version_id, organisations[party.slug], str(party.role), party.joined_on)
            for party in parties
        ],
    )
    return version_id


async def _require_sound(connection: Connection, version: StoredVersion) -> None:
    if version.superseded_at is not None:
        raise PolicyError(f"Version {version.number} was superseded; load its text as a new version.")
    for fault in await version_faults(connection, version):
        raise PolicyError(fault)


async def _replace_decisions(
    connection: Connection,
    territory_id: UUID,
    version_id: UUID,
    decided: Decisions,
    parties: Iterable[StoredParty],
) -> None:
    """Make the stored decisions equal to these; rows that are equal already are not touched."""
    ids = {party.slug: party.id for party in parties}
    granted = [
        (ids[slug], str(purpose), grant.read_mask, grant.write_mask)
        for (slug, purpose), grant in decided.grants.items()
    ]
    agreed = [
        (
            *(ids[term.organisation], str(term.purpose), term.clause, str(term.basis), term.until_days),
            *(term.read_mask, term.write_mask),
        )
        for term in decided.terms
    ]
    columns = [*_columns(granted, 4), *_columns(agreed, 7)]
    await connection.execute(REPLACE_DECISIONS, territory_id, version_id, *columns)


def _columns(rows: Sequence[tuple[object, ...]], width: int) -> list[list[object]]:
    return [[row[position] for row in rows] for position in range(width)]

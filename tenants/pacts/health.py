"""Whether the decisions that sharing goes by are those of the pact in force; whatever is wrong, less is shared."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from authz.clauses import Pact
from authz.compile import Grant, Term, digest
from authz.enforcer import PolicyError
from authz.faults import PactError
from authz.purposes import Purpose
from infra.clock import today
from infra.database import Connection
from infra.row_security import TERRITORY
from tenants.pacts.queries import (
    StoredVersion,
    as_parties,
    clause_row,
    decisions,
    stored_clauses,
    stored_grants,
    stored_parties,
    stored_terms,
    stored_versions,
)


async def policy_health(connection: Connection) -> list[str]:
    """Return what is wrong with the pact of the running transaction's territory, one sentence each; [] if nothing."""
    territory = await connection.fetchval(f"SELECT slug FROM territory WHERE id = {TERRITORY}")
    if territory is None:
        return ["No territory is named, so no pact can be checked."]
    in_force = [version for version in await stored_versions(connection) if version.is_in_force]
    if len(in_force) != 1:
        how_many = f"{len(in_force)} versions of the pact are" if in_force else "No version of the pact is"
        return [f"{how_many} in force in {territory}."]
    faults = await version_faults(connection, in_force[0])
    return faults or await _faults_of_decisions(connection, in_force[0])


async def version_faults(connection: Connection, version: StoredVersion) -> list[str]:
    """Return what is wrong with a version as it is stored, before anything is decided from it."""
    name = f"Version {version.number} of the pact of {version.territory}"
    try:
        pact = version.pact()
    except (PactError, ValueError):
        return [f"{name} cannot be read."]
    if digest(pact) != version.digest:
        return [f"{name} is not the text that its digest is of."]
    faults = _faults_of_clauses(name, pact, await stored_clauses(connection, version.id))
    present = {party.slug for party in await stored_parties(connection, version.id)}
    missing = [slug for slug, _ in pact.parties if slug not in present]
    return faults + _told({f"{name} is half loaded; parties missing: {{}}.": missing})


def _told(faults: Mapping[str, Sequence[object]]) -> list[str]:
    """Return the sentences that have something to list, with its number or numbers filled in."""
    return [sentence.format(_listed(what)) for sentence, what in faults.items() if what]


def _listed(what: Sequence[object]) -> str:
    return ", ".join(map(str, what)) if isinstance(what[0], int) else str(len(what))


def _faults_of_clauses(name: str, pact: Pact, stored: Mapping[int, tuple[object, ...]]) -> list[str]:
    signed = {clause.number: clause_row(clause) for clause in pact.clauses}
    both = sorted(signed.keys() & stored.keys())
    return _told(
        {
            f"{name} is half loaded; clauses missing: {{}}.": sorted(signed.keys() - stored.keys()),
            f"{name} has clauses that were not signed: {{}}.": sorted(stored.keys() - signed.keys()),
            f"{name} has clauses unlike those signed: {{}}.": [
                number for number in both if not _alike(signed[number], stored[number])
            ],
        }
    )


def _alike(signed: tuple[object, ...], stored: tuple[object, ...]) -> bool:
    return signed[:-1] == stored[:-1] and json.loads(str(signed[-1])) == json.loads(str(stored[-1]))


async def _faults_of_decisions(connection: Connection, version: StoredVersion) -> list[str]:
    where = f"under the pact of {version.territory}"
    grants = await stored_grants(connection)
    if not grants:
        return [f"Nothing is granted {where}: its decisions are missing."]
    parties = await stored_parties(connection, version.id)
    try:
        decided = await asyncio.to_thread(decisions, version.document, as_parties(parties))
    except (PactError, PolicyError):
        return [f"Nothing can be decided {where}."]
    bound = {party.slug for party in parties if party.is_bound_on(today())}
    terms = await stored_terms(connection)
    # Whoever left may still have decisions: their time ended with the day of leaving.
    return _told(
        {
            f"Decisions {where} that were made from another version: {{}}.": [
                key for key, (made_from, _) in grants.items() if made_from != version.id
            ],
            f"Decisions {where} that are not those of its text: {{}}.": [
                key for key, (_, grant) in grants.items() if decided.grants.get(key) != grant
            ],
            f"Decisions {where} that are missing: {{}}.": [
                key for key in decided.grants if key[0] in bound and key not in grants
            ],
            f"Terms {where} that give more than was granted: {{}}.": _excesses(terms, grants),
            f"Terms {where} that are not those of its text: {{}}.": list(set(terms).difference(decided.terms)),
            f"Terms {where} that are missing: {{}}.": [
                term for term in decided.terms if term.organisation in bound and term not in terms
            ],
        }
    )


def _excesses(terms: Sequence[Term], grants: Mapping[tuple[str, Purpose], tuple[UUID, Grant]]) -> list[Term]:
    nothing = (None, Grant(0, 0))
    return [
        term
        for term in terms
        for _, grant in [grants.get((term.organisation, term.purpose), nothing)]
        if term.read_mask & ~grant.read_mask or term.write_mask & ~grant.write_mask
    ]

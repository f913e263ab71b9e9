"""What is stored of the pact of the running transaction's territory, and what its text decides."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from authz.clauses import Basis, Clause, Pact, document_of_share, parse_pact
from authz.compile import Grant, Party, Term, decide, policy_lines, terms
from authz.kinds import OrganisationKind
from authz.purposes import Purpose
from infra.database import Connection
from infra.row_security import TERRITORY

VERSIONS = f"""
SELECT v.id, t.slug AS territory, v.version, v.digest, v.document::text AS document, v.loaded_at,
       v.in_force_from, v.superseded_at
  FROM pact_version v JOIN territory t ON t.id = v.territory_id
 WHERE v.territory_id = {TERRITORY}
 ORDER BY v.version
"""
PARTIES = f"""
SELECT o.id, o.slug, o.name, o.kind, p.role, p.joined_on, p.left_on, o.valid_from, o.valid_until
  FROM pact_party p JOIN organisation o ON o.territory_id = p.territory_id AND o.id = p.organisation_id
 WHERE p.territory_id = {TERRITORY} AND p.pact_version_id = $1
 ORDER BY o.slug
"""
CLAUSES = f"""
SELECT number, title_it, title_en, gives_it, gives_en, receives_it, receives_en, shares::text AS shares
  FROM pact_clause
 WHERE territory_id = {TERRITORY} AND pact_version_id = $1
 ORDER BY number
"""
GRANTS = f"""
SELECT o.slug, g.purpose, g.pact_version_id, g.read_mask, g.write_mask
  FROM pact_grant g JOIN organisation o ON o.territory_id = g.territory_id AND o.id = g.organisation_id
 WHERE g.territory_id = {TERRITORY}
 ORDER BY o.slug, g.purpose
"""
TERMS = f"""
SELECT o.slug, t.purpose, t.clause, t.basis, t.until_days, t.read_mask, t.write_mask
  FROM pact_term t JOIN organisation o ON o.territory_id = t.territory_id AND o.id = t.organisation_id
 WHERE t.territory_id = {TERRITORY}
 ORDER BY o.slug, t.purpose, t.clause, t.basis, t.until_days
"""


@dataclass(frozen=True)
class StoredVersion:
    """A version as it was loaded; `document` is the text that its digest is of."""

    id: UUID
    territory: str
    number: int
    digest: str
    document: str
    loaded_at: datetime
    in_force_from: date | None
    superseded_at: datetime | None

    @property
    def is_in_force(self) -> bool:
        return self.in_force_from is not None and self.superseded_at is None

    def pact(self) -> Pact:
        """Return the pact that the document states. Raises `PactError`."""
        return parse_pact(json.loads(self.document))


@dataclass(frozen=True)
class StoredParty:
    """An organisation that signed or joined a version, with the days that bound it."""

    id: UUID
    slug: str
    name: str
    kind: OrganisationKind
    role: str
    joined_on: date
    left_on: date | None
    valid_from: date
    valid_until: date | None

    def is_bound_on(self, day: date) -> bool:
        """Tell whether the pact gives this organisation anything on the day."""
        joined = self.joined_on <= day and (self.left_on is None or day < self.left_on)
        return joined and self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True)
class Decisions:
    """What the text of a pact decides for its parties."""

    grants: Mapping[tuple[str, Purpose], Grant]
    terms: tuple[Term, ...]


async def stored_versions(connection: Connection) -> list[StoredVersion]:
    """Return every version that was loaded, the oldest first."""
    return [StoredVersion(*row) for row in await connection.fetch(VERSIONS)]


async def stored_parties(connection: Connection, version_id: UUID) -> list[StoredParty]:
    """Return everybody who ever was a party of the version."""
    rows = await connection.fetch(PARTIES, version_id)
    return [StoredParty(**{**row, "kind": OrganisationKind(row["kind"])}) for row in rows]


async def stored_grants(connection: Connection) -> dict[tuple[str, Purpose], tuple[UUID, Grant]]:
    """Return the decisions that sharing goes by now, each with the version it was made from."""
    return {
        (row["slug"], Purpose(row["purpose"])): (row["pact_version_id"], Grant(row["read_mask"], row["write_mask"]))
        for row in await connection.fetch(GRANTS)
    }


async def stored_terms(connection: Connection) -> list[Term]:
    """Return the grants as they are split by clause, basis and duration."""
    rows = await connection.fetch(TERMS)
    return [Term(slug, Purpose(purpose), clause, Basis(basis), *rest) for slug, purpose, clause, basis, *rest in rows]


async def stored_clauses(connection: Connection, version_id: UUID) -> dict[int, tuple[object, ...]]:
    """Return the clauses of the version by number, as `clause_row` gives them but for the spelling of the JSON."""
    return {row["number"]: tuple(row) for row in await connection.fetch(CLAUSES, version_id)}


def clause_row(clause: Clause) -> tuple[object, ...]:
    """Return the clause as the columns of its row."""
    texts = (clause.title, clause.gives, clause.receives)
    shares = json.dumps([document_of_share(share) for share in clause.shares])
    return (clause.number, *(text for pair in texts for text in (pair.it, pair.en)), shares)


def as_parties(stored: Iterable[StoredParty]) -> tuple[Party, ...]:
    """Return these organisations as a decision needs them."""
    return tuple(sorted(Party(party.slug, party.kind) for party in stored))


@lru_cache(maxsize=32)
def decisions(document: str, parties: tuple[Party, ...]) -> Decisions:
    """Return what Casbin decides, asked once for the same text and parties. Raises `PactError` or `PolicyError`."""
    pact = parse_pact(json.loads(document))
    grants = decide(policy_lines(pact, parties))
    return Decisions(grants, tuple(terms(pact, parties, grants)))

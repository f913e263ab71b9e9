"""A territory of one test's own, with five organisations and no pact yet."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from authz.clauses import parse_pact
from authz.compile import Grant
from authz.purposes import Purpose
from infra.clock import new_id
from infra.database import Connection
from tenants.pacts.queries import stored_grants
from tenants.pacts.service import bring_into_force, load_pact, parties_of
from tests.authz.documents import KINDS, clause, document, share

SIGNED = date(2026, 1, 15)

PLACEMENT = clause(
    share(read=["identity", "work"], write=["plan.progress"], never=["identity.identity_code"], until_days=540)
)
AID = clause(share(read=["needs"], **{"with": {"kinds": ["caritas"]}, "for": ["material_aid"]}), number=1)


@dataclass(frozen=True)
class Land:
    """A territory of one test, gone with its transaction."""

    owner: Connection
    id: UUID
    slug: str
    organisations: dict[str, UUID]

    def document(self, *clauses: Any, **changes: Any) -> dict[str, Any]:
        return document(*clauses, **{"territory": self.slug, **changes})

    async def load(self, written: dict[str, Any]) -> UUID:
        return await load_pact(self.owner, self.id, written, parties_of(parse_pact(written), SIGNED))

    async def bring_into_force(self, written: dict[str, Any]) -> UUID:
        version_id = await self.load(written)
        await bring_into_force(self.owner, self.id, version_id, SIGNED)
        return version_id

    async def grants(self) -> dict[tuple[str, Purpose], Grant]:
        return {key: grant for key, (_, grant) in (await stored_grants(self.owner)).items()}


async def settle(owner: Connection) -> Land:
    """Make the territory in the running transaction, which names it from here on."""
    territory_id = new_id()
    slug = f"prova-{territory_id.hex[-12:]}"
    await owner.execute(
        "INSERT INTO territory (id, slug, name, is_demo, created_at) VALUES ($1, $2, $2, true, now())",
        territory_id,
        slug,
    )
    await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(territory_id))
    organisations = {one: new_id() for one in KINDS}
    await owner.executemany(
        "INSERT INTO organisation (territory_id, id, slug, name, kind, is_lead, valid_from, is_demo) "
        "VALUES ($1, $2, $3, $3, $4, false, '2020-01-01', true)",
        [(territory_id, organisations[one], one, kind) for one, kind in KINDS.items()],
    )
    return Land(owner, territory_id, slug, organisations)

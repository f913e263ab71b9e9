"""A committed territory for tests of the verbs: three organisations at work under a small pact, and their members."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

from authz.actor import Actor
from authz.kinds import OrganisationKind
from authz.roles import MASKS, Role
from infra.clock import new_id, today
from infra.database import Connection, Context, transaction
from tenants.authorisations.service import give_authorisation
from tenants.cases.service import open_case
from tenants.demo.network import work_in
from tenants.demo.remove import OF_TERRITORIES, removals_in_order
from tenants.joint_work.service import accept_joint_intervention, propose_joint_intervention
from tests.authz.documents import KINDS, clause, share
from tests.tenants.land import settle

HOLDER, PARTNER, CLINIC, STRANGER = "caritas-empoli", "cooperativa-il-ponte", "asl-toscana-centro", "caritas-vinci"
FIELDS = ["identity", "contacts", "work", "needs", "housing"]
# The situation of housing is written by the partner but not read.
PLACEMENT = share(
    read=["identity.name", "contacts", "work", "needs", "health.conditions"],
    write=["contacts.phone", "contacts.address", "work.profile", "needs", "housing.situation"],
)
PATHWAY = share(
    **{"with": {"kinds": ["local_health_authority"]}, "for": ["health_social_pathway"]},
    read=["identity.name", "health.conditions"],
    write=["health.conditions"],
)

Result = TypeVar("Result")


@dataclass
class Office:
    """Members by organisation and role, and what tests do with them over and over."""

    territory_id: UUID
    organisations: Mapping[str, UUID]
    members: dict[tuple[str, Role], Actor] = field(default_factory=dict)

    def member(self, organisation: str, role: Role = Role.CASE_MANAGER) -> Actor:
        if (organisation, role) not in self.members:
            self.members[organisation, role] = Actor(
                account_id=new_id(),
                member_id=new_id(),
                territory_id=self.territory_id,
                organisation_id=self.organisations[organisation],
                organisation_slug=organisation,
                organisation_kind=OrganisationKind(KINDS[organisation]),
                is_lead=False,
                role=role,
                language="it",
            )
        return self.members[organisation, role]

    @property
    def anna(self) -> Actor:
        return self.member(HOLDER)

    @property
    def piero(self) -> Actor:
        return self.member(HOLDER, Role.VOLUNTEER)

    @property
    def giulia(self) -> Actor:
        return self.member(PARTNER)

    @property
    def luca(self) -> Actor:
        return self.member(CLINIC)

    @property
    def rosa(self) -> Actor:
        return self.member(STRANGER)

    async def a_case(self, **person: object) -> UUID:
        """Return a new case of the holder's."""
        return await do(self.anna, open_case, {"given_name": "Amina", "family_name": "Prova", **person})

    async def consent(self, case: UUID, **changes: Any) -> UUID:
        """Have the person consent to the traineeship with the partner."""
        return await do(self.anna, give_authorisation, case, **{**consent(), **changes})

    async def propose(self, case: UUID, partner: str = PARTNER, purpose: str = "traineeship") -> UUID:
        return await do(self.anna, propose_joint_intervention, case, purpose, [partner], FIELDS, None)

    async def a_shared_case(self, **person: object) -> UUID:
        """Return a new case of the holder's on which the partner works too."""
        case = await self.a_case(**person)
        await self.consent(case)
        await do(self.giulia, accept_joint_intervention, await self.propose(case))
        return case


def consent(**changes: Any) -> dict[str, Any]:
    """Return what `give_authorisation` takes, for the traineeship."""
    return {
        "basis": "consent",
        "purposes": ["traineeship"],
        "organisations": [PARTNER],
        "kinds": [],
        "fields": FIELDS,
        "until": today() + timedelta(days=365),
        **changes,
    }


async def stored(office: Office, table: str, case: UUID, columns: str = "*") -> tuple[Any, ...] | None:
    """Return the row that a case has in one of its tables."""
    rows = await see(office.anna, f"SELECT {columns} FROM {table} WHERE case_id = $1", case)
    return rows[0] if rows else None


VERSION = "SELECT coalesce(max(version), 1) FROM case_change WHERE case_id = $1"


async def version_of(office: Office, case: UUID) -> int:
    version: int = (await see(office.anna, VERSION, case))[0][0]
    return version


@asynccontextmanager
async def acting(actor: Actor) -> AsyncIterator[Connection]:
    """Run a transaction in which the rows of the actor's organisation exist."""
    masks = (actor.read_mask, actor.write_mask, MASKS[actor.role].actions)
    async with transaction(Context(actor.territory_id, actor.organisation_id, actor.account_id, *masks)) as connection:
        yield connection


async def do(actor: Actor, verb: Callable[..., Awaitable[Result]], *given: Any, **named: Any) -> Result:
    """Run one verb in a transaction of its own."""
    async with acting(actor):
        return await verb(actor, *given, **named)


async def see(actor: Actor, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a query as the actor sees them."""
    async with acting(actor) as connection:
        return [tuple(row) for row in await connection.fetch(statement, *values)]


async def at_once(*work: Awaitable[Any]) -> list[Any]:
    """Run these side by side; one that fails gives its exception."""
    return await asyncio.gather(*work, return_exceptions=True)


@asynccontextmanager
async def open_office(owner: Connection) -> AsyncIterator[Office]:
    """Make the territory with its pact in force, and leave nothing of it behind."""
    async with owner.transaction():
        land = await settle(owner)
        await land.bring_into_force(land.document(clause(PLACEMENT, PATHWAY)))
    yield Office(land.id, land.organisations)
    async with owner.transaction():
        await work_in(owner, land.id)
        for table in ("pact_version", "pact_clause"):
            await owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER immutable")
        for removal in removals_in_order(dict(await owner.fetch(OF_TERRITORIES))):
            await owner.execute(removal, land.id)
        await owner.execute("DELETE FROM territory WHERE id = $1", land.id)
        for table in ("pact_version", "pact_clause"):
            await owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER immutable")


def years_from(day: date, years: int) -> date:
    """Return the same day of another year; 29 February becomes 28."""
    return day.replace(year=day.year + years, day=min(day.day, 28) if day.month == 2 else day.day)

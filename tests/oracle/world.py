"""A territory of one example: its organisations, members and cases, every field filled, changed through the API."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from authz.fields import FIELD
from infra.clock import new_id, today
from tenants.cases.need_fields import TOLD, told_mask
from tenants.members.service import issue_token
from tests.authz.documents import KINDS
from tests.oracle.oracle import TELLS, Authorisation, Case, Organisation, Work
from tests.tenants.land import settle

FILLED: Mapping[str, Mapping[str, object]] = {
    "case_identity": {
        "given_name": "Nome",
        "family_name": "Cognome",
        "birth_date": date(1990, 5, 7),
        "birth_year": 1990,
        "sex": "F",
    },
    "case_identity_code": {"code": "STP1234567890123", "kind": "STP"},
    "case_contacts": {
        "municipality": "048014",
        "phone": "+39055123456",
        "phone_note": "int. 12",
        "email": "a@b.example",
    },
    "case_address": {"address": "Via Prova 1", "protected": False},
    "case_legal_status": {"citizenship": "it", "residence_permit": "1"},
    "case_disadvantage": {"statuses": ["unemployed"]},
    "case_economic": {"income_band": "0", "debts": "debiti", "benefits": "nessuno"},
    "case_isee": {"isee_value": 10, "valid_until": today()},
    "case_work": {"profile": "profilo", "history": "storia"},
    "case_education": {"level": "ZZ_LSE", "languages": "it"},
    "case_housing": {"situation": "affitto"},
    "case_justice": {"measures": "nessuna"},
}
HEALTH = ("conditions", "disability", "addictions", "mental")


@dataclass
class Member:
    """Someone who asks."""

    organisation: Organisation
    role: str
    token: str


@dataclass
class Known:
    """A case as the oracle knows it, with its ids."""

    row: UUID
    case: Case
    authorisations: list[UUID] = field(default_factory=list)
    works: list[UUID] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"case_{self.row}"


@dataclass
class World:
    """Everything of one example; `story` says how it came about."""

    owner: asyncpg.Connection
    client: httpx.AsyncClient
    territory: UUID
    organisations: dict[str, Organisation]
    ids: dict[str, UUID]
    members: list[Member]
    cases: list[Known]
    story: list[str] = field(default_factory=list)

    async def ask(self, member: Member, query: str, variables: Any = None) -> dict[str, Any]:
        """Ask GraphQL as this member."""
        response = await self.client.post(
            "/graphql",
            json={"query": query, "variables": variables},
            headers={"Authorization": f"Bearer {member.token}"},
        )
        body: dict[str, Any] = response.json()
        return body

    async def as_owner(self, statement: str, *values: object) -> None:
        """Change something that no verb changes yet."""
        async with self.owner.transaction():
            await self.owner.execute("SELECT set_config('win.territory_id', $1, true)", str(self.territory))
            await self.owner.execute(statement, *values)

    def manager(self, slug: str) -> Member:
        """Return the member of the organisation who may do everything."""
        return next(one for one in self.members if one.organisation.slug == slug and one.role == "case_manager")

    async def do(self, slug: str, mutation: str, given: Mapping[str, Any], noun: str) -> UUID | None:
        """Do one verb as the organisation's manager; `None` if it came to problems."""
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        query = f"mutation M($input: {kind}!) {{ {mutation}(input: $input) {{ {noun} {{ id }} problems {{ code }} }} }}"
        body = await self.ask(self.manager(slug), query, {"input": given})
        self.story.append(f"{slug}: {mutation} {json.dumps(given)}")
        assert "errors" not in body, (body, self.story)
        payload = body["data"][mutation]
        if payload["problems"]:
            self.story[-1] += f" → {payload['problems']}"
            return None
        return UUID(payload[noun]["id"].rpartition("_")[2])


async def make_world(
    owner: asyncpg.Connection, client: httpx.AsyncClient, roles: list[str], holders: list[str]
) -> World:
    """Make the territory, without a pact, and the cases of these holders."""
    async with owner.transaction():
        land = await settle(owner)
        seats = [(slug, one) for slug, role in zip(KINDS, roles, strict=True) for one in ("case_manager", role)]
        members = [(slug, one, await add_member(owner, land.id, land.organisations[slug], one)) for slug, one in seats]
        cases = [Known(await add_case(owner, land.id, land.organisations[slug]), Case(slug)) for slug in holders]
    organisations = {slug: Organisation(slug, kind) for slug, kind in KINDS.items()}
    who = [
        Member(organisations[slug], role, (await issue_token(owner, email, slug, territory=land.slug)).secret)
        for slug, role, email in members
    ]
    return World(owner, client, land.id, organisations, land.organisations, who, cases)


async def add_member(owner: asyncpg.Connection, territory: UUID, organisation: UUID, role: str) -> str:
    """Make an account with this role and return its e-mail."""
    account = new_id()
    email = f"{account.hex}@prova.example"
    await owner.execute(
        "INSERT INTO account (id, email, password_hash, display_name, language, is_demo, created_at) "
        "VALUES ($1, $2, '$argon2id$none', 'Prova', 'it', true, now())",
        account,
        email,
    )
    await owner.execute(
        "INSERT INTO member (territory_id, id, account_id, organisation_id, role, valid_from) "
        "VALUES ($1, $2, $3, $4, $5, '2020-01-01')",
        *(territory, new_id(), account, organisation, role),
    )
    return email


async def add_case(owner: asyncpg.Connection, territory: UUID, holder: UUID) -> UUID:
    """Make a case with a value in every field."""
    case, person = new_id(), new_id()
    await owner.execute(
        "INSERT INTO person (territory_id, id, organisation_id, reference, is_demo) VALUES ($1, $2, $3, $4, true)",
        *(territory, person, holder, f"P-{person.hex[-8:]}"),
    )
    await owner.execute(
        "INSERT INTO case_file (territory_id, id, number, holder_id, person_id, status, opened_on, opened_by, "
        "is_demo) VALUES ($1, $2, $3, $4, $5, 'listening', $6, $2, true)",
        *(territory, case, f"N-{case.hex[-8:]}", holder, person, today()),
    )
    for table, values in FILLED.items():
        places = ", ".join(f"${number}" for number in range(3, 3 + len(values)))
        await owner.execute(
            f"INSERT INTO {table} (territory_id, case_id, {', '.join(values)}) VALUES ($1, $2, {places})",
            *(territory, case, *values.values()),
        )
    for name in HEALTH:
        await owner.execute(
            "INSERT INTO case_health (territory_id, case_id, field_bit, detail) VALUES ($1, $2, $3, 'x')",
            *(territory, case, FIELD[f"health.{name}"].bit),
        )
    for item in TELLS:
        await add_need(owner, territory, case, item)
    return case


async def add_need(owner: asyncpg.Connection, territory: UUID, case: UUID, item: str) -> None:
    """Add a need of this item, under the fields that the catalogue gives it."""
    need, macro = new_id(), next(macro for macro, items in TOLD.items() if item in items)
    told = told_mask(macro, item)
    await owner.execute(
        "INSERT INTO case_need (territory_id, id, case_id, macro, fields_mask, recorded_on) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        *(territory, need, case, macro, told, today()),
    )
    await owner.execute(
        "INSERT INTO case_need_detail (territory_id, need_id, case_id, fields_mask, item) VALUES ($1, $2, $3, $4, $5)",
        *(territory, need, case, told, item),
    )


async def give(world: World, known: Known, one: Authorisation) -> None:
    """Record an authorisation."""
    slugs = [name for name in one.whom if name in world.organisations]
    given = {
        "caseId": known.id,
        "basis": one.basis.upper(),
        "purposes": [purpose.upper() for purpose in one.purposes],
        "organisations": slugs,
        "kinds": [name.upper() for name in one.whom if name not in slugs],
        "fields": one.fields,
        "until": (today() + timedelta(30)).isoformat(),
    }
    row = await world.do(known.case.holder, "giveAuthorisation", given, "authorisation")
    if row is not None:
        known.authorisations.append(row)
        known.case.authorisations.append(one)


async def propose(world: World, known: Known, purpose: str, partners: list[str], offered: list[str]) -> None:
    """Propose joint work."""
    given = {"caseId": known.id, "purpose": purpose.upper(), "partners": partners, "fields": offered}
    row = await world.do(known.case.holder, "proposeJointIntervention", given, "jointIntervention")
    if row is not None:
        known.works.append(row)
        known.case.works.append(Work(purpose, offered))

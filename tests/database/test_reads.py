"""With the program's own role and somebody's context, plain SQL gives exactly what the masks let through.

What is proved: whoever's context the server sets, no statement shows more than that member may see. The context
itself is the server's to set; that nobody else sets it is what tests of sign-in prove.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
import pytest

from authz.fields import ALL_FIELDS, SENSITIVE
from authz.roles import Role
from infra.database import Context
from tests.database.conftest import As
from tests.database.world import CASES, CHANGES, NEEDS, PATHWAY, PLACEMENT, World, bits

TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1
"""

ANY = ("case_file",)
GROUPS: Mapping[str, tuple[str, ...]] = {
    "case_identity": ("identity.initials", "identity.name", "identity.birth_year", "identity.birth", "identity.sex"),
    "case_identity_code": ("identity.identity_code",),
    "case_contacts": ("contacts.municipality", "contacts.phone", "contacts.email"),
    "case_address": ("contacts.address",),
    "case_legal_status": ("status.citizenship", "status.residence_permit"),
    "case_disadvantage": ("status.disadvantage",),
    "case_economic": ("economic.income_band", "economic.debts", "economic.benefits"),
    "case_isee": ("economic.isee_value",),
    "case_work": ("work.profile", "work.history"),
    "case_education": ("education.level", "education.languages"),
    "case_housing": ("housing.situation",),
    "case_justice": ("justice.measures",),
}
HEALTH = ("conditions", "disability", "addictions", "mental")
WORK = (
    "case_change",
    "case_name_word",
    "case_reference",
    "authorisation",
    "event",
    "notification",
    "joint_intervention",
    "joint_intervention_authorisation",
    "joint_intervention_offer",
    "joint_intervention_partner",
    "case_access",
    "access_log",
)
OF_THE_TERRITORY = ("organisation", "pact_version", "pact_clause", "pact_party", "pact_grant", "pact_term", "territory")
OF_THE_MEMBER = ("member", "idempotency")
NEVER = (
    *("account", "access_seal", "session", "sign_in_throttle", "invitation", "second_factor", "processed", "role_mask"),
    *("known_device", "letter", "password_reset", "factor_reset"),
    "tortoise_migrations",
)
BY_ROW = ("case_health", "case_need", "case_need_detail")


@dataclass(frozen=True)
class Reader:
    """A member, and what they may see: the fields of each case, and the rows of joint work."""

    organisation: str
    role: Role = Role.CASE_MANAGER
    fields: Mapping[str, int] = field(default_factory=dict)
    authorisations: tuple[str, ...] = ()
    works: tuple[str, ...] = ()
    partners: int = 0
    grounds: tuple[str, ...] = ()
    log: tuple[str, ...] = ()
    territory: str = "here"


SHARED_CASES = ("shared", "treated", "withdrawn", "expired", "closed")
# Of the withdrawn one nothing was attached: it was withdrawn before the answer.
ATTACHED = ("shared", "treated", "expired", "closed")
OWN = {"partners_own": ALL_FIELDS}
PARTNER_WORKS = ("shared", "withdrawn", "expired", "closed")

READERS = {
    "the holder": Reader(
        "holder", Role.CASE_MANAGER, dict.fromkeys(CASES, ALL_FIELDS), SHARED_CASES, SHARED_CASES, 7, CASES, CASES
    ),
    "a volunteer of the holder": Reader(
        *("holder", Role.VOLUNTEER, dict.fromkeys(CASES, ALL_FIELDS & ~SENSITIVE)),
        *(SHARED_CASES, SHARED_CASES, 7, CASES, CASES),
    ),
    "an auditor of the holder": Reader("holder", Role.AUDITOR, log=CASES),
    "a partner": Reader(
        "partner",
        Role.CASE_MANAGER,
        {"shared": bits(PLACEMENT), **OWN},
        works=PARTNER_WORKS,
        partners=4,
        grounds=("shared", "expired", "partners_own"),
        log=("partners_own",),
    ),
    "the health partner": Reader(
        "clinic", Role.CASE_MANAGER, {"treated": bits(PATHWAY)}, works=("treated",), partners=1, grounds=("treated",)
    ),
    "a volunteer of the health partner": Reader(
        *("clinic", Role.VOLUNTEER, {"treated": bits(("identity.name", "needs.macro", "needs.detail"))}),
        works=("treated",),
        partners=1,
        grounds=("treated",),
    ),
    "whoever is only invited": Reader("invited", works=("shared",), partners=1),
    "whoever declined": Reader("declined", works=("shared",), partners=1),
    "a stranger": Reader("stranger"),
    "a holder elsewhere": Reader(
        *("other_holder", Role.COORDINATOR, {"other_case": ALL_FIELDS}),
        grounds=("other_case",),
        log=("other_case",),
        territory="there",
    ),
    "a holder elsewhere, set here": Reader("other_holder", Role.COORDINATOR),
    "the holder, set elsewhere": Reader("holder", Role.COORDINATOR, territory="there"),
}


def expected(reader: Reader) -> dict[str, list[str]]:
    """Return, for every table with rows of cases, whose rows are visible; said again without any SQL."""
    seen = {case: mask for case, mask in reader.fields.items() if mask}
    rows = {table: sorted(seen) for table in ANY}
    for table, names in GROUPS.items():
        rows[table] = sorted(case for case, mask in seen.items() if mask & bits(names))
    rows["case_health"] = sorted(
        case for case, mask in seen.items() for kind in HEALTH if mask & bits((f"health.{kind}",))
    )
    for table, names in {"case_need": ("needs.macro",), "case_need_detail": ("needs.macro", "needs.detail")}.items():
        tells = [bits((*names, *fields)) for fields in NEEDS.values()]
        rows[table] = sorted(case for case, mask in seen.items() for told in tells if mask & told == told)
    rows["case_name_word"] = sorted(case for case, mask in seen.items() if mask & bits(("identity.name",)))
    rows["case_change"] = sorted(
        case for case, mask in seen.items() for needed in CHANGES if mask & (change := bits(needed)) == change
    )
    is_holder = bool(reader.authorisations)
    own = [case for case in seen if case not in reader.works] if not is_holder else sorted(seen)
    rows["person"] = sorted(own)
    rows["case_reference"] = sorted(own)
    # An offer and its words are the holder's, and whose case it shows; what all of it stands on the holder's alone.
    rows["joint_intervention_offer"] = sorted(case for case in reader.works if case in seen)
    rows["joint_intervention_authorisation"] = sorted(ATTACHED if is_holder else ())
    rows["authorisation"] = sorted(reader.authorisations)
    rows["joint_intervention"] = sorted(reader.works)
    rows["event"] = sorted([*reader.works, *accepted(reader)])
    rows["notification"] = sorted(reader.works) if reader.organisation != "holder" else []
    rows["case_access"] = sorted(reader.grounds)
    rows["access_log"] = sorted(reader.log)
    return rows


def accepted(reader: Reader) -> list[str]:
    """Return the cases of which the reader may know that a partner accepted: the holder all, a partner its own."""
    taken = {"holder": SHARED_CASES, "partner": PARTNER_WORKS, "clinic": ("treated",)}
    return [case for case in taken.get(reader.organisation, ()) if case in reader.works]


async def visible(connection: asyncpg.Connection, table: str, world: World) -> list[str]:
    """Return of which cases the table shows rows, one name a row."""
    column = {"case_file": "id", "person": "id"}.get(table, "case_id")
    names = {str(id_): name.removeprefix("person of ") for name, id_ in world.ids.items()}
    return sorted(names[str(row[0])] for row in await connection.fetch(f"SELECT {column} FROM {table}"))


async def test_every_table_is_accounted_for(world: World) -> None:
    known = {*ANY, "person", *GROUPS, *BY_ROW, *WORK, *OF_THE_TERRITORY, *OF_THE_MEMBER, *NEVER}
    assert {row[0] for row in await world.owner.fetch(TABLES)} == known


@pytest.mark.parametrize("who", READERS)
async def test_rows_of_cases(acting: As, world: World, who: str) -> None:
    reader = READERS[who]
    async with acting(world.context(reader.organisation, reader.role, reader.territory)) as connection:
        found = {table: await visible(connection, table, world) for table in expected(reader)}
        partners = await connection.fetchval("SELECT count(*) FROM joint_intervention_partner")
    assert found == expected(reader)
    assert partners == reader.partners


@pytest.mark.parametrize("who", READERS)
async def test_rows_of_the_network(acting: As, world: World, who: str) -> None:
    reader = READERS[who]
    territory = world[reader.territory]
    belongs = (reader.territory == "there") == reader.organisation.startswith("other")
    async with acting(world.context(reader.organisation, reader.role, reader.territory)) as connection:
        for table in OF_THE_TERRITORY:
            column = "id" if table == "territory" else "territory_id"
            found = await connection.fetch(f"SELECT DISTINCT {column} FROM {table}")
            assert [row[0] for row in found] in ([territory], [] if reader.territory == "there" else None)
        for table in OF_THE_MEMBER:
            found = await connection.fetch(f"SELECT organisation_id FROM {table}")
            assert [row[0] for row in found] == ([world[reader.organisation]] if belongs else [])


@pytest.mark.parametrize("who", READERS)
async def test_no_text_of_a_hidden_case_is_in_any_row(acting: As, world: World, who: str) -> None:
    """The same question put to whole rows, so that a column or a table to come is asked too."""
    reader = READERS[who]
    known = {*reader.fields, *reader.works, *reader.grounds, *reader.log}
    hidden = {name: id_ for name, id_ in world.ids.items() if name.removeprefix("person of ") in {*CASES, "other_case"}}
    hidden = {name: id_ for name, id_ in hidden.items() if name.removeprefix("person of ") not in known}
    async with acting(world.context(reader.organisation, reader.role, reader.territory)) as connection:
        for (table,) in await world.owner.fetch(TABLES):
            if table not in NEVER:
                text = repr(await connection.fetch(f"SELECT t::text FROM {table} t"))
                assert [name for name, id_ in hidden.items() if str(id_) in text or f"'{name} " in text] == []


NOBODY = {
    "no context": None,
    "an organisation that is not there": Context(UUID(int=7), UUID(int=7), UUID(int=7), ALL_FIELDS, ALL_FIELDS),
}


@pytest.mark.parametrize("who", NOBODY)
async def test_without_a_context_nothing_exists(acting: As, world: World, who: str) -> None:
    async with acting(NOBODY[who]) as connection:
        for (table,) in await world.owner.fetch(TABLES):
            if table not in NEVER:
                assert await connection.fetch(f"SELECT 1 FROM {table}") == [], table


async def test_a_context_without_an_organisation_sees_no_case(acting: As, world: World) -> None:
    async with acting(Context(world["here"], None, None, ALL_FIELDS, ALL_FIELDS)) as connection:
        for table in (*expected(READERS["a stranger"]), *OF_THE_MEMBER):
            assert await connection.fetch(f"SELECT 1 FROM {table}") == [], table


async def test_accounts_and_sessions_cannot_be_read_at_all(acting: As, world: World) -> None:
    async with acting(world.context("holder", Role.COORDINATOR)) as connection:
        for table in NEVER:
            savepoint = connection.transaction()
            await savepoint.start()
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"SELECT 1 FROM {table}")
            await savepoint.rollback()


@pytest.mark.parametrize("role", ["owner", "steward"])
async def test_owner_and_steward_see_nothing_without_a_territory(
    world: World, steward: asyncpg.Connection, role: str
) -> None:
    connection = world.owner if role == "owner" else steward
    for table in {*ANY, "person", *GROUPS, *BY_ROW, *WORK, *OF_THE_TERRITORY, *OF_THE_MEMBER, "invitation"} - {
        "territory"
    }:
        assert await connection.fetch(f"SELECT 1 FROM {table}") == [], table


@pytest.mark.parametrize("role", ["owner", "steward"])
async def test_owner_and_steward_stay_in_the_territory_that_they_name(
    world: World, steward: asyncpg.Connection, role: str
) -> None:
    connection = world.owner if role == "owner" else steward
    async with connection.transaction():
        await connection.execute("SELECT set_config('win.territory_id', $1, true)", str(world["there"]))
        assert await visible(connection, "case_file", world) == ["other_case"]
        changed = await connection.execute("UPDATE case_work SET profile = profile WHERE case_id = $1", world["shared"])
        assert changed == "UPDATE 0"


async def test_a_context_ends_with_its_transaction(acting: As, world: World) -> None:
    async with acting(world.context("holder", Role.COORDINATOR)) as connection:
        assert await connection.fetchval("SELECT count(*) FROM case_file") == len(CASES)
    assert await connection.fetchval("SELECT count(*) FROM case_file") == 0


async def test_a_kept_plan_is_not_kept_across_contexts(acting: As, world: World) -> None:
    """One prepared statement with one generic plan for everybody: the context is looked up at every run."""
    async with acting(None) as connection:
        statement = await connection.prepare("SELECT count(*) FROM case_health")
    for who in ("a stranger", "the holder", "a partner", "the holder", "a stranger", "the health partner") * 5:
        reader = READERS[who]
        async with acting(world.context(reader.organisation, reader.role)) as connection:
            await connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
            assert await statement.fetchval() == len(expected(reader)["case_health"])

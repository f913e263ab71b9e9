"""Loading the demonstration territories, once."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from authz.clauses import parse_pact
from authz.roles import Role
from infra.clock import new_id, now, today
from infra.database import Connection
from tenants.demo.cases import add_case
from tenants.demo.catalogue import LANDS, MAIN, OTHER, Land, Seat, desk
from tenants.demo.network import read_network, work_in
from tenants.demo.rows import FILLED, Rows
from tenants.members import passwords
from tenants.pacts.document import read_document
from tenants.pacts.service import bring_into_force, load_pact, parties_of

PASSWORD = "una-rete-di-prova"  # noqa: S105 - printed by `win up` for everybody to see; opens demonstration accounts only
CASES = {MAIN: 420, OTHER: 40}
SEED = 2014
IN_FORCE_FOR = timedelta(days=4 * 365)
"""The pact is older than any case, so that nothing was ever shared without one."""
LOCK = 0x57494E64656D6F  # any number: it serialises the starts and resets of one database
ANALYZE = f"ANALYZE {', '.join(FILLED)}"
PACTS = Path(__file__).parents[1] / "pacts"


class SignIn(NamedTuple):
    """With what someone signs in, to be printed; everybody has the same password."""

    email: str
    organisation: str
    role: Role
    who: str


def sign_ins() -> list[SignIn]:
    """Return the members who have a name, in the order in which to show them; desks sign in too."""
    seats = [seat for land in LANDS.values() for seat in land.seats]
    return [SignIn(seat.email, seat.organisation, seat.role, seat.name) for seat in seats]


async def ensure(connection: Connection) -> bool:
    """Load the demonstration territories unless they are there; tell whether they were loaded now.

    The connection is the owner's. All of it is one transaction, and two starts at once load once.
    """
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        if await connection.fetchval("SELECT EXISTS (SELECT FROM territory WHERE slug = ANY ($1))", list(LANDS)):
            return False
        password_hash = passwords.stored(PASSWORD)  # one for all: it is slow on purpose
        for land in LANDS.values():
            await _load_land(connection, land, await _add_accounts(connection, land, password_hash))
        await connection.execute(ANALYZE)
    return True


async def _add_accounts(connection: Connection, land: Land, password_hash: str) -> dict[str, UUID]:
    accounts = {seat.email: (new_id(), seat) for seat in _seats(land)}
    await connection.executemany(
        "INSERT INTO account (id, email, password_hash, display_name, language, is_demo, created_at) "
        "VALUES ($1, $2, $3, $4, $5, true, $6)",
        [(id_, email, password_hash, seat.name, seat.language, now()) for email, (id_, seat) in accounts.items()],
    )
    return {email: id_ for email, (id_, _) in accounts.items()}


def _seats(land: Land) -> list[Seat]:
    """Return the seats of a territory: those with a name, and a desk for who else works on cases."""
    staffed = {seat.organisation for seat in land.seats if seat.role is Role.CASE_MANAGER}
    return [*land.seats, *(desk(body) for body in land.bodies if body.weight and body.slug not in staffed)]


async def _load_land(connection: Connection, land: Land, accounts: Mapping[str, UUID]) -> None:
    territory_id, since = new_id(), today() - IN_FORCE_FOR
    await connection.execute(
        "INSERT INTO territory (id, slug, name, is_demo, created_at, contact_name, contact_role, contact_email) "
        "VALUES ($1, $2, $3, true, $4, $5, $6, $7)",
        *(territory_id, land.slug, land.name, now(), *_contact(land)),
    )
    await work_in(connection, territory_id)
    await _organisations_and_members(land, accounts, since).write(connection, territory_id)

    document = read_document(PACTS / f"{land.slug}.yaml")
    version_id = await load_pact(connection, territory_id, document, parties_of(parse_pact(document), since))
    await bring_into_force(connection, territory_id, version_id, since)
    await _add_cases(connection, land.slug, CASES[land.slug])


def _organisations_and_members(land: Land, accounts: Mapping[str, UUID], since: date) -> Rows:
    rows, ids = Rows(), {body.slug: new_id() for body in land.bodies}
    for body in land.bodies:
        rows.add("organisation", ids[body.slug], body.slug, body.name, body.kind, body.is_lead, since, True)
    for seat in _seats(land):
        rows.add("member", new_id(), accounts[seat.email], ids[seat.organisation], seat.role, since)
    return rows


def _contact(land: Land) -> tuple[str, str, str]:
    """Return whom to ask about the network: who coordinates it, and for which organisation."""
    (seat,) = [seat for seat in land.seats if seat.role is Role.TERRITORY_COORDINATOR]
    (lead,) = [body for body in land.bodies if body.is_lead]
    return seat.name, f"Coordinamento della rete, {lead.name}", seat.email


async def _add_cases(connection: Connection, slug: str, cases: int) -> None:
    """Add the first cases of a territory, its scenes among them."""
    network, rows = await read_network(connection, slug, SEED), Rows()
    for position in range(cases):
        add_case(rows, network, position)
    await rows.write(connection, network.territory_id)

"""Removing the demonstration territories with everything in them, so that they can be loaded anew."""

from graphlib import TopologicalSorter
from uuid import UUID

from infra.database import Connection
from tenants.demo.load import LOCK
from tenants.demo.network import work_in

OF_TERRITORIES = """
SELECT t.relname AS name,
       ARRAY (SELECT DISTINCT k.confrelid::regclass::text FROM pg_constraint k
               WHERE k.contype = 'f' AND k.conrelid = t.oid AND k.confrelid <> t.oid) AS refers_to
  FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'territory_id'
 WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r'
 ORDER BY t.relname
"""
FORGET_CODES = """
DELETE FROM second_factor WHERE account_id IN (SELECT id FROM account WHERE is_demo AND id <> ALL ($1::uuid[]))
"""
DERIVED, DERIVED_FROM = "case_access", ("joint_intervention_authorisation", "joint_intervention_partner")


async def remove(connection: Connection) -> bool:
    """Remove the demonstration territories, their members' accounts and sessions; tell whether there were any.

    The connection is the owner's. All of it is one transaction. Other territories are not touched, and an account
    of the demonstration that became a member elsewhere stays.
    """
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        territories = await connection.fetch("SELECT id FROM territory WHERE is_demo")
        removals = removals_in_order(dict(await connection.fetch(OF_TERRITORIES)))
        # What keeps a pact in force from being removed can be switched off by the owner alone, and until this
        # transaction ends nobody else can write these tables: the lock that it takes sees to that.
        await connection.execute("ALTER TABLE pact_version DISABLE TRIGGER immutable")
        await connection.execute("ALTER TABLE pact_clause DISABLE TRIGGER immutable")
        for (territory_id,) in territories:
            await work_in(connection, territory_id)
            for removal in removals:
                await connection.execute(removal, territory_id)
            await connection.execute("DELETE FROM territory WHERE id = $1", territory_id)
        await connection.execute("ALTER TABLE pact_version ENABLE TRIGGER immutable")
        await connection.execute("ALTER TABLE pact_clause ENABLE TRIGGER immutable")
        members = await _members(connection)
        await connection.execute(FORGET_CODES, members)
        await connection.execute("DELETE FROM account WHERE is_demo AND id <> ALL ($1::uuid[])", members)
    return bool(territories)


def removals_in_order(refers_to: dict[str, list[str]]) -> list[str]:
    """Return the statements such that nothing is removed before what refers to it, or what it is derived from."""
    order: TopologicalSorter[str] = TopologicalSorter()
    for table, referred in refers_to.items():
        order.add(table)
        for other in referred:
            order.add(other, table)
    order.add(DERIVED, *DERIVED_FROM)
    tables = [table for table in order.static_order() if table in refers_to]
    return [f"DELETE FROM {table} WHERE territory_id = $1" for table in tables]


async def _members(connection: Connection) -> list[UUID]:
    """Return the accounts with a place in some territory; the owner sees one territory at a time."""
    accounts: list[UUID] = []
    for (territory_id,) in await connection.fetch("SELECT id FROM territory"):
        await work_in(connection, territory_id)
        accounts += [row["account_id"] for row in await connection.fetch("SELECT account_id FROM member")]
    return accounts

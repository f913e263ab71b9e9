"""`win demo …`: the demonstration territories, loaded, grown and begun again."""

import time
from typing import Annotated

import typer

from infra.database import OWNER, Connection
from infra.entry import work_as
from infra.errors import SetupError
from tenants.demo.catalogue import MAIN
from tenants.demo.grow import count_cases, grow
from tenants.demo.load import PASSWORD, ensure, sign_ins
from tenants.demo.network import work_in
from tenants.demo.remove import remove

MOST = 1_000_000
COUNTS = """
SELECT (SELECT count(*) FROM organisation), (SELECT count(*) FROM member), (SELECT count(*) FROM case_file),
       (SELECT count(DISTINCT case_id) FROM case_access WHERE organisation_id <> holder_id AND until > now())
"""

app = typer.Typer(help="The demonstration territories: invented people, shared under a pact.", no_args_is_help=True)


@app.command("load")
def load(
    cases: Annotated[
        int | None, typer.Option(min=1, max=MOST, help="Grow the main territory until it has this many cases.")
    ] = None,
) -> None:
    """Load the demonstration territories unless they are there; with --cases, make the main one larger."""

    async def work(connection: Connection) -> None:
        started = time.monotonic()
        loaded = await ensure(connection)
        if cases is not None:
            await _grow_to(connection, cases)
        await _say(connection, "Loaded." if loaded else "The demonstration territories were there already.", started)

    work_as(OWNER, work)


@app.command("reset")
def reset() -> None:
    """Remove the demonstration territories and load them anew; all that was tried in them is lost."""

    async def work(connection: Connection) -> None:
        started = time.monotonic()
        async with connection.transaction():
            removed = await remove(connection)
            await ensure(connection)
        await _say(connection, "Removed and loaded anew." if removed else "Loaded.", started)

    work_as(OWNER, work)


async def _grow_to(connection: Connection, cases: int) -> None:
    territory_id = await connection.fetchval("SELECT id FROM territory WHERE slug = $1 AND is_demo", MAIN)
    if territory_id is None:
        raise SetupError(f"{MAIN} is not a demonstration here, so nothing is added to it.")
    missing = cases - await count_cases(connection, territory_id)
    await grow(connection, territory_id, missing, lambda made: typer.echo(f"{made:,} of {missing:,} new cases"))


async def _say(connection: Connection, sentence: str, started: float) -> None:
    """Print what there is now and how long it took, and with what to sign in."""
    typer.echo(f"{sentence} {time.monotonic() - started:.1f} s.")
    for territory_id, slug in await connection.fetch("SELECT id, slug FROM territory WHERE is_demo ORDER BY slug"):
        async with connection.transaction():
            await work_in(connection, territory_id)
            organisations, members, cases, shared = await connection.fetchrow(COUNTS)
        typer.echo(f"{slug}: {organisations} organisations, {members} members, {cases:,} cases, {shared:,} shared now")
    typer.echo(f"Everybody's password is {PASSWORD}")
    for email, organisation, role, who in sign_ins():
        typer.echo(f"  {email:<40} {organisation:<26} {role:<22} {who}")

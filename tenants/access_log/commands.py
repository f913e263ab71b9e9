"""`win audit …`: the log of reads, sealed and verified."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from infra.database import STEWARD, Connection
from infra.entry import work_as
from infra.errors import SetupError
from tenants.access_log.seals import Anchor, faults, last_anchor, seal

app = typer.Typer(help="The log of reads: seal it, and verify that nobody changed it.", no_args_is_help=True)

Work = Callable[[Connection, UUID, str], Awaitable[list[str]]]


@app.command("seal")
def seal_command() -> None:
    """Seal what was read since the last seal; print the newest seals, to be kept elsewhere as anchors."""

    async def work(connection: Connection, territory_id: UUID, slug: str) -> list[str]:
        await seal(connection, territory_id)
        anchor = await last_anchor(connection, territory_id, slug)
        return [str(anchor)] if anchor else []

    for line in everywhere(work):
        print(line)


@app.command("verify")
def verify(
    anchors: Annotated[Path | None, typer.Option(help="File of lines that `win audit seal` printed.")] = None,
) -> None:
    """Recompute every seal; exit code 1 if one does not hold."""
    known = read_anchors(anchors) if anchors else []

    async def work(connection: Connection, territory_id: UUID, slug: str) -> list[str]:
        return await faults(connection, territory_id, slug, known)

    found = everywhere(work)
    print("\n".join(found) if found else "Every seal of the log of reads holds.")
    raise typer.Exit(1 if found else 0)


def read_anchors(path: Path) -> list[Anchor]:
    """Return the anchors of a file. Raises `SetupError`."""
    try:
        return [Anchor.read(line) for line in path.read_text().splitlines() if line.strip()]
    except (OSError, ValueError):
        raise SetupError(f"{path} cannot be read as anchors: a line is a territory, a number and a hash.") from None


def everywhere(work: Work) -> list[str]:
    """Do the work in each territory as the steward, a transaction each, and return all lines."""

    async def run(steward: Connection) -> list[str]:
        lines = []
        for row in await steward.fetch("SELECT id, slug FROM territory ORDER BY slug"):
            async with steward.transaction():
                lines += await work(steward, row["id"], row["slug"])
        return lines

    return work_as(STEWARD, run)

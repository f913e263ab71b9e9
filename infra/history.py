"""Which migrations made a database: names, and a hash of each as it was when it was applied.

Until a version is released, migrations are edited in place. A database that an earlier state of them made has the
same names and other tables: it is refused in one sentence, and not half brought up to date.
"""

import hashlib
import inspect
from collections.abc import Mapping, Sequence

from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.migration import Migration

from infra.database import Connection

APP = "tenants"
IS_THERE = "SELECT to_regclass('public.tortoise_migrations') IS NOT NULL"
MARK = "ALTER TABLE tortoise_migrations ADD COLUMN IF NOT EXISTS fingerprint text"
APPLIED = "SELECT name, fingerprint FROM tortoise_migrations WHERE app = $1 ORDER BY name"
MARKED = "UPDATE tortoise_migrations SET fingerprint = $3 WHERE app = $1 AND name = $2"
WAY_ON = (
    "this version cannot bring it up to date. Start with another data folder or an empty database; what is in this "
    "one can be dumped with the version that made it"
)


def fingerprint(migration: Migration) -> str:
    """Return a hash of a migration's text; comments on lines of their own and empty lines do not count."""
    lines = inspect.getsource(inspect.getmodule(type(migration)) or type(migration)).splitlines()
    kept = [line.rstrip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()


def known(executor: MigrationExecutor) -> Mapping[str, str]:
    """Return the migrations of this version, in order, with their hashes."""
    executor.loader.load_disk()
    ours = {key.name: one for key, one in executor.loader.disk_migrations.items() if key.app_label == APP}
    return {name: fingerprint(ours[name]) for name in sorted(ours)}


async def faults_of_history(connection: Connection, ours: Mapping[str, str]) -> list[str]:
    """Return in what the database's history is not how ours begins, in a sentence; [] if it is."""
    if not await connection.fetchval(IS_THERE):
        return []
    await connection.execute(MARK)
    applied = [(row["name"], row["fingerprint"]) for row in await connection.fetch(APPLIED, APP)]
    fault = other_history(applied, list(ours.items()))
    return [f"{fault}: {WAY_ON}."] if fault else []


def other_history(applied: Sequence[tuple[str, str | None]], ours: Sequence[tuple[str, str]]) -> str:
    """Return in what the two differ, or nothing if one is the beginning of the other."""
    for position, (name, mark) in enumerate(applied):
        if name not in dict(ours):
            return f"The database has a migration {name} that this version does not know"
        if ours[position][0] != name:
            return f"The database has the migration {name}, and not {ours[position][0]} which comes before it"
        if ours[position][1] != mark:
            return f"The database was made by another text of the migration {name}"
    return ""


async def mark(connection: Connection, ours: Mapping[str, str], applied: Sequence[str]) -> None:
    """Keep the hashes of what was applied now."""
    await connection.executemany(MARKED, [(APP, name, ours[name]) for name in applied])

"""The developers' and operators' commands that know no domain: test, check, db."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import typer

from infra.database import OWNER, connection_facts
from infra.embedded import parts, publish, secret_key, start_postgres, start_redis
from infra.entry import demand_entry
from infra.errors import SetupError
from infra.migrate import drift, migrate
from infra.settings import Settings, settings
from infra.supervision import stop_on_signals

ROOT = Path(__file__).parents[1]
CODE = ("api", "authz", "infra", "jobs", "tenants", "tests", "web")

db = typer.Typer(help="The database: bring it up to date, or say where it has drifted.", no_args_is_help=True)


@db.callback()
def group() -> None:
    """Keep the verbs below the noun, however few they are."""


@db.command("migrate")
def migrate_command() -> None:
    """Make the roles and apply the migrations that are missing."""
    with parts() as given:
        applied = asyncio.run(migrate(*target(given)))
    print("\n".join(applied) if applied else "The database was up to date.")


@db.command("check")
def check_command() -> None:
    """Fail if models, migrations and database disagree."""
    with parts() as given:
        asyncio.run(demand_entry(given, OWNER))
        faults = asyncio.run(drift(*target(given)))
    print("\n".join(faults) if faults else "Models, migrations and database agree.")
    raise typer.Exit(1 if faults else 0)


def target(given: Settings) -> tuple[str, str]:
    """Return the database's address and the secret."""
    return given.database_url or "", secret_key(given).get_secret_value()


def test(context: typer.Context) -> None:
    """Run the tests; arguments go to pytest."""
    arguments = context.args
    if not any(
        argument.startswith(("-n", "--numprocesses", "--pdb")) or names_a_test(argument) for argument in arguments
    ):
        arguments = ["-n", str(min(os.cpu_count() or 2, 4)), "--dist", "worksteal", *arguments]
    stop_on_signals()
    keep_compiled()
    with ExitStack() as stack:
        test_parts(stack)
        code = run("python", "-m", "pytest", *arguments)
    raise typer.Exit(code)


test.context_settings = {"allow_extra_args": True, "ignore_unknown_options": True}  # type: ignore[attr-defined]


def keep_compiled() -> None:
    """Let what is compiled be kept, beside the sources or, if that is not wanted, with what else we build.

    Or else every process that the tests start compiles all of its libraries, which takes longer than most tests.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / ".win" / "compiled"))


def names_a_test(argument: str) -> bool:
    """Tell whether an argument chooses tests; a few are quicker in one process."""
    return (ROOT / argument.partition("::")[0]).exists()


def check() -> None:
    """Run everything that can be red without a test."""
    results = {
        "format": run("ruff", "format", "--check", "--quiet", *CODE),
        "lint": run("ruff", "check", "--quiet", *CODE),
        "types": run("mypy"),
        "floors": run("lint-imports"),
        "schema": run("python", "-P", "-m", "infra.cli", "schema", "export", "--check"),
        "migrations": check_migrations(),
    }
    for name, code in results.items():
        print(f"{'ok ' if code == 0 else 'RED'} {name}")
    raise typer.Exit(1 if any(results.values()) else 0)


def check_migrations() -> int:
    """Make a database out of the migrations alone, and see that nothing differs from the models."""
    began, name = time.monotonic(), f"win_check_{os.getpid()}"
    with ExitStack() as stack:
        test_parts(stack)
        url, secret = target(settings())
        own = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        try:
            asyncio.run(administer(url, f"CREATE DATABASE {name}"))
            stack.callback(lambda: asyncio.run(administer(url, f"DROP DATABASE {name}")))
            asyncio.run(migrate(own, secret))
            faults = asyncio.run(drift(own, secret))
        except SetupError as error:
            faults = [str(error)]
    print("\n".join(faults or [f"migrations: {time.monotonic() - began:.1f} s"]), file=sys.stderr)
    return len(faults)


async def administer(url: str, statement: str) -> None:
    """Run one statement as the administrator. Raises `SetupError`."""
    try:
        connection = await asyncpg.connect(**connection_facts(url), timeout=10)
    except (OSError, asyncpg.PostgresError, ValueError, TimeoutError) as error:
        raise SetupError(f"WIN_DATABASE_URL does not lead to a database ({type(error).__name__}).") from None
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def test_parts(stack: ExitStack) -> None:
    """Start a database and a queue that are thrown away afterwards, where no address is given."""
    given = settings()
    starters = (
        ("WIN_DATABASE_URL", given.database_url, start_postgres),
        ("WIN_REDIS_URL", given.redis_url, start_redis),
    )
    data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="win-test-")))
    data.chmod(0o755)
    publish("WIN_DATA", str(data))
    publish("WIN_SECRET_KEY", secret_key(settings()).get_secret_value())
    for variable, url, start in starters:
        if url is None:
            server = start(data, durable=False)
            stack.callback(server.stop)
            publish(variable, server.url)


def run(program: str, *arguments: str) -> int:
    """Run one of the environment's programs in the project's folder, and return its exit code."""
    folder = Path(sys.executable).parent
    began = time.monotonic()
    command: Sequence[str] = [sys.executable if program == "python" else str(folder / program), *arguments]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    print(f"{program} {' '.join(arguments[:4])}: {time.monotonic() - began:.1f} s", file=sys.stderr)
    return code

"""A real PostgreSQL for every test: one template with the demo territories, copied for each worker."""

import hashlib
import os
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import pytest
from argon2 import PasswordHasher, extract_parameters

from infra.clock import now
from infra.database import as_role, close_pool, connection_facts, open_pool
from infra.migrate import migrate
from infra.settings import settings
from tenants.members import passwords, throttles

ROOT = Path(__file__).parent.parent
SOURCES = ("authz", "tenants", "infra/migrate.py", "infra/row_security.py", "tests/conftest.py")
LOCK = 0x57494E2D74657374

THOROUGH = bool(os.environ.get("WIN_TEST_THOROUGH"))
"""With WIN_TEST_THOROUGH=1 the exhaustive runs are made too, and more is drawn at random."""

STORED = extract_parameters(passwords.stored("how passwords are stored"))
"""What the product asks of a hash, as `test_sign_in.py` looks at it."""
# A hash takes a fifth of a second of a processor, on purpose, and the tests make six hundred: here it costs little.
passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=256, parallelism=1, hash_len=32, salt_len=32)

Ask = Callable[..., Awaitable[dict[str, Any]]]


LONGEST = "tests/oracle/test_oracle.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest comes first, then what needs a browser: one worker starts it, and none is left alone at the end."""
    items.sort(
        key=lambda item: (
            not item.nodeid.startswith(LONGEST),
            {"desk", "served"}.isdisjoint(getattr(item, "fixturenames", ())),
        )
    )


def named(url: str, database: str) -> str:
    """Return the address of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


@cache
def fingerprint() -> str:
    """Return a hash of everything that a fresh database is made from."""
    digest = hashlib.sha256()
    for source in SOURCES:
        path = ROOT / source
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if file.suffix in (".py", ".yaml", ".conf"):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


@pytest.fixture(scope="session")
def server_url() -> str:
    """The administrator's address of the server that `./win test` found or started."""
    url = os.environ.get("WIN_DATABASE_URL")
    if url is None:
        pytest.exit("The tests need a database: run them by ./win test, which starts one.", returncode=2)
    return url


@pytest.fixture(scope="session")
def secret() -> str:
    """The secret that the passwords of the database's roles are derived from."""
    key = settings().secret_key
    assert key is not None
    return key.get_secret_value()


@pytest.fixture(scope="session")
async def database_url(server_url: str, secret: str, worker: str) -> AsyncIterator[str]:
    """A database of this worker's own, with the demo territories in it."""
    admin = await asyncpg.connect(**connection_facts(server_url))
    template, own = f"win_template_{fingerprint()}", f"win_test_{worker}_{os.getpid()}"
    await admin.execute("SELECT pg_advisory_lock($1)", LOCK)
    try:
        if not await admin.fetchval("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", template):
            await make_template(admin, server_url, secret, template)
        await admin.execute(f'CREATE DATABASE "{own}" TEMPLATE "{template}"')
    finally:
        await admin.execute("SELECT pg_advisory_unlock($1)", LOCK)
    yield named(server_url, own)
    await admin.execute(f'DROP DATABASE "{own}" WITH (FORCE)')
    await admin.close()


async def make_template(admin: asyncpg.Connection, server_url: str, secret: str, template: str) -> None:
    """Make the template whole or not at all."""
    from tenants.demo.load import ensure

    building = f"{template}_building"
    await admin.execute(f'DROP DATABASE IF EXISTS "{building}"')
    await admin.execute(f'CREATE DATABASE "{building}"')
    url = named(server_url, building)
    await migrate(url, secret)
    owner = await asyncpg.connect(**connection_facts(as_role(url, "win_owner", secret)))
    await ensure(owner)
    await owner.close()
    await admin.execute(f'ALTER DATABASE "{building}" RENAME TO "{template}"')


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> str:
    """The name of this process among those of pytest-xdist."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
async def database(database_url: str, secret: str) -> AsyncIterator[str]:
    """The pool is open, as the serving role."""
    await open_pool(as_role(database_url, "win_app", secret), max_size=10)
    yield database_url
    await close_pool()


@pytest.fixture(scope="session")
async def owner(database_url: str, secret: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the owner; name a territory before asking for its rows."""
    connection = await asyncpg.connect(**connection_facts(as_role(database_url, "win_owner", secret)))
    yield connection
    await connection.close()


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No wait after a failed sign-in ends while the test runs, however slow the machine is."""
    at = now()
    monkeypatch.setattr(throttles, "now", lambda: at)


@pytest.fixture(scope="session")
async def client(database: str) -> AsyncIterator[httpx.AsyncClient]:
    """The application, in this process."""
    from web.app import build

    transport = httpx.ASGITransport(build(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://win.example") as client:
        yield client


@pytest.fixture(scope="session")
def fresh() -> Iterator[Callable[[Path], None]]:
    """Puts a PostgreSQL that was made and stopped into a data folder: to make one takes seconds, to copy it none."""
    from infra.embedded import start_postgres

    with tempfile.TemporaryDirectory(prefix="win-test-") as folder:
        kept = Path(folder) / "data"
        kept.parent.chmod(0o755)
        start_postgres(kept, durable=False).stop()

        def copy(data: Path) -> None:
            subprocess.run(["cp", "-a", str(kept), str(data)], check=True)  # noqa: S607

        yield copy


class Served(NamedTuple):
    """A server that browsers and other people's programs can reach, and the file that it writes its log to."""

    origin: str
    log: Path


@pytest.fixture(scope="session")
async def served(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """One for all tests."""
    from tests.web.browser import serving, until_it_answers

    log = tmp_path_factory.mktemp("served") / "log"
    with serving(database_url, log) as origin:
        await until_it_answers(origin)
        yield Served(origin, log)


@pytest.fixture(scope="session")
async def token(owner: asyncpg.Connection) -> Callable[[str, str], Awaitable[str]]:
    """Gives a bearer token for a member of the demo territory."""
    from tenants.members.service import issue_token

    issued: dict[tuple[str, str], str] = {}

    async def give(email: str, organisation: str) -> str:
        if (email, organisation) not in issued:
            issued[email, organisation] = (await issue_token(owner, email, organisation)).secret
        return issued[email, organisation]

    return give


CAST = {
    "anna": ("anna@caritas-empoli.example", "caritas-empoli"),
    "piero": ("piero@caritas-empoli.example", "caritas-empoli"),
    "rosa": ("rosa@caritas-fucecchio.example", "caritas-fucecchio"),
    "giulia": ("giulia@cooperativa-il-ponte.example", "cooperativa-il-ponte"),
    "marta": ("marta@unione-dei-comuni.example", "unione-dei-comuni"),
    "luca": ("luca@asl-toscana-centro.example", "asl-toscana-centro"),
    "coordinatrice": ("coordinatrice@vnp.example", "vnp"),
}


@pytest.fixture(scope="session")
async def ask(client: httpx.AsyncClient, token: Callable[[str, str], Awaitable[str]]) -> Ask:
    """Ask GraphQL as one of the cast, by first name; returns the body."""

    async def asking(who: str, query: str, variables: Any = None, /, **headers: str) -> dict[str, Any]:
        bearer = {"Authorization": f"Bearer {await token(*CAST[who])}", **headers}
        response = await client.post("/graphql", json={"query": query, "variables": variables}, headers=bearer)
        body: dict[str, Any] = response.json()
        return body

    return asking


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why anything was left out, each reason once."""
    skipped = terminalreporter.stats.get("skipped", [])
    for reason in sorted({str(report.longrepr[2]) for report in skipped if isinstance(report.longrepr, tuple)}):
        terminalreporter.write_line(f"Left out. {reason}")


@asynccontextmanager
async def setting(name: str, value: str) -> AsyncIterator[None]:
    """Change one setting for a while."""
    before = os.environ.get(name)
    os.environ[name] = value
    settings.cache_clear()
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
        settings.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def _no_surprises() -> Iterator[None]:
    """Settings are read from the environment of the run alone."""
    settings.cache_clear()
    yield
    settings.cache_clear()

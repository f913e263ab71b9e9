"""The command that measures."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import psutil
import typer
import uvloop

from api.bench.flood import flood
from api.bench.load import Measured, ask_for
from api.bench.page import DOCUMENT, compiled_page
from infra.database import OWNER, as_role, connection_facts
from infra.embedded import publish, secret_key, start_postgres, start_redis
from infra.migrate import migrate
from infra.settings import settings

MEMBER = ("giulia@cooperativa-il-ponte.example", "cooperativa-il-ponte")
SIZES = (1_000, 10_000, 100_000)
SERVERS = ("graphql", "bare", "reference")
ROUNDS = 9


def bench(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    cases: Annotated[list[int] | None, typer.Option(help="How many cases; may be given several times.")] = None,
    seconds: Annotated[float, typer.Option(help="How long each of the rounds is.")] = 1.5,
    clients: Annotated[int, typer.Option(help="How many ask at once.")] = 8,
    documents: Annotated[int, typer.Option("--flood", help="Measure a flood of so many documents instead.")] = 0,
) -> None:
    """Measure the page of 50 shared cases against a bare handler and the reference path, in one run.

    With --flood: how much memory PostgreSQL takes while new documents come, each twice.
    """
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="win-bench-")))
        data.chmod(0o755)
        token = start(stack, data)
        if documents:
            given = settings()
            print(json.dumps(asyncio.run(flood(given.database_url or "", secret(), token, documents, given.pool_size))))
            return
        pages = []
        for size in sorted(cases or SIZES):
            say(as_json, f"{size:,} cases: growing")
            asyncio.run(grow_to(size))
            pages.append({"cases": size, **measure(data, token, seconds, clients)})
            say(as_json, line(pages[-1]))
        result = {"pages": pages, "rss_mb": memory(stack)}
    if as_json:
        print(json.dumps(result))
        return
    print(
        f"A page at {pages[-1]['cases']:,} cases takes {pages[-1]['p50_ms'] / pages[0]['p50_ms']:.2f} times one at "
        f"{pages[0]['cases']:,}. Memory in MB: {result['rss_mb']}"
    )


def say(quiet: bool, words: str) -> None:
    """Tell how far it is, unless the output is for a program."""
    print(words, file=sys.stderr if quiet else sys.stdout, flush=True)


def line(page: dict[str, Any]) -> str:
    """Return a page's figures for people."""
    to_bare = page["graphql_rps"] / page["bare_rps"]
    return (
        f"{page['cases']:>9,} cases: /graphql {page['graphql_rps']:.0f}/s, {to_bare:.2f} of bare "
        f"({page['bare_rps']:.0f}/s), {page['graphql_rps'] / page['reference_rps']:.1f} times the reference "
        f"({page['reference_rps']:.0f}/s); p50 {page['p50_ms']:.1f} ms, p99 {page['p99_ms']:.1f} ms"
    )


def start(stack: ExitStack, data: Path) -> str:
    """Start a database of its own, with the demonstration in it, and return a token."""
    publish("WIN_DATA", str(data))
    publish("WIN_SECRET_KEY", secret_key(settings()).get_secret_value())
    for variable, starter in (("WIN_DATABASE_URL", start_postgres), ("WIN_REDIS_URL", start_redis)):
        server = starter(data)
        stack.callback(server.stop)
        publish(variable, server.url)
    return asyncio.run(prepare())


async def owner() -> asyncpg.Connection:
    """Return a connection as the owner."""
    given = settings()
    return await asyncpg.connect(**connection_facts(as_role(given.database_url or "", OWNER, secret())))


def secret() -> str:
    """Return the secret of this run."""
    return secret_key(settings()).get_secret_value()


async def prepare() -> str:
    """Make the database and return a token of the member who asks."""
    from tenants.demo.load import ensure
    from tenants.members.service import issue_token

    await migrate(settings().database_url or "", secret())
    connection = await owner()
    await ensure(connection)
    token = (await issue_token(connection, *MEMBER)).secret
    await connection.close()
    return token


async def grow_to(size: int) -> None:
    """Grow the demonstration to that many cases."""
    from tenants.demo.catalogue import MAIN
    from tenants.demo.grow import count_cases, grow

    connection = await owner()
    territory = await connection.fetchval("SELECT id FROM territory WHERE slug = $1", MAIN)
    missing = size - await count_cases(connection, territory)
    if missing > 0:
        await grow(connection, territory, missing)
    # Else the database does it by itself, in the middle of the measuring.
    await connection.execute("VACUUM (ANALYZE)")
    await connection.close()


def measure(data: Path, token: str, seconds: float, clients: int) -> dict[str, Any]:
    """Measure the three servers in turns, and return the figures."""
    statement = data / "statement.json"
    statement.write_text(asyncio.run(compiled_page(settings().database_url or "", secret(), token)))
    body = json.dumps({"query": DOCUMENT}).encode()
    request = (
        f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    measured = {name: Measured() for name in SERVERS}
    with ExitStack() as stack:
        ports = {name: serve(stack, name, statement) for name in SERVERS}
        for name in SERVERS:
            uvloop.run(ask_for(ports[name], request, 1.5, clients))
        for _ in range(ROUNDS):
            # Short turns: a machine that is slower for a while is so for all of them.
            for name in SERVERS:
                uvloop.run(ask_for(ports[name], request, seconds, clients, measured[name]))
    return {
        **{f"{name}_rps": round(measured[name].per_second, 1) for name in SERVERS},
        "p50_ms": round(measured["graphql"].quantile(0.5), 2),
        "p99_ms": round(measured["graphql"].quantile(0.99), 2),
    }


def serve(stack: ExitStack, name: str, statement: Path) -> int:
    """Start one of the servers and return its port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    arguments = (
        ["-m", "api.bench.bare", str(port)] if name == "bare" else ["-m", "infra.cli", "serve", "--port", str(port)]
    )
    path = {"WIN_READ_PATH": "reference"} if name == "reference" else {}
    launch(stack, arguments, {**path, "WIN_BENCH_STATEMENT": str(statement)})
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5):
            return port
        time.sleep(0.1)
    raise RuntimeError(f"the {name} server did not start")


def launch(stack: ExitStack, arguments: list[str], more: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start a process of ours that ends with the measuring."""
    process = subprocess.Popen([sys.executable, *arguments], env={**os.environ, **more})
    stack.callback(process.wait)
    stack.callback(process.terminate)
    return process


def memory(stack: ExitStack) -> dict[str, float]:
    """Return the megabytes that a web process and a worker hold, the web process after some work."""
    with ExitStack() as inner:
        statement = Path(os.environ["WIN_DATA"]) / "statement.json"
        serve(inner, "graphql", statement)
        worker = launch(inner, ["-m", "infra.cli", "worker"], {})
        time.sleep(5)
        web = next(
            process
            for process in psutil.Process().children()
            if process.pid != worker.pid and "serve" in process.cmdline()
        )
        found = {"web": web, "worker": psutil.Process(worker.pid)}
        return {name: round(process.memory_info().rss / 2**20, 1) for name, process in found.items()}

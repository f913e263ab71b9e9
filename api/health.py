"""Whether the service lives, whether it is ready, which version it is, and its counters."""

import asyncio
import hmac
import tomllib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from api.soundness import PACTS
from infra.database import pool_state, transaction
from infra.errors import SetupError
from infra.log import logger
from infra.queue import last_count, worker_was_seen
from infra.settings import settings

PROBES = ("/livez", "/readyz", "/metrics")
"""What is answered even while everything else is told to come back."""
PATIENCE = 3.0
"""Seconds that a part has to answer; a probe that hangs tells nothing."""

Check = Callable[[], Awaitable[list[str]]]


async def livez(_request: Request) -> Response:
    """Answer: the process serves requests, whatever else is broken."""
    return PlainTextResponse("ok\n")


async def readyz(request: Request) -> Response:
    """Tell whether each part does its work; 503 if nobody can be served. Sentences go to operators alone.

    A territory whose pact is not sound is denied by itself: the others are served, so the process is ready.
    """
    parts = {name: await state_of(check) for name, check in CHECKS.items()}
    is_ready = not parts["database"] and not (parts["pact"] and PACTS.serves_nobody)
    told: dict[str, Any] = {
        name: ("ok" if not faults else "failing") if not is_operator(request) else faults or "ok"
        for name, faults in parts.items()
    }
    body: dict[str, Any] = {"ready": is_ready, "parts": told}
    if is_operator(request):
        body["denied"] = sorted(PACTS.faults)
    return JSONResponse(body, 200 if is_ready else 503)


async def state_of(check: Check) -> list[str]:
    """Return what is wrong with a part; a check that fails is a fault, told by its kind alone."""
    try:
        return await asyncio.wait_for(check(), PATIENCE)
    except Exception as error:
        logger().warning("not ready", kind=type(error).__name__)
        return [f"It does not answer ({type(error).__name__})."]


async def database_faults() -> list[str]:
    """Return what is wrong with the database: it has to answer, migrated, to the role that serves."""
    async with transaction() as connection:
        if await connection.fetchval("SELECT count(*) FROM territory_ids()") is None:
            return ["It does not answer."]
        user = await connection.fetchval("SELECT current_user")
        return [] if user == "win_app" else ["The serving role is not win_app, so row security may not hold."]


async def pact_faults() -> list[str]:
    """Return what is wrong with the pact of each territory, which is denied for as long."""
    return [sentence for faults in (await PACTS.look()).values() for sentence in faults]


async def worker_faults() -> list[str]:
    """Return why work without a caller may be waiting; requests need neither Redis nor a worker."""
    url = settings().redis_url
    if url is None:
        return ["WIN_REDIS_URL is not set."]
    return [] if await worker_was_seen(url) else ["No worker has been seen for a while."]


CHECKS: Mapping[str, Check] = {"database": database_faults, "pact": pact_faults, "worker": worker_faults}


async def version_of(_request: Request) -> Response:
    """Tell the version that is running."""
    return JSONResponse({"name": "win", "version": running_version()})


@lru_cache
def running_version() -> str:
    """Return the version of the distribution, or of the source tree where it is not installed."""
    try:
        return version("win")
    except PackageNotFoundError:
        project: Any = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))
        return str(project["project"]["version"])


async def metrics(request: Request) -> Response:
    """Give the counters to an operator; to anybody else this does not exist."""
    if not is_operator(request):
        return PlainTextResponse("Not Found", 404)
    return Response(generate_latest() + generate_latest(await observed()), media_type=CONTENT_TYPE_LATEST)


async def observed() -> CollectorRegistry:
    """Return what is looked up when it is asked for; what cannot be found out is not told, rather than told as none."""
    registry = CollectorRegistry()
    pool = pool_state()
    if pool is not None:
        given = {"opened": pool.opened, "used": pool.used, "most": pool.most}
        gauge("win_pool_connections", "Connections to the database of this process.", given, registry)
    denied = dict.fromkeys(PACTS.faults, 1.0)
    gauge("win_territory_denied", "1 for each territory whose pact is not sound.", denied, registry, "territory")
    counted = await outbox()
    Gauge("win_worker_seen", "1 if a worker was seen lately.", registry=registry).set(counted is not None)
    if counted is not None:
        oldest = counted.pop("oldest")
        gauge("win_outbox_events", "Events and letters to deal with, when a worker last counted.", counted, registry)
        name, told = "win_outbox_oldest_seconds", "For how long the one that is due for longest has waited."
        Gauge(name, told, registry=registry).set(oldest)
    return registry


def gauge(name: str, told: str, values: Mapping[str, float], registry: CollectorRegistry, label: str = "state") -> None:
    """Add a gauge that has several states."""
    states = Gauge(name, told, [label], registry=registry)
    for state, value in values.items():
        states.labels(state).set(value)


async def outbox() -> dict[str, float] | None:
    """Return what a worker has last counted; nothing if none lives, or if that cannot be found out soon."""
    url = settings().redis_url
    try:
        return None if url is None else await last_count(url)
    except (OSError, RedisError, TimeoutError, SetupError):
        return None


def is_operator(request: Request) -> bool:
    """Tell whether an operator asks: with the token of WIN_METRICS_TOKEN, or from this machine if there is none.

    Behind a proxy on the same machine everybody comes from it; there the token has to be set.
    """
    token = settings().metrics_token
    if token is not None:
        given = request.headers.get("authorization", "").encode("latin-1")
        return hmac.compare_digest(given, f"Bearer {token.get_secret_value()}".encode())
    if any(name in request.headers for name in ("x-forwarded-for", "forwarded", "via")):
        return False
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def routes() -> Sequence[Route]:
    """Return the endpoints of this module."""
    return [
        Route("/livez", livez),
        Route("/readyz", readyz),
        Route("/version", version_of),
        Route("/metrics", metrics),
    ]

"""The connection to Redis: arq's wake-up, never the truth. A Redis that hangs is as good as one that is away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import orjson
from arq.connections import ArqRedis, RedisSettings
from redis.exceptions import RedisError

from infra.errors import SetupError
from infra.settings import settings

OLDEST = (6, 2)
HEARTBEAT = "win:worker:seen"
"""The key that lives while a worker does; its value is when it was last seen."""
OUTBOX = "win:worker:outbox"
"""The key under which a worker writes, while it lives, how much work waits; only it sees the events of everybody."""
RELAY = "relay"
"""The job that looks for work that is due."""
WAIT_FOR_THE_BELL = 0.5
WAIT_FOR_A_WORD = 0.5
WAIT_AT_THE_START = 5.0
_ringing: set[asyncio.Task[None]] = set()


def redis_settings(url: str) -> RedisSettings:
    """Return an address (`redis://`, `rediss://` or `unix://:password@/path?db=0`) as arq wants it."""
    parts = urlsplit(url)
    try:
        if parts.scheme == "unix":
            return RedisSettings(
                unix_socket_path=unquote(parts.path),
                password=unquote(parts.password or "") or None,
                database=int(parse_qs(parts.query).get("db", ["0"])[0]),
            )
        if parts.scheme in ("redis", "rediss"):
            return RedisSettings.from_dsn(url)
    except ValueError:
        pass
    raise SetupError("WIN_REDIS_URL is not an address of Redis; it is like redis://user:password@host:6379/0.")


@asynccontextmanager
async def reached(url: str, seconds: float) -> AsyncIterator[ArqRedis]:
    """Give a connection for so long at most. Raises `OSError`, `RedisError`, `TimeoutError` or `SetupError`."""
    given = redis_settings(url)
    redis = ArqRedis(
        host=str(given.host),
        port=given.port,
        unix_socket_path=given.unix_socket_path,
        db=given.database,
        username=given.username,
        password=given.password,
        ssl=given.ssl,
        socket_connect_timeout=seconds,
        job_serializer=written,
        job_deserializer=read,
    )
    try:
        async with asyncio.timeout(seconds):
            yield redis
    finally:
        # Those in use too: whoever was waiting for an answer when the time was over has left theirs open.
        await redis.aclose(close_connection_pool=True)


async def demand_redis(url: str) -> None:
    """See that a Redis answers there, and that it is new enough. Raises `SetupError`."""
    try:
        async with reached(url, WAIT_AT_THE_START) as redis:
            version = str((await redis.info("server"))["redis_version"])
    except (OSError, RedisError, TimeoutError) as error:
        raise SetupError(f"WIN_REDIS_URL does not lead to a Redis that lets us in ({type(error).__name__}).") from None
    if tuple(int(number) for number in version.split(".")[:2]) < OLDEST:
        raise SetupError(f"This Redis is version {version}; WIN needs {'.'.join(map(str, OLDEST))} or newer.")


async def worker_was_seen(url: str) -> bool:
    """Tell whether a worker lives, by its beat. Raises what `reached` does."""
    async with reached(url, WAIT_FOR_A_WORD) as redis:
        return bool(await redis.exists(HEARTBEAT))


async def last_count(url: str) -> dict[str, Any] | None:
    """Return what a worker that lives has last counted. Raises what `reached` does."""
    async with reached(url, WAIT_FOR_A_WORD) as redis:
        value = await redis.get(OUTBOX)
    return None if value is None else read(value)


def written(value: dict[str, Any]) -> bytes:
    """Return a job as JSON: what is read back can be nothing but data."""
    return orjson.dumps(value)


def read(value: bytes) -> dict[str, Any]:
    """Return a job from its JSON."""
    job: dict[str, Any] = orjson.loads(value)
    return job


def ring() -> None:
    """Wake the worker, if Redis can be reached: nobody waits for it, and what is due is found without it too."""
    url = settings().redis_url
    if url is None or _ringing:
        return
    task = asyncio.get_running_loop().create_task(_ring(url))
    _ringing.add(task)
    task.add_done_callback(_ringing.discard)


async def _ring(url: str) -> None:
    with suppress(OSError, RedisError, TimeoutError, SetupError):
        async with reached(url, WAIT_FOR_THE_BELL) as redis:
            await redis.enqueue_job(RELAY, _job_id="wake")

"""The connection to Redis: arq's wake-up, never the truth."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import orjson
from arq.connections import RedisSettings

from infra.errors import SetupError


def redis_settings(url: str) -> RedisSettings:
    """Return an address (`redis://`, `rediss://` or `unix://:password@/path?db=0`) as arq wants it."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        database = parse_qs(parts.query).get("db", ["0"])[0]
        return RedisSettings(
            unix_socket_path=unquote(parts.path), password=unquote(parts.password or "") or None, database=int(database)
        )
    if parts.scheme not in ("redis", "rediss"):
        raise SetupError("WIN_REDIS_URL is not an address of Redis; it starts with redis://, rediss:// or unix://.")
    return RedisSettings.from_dsn(url)


def written(value: dict[str, Any]) -> bytes:
    """Return a job as JSON: what is read back can be nothing but data."""
    return orjson.dumps(value)


def read(value: bytes) -> dict[str, Any]:
    """Return a job from its JSON."""
    job: dict[str, Any] = orjson.loads(value)
    return job

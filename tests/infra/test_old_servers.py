"""Servers that are too old are refused before anything is done to them."""

from pathlib import Path

import pytest

from infra import migrate, queue
from infra.embedded import start_redis
from infra.errors import SetupError


async def test_an_old_postgresql_is_refused(server_url: str, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "OLDEST", 999)
    with pytest.raises(SetupError, match=r"^This PostgreSQL is version \d+; WIN needs 999 or newer\.$"):
        await migrate.migrate(server_url, secret)


async def test_an_old_redis_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = start_redis(data, durable=False)
    try:
        await queue.demand_redis(server.url)
        monkeypatch.setattr(queue, "OLDEST", (999, 0))
        with pytest.raises(SetupError, match=r"^This Redis is version 6\.2\.\d+; WIN needs 999\.0 or newer\.$"):
            await queue.demand_redis(server.url)
    finally:
        server.stop()

"""How much memory PostgreSQL takes while valid documents come that nobody has asked before, each of them twice."""

import asyncio
import random
from typing import Any

import asyncpg
import psutil

from api.identity import Credentials
from api.operation import Ask, answer
from infra.clock import new_id
from infra.database import SERVING_ROLE, as_role, close_pool, connection_facts, open_pool
from tenants.members.secrets import hash_of

BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND usename = 'win_app'"
MB = 1_000_000
FIELDS = (
    *("number", "status", "openedOn", "holder { slug name }", "person { reference identity { bornOn sex } }"),
    *("work { profile history }", "education { level languages }", "housing { situation }"),
    *("needs { id macro item note }", "jointInterventions(first: 3) { nodes { id status purpose } }"),
    *("events(first: 3) { nodes { kind at } }", "disclosure { field state reason }"),
)


async def flood(url: str, secret: str, token: str, documents: int, connections: int) -> dict[str, Any]:
    """Ask through a pool of so many connections; return in MB what its backends take besides what all share."""
    chance = random.Random(7)  # noqa: S311 (which fields)
    texts = [document(chance, number) for number in range(documents)]
    waiting = iter([text for text in texts for _ in range(2)])
    credentials = Credentials(hash_of(token), "bearer")

    async def ask() -> None:
        for text in waiting:
            result = (await answer(Ask(text, {}, None), credentials, new_id())).result
            if result.errors:
                raise RuntimeError(f"the flood cannot be measured: {result.errors[0].message}")

    await open_pool(as_role(url, SERVING_ROLE, secret), max_size=connections)
    try:
        await asyncio.gather(*(ask() for _ in range(connections)))
        administrator = await asyncpg.connect(**connection_facts(url))
        pids = [row["pid"] for row in await administrator.fetch(BACKENDS)]
        await administrator.close()
        taken = sorted(private(pid) for pid in pids)
    finally:
        await close_pool()
    return {"documents": documents, "backends": len(taken), "largest_mb": taken[-1], "together_mb": sum(taken)}


def document(chance: random.Random, number: int) -> str:
    """Return a valid document that is like no other."""
    fields = chance.sample(FIELDS, chance.randint(4, len(FIELDS)))
    return f"{{ cases(first: 5) {{ nodes {{ a{number}: id {' '.join(fields)} }} }} }}"


def private(pid: int) -> int:
    """Return the memory of a process that is its own, in MB."""
    memory = psutil.Process(pid).memory_info()
    return int((memory.rss - memory.shared) / MB)

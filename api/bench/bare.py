"""The same page without GraphQL: asyncpg, Starlette, one hand-kept statement, the same row security and log."""

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from authz.roles import MASKS, Role
from infra.clock import new_id
from infra.database import SERVER_SETTINGS, SERVING_ROLE, as_role, connection_facts
from tenants.members.secrets import hash_of
from tenants.reading.cursors import mark_of

STATEMENT = json.loads(Path(os.environ["WIN_BENCH_STATEMENT"]).read_text())
POOL = 10


@asynccontextmanager
async def pool(app: Starlette) -> AsyncIterator[None]:
    """Hold as many connections as the measured server."""
    url = as_role(os.environ["WIN_DATABASE_URL"], SERVING_ROLE, os.environ["WIN_SECRET_KEY"])
    async with asyncpg.create_pool(
        **connection_facts(url),
        min_size=POOL,
        max_size=POOL,
        server_settings=SERVER_SETTINGS,
        max_cacheable_statement_size=0,
    ) as connections:
        app.state.pool = connections
        yield


async def page(request: Request) -> Response:
    """Answer the page."""
    await request.body()
    token = request.headers["authorization"].removeprefix("Bearer ")
    async with request.app.state.pool.acquire() as connection, connection.transaction():
        who = await connection.fetchrow("SELECT * FROM enter($1)", hash_of(token))
        masks = MASKS[Role(who["role"])]
        values = {
            "territory": who["territory_id"],
            "organisation": who["organisation_id"],
            "account": who["account_id"],
            "field_mask": masks.read,
            "write_mask": masks.write,
            "actions": masks.actions,
            "language": who["language"],
            "request": new_id(),
            "display_name": who["display_name"],
            "role": who["role"],
            "session": who["session_id"],
            "mark": mark_of("cases", descending=True, filters={}),
        }
        text = await connection.fetchval(STATEMENT["text"], *(values[name] for name in STATEMENT["parameters"]))
    return Response(b'{"data":{"cases":' + text.encode() + b"}}", media_type="application/json")


def build() -> Starlette:
    """Return the application."""
    return Starlette(routes=[Route("/graphql", page, methods=["POST"]), Route("/livez", live)], lifespan=pool)


async def live(_request: Request) -> Response:
    """Say that it runs."""
    return Response("ok")


if __name__ == "__main__":
    uvicorn.run(
        build,
        factory=True,
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
        log_level="warning",
    )

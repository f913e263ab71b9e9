"""People who sign in, made for one test each, and the browsers that they use."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx

from api.identity import enter
from infra.clock import new_id
from infra.database import transaction
from tenants.members import passwords
from tenants.members.secrets import hash_of

PASSWORD = "una parola lunga e segreta"
CARITAS, FUCECCHIO, PONTE = "caritas-empoli", "caritas-fucecchio", "cooperativa-il-ponte"
JSON = {"X-WIN-CSRF": "1"}
COOKIE = "__Host-win-session"
Browser = Callable[..., httpx.AsyncClient]


@cache
def hashed() -> str:
    """The hash of everybody's password."""
    return passwords.stored(PASSWORD)


@dataclass(frozen=True)
class Someone:
    """An account and its memberships."""

    account_id: UUID
    email: str

    def typed(self, **also: str) -> dict[str, str]:
        """What they send to sign in."""
        return {"email": self.email, "password": PASSWORD, **also}


async def work_in(owner: asyncpg.Connection) -> UUID:
    """See what is of the demonstration territory until the transaction ends, as the owner of the database."""
    territory: UUID = await owner.fetchval("SELECT id FROM territory WHERE slug = 'empolese-valdelsa'")
    await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(territory))
    return territory


async def by(owner: asyncpg.Connection, statement: str, *values: object) -> None:
    """Change something of that territory by hand."""
    async with owner.transaction():
        await work_in(owner)
        await owner.execute(statement, *values)


async def someone(
    owner: asyncpg.Connection,
    *organisations: str,
    language: str = "it",
    until: date | None = None,
    role: str = "case_manager",
) -> Someone:
    """Make a member, a case manager if nothing else is said, of these organisations of the demonstration territory."""
    person = Someone(new_id(), f"{uuid4().hex}@prova.example")
    async with owner.transaction():
        territory = await work_in(owner)
        await owner.execute(
            "INSERT INTO account (id, email, password_hash, display_name, language, is_demo, created_at) "
            "VALUES ($1, $2, $3, 'Qualcuno', $4, true, now())",
            *(person.account_id, person.email, hashed(), language),
        )
        for slug in organisations:
            await owner.execute(
                "INSERT INTO member (territory_id, id, account_id, organisation_id, role, valid_from, valid_until) "
                "SELECT $1, $2, $3, id, $6, '2020-01-01', $5 FROM organisation WHERE slug = $4",
                *(territory, new_id(), person.account_id, slug, until, role),
            )
    return person


async def browsers() -> AsyncIterator[Browser]:
    """Gives browsers: each has its own cookies and a network address."""
    from web.app import build

    app = build()
    async with AsyncExitStack() as stack:
        opened: list[httpx.AsyncClient] = []

        def browser(address: str = "198.51.100.7", **headers: str) -> httpx.AsyncClient:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 40000))
            client = httpx.AsyncClient(transport=transport, base_url="https://win.example", headers={**JSON, **headers})
            opened.append(client)
            return client

        stack.push_async_callback(close, opened)
        yield browser


async def close(clients: list[httpx.AsyncClient]) -> None:
    """Close them all."""
    for client in clients:
        await client.aclose()


def code(response: httpx.Response) -> Any:
    """The code of the only error."""
    (error,) = response.json()["errors"]
    return error["extensions"]["code"]


async def asked(client: httpx.AsyncClient, query: str, **given: Any) -> dict[str, Any]:
    """Ask GraphQL in a browser, with one input, and return the body."""
    body: dict[str, Any] = (await client.post("/graphql", json={"query": query, "variables": {"input": given}})).json()
    return body


async def is_alive(secret: str) -> bool:
    """Tell whether the database lets this secret in."""
    async with transaction() as connection:
        return await enter(connection, hash_of(secret)) is not None


async def signed_in(browser: Browser, person: Someone, **also: str) -> tuple[httpx.AsyncClient, str]:
    """Return a browser in which the person has signed in, and its secret."""
    client = browser()
    response = await client.post("/session", json=person.typed(**also))
    assert response.status_code == 201, response.text
    return client, client.cookies[COOKIE]

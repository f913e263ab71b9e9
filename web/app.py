"""The front door: the API today, and whatever pages come beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from api.app import routes
from api.headers import Headers
from infra.database import SERVING_ROLE, as_role, close_pool, open_pool
from infra.embedded import secret_key
from infra.errors import SetupError
from infra.settings import settings


@asynccontextmanager
async def pool(_app: Starlette) -> AsyncIterator[None]:
    """Hold the process's connections, as the serving role."""
    given = settings()
    if given.database_url is None:
        raise SetupError("WIN_DATABASE_URL is not set; ./win up starts a database by itself.")
    secret = secret_key(given).get_secret_value()
    await open_pool(as_role(given.database_url, SERVING_ROLE, secret), max_size=given.pool_size)
    try:
        yield
    finally:
        await close_pool()


def build() -> Starlette:
    """Return the application."""
    app = Starlette(routes=routes(), lifespan=pool)
    app.add_middleware(Headers)
    return app

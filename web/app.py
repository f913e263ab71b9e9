"""The front door: pages for people, the API for programs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from api.app import routes
from api.headers import Headers
from api.soundness import PACTS
from infra.database import SERVING_ROLE, as_role, close_pool, open_pool
from infra.embedded import secret_key
from infra.errors import SetupError
from infra.settings import settings
from web.pages import routes as page_routes
from web.rendering import STATIC, not_here, tell

KEPT = "public, max-age=31536000, immutable"


class Kept(StaticFiles):
    """Files that browsers may keep: the address of a changed one is another."""

    def file_response(self, *args, **kwargs) -> Response:  # type: ignore[no-untyped-def]
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = KEPT
        return response


@asynccontextmanager
async def pool(_app: Starlette) -> AsyncIterator[None]:
    """Hold the process's connections, as the serving role."""
    given = settings()
    if given.database_url is None:
        raise SetupError("WIN_DATABASE_URL is not set; ./win up starts a database by itself.")
    secret = secret_key(given).get_secret_value()
    await open_pool(as_role(given.database_url, SERVING_ROLE, secret), max_size=given.pool_size)
    looking = asyncio.create_task(PACTS.keep_looking())
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.wait([looking])
        await close_pool()


def build() -> Starlette:
    """Return the application."""
    # Pages are not compressed: their length would tell what is in them beside what somebody else wrote.
    files = Mount("/static", GZipMiddleware(Kept(directory=STATIC), minimum_size=1000), name="static")
    app = Starlette(
        routes=[*routes(), *page_routes(), files], lifespan=pool, exception_handlers={404: not_here, 405: not_here}
    )
    app.add_middleware(Headers, tell=tell)
    return app

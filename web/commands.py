"""The commands that serve: all of it at once, or the web process alone."""

import asyncio
import os
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from infra.database import OWNER, SERVING_ROLE
from infra.embedded import hold, parts, publish, secret_key, start_postgres, start_redis
from infra.entry import demand_entry, entered
from infra.errors import SetupError
from infra.log import configure
from infra.migrate import migrate
from infra.queue import demand_redis
from infra.settings import local_address, settings
from infra.supervision import Child, Part, Stopped, end_with_parent, stop_on_signals
from web.building import BUILT, build, build_in_passing, is_built, was_tried

PATIENCE = 60.0
WIDEST = 120

Port = Annotated[int | None, typer.Option(help="Port to listen on.", min=1, max=65535)]
Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Data = Annotated[Path | None, typer.Option(help="Folder of the embedded servers and the generated secret.")]


def up(
    port: Port = None,
    host: Host = None,
    data: Data = None,
    demo: Annotated[bool, typer.Option(help="Load the demonstration territories, once.")] = True,
    assets: Annotated[bool, typer.Option(help="Build the style of the pages, once, while serving.")] = True,
) -> None:
    """Set everything up and run it: database, queue, web and worker, until Ctrl-C."""
    choose(port, host, data)
    configure()
    demand_free_port(settings().host, settings().port)
    stop_on_signals()
    with suppress(Stopped), ExitStack() as stack:
        servers = start_parts(stack)
        asyncio.run(prepare(demo=demo))
        children = [Child(["worker"]), Child(["serve"])]  # stopped the other way round: first the door is closed
        for child in children:
            stack.callback(child.stop)
            child.start()
        if assets and not is_built() and not was_tried():
            builder = Child(["assets", "--in-passing"])
            stack.callback(builder.stop)
            builder.start()
        wait_until_ready(children)
        show(demo=demo)
        while True:
            for server in servers:
                server.look_after()
            for child in children:
                child.look_after()
            time.sleep(0.5)


def serve(port: Port = None, host: Host = None, data: Data = None) -> None:
    """Run one web process in the foreground."""
    from web.serving import server

    choose(port, host, data)
    configure()
    end_with_parent()
    stop_on_signals()
    with suppress(Stopped), parts() as given:
        demand_free_port(given.host, given.port)
        asyncio.run(demand_entry(given, SERVING_ROLE))
        server(given).run()


def choose(port: int | None, host: str | None, data: Path | None) -> None:
    """Make the options settings, for this process and its children."""
    for name, value in (("WIN_PORT", port), ("WIN_HOST", host), ("WIN_DATA", data and data.absolute())):
        if value is not None:
            os.environ[name] = str(value)
    settings.cache_clear()


def demand_free_port(host: str, port: int) -> None:
    """Try to listen. Raises `SetupError`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise SetupError(
                f"WIN cannot listen on {host}:{port} ({error.strerror}); choose another port with --port."
            ) from None


def start_parts(stack: ExitStack) -> list[Part]:
    """Start the database and the queue where no address is given; whatever runs already is taken over."""
    given = settings()
    publish("WIN_SECRET_KEY", secret_key(given).get_secret_value())
    embedded = [
        (variable, start)
        for variable, url, start in (
            ("WIN_DATABASE_URL", given.database_url, start_postgres),
            ("WIN_REDIS_URL", given.redis_url, start_redis),
        )
        if url is None
    ]
    if embedded:
        stack.enter_context(hold(given.data))
    servers = []
    for variable, start in embedded:
        servers.append(Part(partial(start, given.data)))
        stack.callback(servers[-1].stop)
        publish(variable, servers[-1].url)
    return servers


async def prepare(*, demo: bool) -> None:
    """Bring the database up to date, load the demonstration if it is wanted, and try the queue."""
    from tenants.demo.load import ensure

    given = settings()
    await demand_redis(given.redis_url or "")
    await migrate(given.database_url or "", secret_key(given).get_secret_value())
    if demo:
        async with entered(given, OWNER) as owner:
            await ensure(owner)


def wait_until_ready(children: Sequence[Child]) -> None:
    """Wait until the service says that it is ready. Raises `SetupError`."""
    deadline = time.monotonic() + PATIENCE
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        with suppress(OSError, urllib.error.URLError), straight.open(f"{local_address()}/readyz", timeout=5):
            return
        if any(child.has_ended() for child in children):
            break
        time.sleep(0.1)
    raise SetupError("WIN did not become ready; the lines above say why.")


def show(*, demo: bool) -> None:
    """Print the address, and who can sign in."""
    from tenants.demo.load import PASSWORD, sign_ins

    # Addresses are there to be copied: a narrow terminal wraps them, and nothing shortens them.
    console = Console(width=max(Console().width, WIDEST))
    console.print(
        f"\nWIN answers at [bold]{local_address()}[/bold] (GraphQL: {local_address()}/graphql). Ctrl-C stops it.\n"
    )
    if not demo:
        return
    table = Table(title=f"Demonstration sign-ins, all with the password {PASSWORD}", title_justify="left")
    for heading in ("E-mail", "Organisation", "Role", "Who"):
        table.add_column(heading, no_wrap=True)
    for one in sign_ins():
        table.add_row(one.email, one.organisation, one.role, one.who)
    console.print(table)


def assets(
    in_passing: Annotated[bool, typer.Option(help="Only if it was not built or tried before.")] = False,
) -> None:
    """Build the style of the pages."""
    end_with_parent()
    stop_on_signals()
    place = settings().data.absolute() / "assets"
    if in_passing:
        build_in_passing(place)
    else:
        build(place)
        print(f"Built: {BUILT}")

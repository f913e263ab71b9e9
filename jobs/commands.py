"""The worker's command, and those that show what failed and try it again."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer
from redis.exceptions import RedisError

from infra.database import STEWARD
from infra.embedded import parts
from infra.entry import work_as
from infra.errors import SetupError
from infra.log import configure
from infra.mail import mail_server
from infra.queue import demand_redis
from infra.supervision import end_with_parent, stop_on_signals

jobs = typer.Typer(help="Work without a caller: what failed, and another try.", no_args_is_help=True)


def worker() -> None:
    """Run the worker in the foreground."""
    from jobs.worker import make_worker

    configure()
    end_with_parent()
    stop_on_signals()
    with parts(queue=True) as settings:
        url = settings.redis_url or ""
        mail_server(settings)
        asyncio.run(demand_redis(url))
        try:
            make_worker(url).run()
        except (OSError, RedisError) as error:
            raise SetupError(f"The worker lost its Redis ({type(error).__name__}).") from None


@jobs.command("failed")
def failed_command() -> None:
    """List the events and letters that have failed for good."""
    from jobs.failures import failed

    print("\n".join(work_as(STEWARD, failed)) or "No job has failed.")


@jobs.command("retry")
def retry_command(event: Annotated[str, typer.Argument(help="Its id, as `win jobs failed` shows it.")]) -> None:
    """Try a failed event or letter again, from its first attempt."""
    from jobs.failures import retry

    try:
        event_id = UUID(event)
    except ValueError:
        raise SetupError(f"{event} is no id; ./win jobs failed shows them.") from None
    if not work_as(STEWARD, lambda steward: retry(steward, event_id)):
        raise SetupError(f"There is no failed event or letter {event}; ./win jobs failed shows them.")
    print("It is due again; the worker takes it up within seconds.")

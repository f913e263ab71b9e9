"""The worker's command."""

import asyncio

from redis.exceptions import RedisError

from infra.embedded import parts
from infra.errors import SetupError
from infra.log import configure
from infra.queue import demand_redis
from infra.supervision import end_with_parent, stop_on_signals


def worker() -> None:
    """Run the worker in the foreground."""
    from jobs.worker import make_worker

    configure()
    end_with_parent()
    stop_on_signals()
    with parts(queue=True) as settings:
        url = settings.redis_url or ""
        asyncio.run(demand_redis(url))
        try:
            make_worker(url).run()
        except (OSError, RedisError) as error:
            raise SetupError(f"The worker lost its Redis ({type(error).__name__}).") from None

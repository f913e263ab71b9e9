"""The worker's command."""

from infra.embedded import parts
from infra.log import configure
from infra.supervision import end_with_parent


def worker() -> None:
    """Run the worker in the foreground."""
    from jobs.worker import make_worker

    configure()
    end_with_parent()
    with parts(queue=True) as settings:
        make_worker(settings.redis_url or "").run()

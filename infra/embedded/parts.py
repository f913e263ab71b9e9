"""What a command needs before it can work: the database, the queue and the secret, given or embedded."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pydantic import SecretStr

from infra.embedded.home import kept_secret, make_data_folder, open_home
from infra.embedded.postgres import running as running_postgres
from infra.embedded.postgres import start_postgres
from infra.embedded.redis import start_redis
from infra.errors import SetupError
from infra.settings import Settings, settings


@contextmanager
def hold(data: Path) -> Iterator[None]:
    """Hold the data folder: nobody else starts or stops its servers meanwhile. Raises `SetupError` if it is held."""
    make_data_folder(data)
    with (data / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetupError(f"WIN runs already on the data folder {data}; stop it or choose another --data.") from None
        yield


def secret_key(given: Settings) -> SecretStr:
    """Return the secret: the one given, else the one kept in the data folder."""
    if given.secret_key is not None:
        return given.secret_key
    make_data_folder(given.data)
    return SecretStr(kept_secret(given.data / "secret_key"))


@contextmanager
def parts(*, queue: bool = False) -> Iterator[Settings]:
    """Give this process a database (and a queue) for a while: its settings name them from here on.

    What `win up` runs on the same data folder is used and left running; what had to be started is stopped.
    """
    given = settings()
    with ExitStack() as stack:
        publish("WIN_SECRET_KEY", secret_key(given).get_secret_value())
        wanted = given.database_url is None, queue and given.redis_url is None
        if any(wanted) and not is_running(given.data):
            stack.enter_context(hold(given.data))
        for is_wanted, variable, start in zip(wanted, URLS, (start_postgres, start_redis), strict=True):
            if is_wanted:
                server = start(given.data)
                if not server.adopted:
                    stack.callback(server.stop)
                publish(variable, server.url)
        yield settings()


URLS = ("WIN_DATABASE_URL", "WIN_REDIS_URL")


def is_running(data: Path) -> bool:
    """Tell whether `win up` or an orphan of it serves this folder's database."""
    if not (data / "servers").exists():
        return False
    home = open_home(data)
    return running_postgres(home, home.path / "postgres") is not None


def publish(variable: str, value: str) -> None:
    """Set a setting for this process and its children."""
    os.environ[variable] = value
    settings.cache_clear()

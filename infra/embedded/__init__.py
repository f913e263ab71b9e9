"""PostgreSQL and Redis for a machine that has neither: their binaries come in wheels, their data live in one folder.

Both listen on Unix sockets in a folder that only their user can enter, and still ask for a password. They belong
to nobody's process group, so Ctrl-C reaches the supervisor first; and they outlive a killed parent, so that the
next start adopts them. Stopping a `Server` stops it for everybody.
"""

from infra.embedded.parts import hold, parts, publish, secret_key
from infra.embedded.postgres import start_postgres
from infra.embedded.redis import start_redis
from infra.embedded.server import Server

__all__ = ["Server", "hold", "parts", "publish", "secret_key", "start_postgres", "start_redis"]

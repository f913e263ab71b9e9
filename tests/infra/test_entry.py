"""What commands that need the database say where it is not prepared, and where their reader has gone."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from infra.embedded import start_postgres
from infra.migrate import make_roles
from tests.infra.conftest import WIN, Command

COMMANDS = (
    ["audit", "verify"],
    ["db", "check"],
    ["demo", "load"],
    ["jobs", "failed"],
    ["pact", "show"],
    ["token", "nobody@nowhere.example", "--organisation", "nowhere"],
    ["unlock", "nobody@nowhere.example"],
)


async def test_a_database_that_is_not_prepared_is_told_in_one_sentence(
    data: Path, fresh: Callable[[Path], None], win: Command
) -> None:
    fresh(data)
    server = start_postgres(data, durable=False)
    given = {"WIN_DATABASE_URL": server.url, "WIN_SECRET_KEY": "of this test"}
    try:
        strangers = [win(*command, **given) for command in (["audit", "verify"], ["db", "check"])]
        await make_roles(server.url, "of this test")
        without_tables = [win(*command, **given) for command in COMMANDS if command[0] != "db"]
    finally:
        server.stop()
    for told in strangers:
        assert (told.returncode, told.stdout) == (2, "")
        assert told.stderr.startswith("The database does not let win_"), told.stderr
    assert {(told.returncode, told.stderr) for told in without_tables} == {
        (2, "The database is not prepared for WIN; run ./win db migrate first.\n")
    }


def test_a_reader_who_has_enough_is_no_fault_of_the_database(
    database_url: str, secret: str, environment: dict[str, str]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        told = subprocess.run(
            [*WIN, "pact", "show"],
            env={**environment, "WIN_DATABASE_URL": database_url, "WIN_SECRET_KEY": secret},
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert (told.returncode, told.stderr) == (1, "")

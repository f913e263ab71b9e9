"""What an operator is told: every command in the list, and one sentence with exit code 2 for every wrong setting."""

import socket
from importlib.metadata import entry_points

import pytest

from infra.cli.main import COMMANDS, DEVELOPING
from tests.infra.conftest import Command


def test_help_lists_every_command_with_its_sentence(win: Command) -> None:
    told = win("--help", COLUMNS="200", TERMINAL_WIDTH="200")
    assert told.returncode == 0
    for point in (*entry_points(group=COMMANDS), *entry_points(group=DEVELOPING)):
        line = next(line for line in told.stdout.splitlines() if line.strip(" │").startswith(f"{point.name} "))
        assert len(line.strip(" │").removeprefix(point.name).strip()) > 10


@pytest.mark.parametrize("arguments", [["nonsense"], ["up", "--nonsense"], ["up", "--port", "0"], ["db", "nonsense"]])
def test_what_does_not_exist_is_refused(win: Command, arguments: list[str]) -> None:
    told = win(*arguments)
    assert (told.returncode, told.stdout) == (2, "")
    assert "Traceback" not in told.stderr


NO_DATABASE = "postgresql://somebody:very-secret@127.0.0.1:1/win"


@pytest.mark.parametrize(
    ("arguments", "variables", "sentence"),
    [
        pytest.param(
            ["db", "migrate"],
            {"WIN_DATABASE_URL": NO_DATABASE},
            "WIN_DATABASE_URL does not lead to a database",
            id="no database there",
        ),
        pytest.param(
            ["serve"],
            {"WIN_DATABASE_URL": NO_DATABASE},
            "WIN_DATABASE_URL does not lead to a database",
            id="nor to serve from",
        ),
        pytest.param(
            ["db", "check"],
            {"WIN_DATABASE_URL": NO_DATABASE},
            "WIN_DATABASE_URL does not lead to a database",
            id="nor to check",
        ),
        pytest.param(
            ["db", "migrate"],
            {"WIN_DATABASE_URL": "postgresql://somebody:very-secret@nowhere.invalid/win"},
            "WIN_DATABASE_URL does not lead to a database",
            id="no such host",
        ),
        pytest.param(
            ["worker"],
            {"WIN_DATABASE_URL": NO_DATABASE, "WIN_REDIS_URL": "http://127.0.0.1"},
            "WIN_REDIS_URL is not an address of Redis",
            id="not an address of Redis",
        ),
        pytest.param(
            ["worker"],
            {"WIN_DATABASE_URL": NO_DATABASE, "WIN_REDIS_URL": "redis://:very-secret@127.0.0.1:1"},
            "WIN_REDIS_URL does not lead to a Redis",
            id="no Redis there",
        ),
        pytest.param(["up"], {"WIN_PORT": "eighty"}, "WIN_PORT cannot be used", id="not a port"),
        pytest.param(
            ["up", "--host", "203.0.113.7"], {}, "WIN cannot listen on 203.0.113.7:8000", id="not an address of ours"
        ),
        pytest.param(
            ["db", "check"], {"WIN_DATA": "/dev/null/data"}, "The data folder /dev/null/data cannot be", id="no folder"
        ),
    ],
)
def test_a_wrong_setting_is_told_in_one_sentence(
    win: Command, arguments: list[str], variables: dict[str, str], sentence: str
) -> None:
    told = win(*arguments, **variables)
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.startswith(sentence)
    assert (told.stderr.count("\n"), told.stderr.endswith(".\n")) == (1, True)
    assert "very-secret" not in told.stderr


def test_a_taken_port_is_told_in_one_sentence(win: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        told = win("up", "--port", str(port))
    assert told.returncode == 2
    assert told.stderr == (
        f"WIN cannot listen on 127.0.0.1:{port} (Address already in use); choose another port with --port.\n"
    )

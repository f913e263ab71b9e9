"""The programs of docs/clients.md, as they stand there: each reads what its token sees, and opens a case."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CAST, ROOT, Ask, Served
from tests.peers.conftest import HERE, Peer

PAGE = (ROOT / "docs" / "clients.md").read_text("utf-8")
PROGRAMS = {
    section.partition("\n")[0]: re.findall(r"^```(?:sh|python|js)\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    for section in PAGE.split("\n## ")[1:]
}
FIRST = "{ cases(first: 2) { totalCount nodes { id number status } } }"

Environment = Mapping[str, str]


@pytest.fixture
async def environment(served: Served, token: Callable[[str, str], Awaitable[str]]) -> Environment:
    return {**os.environ, "API_URL": served.origin, "API_TOKEN": await token(*CAST["anna"])}


def ran(command: list[str], environment: Environment) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=dict(environment), capture_output=True, text=True, timeout=120, check=False)


def printed(command: list[str], environment: Environment) -> list[str]:
    """Return the lines of a program that comes to its end, and is stopped by the refusal of a token that is none."""
    done = ran(command, environment)
    assert (done.returncode, done.stderr) == (0, "")
    refused = ran(command, {**environment, "API_TOKEN": f"win_{'x' * 43}"})
    assert refused.returncode != 0
    assert "UNAUTHENTICATED" in refused.stdout + refused.stderr
    return done.stdout.splitlines()


def test_each_client_has_one_program() -> None:
    assert {name: len(found) for name, found in PROGRAMS.items() if found} == {
        "curl": 1,
        "Python": 1,
        "urql": 1,
        "Apollo": 1,
    }


def test_curl(environment: Environment) -> None:
    """The case is opened once: the key of the request is a repeated one."""
    (program,) = PROGRAMS["curl"]
    read, opened = [json.loads(line) for line in printed(["bash", "-c", program], environment)]
    again = [json.loads(line) for line in printed(["bash", "-c", program], environment)]
    assert len(read["data"]["cases"]["nodes"]) == 2
    assert opened["data"]["openCase"]["problems"] == []
    assert again[1] == opened


async def test_python(environment: Environment, ask: Ask) -> None:
    (program,) = PROGRAMS["Python"]
    lines = printed([sys.executable, "-c", program], environment)
    total = (await ask("anna", FIRST))["data"]["cases"]["totalCount"]
    assert len({line.split()[0] for line in lines}) == len(lines) == total > 50


@pytest.mark.parametrize(
    ("name", "sent"), [("urql", ["GET", "POST"]), ("Apollo", ["HASH", "POST", "POST"])], ids=["urql", "Apollo"]
)
async def test_a_client_for_scripts(
    peer: Peer, environment: Environment, ask: Ask, tmp_path: Path, name: str, sent: list[str]
) -> None:
    """How it sends is what the page says of it."""
    (program,) = PROGRAMS[name]
    before = (await ask("anna", FIRST))["data"]["cases"]
    watched = {**environment, "SENT_TO": str(tmp_path / "sent"), "NODE_OPTIONS": f"--import={HERE / 'sent.js'}"}
    told: dict[str, Any] = peer(f"{name}.js", text=program, environment=watched)
    assert [{key: case[key] for key in ("id", "number", "status")} for case in told["cases"]] == before["nodes"]
    assert told["opened"]["problems"] == []
    assert (await ask("anna", FIRST))["data"]["cases"]["totalCount"] == before["totalCount"] + 1
    assert (tmp_path / "sent").read_text().split() == sent

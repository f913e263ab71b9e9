"""Node and the packages of the lock beside this file, fetched once and kept with what the repository builds."""

import fcntl
import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.errors import SetupError
from tests.conftest import ROOT
from web.building import fetch_modules, fetch_node

HERE = Path(__file__).parent
KEPT = ROOT / ".win"
REQUIRED = "WIN_REQUIRE_PEERS"

Peer = Callable[..., Any]


@pytest.fixture(scope="session")
def peer() -> Peer:
    """Runs one of the programs here, or another text, and gives what it prints, as JSON."""
    digest = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:16]
    place = KEPT / "peers" / digest
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (KEPT / "peers" / "lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            node = fetch_node(KEPT / "assets" / "node")
            if not (place / "made").is_file():
                fetch_modules(place, node, HERE)
                (place / "made").touch()
    except SetupError as error:
        if os.environ.get(REQUIRED):
            raise
        pytest.skip(f"no packages of Node: {error}")

    def run(program: str, *arguments: str, text: str = "", environment: Mapping[str, str] | None = None) -> Any:
        script = place / program
        script.write_text(text or (HERE / program).read_text("utf-8"), "utf-8")
        command, known = [str(node), str(script), *arguments], {**os.environ, **(environment or {})}
        done = subprocess.run(command, env=known, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run

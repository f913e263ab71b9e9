"""A data folder of its own for every test, and the command line as an operator calls it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.processes import told

Command = Callable[..., subprocess.CompletedProcess[str]]
GIVEN = ("WIN_DATABASE_URL", "WIN_REDIS_URL", "WIN_SECRET_KEY", "WIN_PORT", "WIN_HOST", "WIN_DATA")
WIN = (sys.executable, "-P", "-m", "infra.cli")


@pytest.fixture
def data() -> Iterator[Path]:
    """An empty folder that the servers' user can reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="win-test-") as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path / "data"


@pytest.fixture
def environment(data: Path) -> dict[str, str]:
    """The environment of somebody who has set nothing but the data folder."""
    inherited = {name: value for name, value in os.environ.items() if name not in GIVEN}
    return {**inherited, "WIN_DATA": str(data)}


@pytest.fixture
def win(environment: dict[str, str], tmp_path: Path) -> Command:
    """Runs a command to its end; keywords are environment variables."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return told(arguments, {**environment, **variables}, tmp_path)

    return run

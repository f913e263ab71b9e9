"""What is installed is named by version and hash, and by nothing that knows where it came from."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "infra" / "locks"
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def pins(kind: str) -> dict[str, str]:
    return dict(PIN.findall((LOCKS / f"{kind}.txt").read_text()))


@pytest.mark.parametrize("kind", ["run", "dev", "assets"])
def test_every_line_pins_by_hash_and_names_no_host(kind: str) -> None:
    text = (LOCKS / f"{kind}.txt").read_text()
    strange = [
        line for line in text.splitlines() if not re.match(r"[a-z0-9-]+==[\w.]+( ;.*)? \\$|    --hash=sha256:", line)
    ]
    assert strange == []
    assert "://" not in text


def test_who_develops_runs_what_is_served() -> None:
    assert pins("run").items() <= pins("dev").items()


def test_every_dependency_is_pinned() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {re.split(r"[\[<>=~!]", one)[0] for one in wanted}
    assert names <= pins("run").keys()

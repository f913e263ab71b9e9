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


FLOORS = {
    "cryptography": "44.0.1",  # CVE-2024-12797
    "h11": "0.16.0",  # CVE-2025-43859, chunked bodies
    "idna": "3.7",  # CVE-2024-3651
    "jinja2": "3.1.6",  # CVE-2025-27516, a way out of the sandbox
    "pyjwt": "2.12.0",  # CVE-2026-32597
    "pyyaml": "5.4",  # CVE-2020-14343
    "redis": "4.5.5",  # CVE-2023-28859, an answer given to another caller
    "simpleeval": "1.0.5",  # CVE-2026-32640; Casbin evaluates with it
    "starlette": "1.3.0",  # CVE-2026-48710 and the host taken from a path
    "strawberry-graphql": "0.327.2",  # CVE-2026-47706, -47707 and -107727
}
"""The first version without a known fault. `.github/workflows/check.yml` asks for newer advisories."""
NEVER = {
    "casbin": "no longer maintained under this name; it would overwrite pycasbin's modules",
    "passlib": "abandoned",
    "python-jose": "faults that are not mended",
}


def release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


@pytest.mark.parametrize("kind", ["run", "dev"])
def test_no_pin_has_a_fault_that_was_known_when_this_was_written(kind: str) -> None:
    pinned = pins(kind)
    assert FLOORS.keys() <= pinned.keys(), "a floor for what is not installed"
    assert {name: pinned[name] for name, floor in FLOORS.items() if release(pinned[name]) < release(floor)} == {}
    assert NEVER.keys() & pinned.keys() == set()

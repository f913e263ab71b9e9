"""What is installed elsewhere: one name beside other people's packages, and everything that serving takes."""

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("api", "authz", "docs", "infra", "jobs", "tenants", "web")
RUN = """
import sys
sys.path[:0] = sys.argv[1:3]
try:
    import api
except ModuleNotFoundError:
    from win import main
    sys.argv[:] = ["win", "--help"]
    main()
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as an installer unpacks it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    (built,) = folder.glob("*.whl")
    place = folder / "installed"
    zipfile.ZipFile(built).extractall(place)
    return place


def test_it_puts_one_name_beside_other_peoples_packages(wheel: Path) -> None:
    names = {entry.name for entry in wheel.iterdir()}
    assert {name for name in names if not name.startswith("win-")} == {"win"}
    assert {entry.name for entry in (wheel / "win").iterdir()} == {"__init__.py", "folders"}
    assert {entry.name for entry in (wheel / "win" / "folders").iterdir()} == set(FOLDERS)


def test_it_holds_every_file_of_the_folders_and_the_licence(wheel: Path) -> None:
    files = [file for name in FOLDERS for file in (ROOT / name).rglob("*") if file.is_file()]
    ours = [file.relative_to(ROOT) for file in files if "__pycache__" not in file.parts]
    assert len(ours) > 300
    absent = [str(name) for name in ours if not (wheel / "win" / "folders" / name).is_file()]
    assert absent == []
    (licence,) = wheel.glob("win-*.dist-info/licenses/LICENSE")
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in licence.read_text("utf-8")


def test_its_command_lists_what_runs_without_the_repository(wheel: Path) -> None:
    packages = sysconfig.get_paths()["purelib"]
    # Without `site`, this environment's own way to the repository is not there.
    arguments = [sys.executable, "-S", "-c", RUN, str(wheel), packages]
    told = subprocess.run(arguments, cwd="/", capture_output=True, text=True, timeout=60, check=False)
    assert (told.returncode, told.stderr) == (0, "")
    assert "Usage: win " in told.stdout
    named = {line.strip(" │").partition(" ")[0] for line in told.stdout.splitlines() if line.startswith("│")}
    assert {"up", "serve", "worker", "db", "assets", "schema"} <= named
    assert not {"test", "check"} & named

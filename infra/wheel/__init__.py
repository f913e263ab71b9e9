"""What an installed WIN is entered by: the only name that it puts beside other people's packages.

In the repository the folders stand at the top. In a wheel they stand inside of this package, where nothing called
`api` or `web` can meet a namesake, and are found only by whoever starts the command `win`.
"""

import os
import sys
from pathlib import Path

FOLDERS = str(Path(__file__).parent / "folders")


def main() -> None:
    """Run the command line, in which the folders of the repository are importable, as in every process it starts."""
    sys.path.insert(0, FOLDERS)
    os.environ["PYTHONPATH"] = os.pathsep.join(part for part in (FOLDERS, os.environ.get("PYTHONPATH", "")) if part)
    from infra.cli.main import main as run

    run()

"""Takes the pictures of docs/guida.md at a fresh demonstration: `python -m tests.web.pictures ADDRESS`.

The main job is done while they are taken, so every run adds a case.
"""

import asyncio
import sys
from pathlib import Path

from tenants.demo.load import PASSWORD
from tests.web.browser import Desk, desks
from tests.web.test_browser import opened, proposed

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


async def taken(window: Desk, name: str, *, whole: bool = False) -> None:
    """Take one picture of what the window shows."""
    await window.page.screenshot(path=PICTURES / f"{name}.png", full_page=whole, scale="css")


async def take(origin: str) -> None:
    """Do the main job and take a picture at each step."""
    async with desks(origin) as desk:
        anna, giulia = await desk(1200), await desk(390)
        await anna.open("/sign-in")
        await taken(anna, "accesso")
        await anna.sign_in("anna", PASSWORD)
        await taken(anna, "oggi")
        await anna.open("/cases")
        await taken(anna, "schede")
        await anna.open("/today")
        case = await opened(anna)
        await anna.open(f"{case}/edit/work")
        await taken(anna, "modifica")
        await anna.open(case)
        await proposed(anna, look=lambda: taken(anna, "anteprima", whole=True))
        work = str(anna.page.url).removeprefix(anna.origin).partition("?")[0]
        await giulia.sign_in("giulia", PASSWORD)
        await giulia.open(work)
        await taken(giulia, "proposta")
        await giulia.press("Accetta")
        await anna.open(case)
        await taken(anna, "scheda")
        await anna.press("Chi ha letto questa scheda")
        await taken(anna, "letture")
        await anna.open("/pact")
        await taken(anna, "patto")


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1]))

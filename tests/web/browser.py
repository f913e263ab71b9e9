"""A real browser at a real server, and what it may not meet: errors, other origins, pages that scroll sideways."""

import asyncio
import os
import shutil
import socket
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import uvicorn

from tests.conftest import CAST
from tests.processes import Process

# The first draws the same pages for half of the processor's time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
REQUIRED = "WIN_REQUIRE_BROWSER"
EXPECTED = "the server responded with a status of 4"
"""What a browser writes of a refusal, which is an answer like any other."""

ALL_RULES = """() => axe.run(document, {
  resultTypes: ['violations'], rules: {'label-content-name-mismatch': {enabled: true}}})"""
"""With the rule that is off by itself: who speaks to a page says the words that they see."""
OF_A_PAGE = """() => axe.run(document, {
  resultTypes: ['violations'],
  rules: {'label-content-name-mismatch': {enabled: true}, 'color-contrast': {enabled: false}}})"""
"""Without the contrast of colours, which takes most of the time: colours come with the components."""
OF_WORDS = """() => axe.run(document, {
  resultTypes: ['violations'], rules: {'label-content-name-mismatch': {enabled: true}},
  runOnly: ['cat.name-role-value', 'cat.language', 'cat.text-alternatives', 'cat.forms', 'cat.semantics']})"""
"""What another language may break: colours and structure are the same in each."""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
UNSEEN = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea')].filter(one => {
  const box = one.getBoundingClientRect(), labels = [...(one.labels || [])];
  const label = labels.some(label => label.innerText.trim() && label.getBoundingClientRect().height > 0);
  const border = parseFloat(getComputedStyle(one).borderTopWidth) >= 1 || ['checkbox', 'radio'].includes(one.type);
  return one.checkVisibility() && !(label && border && box.height >= 20);
}).map(one => one.id)"""


def chromium() -> str | None:
    """Return the browser of this machine, if there is one and the package that drives it."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found if find_spec("playwright") else None


def axe() -> str:
    """Return the accessibility checker, from the package that carries it."""
    spec = find_spec("axe_playwright_python")
    assert spec is not None
    assert spec.origin is not None
    return next(Path(spec.origin).parent.rglob("axe.min.js")).read_text("utf-8")


@contextmanager
def serving(database_url: str, log: Path) -> Iterator[str]:
    """Serve this database on a free port, and say where; what is logged goes to the file, and every address with it.

    The product logs no addresses, but what stands before it may: they may tell nothing of anybody either.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = {"WIN_DATABASE_URL": database_url, "WIN_LOG_LEVEL": "debug", "WIN_DEVELOPMENT": "1"}
    server = Process(serve, port, environment={**os.environ, **given}, output=log)
    try:
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait(20)


def serve(port: int) -> None:
    """Be the server. Whoever imports this module hashes passwords at little cost, and so does the server."""
    uvicorn.run("web.app:build", factory=True, port=port, log_level="info")


async def until_it_answers(origin: str) -> None:
    """Wait for the server."""
    for _ in range(300):
        with suppress(OSError, urllib.error.URLError):
            await asyncio.to_thread(urllib.request.urlopen, f"{origin}/livez", timeout=2)
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the server did not start")


@dataclass
class Desk:
    """One person's browser window."""

    page: Any
    origin: str
    widths: tuple[int, ...]
    """The first is that of the window; every page has to fit into the others too."""
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note what no page may do."""
        self.page.on("console", lambda message: self._said(message.type, message.text))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self._went(request.url))

    def _said(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and EXPECTED not in text:
            self.faults.append(text)

    def _went(self, address: str) -> None:
        if not address.startswith((self.origin, "data:")):
            self.faults.append(address)

    async def open(self, address: str) -> None:
        """Go to an address of ours."""
        await self.page.goto(self.origin + address)
        await self.look()

    async def press(self, name: str) -> None:
        """Press the button, or follow the link, of this name."""
        main = self.page.locator("main")
        await self.leave_by(main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name)).first)

    async def leave_by(self, control: Any) -> None:
        """Press what leads to another page, and wait for that page."""
        async with self.page.expect_navigation():
            await control.click()
        await self.look()

    async def look(self) -> None:
        """See that the page fits and that every input can be seen."""
        for width in reversed(self.widths):
            if len(self.widths) > 1:
                await self.page.set_viewport_size({"width": width, "height": 800})
            assert await self.page.evaluate(SIDEWAYS) <= 0, (self.page.url, width)
            assert await self.page.evaluate(UNSEEN) == [], (self.page.url, width)

    async def speak(self, language: str) -> None:
        """Choose the language: in the account menu of whoever is signed in, else in the bar."""
        account = self.page.locator(".account > summary")
        if await account.count():
            await account.click()
        await self.leave_by(self.page.get_by_role("button", name=language))

    async def text(self) -> str:
        """Return what the page says."""
        return str(await self.page.inner_text("main"))

    async def sign_in(self, who: str, password: str) -> None:
        """Sign in as one of the cast, by the Enter key."""
        await self.open("/sign-in")
        await self.page.get_by_label("E-mail").fill(CAST[who][0])
        await self.page.get_by_label("Password").fill(password)
        async with self.page.expect_navigation():
            await self.page.get_by_label("Password").press("Enter")
        await self.look()
        assert "/sign-in" not in self.page.url, "the Enter key did not send the form"

    async def violations(self, checker: str, rules: str = ALL_RULES) -> list[str]:
        """Return what the accessibility checker finds."""
        await self.page.evaluate(checker)
        found = await self.page.evaluate(rules)
        return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


@asynccontextmanager
async def desks(origin: str) -> AsyncIterator[Any]:
    """Gives windows of one browser: `await desk(width, scripts=…)`."""
    from playwright.async_api import async_playwright

    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-software-rasterizer"]
        )

        async def desk(width: int, *widths: int, scripts: bool = True) -> Desk:
            context = await browser.new_context(
                viewport={"width": width, "height": 800}, java_script_enabled=scripts, locale="it-IT"
            )
            made = Desk(await context.new_page(), origin, (width, *widths))
            made.watch()
            return made

        yield desk
        await browser.close()

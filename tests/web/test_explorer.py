"""The explorer of the API: for members, under a policy of its own, and in a browser if it is built."""

import os
import re
from typing import Any

import pytest

from tenants.demo.load import PASSWORD
from tests.conftest import CAST
from tests.web.browser import REQUIRED, SIDEWAYS, chromium
from tests.web.conftest import Visit
from web.ask import LANGUAGES
from web.pages import integrators
from web.rendering import served

WORDS = {"it": ("Esploratore dell'API", "non è ancora pronto"), "en": ("Explorer of the API", "is not ready")}
DIALOGS = ("Open short keys dialog", "Open settings dialog")


async def test_a_browser_that_is_not_signed_in_signs_in_and_comes_back(visit: Visit) -> None:
    somebody = await visit()
    await somebody.open("/graphql")
    assert somebody.address == "/sign-in"
    await somebody.send("/sign-in", email=CAST["rosa"][0], password=PASSWORD)
    assert (somebody.address, somebody.status) == ("/graphql", 200)


async def test_a_program_still_has_to_post(visit: Visit) -> None:
    anna = await visit("anna")
    for accepted in ("application/json", "*/*"):
        assert (await anna.client.get("/graphql", headers={"Accept": accepted})).status_code == 405
    assert (await anna.client.put("/graphql", headers={"Accept": "*/*"})).status_code == 405


async def test_its_policy_names_no_other_origin(visit: Visit) -> None:
    anna = await visit("anna")
    policies = [(await anna.client.get("/graphql")).headers["content-security-policy"] for _ in range(2)]
    for policy in policies:
        sources = {part.split()[0]: set(part.split()[1:]) for part in policy.split(";")}
        assert sources["default-src"] == {"'none'"}
        assert sources["script-src"] == sources["connect-src"] == {"'self'"}
        assert "unsafe" not in policy
        assert not re.search(r"https?:|\*", policy)
    assert policies[0] != policies[1], "what lets a style in is good for one page alone"
    assert "script-src" not in (await anna.client.get("/docs/schema")).headers["content-security-policy"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_while_it_is_not_built_the_page_says_so(
    visit: Visit, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(integrators, "EXPLORER", "dist/not-there.js")
    anna = await visit(language=language, who="anna")
    page = await anna.open("/graphql")
    assert anna.status == 200
    assert f'<html lang="{language}">' in page.source
    assert all(words in page.text for words in WORDS[language])
    assert "/docs/schema" in page.links
    assert "<script" not in page.source


@pytest.mark.skipif(not served(integrators.EXPLORER), reason="the explorer is not built")
@pytest.mark.skipif(chromium() is None and os.environ.get(REQUIRED) != "1", reason="no Chromium on this machine")
@pytest.mark.parametrize("width", [1280, 360])
async def test_a_question_is_typed_and_answered(desk: Any, width: int) -> None:
    anna = await desk(width)
    await anna.sign_in("anna", PASSWORD)
    page = anna.page
    await page.goto(f"{anna.origin}/graphql")
    assert await page.evaluate(SIDEWAYS) <= 0
    editor = page.locator(".graphiql-query-editor .CodeMirror")
    await editor.click()
    await page.keyboard.press("Control+A")
    await page.keyboard.insert_text("{ viewer { organisation { slug } } cases(first: 1) { totalCount } }")
    await page.get_by_role("button", name=re.compile("Execute query")).click()
    await page.locator(".result-window", has_text="totalCount").wait_for()
    assert '"slug": "caritas-empoli"' in await page.locator(".result-window").inner_text()
    await page.get_by_role("button", name="Show Documentation Explorer").click()
    await page.locator(".graphiql-doc-explorer", has_text="Mutation").wait_for()
    for dialog in DIALOGS:
        await page.get_by_role("button", name=dialog).click()
        await page.get_by_role("dialog").wait_for()
        await page.keyboard.press("Escape")
    assert await page.evaluate("() => [localStorage.length, sessionStorage.length]") == [0, 0]
    assert anna.faults == []

"""The gallery shows whatever pages are built from, and pages are built from nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import setting
from tests.web.conftest import Visit
from tests.web.test_pages import is_whole
from web.ask import LANGUAGES

TEMPLATES = Path(__file__).parents[2] / "web" / "templates"
MACRO = re.compile(r"{%-? macro (\w+)\((.*?)%}(.*?){%-? endmacro", re.DOTALL)
RAW = re.compile(r'<table|<select|<textarea|<dt>|<input (?!type="hidden")|class="(?:wrong|done|hint|chip|steps|empty)')
ALLOWED = {
    "schema.html": "a list of the terms of a language, for integrators",
}
"""Templates with markup of their own, and why."""
OF_OTHERS = {"secret", "place", "once", "hint", "errors", "described", "codes", "value"}
"""Macros that are seen in what the others make: `value` chooses one of them."""
FRAME = "frame"
"""It is around every page, and so around the gallery."""


def macros() -> Iterator[tuple[str, str]]:
    for path in sorted((TEMPLATES / "ui").glob("*.html")):
        if path.stem == FRAME:
            continue
        for name, _, _ in MACRO.findall(path.read_text("utf-8")):
            yield path.stem, name


def test_the_gallery_shows_every_component() -> None:
    shown = (TEMPLATES / "gallery.html").read_text("utf-8")
    assert len(list(macros())) > 20
    assert [name for file, name in macros() if f"{file}.{name}(" not in shown and name not in OF_OTHERS] == []


def test_pages_are_built_from_components() -> None:
    found = {path.name: RAW.findall(path.read_text("utf-8")) for path in TEMPLATES.glob("*.html")}
    assert {name: raw for name, raw in found.items() if raw and name not in ALLOWED} == {}


TITLE = {"it": "Galleria dei componenti", "en": "Gallery of components"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_needs_nobody_signed_in(visit: Visit, language: str) -> None:
    somebody = await visit(language=language)
    async with setting("WIN_DEVELOPMENT", "1"):
        page = await somebody.open("/_ui")
    assert somebody.status == 200
    assert TITLE[language] in page.text
    is_whole(page, language)


async def test_it_is_for_development_alone(visit: Visit) -> None:
    somebody = await visit()
    there, nowhere = await somebody.client.get("/_ui"), await somebody.client.get("/_no")
    assert there.status_code == nowhere.status_code == 404
    assert there.text.replace("/_ui", "/_no") == nowhere.text


FORM = re.compile(r'<form[^>]*method="post"[^>]*action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
DONE_ONCE_ANYHOW = {
    **dict.fromkeys(("/cases", "/search", "/language"), "it changes nothing"),
    **dict.fromkeys(("/sign-in", "/sign-in/code", "/organisation", "/sign-out"), "it opens or ends a session"),
    "/forgotten": "two links in the post do what one does, and how many are sent is counted",
    "{{ kept.place }}": "it carries the key of the form that was kept",
}
"""Forms without a key of their own, and why."""
ENDS = ("/end", "/end-others", "/read", "/withdraw", "/language", "/news")
"""What is ended, read or chosen twice is as if it were once."""


def test_a_form_that_makes_something_has_a_key() -> None:
    missing = []
    for path in TEMPLATES.rglob("*.html"):
        for action, body in FORM.findall(path.read_text("utf-8")):
            is_secret = "currentPassword" in body or "password" in body or '"code"' in body
            has_key = "once(" in body or 'name="once"' in body
            if not (has_key or is_secret or action in DONE_ONCE_ANYHOW or action.endswith(ENDS)):
                missing.append((path.name, action))
    assert missing == []

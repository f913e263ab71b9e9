"""The pages of `docs/`, as pages of the web: what is written once is read in the repository and in the product."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from posixpath import normpath

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

DOCS = Path(__file__).parents[1] / "docs"
BASE = "/docs"
"""Where pages and pictures are served."""
OUTSIDE = re.compile(r"[a-z]+:|#|/")
UNSAID = re.compile(r"[^\w\- ]")
# No HTML of a writer's own, as everywhere else; a link that leads to a file of the repository is plain text here.
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def names() -> list[str]:
    """Return the names of the pages, such as `graphql` and `decisions/0001-five-floors`."""
    return sorted(path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md"))


@lru_cache
def rendered(name: str) -> tuple[str, Markup]:
    """Return the title of a page and its body as HTML. Raises `KeyError` for a page that is not there."""
    if name not in names():
        raise KeyError(name)
    tokens = MARKDOWN.parse((DOCS / f"{name}.md").read_text("utf-8"))
    title, taken = name, set[str]()
    for position, token in enumerate(tokens):
        if token.type == "heading_open":
            text = tokens[position + 1].content
            title = text if token.tag == "h1" else title
            token.attrSet("id", anchor(text, taken))
        lead(token.children or [], name)
    # The title is the page's own heading.
    body = tokens[3:] if tokens and tokens[0].tag == "h1" else tokens
    return title, Markup(MARKDOWN.renderer.render(body, MARKDOWN.options, {}))  # noqa: S704 - rendered with HTML off


def anchor(text: str, taken: set[str]) -> str:
    """Return the name by which a heading is linked to, as code forges make it."""
    stem = UNSAID.sub("", text.lower()).strip().replace(" ", "-")
    name, more = stem, 0
    while name in taken:
        more += 1
        name = f"{stem}-{more}"
    taken.add(name)
    return name


def lead(tokens: Sequence[Token], name: str) -> None:
    """Let links to other pages and to pictures lead there; one to a file of the repository leads nowhere."""
    dead = False
    for token in tokens:
        if token.type == "image":
            token.attrSet("src", f"{BASE}/{beside(name, str(token.attrGet('src')))}")
        elif token.type == "link_close" and dead:
            token.tag, dead = "span", False
        elif token.type == "link_open" and not OUTSIDE.match(target := str(token.attrGet("href"))):
            path, _, part = target.partition("#")
            page = beside(name, path).removesuffix(".md")
            dead = page not in names()
            if dead:
                token.tag, token.attrs = "span", {}
            else:
                token.attrSet("href", f"{BASE}/{page}" + (f"#{part}" if part else ""))


def beside(name: str, path: str) -> str:
    """Return a path that a page names, from where all pages are."""
    return normpath(Path(name).parent.joinpath(path).as_posix())

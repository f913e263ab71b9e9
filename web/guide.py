"""The guide for staff as a page: `docs/guida.md`, once a process."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

from web.manual import rendered

HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>')
PICTURE = re.compile(r'<p><img src="([^"]+)" alt="([^"]*)" /></p>')
BEHIND = r'<details class="picture"><summary>\2</summary><img src="\1" alt="\2" loading="lazy"></details>'
"""Each picture is behind its words: whoever only reads does not load it."""
SECTIONS = {
    "/account": "il-tuo-account",
    "/cases/new": "aprire-una-scheda",
    "/cases": "leggere-e-cambiare-una-scheda",
    "/consents": "chiedere-il-consenso",
    "/joint-work": "rispondere-a-una-proposta",
    "/notifications": "novità",
    "/members": "le-persone-dellente",
    "/pact": "il-patto",
    "/today": "oggi",
}
"""Where the guide tells of a page, by the beginning of its address; the first that fits."""
OF_CASE = {
    "consent": "chiedere-il-consenso",
    "propose": "proporre-un-intervento-congiunto",
    "access-log": "sapere-chi-ha-letto",
}
"""The same by the end of an address below a case."""


@dataclass(frozen=True)
class Guide:
    """The guide, and its sections for a table of contents."""

    title: str
    body: Markup
    sections: Sequence[tuple[str, str]]


@cache
def guide() -> Guide:
    """Return the guide."""
    title, body = rendered("guida")
    sections = [(anchor, str(Markup(words).striptags())) for anchor, words in HEADING.findall(body)]  # noqa: S704 - our own
    # As plain text, because what is put into a `Markup` is escaped.
    return Guide(title, Markup(PICTURE.sub(BEHIND, str(body))), sections)  # noqa: S704 - made of what the parser made


def section_for(path: str) -> str:
    """Return the address of the help for a page."""
    last = path.rpartition("/")[2]
    if path.startswith("/cases/") and last in OF_CASE:
        return f"/help#{OF_CASE[last]}"
    found = next((anchor for start, anchor in SECTIONS.items() if path.startswith(start)), "")
    return f"/help#{found}" if found else "/help"

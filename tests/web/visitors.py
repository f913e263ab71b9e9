"""People at a browser without JavaScript: they read pages, fill in the forms that are on them, and send those."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import httpx

from tenants.demo.load import PASSWORD
from tests.conftest import CAST
from web.forms import FORM

ORIGIN = "https://win.example"
VOID = {"input", "meta", "link", "br", "img"}


@dataclass
class Form:
    """One form of a page: where it goes, and what it holds as it stands."""

    action: str
    method: str
    name: str = ""
    pairs: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)

    def filled(self, **given: Any) -> list[tuple[str, str]]:
        """Return what the browser would send; only what is on the page can be filled in."""
        assert set(given) <= self.names, set(given) - self.names
        kept = [pair for pair in self.pairs if pair[0] not in given]
        for name, value in given.items():
            kept += [(name, one) for one in (value if isinstance(value, list) else [value])]
        return kept


class Page(HTMLParser):
    """What a test looks for in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.source = text
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.labels: set[str] = set()
        self.inputs: list[dict[str, str]] = []
        self.ids: list[str] = []
        self.speaks: dict[str, str] = {}
        self.words: list[str] = []
        self._select = ""
        self._area: list[str] | None = None
        self._area_name = ""
        self._form: Form | None = None
        self._chosen = ""
        self.feed(text)
        self.text = re.sub(r"\s+", " ", " ".join(self.words))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given.get("href", ""))
        elif tag == "label":
            self.labels.add(given.get("for", ""))
        elif tag == "form":
            self._form = Form(given["action"], given.get("method", "get"), given.get("id", ""))
            self.forms.append(self._form)
        elif tag in ("input", "select", "textarea", "button", "option"):
            self.control(tag, given)

    def control(self, tag: str, given: dict[str, str]) -> None:
        """Note one control of the form that it stands in."""
        form, name = self._form, given.get("name", "")
        if given.get("formaction") == "/language":
            self.speaks[given["value"]] = given["form"]
            return
        if form is None and given.get("form"):
            return  # it stands elsewhere, and sends a form that the page has too
        assert form is not None
        if tag == "button":
            form.buttons.append((name, given.get("value", ""), given.get("type", "")))
            return
        if tag == "option":
            if "selected" in given or not self._chosen:
                self._chosen = given["value"] if "selected" in given else self._chosen
                form.pairs = [pair for pair in form.pairs if pair[0] != self._select]
                form.pairs.append((self._select, self._chosen))
            return
        form.names.add(name)
        if given.get("type") != "hidden":
            self.inputs.append({"tag": tag, **given})
        if tag == "select":
            self._select, self._chosen = name, ""
        elif tag == "textarea":
            self._area, self._area_name = [], name
        elif given.get("type") not in ("checkbox", "radio") or "checked" in given:
            form.pairs.append((name, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area is not None:
            assert self._form is not None
            self._form.pairs.append((self._area_name, "".join(self._area).removeprefix("\n")))
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.append(data)
        self.words.append(data)

    def form(self, action: str) -> Form:
        """Return the form that goes to this address."""
        (found,) = [form for form in self.forms if re.fullmatch(action, form.action)]
        return found


class Visitor:
    """Somebody at a browser."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.status = 0
        self.page = Page("")
        self.address = ""
        self.query = ""

    def at(self, response: httpx.Response) -> Page:
        """Look at the page that came."""
        self.status, self.page, self.address = response.status_code, Page(response.text), response.url.path
        self.query = response.url.query.decode()
        return self.page

    async def open(self, address: str) -> Page:
        """Go to an address."""
        return self.at(await self.client.get(address, follow_redirects=True))

    async def follow(self, pattern: str) -> Page:
        """Follow the first link of the page whose address matches."""
        address = next(link for link in self.page.links if re.fullmatch(pattern, link))
        return await self.open(address)

    async def speak(self, language: str, **given: Any) -> Page:
        """Choose the language, with this typed into the form of the page and not sent."""
        (form,) = [form for form in self.page.forms if form.name == self.page.speaks[language]]
        body = [*form.filled(**given), ("language", language)]
        headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", "Content-Type": FORM}
        return self.at(
            await self.client.post("/language", content=urlencode(body), headers=headers, follow_redirects=True)
        )

    async def send(self, action: str, *, button: tuple[str, str] | None = None, **given: Any) -> Page:
        """Fill in a form of the page and send it."""
        form = self.page.form(action)
        pairs = form.filled(**given) + ([button] if button else [])
        headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
        body: dict[str, list[str]] = {}
        for name, value in pairs:
            body.setdefault(name, []).append(value)
        if form.method == "get":
            return self.at(await self.client.get(form.action, params=body, follow_redirects=True))
        return self.at(await self.client.post(form.action, data=body, headers=headers, follow_redirects=True))

    async def sign_in(self, who: str, password: str = PASSWORD) -> Page:
        """Sign in as one of the cast."""
        await self.open("/sign-in")
        return await self.send("/sign-in", email=CAST[who][0], password=password)

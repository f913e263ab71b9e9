"""Forms as browsers send them: who may have sent one, what was typed, and what is wrong with it."""

import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from cryptography.fernet import Fernet
from starlette.requests import Request

from api.identity import COOKIE, refuse_other_sites
from infra.errors import BadRequest, Refused
from infra.keys import cipher
from web.texts import TEXTS, say

TOKEN = "token"  # noqa: S105 - the name of the hidden input
ONCE = "once"
HERE = "here"
"""The hidden input that says which page a form stands on."""
KEY = re.compile(r"[0-9a-f]{32}")
MOST_INPUTS = 500
FORM = "application/x-www-form-urlencoded"

Problems = list[dict[str, Any]]


class Typed:
    """What was typed, by the name of its input."""

    def __init__(self, pairs: Sequence[tuple[str, str]] = ()) -> None:
        self.values: dict[str, list[str]] = {}
        for name, value in pairs:
            self.values.setdefault(name, []).append(value.replace("\r\n", "\n"))

    def text(self, name: str) -> str:
        """Return the text without the space around it; nothing typed is the empty text."""
        return self.values.get(name, [""])[0].strip()

    def version(self, name: str) -> int:
        """Return the version of the case that the form was made from; 0, which is no case's, for what is none."""
        return whole_number(self.text(name)) or 0

    def all(self, name: str) -> list[str]:
        """Return every value of the inputs of this name, such as the boxes that were ticked."""
        return [value for value in self.values.get(name, []) if value]

    @property
    def once(self) -> str | None:
        """Return the key of the form: sent twice, as by two clicks, it is done once."""
        key = self.text(ONCE)
        return key if KEY.fullmatch(key) else None

    def put(self, name: str, *values: str) -> "Typed":
        """Write these values into the form."""
        self.values[name] = list(values)
        return self


def session_cipher(purpose: str, request: Request) -> Fernet:
    """Return what enciphers and deciphers in this browser's session alone; one for all who have no session."""
    return cipher(purpose, request.cookies.get(COOKIE, "").encode())


def whole_number(text: str) -> int | None:
    """Return the number that an input or an address says, or nothing; the API takes none that is longer."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def token_of(request: Request) -> str:
    """Return the secret of the session's forms: only who has the session's cookie can know it."""
    return token_for(request.cookies.get(COOKIE, ""))


def token_for(secret: str) -> str:
    """Return the secret of the forms of the session with this cookie."""
    return hmac.digest(secret.encode(), b"win form", "sha256").hex() if secret else ""


async def read_form(request: Request, *, with_token: bool = True) -> Typed:
    """Return what was typed. Raises `BadRequest` or `Refused` for a form that is not one of our own pages'.

    What changes nothing of a session goes without its token: it may have changed since the page was made.
    """
    declared = request.headers.getlist("content-type")
    if len(declared) != 1 or declared[0].split(";")[0].strip().lower() != FORM:
        raise BadRequest
    if not {"origin", "sec-fetch-site"} & set(request.headers):
        raise Refused("request.cross_site")
    refuse_other_sites(request)
    try:
        pairs = parse_qsl((await request.body()).decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_INPUTS)
    except ValueError:
        raise BadRequest from None
    typed = Typed(pairs)
    request.state.here = typed.text(HERE)
    expected = token_of(request)
    if with_token and not hmac.compare_digest(typed.text(TOKEN).encode(), expected.encode()):
        raise Refused("request.cross_site")
    return typed


def local(path: str, message: str, code: str = "INVALID_FORMAT") -> dict[str, Any]:
    """Return a problem that is seen before anything is asked."""
    return {"code": code, "path": [path], "message": message}


def name_of(path: Sequence[str], names: Sequence[str]) -> str:
    """Return the input that a problem belongs to: the last part of its path that is one; of the whole form, none."""
    return next((part for part in reversed(path) if part in names), "")


def by_input(problems: Sequence[Mapping[str, Any]], names: Sequence[str], language: str) -> dict[str, list[str]]:
    """Return what is wrong at each input, every sentence once, in the order of the inputs."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        name = name_of(problem["path"], names)
        messages, message = found.setdefault(name, []), in_its_words(problem, name, language)
        if message not in messages:
            messages.append(message)
    return {name: found[name] for name in ("", *names) if name in found}


def in_its_words(problem: Mapping[str, Any], name: str, language: str) -> str:
    """Return what to tell of a problem: what to do at an input that was left empty, where there are words for it."""
    own = f"missing.{name}"
    return say(language, own) if problem["code"] == "REQUIRED" and own in TEXTS else str(problem["message"])


def missing(name: str, language: str) -> dict[str, Any]:
    """Return the problem of an input that was left empty."""
    return local(name, say(language, "wrong.missing"), "REQUIRED")

"""One GraphQL question, in this process: the same straight line as `POST /graphql`, from the session to the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from starlette.requests import Request

from api.app import respond
from api.devices import known_device
from api.identity import Credentials, credentials
from api.operation import Ask, answer
from api.refusals import describe
from api.sessions import network_address
from infra.errors import ErrorCode, Unauthenticated, WinError

OPERATIONS = Path(__file__).parent / "operations"
FRAGMENTS = "fragments"
LANGUAGE_COOKIE = "__Host-win-language"
LANGUAGES = ("it", "en")


@dataclass(frozen=True)
class Answer:
    """What came back, and the language that it is in."""

    data: Mapping[str, Any]
    language: str


class Told(Exception):
    """The answer was an error; it carries what may be told of it."""

    def __init__(self, entry: Mapping[str, Any], language: str) -> None:
        self.code = str(entry["extensions"]["code"])
        super().__init__(self.code)
        self.message = str(entry["message"])
        self.extensions: Mapping[str, Any] = entry["extensions"]
        self.language = language


async def ask(
    request: Request, operation: str, variables: Mapping[str, Any] | None = None, *, once: str | None = None
) -> Answer:
    """Ask one of the operations as whoever is signed in. Raises `Unauthenticated` or `Told`."""
    caller = session_of(request)
    if caller is None:
        raise Unauthenticated
    request_id = request.state.request_id
    question = Ask(document(operation), variables or {}, None, once, network_address(request), known_device(request))
    try:
        answered = await answer(question, caller, request_id, language=chosen_language(request))
    except Unauthenticated:
        raise
    except WinError as error:
        language = error.language or chosen_language(request) or "it"
        raise Told(describe(error, language, request_id), language) from None
    language = answered.language
    body = orjson.loads(orjson.dumps(respond(answered.result, language, request_id)))
    request.state.language, request.state.renewed = language, answered.renewed
    for entry in body.get("errors", ()):
        raise Told(entry, language)
    return Answer(body["data"], language)


async def do(
    request: Request, operation: str, given: Mapping[str, Any], *, once: str | None = None
) -> tuple[Any, Sequence[Mapping[str, Any]]]:
    """Run a mutation, once for the form that has this key; return its payload and the problems that one can mend."""
    variables = {"input": dict(given)}
    try:
        answered = await ask(request, operation, variables, once=once)
    except Told as told:
        if told.code != ErrorCode.IDEMPOTENCY_CONFLICT:
            raise
        # Whoever went back and wrote something else means to send that too.
        answered = await ask(request, operation, variables)
    (payload,) = answered.data.values()
    return payload, payload["problems"]


def session_of(request: Request) -> Credentials | None:
    """Return the session of the cookie: pages are for browsers, and no page is opened with a token."""
    caller = credentials(request)
    return caller if caller is not None and caller.kind == "cookie" else None


def chosen_language(request: Request) -> str | None:
    """Return the language chosen in this browser, if one was."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else None


@cache
def document(operation: str) -> str:
    """Return the text of an operation with the fragments that it uses."""
    text = (OPERATIONS / f"{operation}.graphql").read_text("utf-8")
    named = fragments()
    used: dict[str, str] = {}
    waiting = [text]
    while waiting:
        part = waiting.pop()
        for name, fragment in named.items():
            if f"...{name}" in part and name not in used:
                used[name] = fragment
                waiting.append(fragment)
    return "\n".join([text, *used.values()])


@cache
def fragments() -> Mapping[str, str]:
    """Return the fragments that operations share, by name."""
    parts = (OPERATIONS / f"{FRAGMENTS}.graphql").read_text("utf-8").split("fragment ")
    return {part.split(" ", 1)[0]: f"fragment {part.strip()}" for part in parts if part.strip()}


def operations() -> list[str]:
    """Return the name of every operation."""
    return sorted(path.stem for path in OPERATIONS.glob("*.graphql") if path.stem != FRAGMENTS)

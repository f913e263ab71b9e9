"""From an answer to a page: the templates, what they may call, and the headers of every page."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from secrets import token_hex
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.app import not_served
from api.headers import BodyRefused, as_json, place_of
from api.identity import language_of
from api.ids import row_id
from api.refusals import STATUS, UNREACHABLE
from infra.errors import ErrorCode, Unauthenticated, Unavailable, WinError
from infra.log import logger
from infra.messages import say as say_message
from tenants.members.lookup import member_of_session
from web.again import Again, address_again, again_of, pairs_of
from web.ask import LANGUAGES, Answer, Told, ask, chosen_language, session_of
from web.forms import Typed, by_input, token_of
from web.groups import MUNICIPALITY, need_label
from web.guide import section_for
from web.kept import kept_of, whose
from web.texts import TEXTS, day, instant, label, period, say

HERE = Path(__file__).parent
STATIC = HERE / "static"
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    # With no referrer at all a browser would hide from ourselves that a form came from our own page.
    "Referrer-Policy": "same-origin",
}
STYLES = ("dist/win.css", "pages.css")
"""In this order; the first is built, and pages are whole without it."""
PASSWORDS = "passwords.js"
"""The one script of the pages, for those that ask a password: it shows what was typed."""
HINTS = {text.removeprefix("hint.") for text in TEXTS if text.startswith("hint.")}
TO_MEND = {409, 422, 429}
NOTHING_ELSE: Mapping[str, Any] = {}
TITLES = {
    "CONFLICT": "failure.conflict",
    "FORBIDDEN": "failure.forbidden",
    "NOT_FOUND": "failure.not_found",
    "TOO_MANY_ATTEMPTS": "failure.too_many",
    "UNAVAILABLE": "failure.unavailable",
}

Endpoint = Callable[[Request], Awaitable[Response]]

ENVIRONMENT = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


ENVIRONMENT.globals["passwords"] = lambda: served(PASSWORDS)


def render(
    request: Request,
    template: str,
    language: str,
    *,
    status: int = 200,
    problems: Sequence[Mapping[str, Any]] = (),
    inputs: Sequence[str] = (),
    again: Mapping[str, Any] | None = NOTHING_ELSE,
    **context: Any,
) -> Response:
    """Return the page in this language; each problem stands at the input, of these, that it belongs to.

    The answer to a form that has to be mended is the way to the form's page, which shows it; there, `again` is shown
    besides. With None the page is answered at once, as one that can be shown by no other request.
    """
    if "typed" in context:
        if request.method == "POST" and status in TO_MEND and again is not None:
            wrong = Again(pairs_of(context["typed"]), problems, status, again)
            if address := address_again(request, context["typed"], wrong):
                return redirect(address)
        elif shown := again_of(request):
            problems, status = shown.problems, shown.status
            context = {**context, **shown.also, "typed": shown.typed, "fresh": lambda: shown.key}
    words: dict[str, Any] = {
        **spoken_words(language),
        "token": token_of(request),
        "whose": of_member(context.get("viewer")),
        "fresh": lambda: token_hex(16),
        "path": request.url.path,
        "help": section_for(request.url.path),
        "here": here(request),
        "styles": styles(),
        "viewer": None,
        "problems": problems,
        "wrong": by_input(problems, inputs, language),
    }
    page = ENVIRONMENT.get_template(template).render({**words, **context})
    return HTMLResponse(page, status, headers=headers_of(page))


def spoken_words(language: str) -> dict[str, Any]:
    """Return what templates may call to say something in this language."""
    return {
        "t": partial(say, language),
        "label": partial(label, language),
        "day": lambda value: day(value, language),
        "instant": lambda value: instant(value, language),
        "period": lambda first, last: period(first, last, language),
        "need_label": lambda macro, item: need_label(macro, item, language),
        "person": lambda case: person(case, language),
        "town": lambda case: town(case, language),
        "language": language,
        "languages": LANGUAGES,
        "hints": HINTS,
        "catalogue": lambda items: [(code, names[language == "en"]) for code, names in items.items()],
        "typed_of": lambda chosen: Typed(list(chosen.items())),
        "pairs": lambda codes, kind: [(code, label(language, kind, code)) for code in codes],
    }


def by_address(request: Request, typed: Typed) -> Response | None:
    """Lead to the form's page, which shows what was typed; nothing if that is too much for an address."""
    address = address_again(request, typed)
    return redirect(address) if address else None


def headers_of(page: str) -> dict[str, str]:
    """Return the headers of a page: none may run a script but one that asks a password, and that one only ours."""
    policy = HEADERS["Content-Security-Policy"]
    if 'type="password"' not in page:  # what people typed stands there with its quotes escaped
        return dict(HEADERS)
    return {**HEADERS, "Content-Security-Policy": f"{policy}; script-src 'self'"}


def person(case: Mapping[str, Any], language: str) -> str:
    """Return the name of a case's person as far as the reader sees it."""
    identity = (case.get("person") or {}).get("identity") or {}
    names = [identity.get("givenName"), identity.get("familyName")]
    return " ".join(name for name in names if name) or identity.get("initials") or say(language, "who.unnamed")


def town(case: Mapping[str, Any], language: str) -> str:
    """Return the name of the town that a case's person lives in; nothing where the reader sees none."""
    given = ((case.get("person") or {}).get("contacts") or {}).get("municipality")
    return MUNICIPALITY.label(given, language) if given else ""


def here(request: Request) -> str:
    """Return the address of the page without its origin, to come back to."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def styles() -> list[str]:
    """Return the addresses of the style sheets that are there now: one of them may still be being built."""
    return [address for name in STYLES if (address := served(name))]


def served(name: str) -> str:
    """Return the address of a file that browsers load, or nothing if it is not there now."""
    path = STATIC / name
    return f"/static/{name}?{content(path, path.stat().st_mtime_ns)}" if path.is_file() else ""


@lru_cache(16)
def content(path: Path, _changed: int) -> str:
    """Return what changes with the content of a file, so that browsers may keep it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def redirect(address: str) -> Response:
    """Send the browser on after a form, so that going back or reloading repeats nothing."""
    return RedirectResponse(address, 303, headers=dict(HEADERS))


def spoken(request: Request) -> str:
    """Return the language to speak before, or without, an answer."""
    return getattr(request.state, "language", None) or chosen_language(request) or language_of(request)


def page(endpoint: Endpoint) -> Endpoint:
    """Wrap an endpoint: whoever is not signed in is sent to sign in, and what is refused is told on a page."""

    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Unauthenticated:
            return await to_sign_in(request)
        except Told as told:
            if told.code == ErrorCode.UNAUTHENTICATED:
                return await to_sign_in(request)
            message = told.message
            return await failed(request, told.code, lambda _: message)
        except WinError as refused:
            if (again := await resumed(request, refused)) is not None:
                return again
            error = refused
        except UNREACHABLE as unreachable:
            logger().error("database unavailable", kind=type(unreachable).__name__)
            error = Unavailable()
        except (BodyRefused, ClientDisconnect):
            raise
        except Exception as unforeseen:
            logger().error("unexpected error", kind=type(unforeseen).__name__, place=place_of(unforeseen))
            error = WinError()
        return await failed(request, error.code, lambda language: say_message(language, error.text, **error.values))

    return answered


async def resumed(request: Request, refused: WinError) -> Response | None:
    """Return the way on for a form that was made in a session which is no longer this browser's, for the same member.

    Of others it is only told, to whoever is there now, that something was not saved.
    """
    kept = await kept_of(request) if refused.text == "request.cross_site" else None
    if kept is None:
        return None
    present = session_of(request)
    if present is None:
        return await to_sign_in(request)
    if await member_of_session(present.token_hash) != kept.member_id:
        return await failed(request, ErrorCode.FORBIDDEN, lambda language: say(language, "failure.other_session"))
    ours = whose(kept.member_id)
    return render(request, "resume.html", spoken(request), status=409, kept=kept, whose=ours)


def of_member(viewer: Mapping[str, Any] | None) -> str:
    """Return what says for whom the forms of a page are."""
    return whose(row_id("viewer", viewer["id"])) if viewer else ""


async def to_sign_in(request: Request) -> Response:
    """Send the browser to sign in, and from there back; with what was typed, if the session ended meanwhile."""
    kept = await kept_of(request)
    if kept is not None:
        return render(request, "enter.html", spoken(request), status=401, kept=kept.text, typed=Typed(), reset=False)
    address = request.url.path if request.method == "GET" else "/today"
    return redirect("/sign-in" if address in ("/", "/today") else f"/sign-in?next={address}")


async def failed(request: Request, code: str, told: Callable[[str], str], status: int | None = None) -> Response:
    """Return the page that says what happened and whom to ask, with the menu and in the language of who is there."""
    known = code in list(ErrorCode)
    status = status or (STATUS.get(ErrorCode(code), 400) if known else 400)
    answer = await asking(request) if code != ErrorCode.UNAVAILABLE else None
    language = answer.language if answer else spoken(request)
    response = render(
        request,
        "failure.html",
        language,
        status=status,
        title=TITLES.get(code, "failure.other"),
        message=told(language),
        # A malformed question is not something that whoever reads the page can know about.
        reference=str(request.state.request_id) if status >= 500 else "",
        viewer=answer.data["viewer"] if answer else None,
        code=code,
    )
    if code == ErrorCode.UNAVAILABLE:
        response.headers["retry-after"] = str(Unavailable().retry_after)
    return response


async def asking(request: Request) -> Answer | None:
    """Return who is signed in and whom they can ask; nothing for a stranger, or where even that goes wrong."""
    if session_of(request) is None:
        return None
    try:
        return await ask(request, "whom_to_ask")
    except (Told, WinError, *UNREACHABLE):
        return None


def reads_pages(request: Request) -> bool:
    """Tell whether whoever asks is at a browser."""
    return "text/html" in request.headers.get("accept", "")


async def tell(request: Request, error: WinError, status: int) -> Response:
    """Answer what comes to nothing outside of any page: browsers get a page, everybody else a line."""
    if not reads_pages(request):
        return await as_json(request, error, status)
    return await failed(request, error.code, lambda language: say_message(language, error.text, **error.values), status)


async def not_here(request: Request, error: Exception) -> Response:
    """Answer what has no address, or not by this method: browsers get a page, everybody else a line."""
    if not reads_pages(request):
        return not_served(request, error if isinstance(error, HTTPException) else HTTPException(404))
    status = error.status_code if isinstance(error, HTTPException) else 404
    response = await failed(
        request, ErrorCode.NOT_FOUND, lambda language: say_message(language, "error.not_found"), status
    )
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response

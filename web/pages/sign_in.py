"""Signing in and out with a form, choosing an organisation and a language."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.devices import agent_of, device_of, mark
from api.identity import Viewer, enter
from api.sessions import hand_over, network_address, session_cookie, set_cookie
from infra.database import transaction
from infra.errors import Refused, TooManyAttempts, Unauthenticated, WinError
from infra.messages import say as say_message
from tenants.members import service
from tenants.members.challenges import LIFE
from tenants.members.service import CodeNeeded, Membership, Opened, SignIn
from web.again import Again, address_again, again_before, is_ours, pairs_of, place_of_form
from web.ask import LANGUAGE_COOKIE, LANGUAGES, chosen_language, session_of
from web.forms import HERE, Typed, local, missing, read_form, token_for
from web.kept import TEXT, WHOSE, kept_for
from web.rendering import page, redirect, render, spoken

HOME = "/today"
CHALLENGE_COOKIE = "__Host-win-challenge"
AFTER_CODE = ("sign_in.too_late", "sign_in.no_organisation", "sign_in.not_a_member", "sign_in.wrong")
"""What the page of the code can end with, so that the password is asked anew."""
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Long:
    """A half-filled form that is too long for an address: where it goes, and what is in it."""

    place: str
    pairs: list[tuple[str, str]]


async def ask_password(request: Request) -> Response:
    """Show the form."""
    typed = Typed([("next", request.query_params.get("next", ""))])
    refused = request.query_params.get("refused", "")
    if refused in AFTER_CODE:
        return form(request, typed, local("", say_message(spoken(request), refused)), status=422)
    return form(request, typed)


def form(request: Request, typed: Typed, *problems: dict[str, object], status: int = 200) -> Response:
    """Render the form, with what was typed but the password."""
    kept = typed.text(TEXT)
    return render(
        request,
        "enter.html",
        spoken(request),
        status=status,
        typed=typed,
        problems=problems,
        inputs=["email", "password"],
        reset=request.query_params.get("reset") == "1" and not problems,
        kept=kept,
        again=None if kept else {},
    )


async def sign_in(request: Request) -> Response:
    """Open a session; whoever works for several organisations chooses one on the next page."""
    typed = await read_form(request, with_token=False)
    language = spoken(request)
    email, password = typed.text("email"), typed.values.get("password", [""])[0]
    empty = [missing(name, language) for name, value in (("email", email), ("password", password)) if not value]
    if empty:
        return form(request, typed, *empty, status=422)
    replaced, device = session_cookie(request), device_of(request)
    attempt = SignIn(
        email,
        password,
        network_address(request),
        replaces=replaced.token_hash if replaced else None,
        device=device,
        agent=agent_of(request),
    )
    try:
        outcome = await service.sign_in(attempt)
        address = onward(typed.text("next"))
        if isinstance(outcome, CodeNeeded):
            return to_code(request, typed, outcome, address)
        if not isinstance(outcome, Opened):
            chosen = preferred(typed, outcome)
            outcome = await service.sign_in(
                replace(attempt, organisation=chosen.organisation_slug, territory=chosen.territory_slug)
            )
            address = "/organisation"
    except (Unauthenticated, Refused, TooManyAttempts) as error:
        status = 429 if isinstance(error, TooManyAttempts) else 422
        return form(request, typed, local("", said(language, error)), status=status)
    assert isinstance(outcome, Opened)  # noqa: S101 - an organisation was named
    return mark(go_on(request, typed, outcome, address), device)


def to_code(request: Request, typed: Typed, needed: CodeNeeded, address: str) -> Response:
    """Go on to the page that asks the code; this browser keeps the proof of the password, for a few minutes."""
    if typed.text(TEXT):
        response = code_form(request, typed)
    else:
        response = redirect("/sign-in/code" + (f"?next={quote(address)}" if address != HOME else ""))
    keep_challenge(response, needed.challenge)
    return response


def keep_challenge(response: Response, challenge: str) -> None:
    """Hand over the challenge, or with none have the browser forget it."""
    seconds = int(LIFE.total_seconds()) if challenge else 0
    response.set_cookie(
        CHALLENGE_COOKIE, challenge, max_age=seconds, path="/", secure=True, httponly=True, samesite="strict"
    )


async def ask_code(request: Request) -> Response:
    """Show the second page of signing in, to whoever has been on the first."""
    if CHALLENGE_COOKIE not in request.cookies:
        return redirect("/sign-in")
    return code_form(request, Typed([("next", request.query_params.get("next", ""))]))


def code_form(request: Request, typed: Typed, *problems: dict[str, object], status: int = 200) -> Response:
    """Render the form of the code; what was typed is not shown again, as it may have been used up."""
    kept = typed.text(TEXT)
    return render(
        request,
        "enter_code.html",
        spoken(request),
        status=status,
        typed=Typed([("next", typed.text("next"))]),
        problems=problems,
        inputs=["code"],
        kept=kept,
        again=None if kept else {},
    )


async def give_code(request: Request) -> Response:
    """Open the session, if the code is right."""
    typed = await read_form(request, with_token=False)
    language, code = spoken(request), typed.text("code")
    if not code:
        return code_form(request, typed, missing("code", language), status=422)
    replaced, device = session_cookie(request), device_of(request)
    challenge = request.cookies.get(CHALLENGE_COOKIE, "")
    try:
        opened, memberships = await service.sign_in_with_code(
            challenge,
            code,
            network_address(request),
            replaces=replaced.token_hash if replaced else None,
            device=device,
            agent=agent_of(request),
            preferring=lambda found: preferred(typed, found),
        )
    except (Unauthenticated, Refused, TooManyAttempts) as error:
        if error.text == "sign_in.wrong_code" or isinstance(error, TooManyAttempts):
            status = 429 if isinstance(error, TooManyAttempts) else 422
            return code_form(request, typed, local("code", said(language, error)), status=status)
        kept = typed.text(TEXT)
        told = local("", said(language, error))
        response = form(request, typed, told, status=422) if kept else redirect(f"/sign-in?refused={error.text}")
        keep_challenge(response, "")
        return response
    address = onward(typed.text("next")) if len(memberships) == 1 else "/organisation"
    response = go_on(request, typed, opened, address)
    keep_challenge(response, "")
    return mark(response, device)


def said(language: str, error: WinError) -> str:
    """Return the sentence of a refusal."""
    return say_message(language, error.text, **error.values)


def onward(address: str) -> str:
    """Return where to go after signing in: a page of ours, whatever the address bar said."""
    return address if is_ours(address) else HOME


def preferred(typed: Typed, memberships: Sequence[Membership]) -> Membership:
    """Return the membership for which something was kept, or else the first."""
    kept = kept_for(typed, [one.member_id for one in memberships])
    return next((one for one in memberships if kept and one.member_id == kept.member_id), memberships[0])


def go_on(request: Request, typed: Typed, opened: Opened, address: str) -> Response:
    """Go on to the address, or to what the same member typed before and waits to be sent."""
    kept = kept_for(typed, [opened.membership.member_id])
    if kept is None:
        return begin(opened, address)
    kept = replace(kept, place=onward(kept.place))
    response = render(request, "resume.html", spoken(request), kept=kept, token=token_for(opened.secret))
    hand_over(response, opened)
    return response


def begin(opened: Opened, address: str) -> Response:
    """Hand over the session and go on."""
    response = redirect(address)
    hand_over(response, opened)
    return response


async def sign_out(request: Request) -> Response:
    """End the session on the server, and forget it here."""
    await read_form(request)
    caller = session_of(request)
    if caller is not None:
        await service.sign_out(caller.token_hash)
    response = redirect("/sign-in")
    set_cookie(response, "", 0)
    return response


async def memberships(request: Request) -> tuple[Viewer, list[Membership]]:
    """Return who is signed in, and for whom they may work. Raises `Unauthenticated`."""
    caller = session_of(request)
    if caller is None:
        raise Unauthenticated
    async with transaction() as connection:
        viewer = await enter(connection, caller.token_hash)
        if viewer is None:
            raise Unauthenticated
        return viewer, await service.own_memberships(connection)


async def choose(request: Request) -> Response:
    """Show the organisations to choose from."""
    viewer, found = await memberships(request)
    language = chosen_language(request) or viewer.actor.language
    return render(request, "organisation.html", language, memberships=found, current=viewer.actor.organisation_slug)


async def switch(request: Request) -> Response:
    """Work for the organisation that was chosen, in a session with a new secret."""
    typed = await read_form(request)
    caller = session_of(request)
    if caller is None:
        raise Unauthenticated
    async with transaction() as connection:
        viewer = await enter(connection, caller.token_hash)
        if viewer is None:
            raise Unauthenticated
        opened = await service.switch_organisation(
            connection, caller.token_hash, typed.text("organisation"), typed.text("territory") or None
        )
    return begin(opened, HOME)


async def speak(request: Request) -> Response:
    """Remember the language in this browser, and go back to the page, with what is typed in its form."""
    typed = await read_form(request, with_token=False)
    language = typed.text("language")
    if language in LANGUAGES:
        request.state.language = language
    return keep_language(spoken_to(request, typed), language)


def spoken_to(request: Request, typed: Typed) -> Response:
    """Return the way back to the page; what is too much for an address is shown at once, to be sent or left."""
    if typed.text(TEXT):
        return form(request, typed)
    if not pairs_of(typed):
        return redirect(onward(typed.text(HERE)))
    before = again_before(request)
    if address := address_again(request, typed, Again(pairs_of(typed), also=before.also if before else {})):
        return redirect(address)
    place = place_of_form(request)
    whole = Long(place, [*pairs_of(typed), (HERE, place)])
    return render(request, "resume.html", spoken(request), kept=whole, whose=typed.text(WHOSE), lead="resume.long")


def keep_language(response: Response, language: str) -> Response:
    """Have this browser remember the language, if it is one."""
    if language in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE, language, max_age=YEAR, path="/", secure=True, httponly=True, samesite="lax"
        )
    return response


ROUTES = [
    Route("/sign-in", page(ask_password), methods=["GET"]),
    Route("/sign-in", page(sign_in), methods=["POST"]),
    Route("/sign-in/code", page(ask_code), methods=["GET"]),
    Route("/sign-in/code", page(give_code), methods=["POST"]),
    Route("/sign-out", page(sign_out), methods=["POST"]),
    Route("/organisation", page(choose), methods=["GET"]),
    Route("/organisation", page(switch), methods=["POST"]),
    Route("/language", page(speak), methods=["POST"]),
]

"""One's own account: where one is signed in, the password, the language."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.sessions import hand_over, network_address
from infra.errors import ErrorCode
from tenants.members.codes import RECOVERY_CODES
from tenants.members.throttles import network_of
from web.ask import Told, ask, do
from web.forms import Problems, Typed, local, read_form
from web.pages.sign_in import keep_language
from web.rendering import page, redirect, render
from web.texts import label, say

HOME = "/account"
DONE = {name: f"account.done_{name}" for name in ("password", "session", "sessions", "language", "news", "factor_off")}
PASSWORDS = ("currentPassword", "newPassword", "repeatPassword")


async def account(request: Request) -> Response:
    """Show the account."""
    answer = await ask(request, "account")
    done = request.query_params.get("done", "")
    viewer = answer.data["viewer"]
    return render(
        request,
        "account.html",
        answer.language,
        viewer=viewer,
        typed=Typed([("language", viewer["language"])]),
        done=DONE.get(done, ""),
        most_codes=RECOVERY_CODES,
        network=network_of(network_address(request)),
        where=lambda one: where(one, answer.language),
    )


def where(session: Mapping[str, Any], language: str) -> str:
    """Return in what somebody is signed in, in words that they know it by: a browser on a system, or a token."""
    browser, system = session["browser"], session["system"]
    if browser and system:
        return say(language, "account.browser_on", browser=browser, system=system)
    return browser or system or label(language, "session", session["kind"])


async def end_session(request: Request) -> Response:
    """End one of the sessions."""
    await read_form(request)
    await do(request, "end_session", {"sessionId": request.path_params["session"]})
    return redirect(f"{HOME}?done=session")


async def end_other_sessions(request: Request) -> Response:
    """Sign out everywhere but here."""
    await read_form(request)
    await ask(request, "end_other_sessions")
    return redirect(f"{HOME}?done=sessions")


async def set_language(request: Request) -> Response:
    """Keep the language with the account, and speak it here from now on."""
    typed = await read_form(request)
    await do(request, "set_language", {"language": typed.text("language")})
    return keep_language(redirect(f"{HOME}?done=language"), typed.text("language"))


async def set_news(request: Request) -> Response:
    """Be told by mail that something waits, or not."""
    typed = await read_form(request)
    await do(request, "set_news_by_mail", {"wanted": typed.text("wanted") == "yes"})
    return redirect(f"{HOME}?done=news")


async def ask_passwords(request: Request) -> Response:
    """Show the form of a new password."""
    return await passwords(request, [])


async def passwords(request: Request, problems: Problems, status: int = 200) -> Response:
    """Render the form; what is typed into it is never shown again."""
    answer = await ask(request, "viewer")
    return render(
        request,
        "password.html",
        answer.language,
        status=status,
        viewer=answer.data["viewer"],
        typed=Typed(),
        problems=problems,
        inputs=PASSWORDS,
    )


async def change_password(request: Request) -> Response:
    """Set a new password, and hand over the secret under which this session goes on."""
    typed = await read_form(request)
    language = (await ask(request, "viewer")).language
    current, new, repeated = (typed.values.get(name, [""])[0] for name in PASSWORDS)
    problems: Problems = []
    if new and repeated != new:
        problems = [local("repeatPassword", say(language, "wrong.repeat"))]
    else:
        try:
            _, found = await do(request, "change_password", {"currentPassword": current, "newPassword": new})
            problems = [dict(problem) for problem in found]
        except Told as told:
            if told.code != ErrorCode.TOO_MANY_ATTEMPTS:
                raise
            return await passwords(request, [local("currentPassword", told.message)], status=429)
    if problems:
        return await passwords(request, problems, status=422)
    response = redirect(f"{HOME}?done=password")
    hand_over(response, request.state.renewed)
    return response


ROUTES = [
    Route("/account", page(account), methods=["GET"]),
    Route("/account/language", page(set_language), methods=["POST"]),
    Route("/account/news", page(set_news), methods=["POST"]),
    Route("/account/password", page(ask_passwords), methods=["GET"]),
    Route("/account/password", page(change_password), methods=["POST"]),
    Route("/account/sessions/end-others", page(end_other_sessions), methods=["POST"]),
    Route("/account/sessions/{session}/end", page(end_session), methods=["POST"]),
]

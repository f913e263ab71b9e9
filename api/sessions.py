"""Signing in with a browser: a cookie for a password. Scripts use tokens, which `win token` makes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.devices import agent_of, device_of, mark
from api.identity import COOKIE, Credentials, Viewer, credentials, enter, language_of, refuse_cross_site
from api.refusals import UNREACHABLE, refusal
from infra.clock import now
from infra.database import transaction
from infra.errors import BadRequest, Refused, Unauthenticated, Unavailable, WinError
from infra.log import logger
from tenants.account.service import Renewed
from tenants.members import service
from tenants.members.secrets import hash_of
from tenants.members.service import CodeNeeded, Membership, Opened, SignIn

Answer = Callable[[Request], Awaitable[Response]]


async def create(request: Request) -> Response:
    """Sign in: 201 with the cookie; 200 if a code has to come with it, or one of several organisations."""
    refuse_cross_site(request)
    given = await texts(request, required=("email", "password"), optional=("organisation", "territory", "code"))
    replaced, device = session_cookie(request), device_of(request)
    outcome = await service.sign_in(
        SignIn(
            **given,
            network_address=network_address(request),
            replaces=replaced.token_hash if replaced else None,
            device=device,
            agent=agent_of(request),
        )
    )
    if isinstance(outcome, Opened):
        return mark(await signed_in(outcome), device)
    if isinstance(outcome, CodeNeeded):
        return json_answer({"codeRequired": True}, 200)
    return json_answer({"organisations": [choice(membership) for membership in outcome]}, 200)


async def change(request: Request) -> Response:
    """Act for another organisation from here on, in a session with a new secret."""
    caller = credentials(request)
    if caller is not None and caller.kind == "bearer":
        raise BadRequest("sign_in.cookie_only")
    refuse_cross_site(request)
    if caller is None:
        raise Unauthenticated
    given = await texts(request, required=("organisation",), optional=("territory",))
    async with transaction() as connection:
        viewer = await enter(connection, caller.token_hash)
        if viewer is None:
            raise Unauthenticated
        request.state.language = viewer.actor.language
        opened = await service.switch_organisation(connection, caller.token_hash, **given)
    return await signed_in(opened)


async def delete(request: Request) -> Response:
    """Sign out: the session ends on the server, and the browser forgets the cookie. A token can end itself too."""
    caller = credentials(request)
    if caller is None or caller.kind == "cookie":
        refuse_cross_site(request)
    if caller is not None:
        await service.sign_out(caller.token_hash)
    response = Response(status_code=204)
    if caller is None or caller.kind == "cookie":
        set_cookie(response, "", 0)
    return response


def session_cookie(request: Request) -> Credentials | None:
    """Return the session that a new one takes the place of."""
    caller = credentials(request)
    return caller if caller is not None and caller.kind == "cookie" else None


async def texts(request: Request, *, required: Sequence[str], optional: Sequence[str]) -> dict[str, str]:
    """Return the members of the JSON body, all of them text. Raises `BadRequest`."""
    try:
        body = orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        raise BadRequest("request.not_json") from None
    if not isinstance(body, dict):
        raise BadRequest("request.not_json")
    given = {name: body[name] for name in (*required, *optional) if body.get(name) is not None}
    wrong = [name for name in given if not isinstance(given[name], str)]
    missing = [name for name in required if name not in given]
    if wrong or missing:
        raise BadRequest("request.members", names=", ".join((*missing, *wrong)))
    return given


async def signed_in(opened: Opened) -> Response:
    """Return the answer that hands over a new session."""
    async with transaction() as connection:
        viewer = await enter(connection, hash_of(opened.secret))
    if viewer is None:
        raise Refused("sign_in.not_a_member")
    response = json_answer({"viewer": described(viewer, opened.membership)}, 201)
    hand_over(response, opened)
    return response


def described(viewer: Viewer, membership: Membership) -> Mapping[str, Any]:
    """Return the viewer as the client sees them."""
    return {
        "displayName": viewer.display_name,
        "email": viewer.email,
        "language": viewer.actor.language,
        **choice(membership),
    }


def choice(membership: Membership) -> Mapping[str, Any]:
    """Return one organisation that the person may act for."""
    return {
        "organisation": {"slug": membership.organisation_slug, "name": membership.organisation_name},
        "territory": {"slug": membership.territory_slug, "name": membership.territory_name},
        "role": membership.role.upper(),
    }


def network_address(request: Request) -> str:
    """Return where a request comes from, as far as the server knows."""
    return request.client.host if request.client else ""


def hand_over(response: Response, opened: Opened | Renewed) -> None:
    """Give the browser the secret of its session, for as long as that lives."""
    set_cookie(response, opened.secret, int((opened.expires_at - now()).total_seconds()))


def set_cookie(response: Response, secret: str, seconds: int) -> None:
    """Hand over the session. The prefix makes browsers insist on Secure, on this host and on the whole path."""
    response.set_cookie(COOKIE, secret, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def json_answer(body: Mapping[str, Any], status: int) -> Response:
    """Return a JSON answer."""
    return Response(orjson.dumps(body), status, media_type="application/json")


def refusing(answer: Answer) -> Answer:
    """Wrap an endpoint: what it refuses is told in the caller's language, what is broken is not told."""

    async def endpoint(request: Request) -> Response:
        try:
            return await answer(request)
        except WinError as error:
            refused = error
        except UNREACHABLE as error:
            logger().error("database unavailable", kind=type(error).__name__)
            refused = Unavailable()
        language = getattr(request.state, "language", None) or language_of(request)
        return refusal(refused, language, request.state.request_id)

    return endpoint


def routes() -> Sequence[Route]:
    """Return the endpoints of this module."""
    verbs = {"POST": create, "PUT": change, "DELETE": delete}
    return [Route("/session", refusing(answer), methods=[method]) for method, answer in verbs.items()]

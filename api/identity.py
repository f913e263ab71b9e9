"""Who is calling: a cookie or a token becomes a viewer, in the transaction that the answer is made in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from starlette.requests import Request

from authz.actor import Actor
from authz.kinds import OrganisationKind
from authz.roles import Role
from infra.database import Connection, Context, transaction
from infra.errors import BadRequest, Refused, Unauthenticated
from tenants.members.secrets import PREFIXES, Kind, hash_of

Done = TypeVar("Done")

COOKIE = "__Host-win-session"
CSRF_HEADER = "x-win-csrf"


@dataclass(frozen=True)
class Credentials:
    """What the request proves itself with; `kind` decides whether it needs the defence against other sites."""

    token_hash: bytes
    kind: Kind


@dataclass(frozen=True)
class Viewer:
    """The signed-in member, and the session they came with."""

    actor: Actor
    display_name: str
    email: str
    session_id: UUID
    session_kind: Kind
    territory_slug: str
    account_language: str
    is_stale: bool
    """Whether the session's last use was noted more than a minute ago."""

    @property
    def context(self) -> Context:
        """Whose rows there are for them, in a transaction beside the one that they were signed in by."""
        actor = self.actor
        masks = (actor.read_mask, actor.write_mask)
        return Context(actor.territory_id, actor.organisation_id, actor.account_id, *masks)

    def speaking(self, language: str) -> "Viewer":
        """Return the same member, answered in this language."""
        return replace(self, actor=replace(self.actor, language=language))


def credentials(request: Request) -> Credentials | None:
    """Return the token of the Authorization header, else the session cookie.

    A browser adds the cookie by itself and never the header, so who sends both means the header: a token that is
    not valid does not fall back to the cookie.
    """
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _of_kind("bearer", secret.strip())
    return _of_kind("cookie", request.cookies.get(COOKIE, ""))


def _of_kind(kind: Kind, secret: str) -> Credentials | None:
    return Credentials(hash_of(secret), kind) if secret.startswith(PREFIXES[kind]) else None


async def enter(connection: Connection, token_hash: bytes) -> Viewer | None:
    """Authenticate and set the context of the running transaction, both by one function of the database."""
    row = await connection.fetchrow("SELECT * FROM enter($1)", token_hash)
    if row is None:
        return None
    actor = Actor(
        account_id=row["account_id"],
        member_id=row["member_id"],
        territory_id=row["territory_id"],
        organisation_id=row["organisation_id"],
        organisation_slug=row["organisation_slug"],
        organisation_kind=OrganisationKind(row["organisation_kind"]),
        is_lead=row["is_lead"],
        role=Role(row["role"]),
        language=row["language"],
    )
    return Viewer(
        actor=actor,
        display_name=row["display_name"],
        email=row["email"],
        session_id=row["session_id"],
        session_kind=row["session_kind"],
        territory_slug=row["territory_slug"],
        account_language=row["language"],
        is_stale=row["is_stale"],
    )


async def note_use(token_hash: bytes) -> None:
    """Note that the session was used now, in a transaction that holds nothing else."""
    async with transaction() as connection:
        await connection.execute("SELECT note_use($1)", token_hash)


@dataclass
class Standing:
    """What an operation rests on to its end; nothing of what it gives up itself, as whoever removes themselves does."""

    token_hash: bytes | None
    role: str | None


async def demand_still_entered(connection: Connection, standing: Standing) -> None:
    """Go on to the commit only for whoever is still who they were when the operation began. Raises `Overtaken`.

    A change may have waited for others, and one of them may have been a removal, another role or a sign-out.
    """
    if not await connection.fetchval("SELECT still_entered($1, $2)", standing.token_hash, standing.role):
        raise Overtaken


class Overtaken(Exception):
    """Whoever acts was removed, given another role or signed out while the operation waited."""


async def not_overtaken(work: Callable[[], Awaitable[Done]]) -> Done:
    """Do this, of which nothing is kept if it was overtaken; then once more, as whoever the caller is now.

    Raises `Unauthenticated` if it is overtaken again.
    """
    try:
        return await work()
    except Overtaken:
        try:
            return await work()
        except Overtaken:
            raise Unauthenticated from None


def language_of(request: Request) -> str:
    """Return the language for a caller who is not signed in: English if preferred to Italian, else Italian."""
    return chosen_language(request) or "it"


def chosen_language(request: Request) -> str | None:
    """Return the language that the request asks for by name, if it is one of ours."""
    for part in request.headers.get("accept-language", "")[:200].split(","):
        language = part.split(";")[0].strip().lower()[:2]
        if language in ("it", "en"):
            return language
    return None


def refuse_cross_site(request: Request) -> None:
    """Go on only if no other site can have made a browser send this. Raises `BadRequest` or `Refused`.

    For every change that a cookie, or nothing, vouches for. A form of another site can send neither JSON nor a
    header of its own; a script of another site has to ask first, and nobody answers it.
    """
    if not is_json(request):
        raise BadRequest("request.not_json")
    if request.headers.getlist(CSRF_HEADER) != ["1"]:
        raise Refused("request.csrf_header")
    refuse_other_sites(request)


def refuse_other_sites(request: Request) -> None:
    """Go on only if the browser does not say that another site, or another origin of this one, sent this."""
    if any(site != "same-origin" for site in request.headers.getlist("sec-fetch-site")):
        raise Refused("request.cross_site")
    if not all(_is_own_origin(request, origin) for origin in request.headers.getlist("origin")):
        raise Refused("request.cross_site")


def is_json(request: Request) -> bool:
    """Tell whether the body is declared, once, as JSON."""
    declared = request.headers.getlist("content-type")
    return len(declared) == 1 and declared[0].split(";")[0].strip().lower() == "application/json"


def _is_own_origin(request: Request, origin: str) -> bool:
    """Compare with the Host header; behind a proxy that ends TLS the scheme cannot be known, else it counts too."""
    try:
        parts = urlsplit(origin)
        own = urlsplit(f"//{request.headers.get('host', '')}")
        schemes = ("https",) if request.scope.get("scheme") == "https" else ("http", "https")
        standard = {"http": 80, "https": 443}.get(parts.scheme)
        return (
            parts.scheme in schemes
            and bool(own.hostname)
            and parts.hostname == own.hostname
            and (parts.port or standard) == (own.port or standard)
        )
    except ValueError:
        return False

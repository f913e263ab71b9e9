"""What members read of their own open sessions."""

from enum import StrEnum

from tenants.reading.shapes import Kind, Leaf, Shape


class SessionKind(StrEnum):
    """How somebody is signed in: with a browser, or with a token for scripts."""

    COOKIE = "cookie"
    BEARER = "bearer"


SESSION = Shape(
    "Session",
    "own_sessions()",  # a function of the database, which gives nobody's but one's own
    (
        Leaf("id", Kind.ID, sql="'session_' || {row}.id", required=True),
        Leaf("kind", SessionKind, sql="upper({row}.kind)", required=True),
        Leaf("opened_at", Kind.DATETIME, required=True),
        Leaf("last_used_at", Kind.DATETIME, required=True, note="To the minute."),
        Leaf("ends_at", Kind.DATETIME, required=True, note="When it ends at the latest."),
        Leaf("is_current", Kind.BOOLEAN, sql="({row}.id = {session})", required=True, note="The one that asks."),
    ),
    prefix="session",
    in_territory=False,
    note="A sign-in of mine that is open, or a token.",
)

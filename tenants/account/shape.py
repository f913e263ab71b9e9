"""What members read of their own open sessions, and of what others have lost."""

from infra.explained import Explained
from tenants.reading.shapes import Key, Kind, Leaf, Shape, Source


class SessionKind(Explained):
    """How somebody is signed in: with a browser, or with a token for scripts."""

    COOKIE = "cookie", "Signed in with a browser, by a password."
    BEARER = "bearer", "A token that an operator has made."


SESSION = Shape(
    "Session",
    "own_sessions()",  # a function of the database, which gives nobody's but one's own
    (
        Leaf(
            "id",
            Kind.ID,
            sql="'session_' || {row}.id",
            required=True,
            note="Of the session, not of its secret: it opens nothing.",
        ),
        Leaf("kind", SessionKind, sql="upper({row}.kind)", required=True, note="How it was opened."),
        Leaf("opened_at", Kind.DATETIME, required=True, note="When I signed in, or when the token was made."),
        Leaf("last_used_at", Kind.DATETIME, required=True, note="To the minute."),
        Leaf("ends_at", Kind.DATETIME, required=True, note="When it ends at the latest."),
        Leaf(
            "browser", sql="nullif({row}.browser, '')", note="Such as `Chrome`; null if it did not say, or is a token."
        ),
        Leaf("system", sql="nullif({row}.system, '')", note="Such as `Windows` or `Android`."),
        Leaf(
            "network",
            sql="nullif({row}.network, '')",
            note="The neighbourhood of the network address that the sign-in came from, such as `203.0.113.0/24`.",
        ),
        Leaf("is_current", Kind.BOOLEAN, sql="({row}.id = {session})", required=True, note="The one that asks."),
    ),
    prefix="session",
    in_territory=False,
    note="A sign-in of mine that is open, or a token.",
)

# A function of the database, which gives no row to whoever does not manage members.
FACTOR_RESET = Shape(
    "FactorReset",
    "factor_resets()",
    (
        Leaf("id", Kind.ID, sql="'factorreset_' || {row}.id", required=True, note="For `confirmFactorReset`."),
        Leaf("display_name", required=True, note="Who has lost the second factor."),
        Leaf("organisation", required=True, note="The name of the organisation that asks."),
        Leaf("asked_by", required=True, note="The name of whoever asked."),
        Leaf("asked_at", Kind.DATETIME, required=True, note="When it was asked."),
        Leaf("expires_at", Kind.DATETIME, required=True, note="Until when it can be confirmed."),
        Leaf("may_confirm", Kind.BOOLEAN, required=True, note="Whether I may: not who asked, nor who lost it."),
    ),
    prefix="factorreset",
    note="That a member has lost the second factor, as one person says and another has to confirm.",
)

FACTOR_RESETS = Source(
    rows="FROM factor_resets() q WHERE q.territory_id = {territory}",
    keys=(Key("id", "q.id", "uuid"),),
)

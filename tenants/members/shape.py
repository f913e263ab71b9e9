"""What a member reads of themselves."""

from authz.actions import Action
from authz.roles import Role
from tenants.notifications.shape import UNREAD
from tenants.reading.shapes import Key, Kind, Leaf, Many, One, Shape, Source

VIEWER = Shape(
    "Viewer",
    "member",
    (
        Leaf(
            "id",
            Kind.ID,
            sql="'viewer_' || {row}.id",
            required=True,
            note="Of me in this organisation; another one of mine has another.",
        ),
        Leaf("email", sql="{email}", required=True, note="What I sign in with."),
        Leaf("display_name", sql="{display_name}", required=True, note="How colleagues see me."),
        Leaf("language", sql="{account_language}", required=True, note="The one that the account is spoken to in."),
        Leaf(
            "role",
            Role,
            sql="upper({row}.role)",
            required=True,
            note="What I am in this organisation; ask `actions` for what I may do.",
        ),
        Leaf("actions", Action, sql="{action_names}", listed=True, required=True, note="Verbs of the role."),
        Leaf(
            "unread_notifications",
            Kind.INT,
            sql=UNREAD,
            required=True,
            note="How many things I am told that I have not marked as read.",
        ),
        Leaf(
            "news_by_mail",
            Kind.BOOLEAN,
            sql="gets_news()",
            required=True,
            note="Whether a mail tells me, once a day at most, that something waits for me.",
        ),
        Leaf(
            "coordinators",
            sql="own_coordinators()",
            listed=True,
            required=True,
            note="Names of those who coordinate my organisation: whom to ask for what I may not do. Five at most.",
        ),
        One(
            "organisation",
            "Organisation",
            "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.organisation_id",
            required=True,
            note="The one that I act for in this session.",
        ),
        One(
            "territory",
            "Territory",
            "{child}.id = {row}.territory_id",
            required=True,
            note="Where everything that I see belongs.",
        ),
        Leaf(
            "has_several_organisations",
            Kind.BOOLEAN,
            sql="(SELECT count(*) > 1 FROM own_memberships())",
            required=True,
            note="Whether I may act for another one too.",
        ),
        Leaf(
            "second_factor_since",
            Kind.DATETIME,
            sql="(SELECT f.since FROM own_second_factor() f)",
            note="Since when a code is asked besides the password; null if none is.",
        ),
        Leaf(
            "recovery_codes_left",
            Kind.INT,
            sql="(SELECT f.recovery_codes_left FROM own_second_factor() f)",
            note="How many codes are left for whoever loses what shows the others.",
        ),
        Many(
            "sessions",
            "Session",
            "true",
            order="({child}.id = {session}) DESC, {child}.last_used_at DESC, {child}.id",
            rows=lambda _rendering, _scope: "own_sessions()",
            note="Where I am signed in, this one first, then the last used; my tokens too.",
        ),
    ),
    prefix="viewer",
    reached="{child}.id = {member}",
    note="Whoever asks: a member of one organisation.",
)

# A function of the database, which gives no row to whoever does not manage the organisation's members.
MEMBER = Shape(
    "Member",
    "managed_members()",
    (
        Leaf(
            "id",
            Kind.ID,
            sql="'member_' || {row}.id",
            required=True,
            note="Of the membership, not of the person: stays the same for good.",
        ),
        Leaf("display_name", required=True, note="How colleagues see the person."),
        Leaf("email", required=True, note="What they sign in with."),
        Leaf(
            "role",
            Role,
            sql="upper({row}.role)",
            required=True,
            note="What they may do here, from their next request on.",
        ),
        Leaf("valid_from", Kind.DATE, required=True, note="The first day of the membership."),
        Leaf("valid_until", Kind.DATE, note="The last day of it; null while no end is set."),
        Leaf(
            "has_second_factor",
            Kind.BOOLEAN,
            required=True,
            note="Whether a code is asked of them besides the password.",
        ),
        Leaf("is_viewer", Kind.BOOLEAN, sql="{row}.account_id = {account}", required=True, note="Whether it is I."),
    ),
    prefix="member",
    note="Somebody who acts for my organisation; only whoever manages its members sees them.",
)

MEMBERS = Source(
    rows="FROM managed_members() m WHERE m.territory_id = {territory} AND m.is_current",
    keys=(Key("name", "m.display_name", "text"), Key("id", "m.id", "uuid")),
    descending=False,
)

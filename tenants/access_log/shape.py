"""What the holder can read of who read its cases: a line is a visit, whatever it took to make it."""

from authz.actions import Action
from authz.purposes import Purpose
from authz.roles import Role
from tenants.access_log.models import AccessKind
from tenants.reading.expressions import field_keys
from tenants.reading.shapes import Key, Kind, Leaf, One, Shape, Source

# A later version may number its clauses otherwise: what is told is what was signed when the case was read.
IN_FORCE_THEN = (
    "(SELECT v.id FROM pact_version v WHERE v.territory_id = {row}.territory_id AND v.in_force_from IS NOT NULL "
    "AND coalesce(v.superseded_at, 'infinity') > {row}.at ORDER BY v.superseded_at LIMIT 1)"
)


def day(alias: str) -> str:
    """Return the expression of the day, in Italy, of an entry."""
    return f"({alias}.at AT TIME ZONE 'Europe/Rome')::date"


# One person, one session, one day, in one way: the entries of it up to this one, which gives the visit its id.
VISIT = (
    "FROM access_log v WHERE v.territory_id = {row}.territory_id AND v.case_id = {row}.case_id "
    "AND v.organisation_id = {row}.organisation_id AND v.account_id = {row}.account_id AND v.kind = {row}.kind "
    "AND v.session_id IS NOT DISTINCT FROM {row}.session_id "
    f"AND {day('v')} = {day('{row}')} AND v.at > {{row}}.at - interval '25 hours' AND v.id <= {{row}}.id"
)

ACCESS_LOG_ENTRY = Shape(
    "AccessLogEntry",
    "access_log",
    (
        Leaf("id", Kind.ID, sql="'access_' || {row}.id", required=True, note="Of the visit up to its last entry."),
        Leaf("kind", AccessKind, sql="upper({row}.kind)", required=True, note="How the case was come by."),
        Leaf("at", Kind.DATETIME, sql=f"(SELECT min(v.at) {VISIT})", required=True, note="When the visit began."),
        Leaf("last_at", Kind.DATETIME, sql="{row}.at", required=True, note="When something was last read in it."),
        Leaf(
            "requests",
            Kind.INT,
            sql=f"(SELECT count(DISTINCT v.request_id) {VISIT})",
            required=True,
            note="How many requests the visit took.",
        ),
        Leaf("request_id", required=True, note="The same as in `X-Request-ID` of the last answer of the visit."),
        One(
            "organisation",
            "Organisation",
            "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.organisation_id",
            required=True,
            note="For whom it was read.",
        ),
        Leaf("reader_name", required=True, note="Of the colleague who read, as it was then."),
        Leaf("reader_role", Role, sql="upper({row}.reader_role)", required=True, note="As it was then."),
        Leaf(
            "fields",
            sql=field_keys(f"(SELECT bit_or(v.fields_mask) {VISIT})"),
            listed=True,
            required=True,
            note="Keys of the fields that were read.",
        ),
        Leaf(
            "purpose",
            Purpose,
            sql="upper({row}.purpose)",
            note="That of the joint work by which the case was seen; null if it was refused.",
        ),
        Leaf(
            "purposes",
            Purpose,
            sql=f"(SELECT coalesce(json_agg(DISTINCT upper(v.purpose)), '[]') {VISIT} AND v.purpose IS NOT NULL)",
            listed=True,
            required=True,
            note="All of them, where the case is shared for several.",
        ),
        One(
            "clause",
            "PactClause",
            f"{{child}}.territory_id = {{row}}.territory_id AND {{child}}.pact_version_id = {IN_FORCE_THEN} "
            "AND {child}.number = {row}.clause",
            note="The clause by which it was seen, as it was signed then.",
        ),
    ),
    prefix="access",
    action=Action.ACCESS_LOG_READ,
    reached="{child}.holder_id = {organisation}",
    note="A visit: what one member of another organisation read of a case in one session on one day, in one way.",
)

ACCESS_LOG = Source(
    rows="FROM (SELECT e.case_id, (array_agg(e.id ORDER BY e.id DESC))[1] AS id FROM access_log e "
    "WHERE e.territory_id = {territory} AND e.holder_id = {organisation} "
    f"GROUP BY e.case_id, e.organisation_id, e.account_id, e.kind, e.session_id, {day('e')}) l WHERE true",
    keys=(Key("id", "l.id", "uuid"),),
    filters={"case_id": "l.case_id = {value}::uuid"},
)

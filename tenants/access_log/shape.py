"""What the holder can read of who read its cases."""

from authz.actions import Action
from authz.purposes import Purpose
from tenants.reading.expressions import field_keys
from tenants.reading.shapes import Key, Kind, Leaf, One, Shape, Source

# A later version may number its clauses otherwise: what is told is what was signed when the case was read.
IN_FORCE_THEN = (
    "(SELECT v.id FROM pact_version v WHERE v.territory_id = {row}.territory_id AND v.in_force_from IS NOT NULL "
    "AND coalesce(v.superseded_at, 'infinity') > {row}.at ORDER BY v.superseded_at LIMIT 1)"
)

ACCESS_LOG_ENTRY = Shape(
    "AccessLogEntry",
    "access_log",
    (
        Leaf(
            "id",
            Kind.ID,
            sql="'access_' || {row}.id",
            required=True,
            note="Of this entry for good: the log is never changed.",
        ),
        Leaf("at", Kind.DATETIME, required=True, note="When the answer left the database."),
        Leaf(
            "request_id",
            required=True,
            note="The same as in `X-Request-ID` of that answer; several reads of one request share it.",
        ),
        One(
            "organisation",
            "Organisation",
            "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.organisation_id",
            required=True,
            note="Whoever read.",
        ),
        Leaf(
            "fields",
            sql=field_keys("{row}.fields_mask"),
            listed=True,
            required=True,
            note="Keys of the fields that were read.",
        ),
        Leaf("purpose", Purpose, sql="upper({row}.purpose)", note="That of the joint work by which the case was seen."),
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
    note="One read of a case by another organisation.",
)

ACCESS_LOG = Source(
    rows="FROM access_log l WHERE l.territory_id = {territory} AND l.holder_id = {organisation}",
    keys=(Key("id", "l.id", "uuid"),),
    filters={"case_id": "l.case_id = {value}::uuid"},
)

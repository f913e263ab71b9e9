"""What the holder can read of who read its cases."""

from authz.purposes import Purpose
from tenants.cases.disclosure import IN_FORCE
from tenants.reading.expressions import field_keys
from tenants.reading.shapes import Key, Kind, Leaf, One, Shape, Source

ACCESS_LOG_ENTRY = Shape(
    "AccessLogEntry",
    "access_log",
    (
        Leaf("id", Kind.ID, sql="'access_' || {row}.id", required=True),
        Leaf("at", Kind.DATETIME, required=True),
        Leaf("request_id", Kind.ID, required=True),
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
        Leaf("purpose", Purpose, sql="upper({row}.purpose)"),
        One(
            "clause",
            "PactClause",
            f"{{child}}.territory_id = {{row}}.territory_id AND {{child}}.pact_version_id = {IN_FORCE} "
            "AND {child}.number = {row}.clause",
        ),
    ),
    note="One read of a case by another organisation.",
)

ACCESS_LOG = Source(
    rows="FROM access_log l WHERE l.territory_id = {territory} AND l.holder_id = {organisation}",
    keys=(Key("id", "l.id", "uuid"),),
    filters={"case_id": "l.case_id = {value}::uuid"},
)

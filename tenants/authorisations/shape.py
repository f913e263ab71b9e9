"""What the holder can read of authorisations; to everybody else they do not exist."""

from authz.clauses import Basis
from authz.kinds import OrganisationKind
from authz.purposes import Purpose
from tenants.reading.expressions import field_keys, last_day
from tenants.reading.shapes import Key, Kind, Leaf, Many, One, Shape, Source

UPPERED = "(SELECT coalesce(json_agg(upper(x.item)), '[]') FROM unnest({{row}}.{column}) x (item))"

AUTHORISATION = Shape(
    "Authorisation",
    "authorisation",
    (
        Leaf(
            "id",
            Kind.ID,
            sql="'authorisation_' || {row}.id",
            required=True,
            note="Stays the same for good, also after a withdrawal.",
        ),
        Leaf("basis", Basis, sql="upper({row}.basis)", required=True, note="What makes sharing lawful."),
        Leaf(
            "purposes",
            Purpose,
            sql=UPPERED.format(column="purposes"),
            listed=True,
            required=True,
            note="Joint work for another purpose shares nothing by it.",
        ),
        Leaf(
            "kinds",
            OrganisationKind,
            sql=UPPERED.format(column="kinds"),
            listed=True,
            required=True,
            note="Organisations of these kinds are meant, and those named in `organisations`.",
        ),
        Leaf("fields", sql=field_keys("{row}.field_mask"), listed=True, required=True, note="Keys of the fields."),
        Leaf(
            "until",
            Kind.DATE,
            sql=last_day("{row}.until"),
            required=True,
            note="The last day of it.",
        ),
        Leaf(
            "in_force",
            Kind.BOOLEAN,
            sql="({row}.withdrawn_at IS NULL AND {row}.until > now())",
            required=True,
            note="Neither withdrawn nor over.",
        ),
        Leaf("given_at", Kind.DATETIME, required=True, note="When it was recorded; the paper may be older."),
        Leaf(
            "withdrawn_at",
            Kind.DATETIME,
            note="From then on nobody sees anything by it; null while it was not withdrawn.",
        ),
        Leaf("withdrawal_reason", note="As the holder wrote it; nobody else reads it."),
        Many(
            "organisations",
            "Organisation",
            "{child}.territory_id = {row}.territory_id AND {child}.id = ANY ({row}.organisation_ids)",
            order="{child}.slug",
            note="Those that are named one by one.",
        ),
        One(
            "case",
            "Case",
            "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.case_id",
            note="The case that it is about.",
        ),
    ),
    prefix="authorisation",
    cases="SELECT x.case_id FROM authorisation x WHERE x.territory_id = {territory} AND x.id = {id}",
    note="A consent of the person, or a public task: what may be shared, with whom, until when.",
)

# Row security shows them to the holder alone.
AUTHORISATIONS = Source(
    rows="FROM authorisation h WHERE h.territory_id = {territory} AND h.holder_id = {organisation}",
    keys=(Key("id", "h.id", "uuid"),),
    filters={
        "case_id": "h.case_id = {value}::uuid",
        "in_force": "{value}::boolean = (h.withdrawn_at IS NULL AND h.until > now())",
        "purpose": "{value} = ANY (h.purposes)",
    },
    alias="h",
    cases="SELECT h.case_id FROM authorisation h JOIN {shown} s ON s.id = h.id",
)

"""What the holder can read of authorisations; to everybody else they do not exist."""

from authz.kinds import OrganisationKind
from authz.purposes import Purpose
from tenants.authorisations.models import Basis
from tenants.reading.expressions import field_keys, last_day
from tenants.reading.shapes import Kind, Leaf, Many, One, Shape

UPPERED = "(SELECT coalesce(json_agg(upper(x.item)), '[]') FROM unnest({{row}}.{column}) x (item))"

AUTHORISATION = Shape(
    "Authorisation",
    "authorisation",
    (
        Leaf("id", Kind.ID, sql="'authorisation_' || {row}.id", required=True),
        Leaf("basis", Basis, sql="upper({row}.basis)", required=True),
        Leaf("purposes", Purpose, sql=UPPERED.format(column="purposes"), listed=True, required=True),
        Leaf("kinds", OrganisationKind, sql=UPPERED.format(column="kinds"), listed=True, required=True),
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
        Leaf("given_at", Kind.DATETIME, required=True),
        Leaf("withdrawn_at", Kind.DATETIME),
        Leaf("withdrawal_reason"),
        Many(
            "organisations",
            "Organisation",
            "{child}.territory_id = {row}.territory_id AND {child}.id = ANY ({row}.organisation_ids)",
            order="{child}.slug",
        ),
        One("case", "Case", "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.case_id"),
    ),
    prefix="authorisation",
    cases="SELECT x.case_id FROM authorisation x WHERE x.territory_id = {territory} AND x.id = {id}",
    note="A consent of the person, or a public task: what may be shared, with whom, until when.",
)

"""What can be read of organisations and of the territory."""

from authz.actions import Action
from authz.kinds import OrganisationKind
from tenants.reading.shapes import Key, Kind, Leaf, One, Shape, Source

ORGANISATION = Shape(
    "Organisation",
    "organisation",
    (
        Leaf("id", Kind.ID, sql="'organisation_' || {row}.id", required=True),
        Leaf("slug", required=True),
        Leaf("name", required=True),
        Leaf("kind", OrganisationKind, sql="upper({row}.kind)", required=True),
        Leaf("is_lead", Kind.BOOLEAN, required=True),
        Leaf("valid_from", Kind.DATE, required=True),
        Leaf("valid_until", Kind.DATE),
        One(
            "successor",
            "Organisation",
            "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.successor_id",
        ),
    ),
    prefix="organisation",
    action=Action.ORGANISATION_READ,
    note="One legal or ecclesial body of the territory.",
)

ORGANISATIONS = Source(
    rows="FROM organisation o WHERE o.territory_id = {territory}",
    keys=(Key("slug", "o.slug", "text"), Key("id", "o.id", "uuid")),
    filters={"kind": "o.kind = {value}"},
    descending=False,
)

TERRITORY = Shape(
    "Territory",
    "territory",
    (Leaf("slug", required=True), Leaf("name", required=True), Leaf("is_demo", Kind.BOOLEAN, required=True)),
    in_territory=False,
    note="A network of organisations with a pact.",
)

"""What can be read of organisations and of the territory."""

from authz.actions import Action
from authz.kinds import OrganisationKind
from authz.purposes import Purpose
from tenants.reading.shapes import Key, Kind, Leaf, One, Shape, Source
from tenants.sharing.receiving import RECEIVERS

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
        Leaf(
            "receives_for",
            Purpose,
            sql=f"(SELECT coalesce(json_agg(upper(g.purpose) ORDER BY g.purpose), '[]') FROM {RECEIVERS} "
            "WHERE g.territory_id = {row}.territory_id AND g.organisation_id = {row}.id AND g.read_mask <> 0)",
            listed=True,
            required=True,
            note="Purposes for which the pact lets it see something of others' cases today; empty once it has ended, "
            "left the pact, or before it joins.",
        ),
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
    filters={
        "kind": "o.kind = {value}",
        "receives_for": f"EXISTS (SELECT FROM {RECEIVERS} WHERE g.territory_id = {{territory}} "
        "AND g.organisation_id = o.id AND g.purpose = {value} AND g.read_mask <> 0)",
    },
    descending=False,
)

TERRITORY = Shape(
    "Territory",
    "territory",
    (
        Leaf("slug", required=True),
        Leaf("name", required=True),
        Leaf("contact_name", note="Whom anybody may ask about the network; null while nobody is named."),
        Leaf("contact_role", note="What that person does, and for whom."),
        Leaf("contact_email", note="Where they are written to."),
        Leaf("is_demo", Kind.BOOLEAN, required=True),
    ),
    in_territory=False,
    note="A network of organisations with a pact.",
)

"""What can be read of organisations and of the territory."""

from authz.actions import Action
from authz.kinds import OrganisationKind
from authz.purposes import Purpose
from tenants.reading.shapes import Key, Kind, Leaf, One, Shape, Source
from tenants.sharing.standing import takes_part

ORGANISATION = Shape(
    "Organisation",
    "organisation",
    (
        Leaf("id", Kind.ID, sql="'organisation_' || {row}.id", required=True, note="Stays the same for good."),
        Leaf("slug", required=True, note="Short name, unique in the territory: how the pact and inputs name it."),
        Leaf("name", required=True, note="As it is written on its statute."),
        Leaf(
            "kind",
            OrganisationKind,
            sql="upper({row}.kind)",
            required=True,
            note="What it is by law or by mission; clauses name kinds.",
        ),
        Leaf("is_lead", Kind.BOOLEAN, required=True, note="Whether it coordinates the territory."),
        Leaf("valid_from", Kind.DATE, required=True, note="The first day on which it takes part."),
        Leaf("valid_until", Kind.DATE, note="The last day; null while no end is set."),
        Leaf(
            "receives_for",
            Purpose,
            sql="(SELECT coalesce(json_agg(upper(g.purpose) ORDER BY g.purpose), '[]') FROM pact_grant g "
            "WHERE g.territory_id = {row}.territory_id AND g.organisation_id = {row}.id AND g.read_mask <> 0 "
            f"AND {takes_part('g')})",
            listed=True,
            required=True,
            note="Purposes for which the pact lets it see something of others' cases today; empty once it has ended, "
            "left the pact, or before it joins.",
        ),
        One(
            "successor",
            "Organisation",
            "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.successor_id",
            note="Which one has taken over, where it ended.",
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
        "receives_for": "EXISTS (SELECT FROM pact_grant g WHERE g.territory_id = {territory} "
        f"AND g.organisation_id = o.id AND g.purpose = {{value}} AND g.read_mask <> 0 AND {takes_part('g')})",
    },
    descending=False,
)

TERRITORY = Shape(
    "Territory",
    "territory",
    (
        Leaf("slug", required=True, note="Short name, unique in this installation."),
        Leaf("name", required=True, note="As people call it."),
        Leaf("contact_name", note="Whom anybody may ask about the network; null while nobody is named."),
        Leaf("contact_role", note="What that person does, and for whom."),
        Leaf("contact_email", note="Where they are written to."),
        Leaf("is_demo", Kind.BOOLEAN, required=True, note="Whether all of it is invented."),
    ),
    in_territory=False,
    note="A network of organisations with a pact.",
)

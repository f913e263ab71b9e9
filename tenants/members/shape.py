"""What a member reads of themselves."""

from authz.roles import Role
from tenants.reading.shapes import Kind, Leaf, One, Shape

VIEWER = Shape(
    "Viewer",
    "member",
    (
        Leaf("id", Kind.ID, sql="'member_' || {row}.id", required=True),
        Leaf("email", sql="{email}", required=True),
        Leaf("display_name", sql="{display_name}", required=True),
        Leaf("language", sql="{language}", required=True),
        Leaf("role", Role, sql="upper({row}.role)", required=True),
        Leaf("actions", sql="{action_names}", listed=True, required=True, note="Verbs of the role."),
        One(
            "organisation",
            "Organisation",
            "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.organisation_id",
            required=True,
        ),
        One("territory", "Territory", "{child}.id = {row}.territory_id", required=True),
    ),
    note="Whoever asks: a member of one organisation.",
)

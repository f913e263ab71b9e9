"""What can be read of the pact: everybody in the territory reads all of it."""

from authz.actions import Action
from tenants.reading.shapes import Kind, Leaf, Many, One, Shape


def localised(name: str) -> Leaf:
    """A text of the pact, in the reader's language."""
    return Leaf(
        name,
        sql=f"CASE {{language}} WHEN 'en' THEN {{row}}.{name}_en ELSE {{row}}.{name}_it END",
        required=True,
    )


PACT = Shape(
    "Pact",
    "pact_version",
    (
        Leaf("id", Kind.ID, sql="'pact_' || {row}.id", required=True),
        Leaf("version", Kind.INT, required=True),
        localised("title"),
        localised("preamble"),
        Leaf("digest", required=True, note="SHA-256 of the canonical text: what the parties sign."),
        Leaf("in_force_from", Kind.DATE),
        Leaf("superseded_at", Kind.DATETIME),
        Many(
            "clauses",
            "PactClause",
            "{child}.territory_id = {row}.territory_id AND {child}.pact_version_id = {row}.id",
            order="{child}.number",
        ),
        Many(
            "parties",
            "PactParty",
            "{child}.territory_id = {row}.territory_id AND {child}.pact_version_id = {row}.id",
            order="{child}.joined_on, {child}.organisation_id",
        ),
    ),
    prefix="pact",
    action=Action.PACT_READ,
    note="One version of the Patto Territoriale di Reciprocità.",
)

CLAUSE = Shape(
    "PactClause",
    "pact_clause",
    (
        Leaf("number", Kind.INT, required=True),
        localised("title"),
        localised("gives"),
        localised("receives"),
        Leaf("shares", sql="{row}.shares::text", required=True, note="The sharing rules as JSON, as they were signed."),
    ),
    note="A commitment given with a commitment received, and what may be shared for it.",
)

PARTY = Shape(
    "PactParty",
    "pact_party",
    (
        One(
            "organisation",
            "Organisation",
            "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.organisation_id",
            required=True,
        ),
        Leaf("role", sql="upper({row}.role)", required=True),
        Leaf("joined_on", Kind.DATE, required=True),
        Leaf("left_on", Kind.DATE),
    ),
)

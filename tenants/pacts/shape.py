"""What can be read of the pact: everybody in the territory reads all of it."""

from authz.actions import Action
from authz.clauses import Basis, PartyRole
from authz.kinds import OrganisationKind
from authz.purposes import Purpose
from tenants.reading.shapes import Key, Kind, Leaf, Many, One, Shape, Source


def localised(name: str, note: str) -> Leaf:
    """A text of the pact, in the reader's language."""
    return Leaf(
        name,
        sql=f"CASE {{language}} WHEN 'en' THEN {{row}}.{name}_en ELSE {{row}}.{name}_it END",
        required=True,
        note=note,
    )


PACT = Shape(
    "Pact",
    "pact_version",
    (
        Leaf("id", Kind.ID, sql="'pact_' || {row}.id", required=True, note="Of this version for good."),
        Leaf("version", Kind.INT, required=True, note="Counted from 1; each is signed anew."),
        localised("title", note="In the language of the caller."),
        localised("preamble", note="In the language of the caller."),
        Leaf("digest", required=True, note="SHA-256 of the canonical text: what the parties sign."),
        Leaf("in_force_from", Kind.DATE, note="The first day of it; null while it is not in force."),
        Leaf("superseded_at", Kind.DATETIME, note="When a later version took its place; null while none has."),
        Many(
            "clauses",
            "PactClause",
            "{child}.territory_id = {row}.territory_id AND {child}.pact_version_id = {row}.id",
            order="{child}.number",
            note="In the order of their numbers.",
        ),
        Many(
            "parties",
            "PactParty",
            "{child}.territory_id = {row}.territory_id AND {child}.pact_version_id = {row}.id",
            order="{child}.joined_on, {child}.organisation_id",
            note="Whoever is bound by it, also those that have left.",
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
        Leaf(
            "number",
            Kind.INT,
            required=True,
            note="How people and `disclosure` name it; a later version may number otherwise.",
        ),
        localised("title", note="In the language of the caller."),
        localised("gives", note="The commitment that a party gives, in the language of the caller."),
        localised("receives", note="The commitment that it receives for it, in the language of the caller."),
        Many(
            "shares",
            "PactShare",
            "true",
            order="{child}.ordinality",
            rows=lambda _rendering, scope: f"jsonb_array_elements({scope.row}.shares) WITH ORDINALITY",
            note="The sharing rules, as they were signed; empty where the clause shares no data.",
        ),
    ),
    note="A commitment given with a commitment received, and what may be shared for it.",
)


def signed(*path: str) -> str:
    """Return the expression of a list of words of a rule; one that was left out is empty."""
    steps = "".join(f"->'{step}'" for step in path)
    return f"coalesce({{row}}.value{steps}, '[]'::jsonb)"


def in_capitals(*path: str) -> str:
    """Return the expression of the same words as the schema's enums write them."""
    return f"(SELECT coalesce(json_agg(upper(x.word)), '[]') FROM jsonb_array_elements_text({signed(*path)}) x (word))"


NAMED = "Keys of fields, or of groups as they were signed: a group stands for its common and confidential fields."
PACTS = Source(
    rows="FROM pact_version v WHERE v.territory_id = {territory}",
    keys=(Key("version", "v.version", "int"), Key("id", "v.id", "uuid")),
)

SHARE = Shape(
    "PactShare",
    "",  # rows come from the clause's own rules
    (
        Leaf(
            "kinds",
            OrganisationKind,
            sql=in_capitals("with", "kinds"),
            listed=True,
            required=True,
            note="With every organisation of these kinds that is a party.",
        ),
        Many(
            "organisations",
            "Organisation",
            "{child}.territory_id = {territory} AND {child}.slug IN "
            f"(SELECT jsonb_array_elements_text({signed('with', 'organisations')}))",
            order="{child}.slug",
            note="With these organisations by name, whatever their kind.",
        ),
        Leaf(
            "purposes",
            Purpose,
            sql=in_capitals("for"),
            listed=True,
            required=True,
            note="Joint work for one of these purposes alone is meant.",
        ),
        Leaf("read", sql=signed("read"), listed=True, required=True, note=NAMED),
        Leaf(
            "write",
            sql=signed("write"),
            listed=True,
            required=True,
            note="As in `read`. Whoever may write a field does not thereby read it.",
        ),
        Leaf(
            "never",
            sql=signed("never"),
            listed=True,
            required=True,
            note="What is not shared for these purposes, whatever another rule says; a group stands for all of it.",
        ),
        Leaf(
            "basis",
            Basis,
            sql="upper({row}.value->>'basis')",
            required=True,
            note="The legal basis that the holder has to have recorded.",
        ),
        Leaf(
            "until_days",
            Kind.INT,
            sql="({row}.value->>'until_days')::int",
            note="How many days after it was accepted the sharing ends at the latest; null for no such limit.",
        ),
    ),
    in_territory=False,
    note="One rule of a clause: with whom, for what, which fields, on which basis.",
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
            note="Who is bound.",
        ),
        Leaf("role", PartyRole, sql="upper({row}.role)", required=True, note="How it came to the pact."),
        Leaf("joined_on", Kind.DATE, required=True, note="The first day on which it is bound."),
        Leaf("left_on", Kind.DATE, note="The last day; null while it is bound."),
    ),
    note="An organisation that is bound by the pact.",
)

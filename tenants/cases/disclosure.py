"""Why each field of a case is shown or withheld, in the same statement that reads it."""

from collections.abc import Mapping

from authz.explain import CONDITIONS, Reason
from authz.fields import FIELD, FIELDS, Field
from infra.explained import Explained
from tenants.reading.expressions import last_day
from tenants.reading.rendering import Rendering, Scope
from tenants.reading.shapes import Kind, Leaf, Many, One, Shape, leaves


class FieldState(Explained):
    """What the reader gets of a field."""

    VALUE = "VALUE", "There is one, and I may see it."
    EMPTY = "EMPTY", "I may see it, and nobody has written one."
    WITHHELD = "WITHHELD", "I may not see it, whether there is one or not."


IN_FORCE = (
    "(SELECT v.id FROM pact_version v WHERE v.territory_id = {territory} AND v.in_force_from IS NOT NULL "
    "AND v.superseded_at IS NULL)"
)

ROWS = """(
  SELECT f.position, f.key AS field, {territory} AS territory_id, s.clause, s.until,
         CASE WHEN {mask} & f.bit = 0 THEN 'WITHHELD' WHEN f.filled THEN 'VALUE' ELSE 'EMPTY' END AS state,
         CASE {denials} WHEN {own} THEN '{own_case}' ELSE '{shared}' END AS reason
    FROM (VALUES {fields}) f (position, key, bit, filled)
    LEFT JOIN LATERAL (
         SELECT a.clause, a.until FROM case_access a
          WHERE a.territory_id = {territory} AND a.organisation_id = {organisation} AND a.case_id = {row}.id
            AND a.until > now() AND a.clause <> 0 AND a.read_mask & {mask} & f.bit <> 0
          ORDER BY a.until DESC, a.clause LIMIT 1) s ON true)"""


def disclosure_rows(rendering: Rendering, scope: Scope) -> str:
    """Return the rows (field, state, reason, clause, until): one for each field that a case has a value for.

    That somebody has a value under addictions is nearly all of it: of sensitive fields it is logged as a read.
    """
    filled = _filled(rendering, scope)
    rendering.requested |= sum(FIELD[key].mask for key in filled if FIELD[key].is_sensitive)
    fields = [f"({FIELD[key].bit}, '{key}', {FIELD[key].mask}::bigint, {test})" for key, test in filled.items()]
    denials = " ".join(
        f"WHEN {_column(column, scope)} & f.bit = 0 THEN '{reason.value}'" for reason, column in CONDITIONS
    )
    return rendering.fill(
        ROWS,
        scope,
        fields=", ".join(fields),
        denials=denials,
        own_case=Reason.OWN_CASE.value,
        shared=Reason.SHARED.value,
    )


def _column(column: str, scope: Scope) -> str:
    """Return a condition's mask; the role's is what is left of all of them, as it is the last."""
    return f"{scope.ground}.mask" if column == "role_mask" else f"{scope.ground}.{column}"


def held_fields(shapes: Mapping[str, Shape]) -> list[Field]:
    """Return the fields of the registry that a case can hold a value of, in its order."""
    lists = _lists(shapes["Case"])
    told = [shapes["Case"], *(shapes[many.target] for many in lists)]
    held = {many.field for many in lists} | {leaf.field for shape in told for leaf in leaves(shape.members)}
    return [field for field in FIELDS if field.key in held]


def _lists(case: Shape) -> list[Many]:
    """Return the lists of rows that are values of a case."""
    return [member for member in case.members if isinstance(member, Many) and member.field]


def _filled(rendering: Rendering, scope: Scope) -> Mapping[str, str]:
    """Return, for each field in the order of the registry, whether the case has a value.

    What is asked of a list of rows is asked of those that the reader is shown: of the others nothing is told.
    """
    values: dict[str, list[str]] = {}
    case = rendering.shapes["Case"]
    for leaf in leaves(case.members):
        if leaf.field and not leaf.aside:
            values.setdefault(leaf.field, []).append(f"{rendering.bare(leaf, scope)} IS NOT NULL")
    for many in _lists(case):
        child = Scope(rendering.alias("filled"), scope.ground)
        rows = f"FROM {rendering.shapes[many.target].table} {child.row} WHERE "
        rows += rendering.fill(many.on, scope, child=child.row)
        values.setdefault(many.field, []).append(f"EXISTS (SELECT {rows})")
        for leaf in leaves(rendering.shapes[many.target].members):
            if leaf.field:
                has = f"{rendering.bare(leaf, child)} IS NOT NULL"
                values.setdefault(leaf.field, []).append(f"EXISTS (SELECT {rows} AND {has})")
    known = {key: f"({' OR '.join(tests)})" for key, tests in values.items()}
    return {field.key: known[field.key] for field in FIELDS if field.key in known}


DISCLOSURE = Shape(
    "Disclosure",
    "",
    (
        Leaf("field", required=True, note="Key of the field, such as `work.profile`."),
        Leaf("state", FieldState, required=True, note="What I get of the field."),
        Leaf("reason", Reason, required=True, note="Why, or the nearest condition that is missing."),
        One(
            "clause",
            "PactClause",
            f"{{child}}.territory_id = {{territory}} AND {{child}}.pact_version_id = {IN_FORCE} "
            "AND {child}.number = {row}.clause",
            note="The clause under which the field is shared.",
        ),
        Leaf(
            "until",
            Kind.DATE,
            sql=last_day("{row}.until"),
            note="The last day of it.",
        ),
    ),
    note="What I get of one field of a case, and why.",
)

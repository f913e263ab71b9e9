"""Why each field of a case is shown or withheld, in the same statement that reads it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from authz.explain import CONDITIONS, Reason
from authz.fields import FIELD, FIELDS, Field
from tenants.reading.expressions import last_day
from tenants.reading.shapes import Kind, Leaf, One, Shape, leaves

if TYPE_CHECKING:
    from tenants.reading.rendering import Rendering, Scope


class FieldState(StrEnum):
    """What the reader gets of a field."""

    VALUE = "VALUE"
    EMPTY = "EMPTY"
    WITHHELD = "WITHHELD"


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

NEEDS = {
    f"needs.{name}": f"EXISTS (SELECT FROM {table} n WHERE n.territory_id = {{row}}.territory_id "
    f"AND n.case_id = {{row}}.id AND n.field_bit = {FIELD[f'needs.{name}'].bit})"
    for name, table in (("macro", "case_need"), ("detail", "case_need_detail"))
}


def disclosure_rows(rendering: "Rendering", scope: "Scope") -> str:
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


def _column(column: str, scope: "Scope") -> str:
    """Return a condition's mask; the role's is what is left of all of them, as it is the last."""
    return f"{scope.ground}.mask" if column == "role_mask" else f"{scope.ground}.{column}"


def held_fields(case: Shape) -> list[Field]:
    """Return the fields of the registry that a case can hold a value of, in its order."""
    held = {leaf.field for leaf in leaves(case.members)} | {*NEEDS}
    return [field for field in FIELDS if field.key in held]


def _filled(rendering: "Rendering", scope: "Scope") -> Mapping[str, str]:
    """Return, for each field in the order of the registry, whether the case has a value."""
    values: dict[str, list[str]] = {}
    for leaf in leaves(rendering.shapes["Case"].members):
        if leaf.field:
            values.setdefault(leaf.field, []).append(f"{rendering.bare(leaf, scope)} IS NOT NULL")
    known = {key: f"({' OR '.join(tests)})" for key, tests in values.items()}
    known |= {key: rendering.fill(test, scope) for key, test in NEEDS.items()}
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
)

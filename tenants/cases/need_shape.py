"""What can be read of a need, and to whom it is there at all."""

from tenants.cases.need_fields import EVERY_FIELD, MACRO
from tenants.reading.shapes import Kind, Leaf, Shape

SHOWN_NEED = f"{{mask}} & ({{child}}.fields_mask | {MACRO}) = ({{child}}.fields_mask | {MACRO})"


def need_detail(column: str) -> str:
    """Return the expression of a column of a need's details."""
    return (
        f"(SELECT d.{column} FROM case_need_detail d WHERE d.territory_id = {{row}}.territory_id "
        "AND d.need_id = {row}.id)"
    )


NEED = Shape(
    "Need",
    "case_need",
    (
        Leaf("id", Kind.ID, sql="'need_' || {row}.id", required=True, note="Stays the same until the need is removed."),
        Leaf("macro", sql="upper({row}.macro)", required=True, note="Its family: `catalogue(name: NEED)`."),
        Leaf(
            "item",
            sql=need_detail("item"),
            field="needs.detail",
            note="What it is within its family: `catalogue(name: NEED_ITEM)`; null if I may not read it.",
        ),
        Leaf("note", sql=need_detail("note"), field="needs.detail", note="In words, at most 2000 characters."),
        Leaf("recorded_on", Kind.DATE, required=True, note="The day on which it was written down."),
    ),
    prefix="need",
    of_case="case_id",
    reached=SHOWN_NEED,
    bits=MACRO | EVERY_FIELD,
    cases="SELECT n.case_id FROM case_need n WHERE n.territory_id = {territory} AND n.id = {id}",
    note="Something that the person lacks, from a catalogue.",
)

"""Row security of needs: a row exists for whoever has every field that it tells, and is stored under no others."""

from collections.abc import Sequence

from infra.row_security import Tenancy
from tenants.cases.need_fields import DETAIL, MACRO, item_masks, stored_masks
from tenants.sharing.row_security import wholly_readable, wholly_writable

OF_A_NEED_I_SEE = (
    "EXISTS (SELECT FROM case_need n WHERE n.territory_id = case_need_detail.territory_id "
    "AND n.id = case_need_detail.need_id AND n.case_id = case_need_detail.case_id)"
)


def needs(table: str, bits: int, *, also: str = "true", **more: Sequence[Sequence[str]] | Sequence[str]) -> Tenancy:
    """Rows that carry the fields that they tell: they exist for whoever has all of these, and `bits` besides."""
    told = f"({table}.fields_mask | {bits}::bigint)"
    may_write = wholly_writable(table, told)
    return Tenancy(
        table,
        refers={"case_id": "case_file"},
        select=wholly_readable(table, told),
        insert=f"{may_write} AND {also}",
        update=may_write,
        delete=may_write,
        **more,  # type: ignore[arg-type]
    )


NEEDS = [
    needs(
        "case_need",
        MACRO,
        unique=[("id", "case_id", "fields_mask")],
        index=[("case_id",)],
        insert_columns=("territory_id", "case_id", "macro", "fields_mask", "recorded_on"),
        update_columns=("recorded_on",),
    ),
    needs("case_need_detail", MACRO | DETAIL, key=("need_id",), also=OF_A_NEED_I_SEE, update_columns=("note",)),
]

MASKS_OF_MACROS = " ".join(
    f"WHEN '{macro}' THEN fields_mask = ANY ('{{{','.join(map(str, sorted(masks)))}}}'::bigint[])"
    for macro, masks in stored_masks().items()
)
MASKS_OF_ITEMS = " ".join(f"WHEN '{item}' THEN {mask}" for item, mask in item_masks().items())

NEED_CHECKS = [
    # A need under other fields than the catalogue says is one that somebody could read who may not.
    f"ALTER TABLE case_need ADD CHECK (CASE macro {MASKS_OF_MACROS} ELSE false END)",
    f"ALTER TABLE case_need_detail ADD CHECK (item IS NULL OR fields_mask IS NOT DISTINCT FROM "
    f"CASE item {MASKS_OF_ITEMS} END)",
    "ALTER TABLE case_need_detail ADD FOREIGN KEY (territory_id, need_id, case_id, fields_mask) "
    "REFERENCES case_need (territory_id, id, case_id, fields_mask)",
]

"""The one predicate that hides case data: a live ground of my organisation whose mask meets the row's fields."""

from infra.row_security import FIELD_MASK, ORGANISATION, TERRITORY, WRITE_MASK


def _live_ground(table: str, case_column: str, test: str) -> str:
    return (
        f"EXISTS (SELECT FROM case_access a WHERE a.territory_id = {TERRITORY} AND a.organisation_id = {ORGANISATION} "
        f"AND a.case_id = {table}.{case_column} AND a.until > now() AND {test})"
    )


def readable(table: str, bits: str, *, case_column: str = "case_id") -> str:
    """Return the predicate of rows in which my role may read at least one of `bits` (an SQL expression)."""
    return _live_ground(table, case_column, f"a.read_mask & {FIELD_MASK} & {bits} <> 0")


def writable(table: str, bits: str, *, case_column: str = "case_id") -> str:
    """Return the predicate of rows in which my role may write at least one of `bits` (an SQL expression)."""
    return _live_ground(table, case_column, f"a.write_mask & {WRITE_MASK} & {bits} <> 0")

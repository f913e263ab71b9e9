"""What policies ask: a live ground of my organisation whose mask meets the row's fields, and my role's verbs."""

from authz.actions import Action, action_mask
from infra.row_security import ACTIONS, FIELD_MASK, ORGANISATION, TERRITORY, WRITE_MASK

HOLDERS = 1 << 62
"""Beside the fields of a mask: what the holder alone may know, and whoever else reads the fields may not."""

# A change for everybody waits until the changes of single cases are done, and these wait for it.
IN_TURN = "PERFORM pg_advisory_xact_lock_shared(hashtextextended('sharing in ' || _territory::text, 0))"


def _live_ground(table: str, case_column: str, test: str) -> str:
    return (
        f"EXISTS (SELECT FROM case_access a WHERE a.territory_id = {TERRITORY} AND a.organisation_id = {ORGANISATION} "
        f"AND a.case_id = {table}.{case_column} AND a.until > now() AND {test})"
    )


def readable(table: str, bits: str, *, case_column: str = "case_id") -> str:
    """Return the predicate of rows in which my role may read at least one of `bits` (an SQL expression)."""
    return _live_ground(table, case_column, f"a.read_mask & {FIELD_MASK} & {bits} <> 0")


def readable_unless_sealed(table: str, bits: str, sealed: str) -> str:
    """Return `readable` for rows that nobody but the holder has where `sealed` (a column) says so."""
    test = f"a.read_mask & {FIELD_MASK} & {bits} <> 0 AND (a.clause = 0 OR NOT {table}.{sealed})"
    return _live_ground(table, "case_id", test)


def writable_by_holder(table: str, bits: str) -> str:
    """Return `writable` for the holder alone."""
    return _live_ground(table, "case_id", f"a.clause = 0 AND a.write_mask & {WRITE_MASK} & {bits} <> 0")


def writable(table: str, bits: str, *, case_column: str = "case_id") -> str:
    """Return the predicate of rows in which my role may write at least one of `bits` (an SQL expression)."""
    return _live_ground(table, case_column, f"a.write_mask & {WRITE_MASK} & {bits} <> 0")


def shared_by(table: str) -> str:
    """Return the predicate of rows of joint work by which itself my organisation sees the case now."""
    test = f"a.source_id = {table}.joint_intervention_id AND a.read_mask & {FIELD_MASK} <> 0"
    return _live_ground(table, "case_id", test)


def may(action: Action) -> str:
    """Return the predicate that my role has this verb."""
    return f"{ACTIONS} & {action_mask([action])} <> 0"


def _together(table: str, mask: str, bits: str) -> str:
    """Return the predicate that the live grounds together, cut to my role, have every one of `bits`."""
    return (
        f"{bits} = {bits} & (SELECT bit_or(a.{mask}) FROM case_access a WHERE a.territory_id = {TERRITORY} "
        f"AND a.organisation_id = {ORGANISATION} AND a.case_id = {table}.case_id AND a.until > now())"
    )


def wholly_readable(table: str, bits: str) -> str:
    """Return the predicate of rows of which my role may read all of `bits` (an SQL expression)."""
    return f"{_together(table, 'read_mask', bits)} & {FIELD_MASK}"


def wholly_writable(table: str, bits: str) -> str:
    """Return the predicate of rows of which my role may write all of `bits` (an SQL expression)."""
    return f"{_together(table, 'write_mask', bits)} & {WRITE_MASK}"

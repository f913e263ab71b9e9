"""Whether an account asks a code besides the password, and the one place where a code is used up."""

from uuid import UUID

from infra.clock import now
from infra.database import Connection
from tenants.members.codes import as_typed, is_by_time, matching_step, recovery_hash, secret_of


async def has_second_factor(connection: Connection, account_id: UUID) -> bool:
    """Tell whether a code is asked; an enrolment that was not finished asks none."""
    return bool(await connection.fetchval("SELECT is_on FROM second_factor_of($1)", account_id))


async def use_code(connection: Connection, account_id: UUID, typed: str) -> bool:
    """Use a code up, and tell whether it was a right one that nobody had used.

    Comparing and marking as used are one statement of the database: of the same code twice at once, one works.
    """
    code = as_typed(typed)
    if not is_by_time(code):
        return bool(
            await connection.fetchval("SELECT use_recovery_code($1, $2)", account_id, recovery_hash(account_id, code))
        )
    held = await connection.fetchrow("SELECT salt, is_on FROM second_factor_of($1)", account_id)
    if held is None or not held["is_on"]:
        return False
    step = matching_step(secret_of(account_id, held["salt"]), code, now())
    if step is None:
        return False
    return bool(await connection.fetchval("SELECT use_code_of_step($1, $2, $3)", account_id, held["salt"], step))

"""The one place where a code of the second factor is used up."""

from uuid import UUID

from infra.clock import now
from infra.database import Connection
from tenants.members.codes import as_typed, is_by_time, matching_step, recovery_hash, secret_of


async def use_code(connection: Connection, account_id: UUID, proof: bytes, typed: str) -> bool:
    """Use a code up, and tell whether it was a right one that nobody had used; only with the password's proof.

    Comparing and marking as used are one statement of the database: of the same code twice at once, one works.
    """
    code = as_typed(typed)
    if not is_by_time(code):
        return bool(
            await connection.fetchval(
                "SELECT use_recovery_code($1, $2, $3)", account_id, proof, recovery_hash(account_id, code)
            )
        )
    salt = await connection.fetchval("SELECT proved_factor($1, $2)", account_id, proof)
    step = None if salt is None else matching_step(secret_of(account_id, salt), code, now())
    if step is None:
        return False
    statement = "SELECT use_code_of_step($1, $2, $3, $4)"
    return bool(await connection.fetchval(statement, account_id, proof, salt, step))

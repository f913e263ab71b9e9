"""How a case comes to be: the person's thread, the file with its number, and what is known at the first contact."""

import secrets
from uuid import UUID

from authz.actor import Actor
from infra.clock import today
from infra.database import connection
from infra.errors import Unavailable
from infra.row_security import TERRITORY, TODAY
from tenants.cases.models import CaseStatus

CODE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No I, L, O or U: what is read aloud or copied by hand stays what it was."""
CODE_LENGTH = 5
TRIES = 12

IS_DEMO = f"(SELECT t.is_demo FROM territory t WHERE t.id = {TERRITORY})"
ADD_PERSON = f"""
INSERT INTO person (territory_id, organisation_id, reference, is_demo) VALUES ({TERRITORY}, $1, $2, {IS_DEMO})
ON CONFLICT (territory_id, organisation_id, reference) DO NOTHING RETURNING id
"""
ADD_FILE = f"""
INSERT INTO case_file (territory_id, number, holder_id, person_id, status, opened_on, opened_by, is_demo)
VALUES ({TERRITORY}, $1, $2, $3, $4, {TODAY}, $5, {IS_DEMO})
ON CONFLICT (territory_id, holder_id, number) DO NOTHING RETURNING id
"""


def random_code() -> str:
    """Return a short code for people; it tells neither how many cases there are nor which came first."""
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))


async def add_file(actor: Actor, status: CaseStatus) -> UUID:
    """Make the empty file of a new person, held by the actor's organisation."""
    person_id = await _add_person(actor)
    for _ in range(TRIES):
        number = f"{today().year}-{random_code()}"
        facts = (number, actor.organisation_id, person_id, status.value, actor.account_id)
        case_id: UUID | None = await connection().fetchval(ADD_FILE, *facts)
        if case_id:
            return case_id
    raise Unavailable


async def _add_person(actor: Actor) -> UUID:
    for _ in range(TRIES):
        person_id: UUID | None = await connection().fetchval(ADD_PERSON, actor.organisation_id, f"P-{random_code()}")
        if person_id:
            return person_id
    raise Unavailable

"""Verbs of cases."""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from authz.actions import Action
from authz.actor import Actor
from infra.clock import today
from infra.database import connection
from infra.errors import Invalid, Problem, Refused, Unavailable
from tenants.cases.groups import Value
from tenants.cases.needs import add_needs, checked_needs, update_needs
from tenants.cases.writing import Ground, checked, demand_writable, required, update_group, write

__all__ = [
    "open_case",
    "update_contacts",
    "update_economic",
    "update_education",
    "update_health",
    "update_housing",
    "update_identity",
    "update_justice",
    "update_legal_status",
    "update_needs",
    "update_work",
]

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's 32: none is taken for another when read out
ATTEMPTS = 5

OPEN_PERSON = """
INSERT INTO person (territory_id, organisation_id, reference, is_demo)
VALUES ($1, $2, $3, (SELECT t.is_demo FROM territory t WHERE t.id = $1)) RETURNING id
"""
OPEN_CASE = """
INSERT INTO case_file (territory_id, number, holder_id, person_id, status, opened_on, version, opened_by, is_demo)
VALUES ($1, $2, $3, $4, 'listening', $5, 1, $6, (SELECT t.is_demo FROM territory t WHERE t.id = $1)) RETURNING id
"""

Update = Callable[[Actor, UUID, int, Mapping[str, object]], Awaitable[None]]


def _updating(group: str) -> Update:
    """Make the verb that updates one group."""

    async def update(actor: Actor, case_id: UUID, expected_version: int, changes: Mapping[str, object]) -> None:
        await update_group(actor, group, case_id, expected_version, changes)

    update.__name__ = f"update_{group}"
    return update


update_identity = _updating("identity")
update_contacts = _updating("contacts")
update_legal_status = _updating("legal_status")
update_economic = _updating("economic")
update_work = _updating("work")
update_education = _updating("education")
update_housing = _updating("housing")
update_health = _updating("health")
update_justice = _updating("justice")


async def open_case(
    actor: Actor,
    person: Mapping[str, object],
    *,
    municipality: str | None = None,
    needs: Sequence[Mapping[str, Any]] = (),
) -> UUID:
    """Open a case about a person and return its id. Raises `Refused` or `Invalid`."""
    actor.require(Action.CASE_OPEN)
    problems: list[Problem] = []
    written: list[tuple[Value, object]] = []
    contacts = {} if municipality is None else {"municipality": municipality}
    for group, given, prefix in (("identity", person, ("person",)), ("contacts", contacts, ())):
        try:
            written += checked(group, given, *prefix)
        except Invalid as invalid:
            problems += invalid.problems
    kept_needs = checked_needs(needs, "needs")
    if not problems and not any(value.field == "identity.name" and kept for value, kept in written):
        problems.append(required("person", "given_name"))
    if problems:
        raise Invalid(problems)
    present = [(value, kept) for value, kept in written if kept is not None]
    ground = Ground(1, own=True, write_mask=actor.write_mask)
    demand_writable(ground.write_mask, (value for value, _ in present))
    if any(need.mask & ~ground.write_mask for need in kept_needs):
        raise Refused(action=Action.CASE_UPDATE.value)
    case_id = await _open(actor)
    await write(actor, case_id, present)
    await add_needs(actor, case_id, kept_needs)
    return case_id


async def _open(actor: Actor) -> UUID:
    """Make the person's thread and the case, under numbers that nobody can count by."""
    for _ in range(ATTEMPTS):
        reference, number = f"P-{_code(6)}", f"{today().year}-{_code(5)}"
        try:
            async with connection().transaction():
                person = await connection().fetchval(OPEN_PERSON, actor.territory_id, actor.organisation_id, reference)
                where = (actor.territory_id, number, actor.organisation_id, person, today(), actor.account_id)
                case_id: UUID = await connection().fetchval(OPEN_CASE, *where)
                return case_id
        except asyncpg.UniqueViolationError:
            continue
    raise Unavailable


def _code(length: int) -> str:
    return "".join(secrets.choice(SIGNS) for _ in range(length))

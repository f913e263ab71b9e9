"""Verbs of authorisations: what the person agreed to, or a public task requires."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from authz.actions import Action
from authz.actor import Actor
from authz.fields import SENSITIVE
from infra.clock import end_of_day, now, today
from infra.database import connection
from infra.errors import Invalid, NotFound, Problem, ProblemCode
from tenants.authorisations.models import Basis
from tenants.cases.checks import Mistake, text
from tenants.cases.writing import own_case
from tenants.sharing.choices import chosen_fields, chosen_organisations

LONGEST = timedelta(days=5 * 366)

GIVE = """
INSERT INTO authorisation (territory_id, case_id, holder_id, basis, purposes, organisation_ids, kinds, field_mask,
                           until, given_at, given_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id
"""
FIND = "SELECT case_id FROM authorisation WHERE territory_id = $1 AND id = $2"
WITHDRAW = """
UPDATE authorisation SET withdrawn_at = $3, withdrawn_by = $4, withdrawal_reason = $5
 WHERE territory_id = $1 AND id = $2 AND withdrawn_at IS NULL RETURNING id
"""


async def give_authorisation(
    actor: Actor,
    case_id: UUID,
    *,
    basis: str,
    purposes: Sequence[str],
    organisations: Sequence[str],
    kinds: Sequence[str],
    fields: Sequence[str],
    until: date,
) -> UUID:
    """Record an authorisation of a case that the actor's organisation holds, and return its id.

    Raises `NotFound`, `Refused` or `Invalid`. `until` is the last day on which it holds.
    """
    await own_case(actor, case_id, Action.AUTHORISATION_GIVE)
    mask, problems = chosen_fields(fields)
    known, unknown = await chosen_organisations(actor, organisations, "organisations")
    problems += unknown
    if not purposes:
        problems.append(Problem(ProblemCode.REQUIRED, ("purposes",)))
    if not organisations and not kinds:
        problems.append(Problem(ProblemCode.REQUIRED, ("organisations",)))
    if basis == Basis.PUBLIC_TASK and mask & SENSITIVE:
        problems.append(Problem(ProblemCode.NEEDS_CONSENT, ("fields",)))
    problems += _dates(until)
    if problems:
        raise Invalid(problems)
    what = (basis, _once(purposes), sorted(set(known.values())), _once(kinds), mask)
    when = (end_of_day(until), now(), actor.account_id)
    row: UUID = await connection().fetchval(GIVE, actor.territory_id, case_id, actor.organisation_id, *what, *when)
    return row


async def withdraw_authorisation(actor: Actor, authorisation_id: UUID, reason: str) -> UUID:
    """Withdraw it: in the same transaction nobody sees anything by it any more.

    Raises `NotFound`, `Refused`, or `Invalid` if it was withdrawn before.
    """
    case_id = await connection().fetchval(FIND, actor.territory_id, authorisation_id)
    if case_id is None:
        raise NotFound
    await own_case(actor, case_id, Action.AUTHORISATION_WITHDRAW)
    why = reason_of(reason)
    row = await connection().fetchval(WITHDRAW, actor.territory_id, authorisation_id, now(), actor.account_id, why)
    if row is None:
        raise Invalid([Problem(ProblemCode.WRONG_STATE, ("authorisation_id",))])
    return authorisation_id


def reason_of(reason: str) -> str:
    """Return the reason as it is kept. Raises `Invalid` if there is none, or too much of it."""
    try:
        kept = text(500)(reason)
    except Mistake as mistake:
        raise Invalid([mistake.at("reason")]) from None
    if kept is None:
        raise Invalid([Problem(ProblemCode.REQUIRED, ("reason",))])
    return kept


def _dates(until: date) -> list[Problem]:
    if until < today():
        return [Problem(ProblemCode.IN_THE_PAST, ("until",))]
    if until > today() + LONGEST:
        return [Problem(ProblemCode.TOO_FAR, ("until",))]
    return []


def _once(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(names))

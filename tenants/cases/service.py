"""The verbs of cases. Each looks whether the case is there for the actor, then whether they may, then at the values.

A case that is hidden and one that is absent are the same, so `NotFound` always comes before `Refused`.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import TypeAlias
from uuid import UUID

from authz.actions import Action
from authz.actor import Actor
from infra.database import connection
from infra.errors import ProblemCode, Refused
from infra.row_security import TERRITORY
from tenants.cases.catalogues import CLOSURE_REASONS
from tenants.cases.conflicts import collisions, conflict
from tenants.cases.groups import GROUPS, Entry, Masks, Values, checked, complete_birth, given_entries, single_bits
from tenants.cases.models import CaseStatus
from tenants.cases.names import keep_words
from tenants.cases.needs import add_needs, checked_needs, fields_of_needs, may_remove, remove_needs
from tenants.cases.opening import add_file
from tenants.cases.references import checked_reference, keep_reference
from tenants.cases.steps import STEPS
from tenants.cases.writing import Touched, claim_case, known_by, masks_of, not_writable, touch, within_range, write
from tenants.checks import Findings, one_of, without_repeats
from tenants.events.models import EventKind
from tenants.events.recording import record

Update: TypeAlias = Callable[[Actor, UUID, int, Mapping[str, object]], Awaitable[None]]

BORN = f"SELECT birth_date FROM case_identity WHERE territory_id = {TERRITORY} AND case_id = $1"
STATUS = f"SELECT status FROM case_file WHERE territory_id = {TERRITORY} AND id = $1"
CHANGE_STATUS = """
SELECT passed, actual, changed, changed_by, changed_at, ended FROM change_case_status($1, $2, $3, $4)
"""


async def open_case(
    actor: Actor,
    person: Mapping[str, object],
    municipality: str | None = None,
    needs: Sequence[Mapping[str, object]] = (),
    status: str = CaseStatus.LISTENING,
    reference: str | None = None,
) -> UUID:
    """Open a case, held by the actor's organisation; `person` is as for `update_identity`."""
    actor.require(Action.CASE_OPEN)
    # In a new case there is nothing to empty: what is given as nothing is not given.
    person = {name: value for name, value in person.items() if value not in (None, "")}
    contacts = {"municipality": municipality} if municipality else {}
    masks = Masks(actor.read_mask, actor.write_mask)
    entries = [*given_entries("identity", person), *given_entries("contacts", contacts)]
    if not all(masks.may_write(entry) for entry in entries):
        raise not_writable(Action.CASE_OPEN)
    findings = Findings()
    values = checked(findings, given_entries("identity", person), person, "person")
    complete_birth(findings, values, None, "person")
    values |= checked(findings, given_entries("contacts", contacts), contacts)
    new_needs = checked_needs(findings, needs, "needs")
    first = findings.check(one_of(set(CaseStatus) - {CaseStatus.CLOSED}), status, "status")
    if not findings.problems and not _is_named(values):
        findings.add(ProblemCode.REQUIRED, "person", "family_name", text="problem.name_required")
    external = await checked_reference(findings, reference)
    findings.settle()
    if not all(need.may_be_written(masks) for need in new_needs):
        raise not_writable(Action.CASE_OPEN)
    case_id = await add_file(actor, CaseStatus(first))
    await write(case_id, values)
    await _keep_name(case_id, values)
    await add_needs(case_id, new_needs)
    if external:
        await keep_reference(case_id, external)
    await record(EventKind.CASE_OPENED, case_id)
    return case_id


async def _keep_name(case_id: UUID, values: Values) -> None:
    if {"given_name", "family_name"} & set(values.get("case_identity", {})):
        await keep_words(case_id)


def _is_named(values: Values) -> bool:
    identity = values.get("case_identity", {})
    return bool(identity.get("given_name") or identity.get("family_name"))


def _update_of(group: str) -> Update:
    async def update(actor: Actor, case_id: UUID, expected_version: int, changes: Mapping[str, object]) -> None:
        await _update_group(actor, group, case_id, expected_version, changes)

    update.__doc__ = f"Write the given values of `{group}`; None empties one, and one not given stays."
    return update


update_identity = _update_of("identity")
update_contacts = _update_of("contacts")
update_legal_status = _update_of("legal_status")
update_economic = _update_of("economic")
update_work = _update_of("work")
update_education = _update_of("education")
update_housing = _update_of("housing")
update_health = _update_of("health")
update_justice = _update_of("justice")


async def _update_group(
    actor: Actor, group: str, case_id: UUID, expected_version: int, changes: Mapping[str, object]
) -> None:
    await claim_case(case_id)
    actor.require(Action.CASE_UPDATE)
    masks = await masks_of(case_id)
    entries = given_entries(group, changes)
    # To change nothing takes the right to change something.
    if not all(map(masks.may_write, entries)) or not any(map(masks.may_write, GROUPS[group])):
        raise not_writable()
    findings = Findings()
    values = checked(findings, entries, changes)
    complete_birth(findings, values, await _stored_birth(case_id, entries))
    findings.settle()
    fields = [entry.mask for entry in entries]
    known = await known_by(case_id, single_bits(fields), values)
    touched = await touch(case_id, group, expected_version, known, masks)
    if not touched.passed:
        raise conflict(expected_version, touched, await collisions(case_id, group, touched, masks, changes))
    await write(case_id, values)
    await _keep_name(case_id, values)
    await _record_update(case_id, fields)


async def _stored_birth(case_id: UUID, entries: Iterable[Entry]) -> date | None:
    """Return the date of birth that there is, where the year is to be written: only who reads both may write it."""
    if not any(entry.also for entry in entries):
        return None
    born: date | None = await connection().fetchval(BORN, case_id)
    return born


async def _record_update(case_id: UUID, masks: Iterable[int]) -> None:
    """Say which fields were written, if any; never what."""
    mask = reduce(or_, masks, 0)
    if mask:
        await record(EventKind.CASE_UPDATED, case_id, fields_mask=mask)


async def update_needs(
    actor: Actor,
    case_id: UUID,
    expected_version: int,
    add: Sequence[Mapping[str, object]] = (),
    remove: Sequence[UUID] = (),
) -> None:
    """Add needs (macro, item, note) and remove others by their ids."""
    await claim_case(case_id)
    actor.require(Action.CASE_UPDATE)
    masks = await masks_of(case_id)
    removed = without_repeats(remove)
    findings = Findings()
    needs = checked_needs(findings, add, "add")
    may = await may_remove(findings, case_id, removed, masks)
    if not may or not all(need.may_be_written(masks) for need in needs):
        raise not_writable()
    findings.settle()
    fields = [*(need.known_mask for need in needs), *await fields_of_needs(case_id, removed)]
    touched = await touch(case_id, "needs", expected_version, fields, masks)
    if not touched.passed:
        raise conflict(expected_version, touched)
    gone = await remove_needs(case_id, removed)
    await add_needs(case_id, needs)
    await _record_update(case_id, [gone, *(need.written_mask for need in needs)])


async def change_status(
    actor: Actor, case_id: UUID, status: str, reason: str | None = None, expected_version: int | None = None
) -> None:
    """Move a case a step on its path; closing it takes a reason of the catalogue, and ends the joint work on it.

    Opening it again clears the reason, and revives no joint work. `expected_version` is asked for if it is given.
    """
    own = await claim_case(case_id)
    before = CaseStatus(await connection().fetchval(STATUS, case_id))
    findings = Findings()
    after = findings.require(one_of(CaseStatus), status, "status")
    actor.require(Action.CASE_CLOSE if CaseStatus.CLOSED in (before, after) else Action.CASE_UPDATE)
    if not own:
        raise Refused(action=Action.CASE_UPDATE.value)
    if after is not None and after not in STEPS[before]:
        findings.add(ProblemCode.WRONG_STATE, "status", text="problem.no_such_step")
    if after == CaseStatus.CLOSED:
        reason = findings.require(one_of(CLOSURE_REASONS), reason or None, "reason")
    elif reason is not None:
        findings.add(ProblemCode.WRONG_STATE, "reason", text="problem.reason_only_to_close")
    findings.settle()
    expected = None if expected_version is None else within_range(expected_version)
    found = await connection().fetchrow(CHANGE_STATUS, case_id, after, reason, expected)
    if found is None:
        raise not_writable()
    *counted, ended = found
    if not counted[0]:
        raise conflict(expected_version or 0, Touched(*counted))
    await record(EventKind.CASE_STATUS_CHANGED, case_id, data={"status": str(after)})
    for joint_intervention_id in ended:
        await record(EventKind.JOINT_INTERVENTION_CLOSED, joint_intervention_id=joint_intervention_id)

"""What is done once is done now, in one's own name, by a role that has the verb, and stays done: whatever the SQL."""

from collections.abc import Iterator
from typing import Any

import pytest

from authz.actions import Action, action_mask
from authz.fields import ALL_FIELDS, FIELD
from authz.roles import MASKS, Role
from infra.row_security import ACCOUNT, TODAY
from tests.database.conftest import As, outcome
from tests.database.world import World

OTHER = "'{account of stranger}'"
PLAIN = "'{{traineeship}}', ARRAY['{partner}'::uuid], '{{}}'"
OLD, LATE, ENDLESS = "now() - interval '1 day'", "now() + interval '1 day'", "'infinity'"


def authorisation(**changes: str) -> str:
    """Return a consent as the verb gives it, but for these columns."""
    values = {"basis": "'consent'", "field_mask": "1", "until": LATE, "given_at": "now()", "given_by": ACCOUNT}
    values |= changes
    return (
        f"INSERT INTO authorisation (territory_id, case_id, holder_id, purposes, organisation_ids, kinds, "
        f"{', '.join(values)}) VALUES ('{{here}}', '{{shared}}', '{{holder}}', {PLAIN}, {', '.join(values.values())})"
    )


def withdrawal(case: str = "shared", *, at: str = "now()", by: str = ACCOUNT, why: str = "'x'") -> str:
    return (
        f"UPDATE authorisation SET withdrawn_at = {at}, withdrawn_by = {by}, withdrawal_reason = {why} "
        f"WHERE case_id = '{{{case}}}'"
    )


def proposal(at: str = "now()", by: str = ACCOUNT) -> str:
    return (
        "INSERT INTO joint_intervention (territory_id, case_id, holder_id, purpose, proposed_at, proposed_by) "
        f"VALUES ('{{here}}', '{{shared}}', '{{holder}}', 'traineeship', {at}, {by})"
    )


def closing(case: str = "shared", *, at: str = "now()", by: str = ACCOUNT, why: str = "'other'") -> str:
    return (
        f"UPDATE joint_intervention SET closed_at = {at}, closed_by = {by}, closing_reason = {why} "
        f"WHERE case_id = '{{{case}}}'"
    )


def answer(status: str = "accepted", *, at: str = "now()", by: str = ACCOUNT, why: str = "NULL") -> str:
    return (
        f"UPDATE joint_intervention_partner SET status = '{status}', answered_at = {at}, answered_by = {by}, "
        f"decline_reason = {why} WHERE case_id = '{{shared}}'"
    )


def attachment(case: str = "shared", *, at: str = "now()", by: str = ACCOUNT, consent: str = "") -> str:
    return (
        "INSERT INTO joint_intervention_authorisation (territory_id, joint_intervention_id, organisation_id, "
        "authorisation_id, holder_id, case_id, attached_at, attached_by) "
        f"VALUES ('{{here}}', '{{work on {case}}}', '{{declined}}', '{{authorisation of {consent or case}}}', "
        f"'{{holder}}', '{{{case}}}', {at}, {by})"
    )


def file(day: str = TODAY, by: str = ACCOUNT, status: str = "listening") -> str:
    return (
        "INSERT INTO case_file (territory_id, number, holder_id, person_id, status, opened_on, opened_by) "
        f"VALUES ('{{here}}', 'N-new', '{{holder}}', '{{person of shared}}', '{status}', {day}, {by})"
    )


def status(to: str, day: str = "NULL") -> str:
    return f"UPDATE case_file SET status = '{to}', closed_on = {day} WHERE id = '{{shared}}'"


def event(kind: str = "joint_intervention_closed", at: str = "now()") -> str:
    return (
        "INSERT INTO event (territory_id, kind, organisation_id, account_id, holder_id, case_id, "
        f"joint_intervention_id, at, state) VALUES ('{{here}}', '{kind}', '{{me}}', {ACCOUNT}, '{{holder}}', "
        f"'{{shared}}', '{{work on shared}}', {at}, 'done')"
    )


READ = "UPDATE notification SET read_at = {} WHERE case_id = '{{shared}}'"
KEPT = (
    "INSERT INTO idempotency (territory_id, account_id, organisation_id, key, request_hash, outcomes, created_at) "
    f"VALUES ('{{here}}', {ACCOUNT}, '{{me}}', 'new', 'x', '{{{{}}}}', %s)"
)

# What each verb does, by whom: it works, so that what is refused below is refused for what is forged in it.
DONE: dict[str, tuple[str, Action | None, str]] = {
    "give": ("holder", Action.AUTHORISATION_GIVE, authorisation()),
    "withdraw": ("holder", Action.AUTHORISATION_WITHDRAW, withdrawal()),
    "propose": ("holder", Action.JOINT_INTERVENTION_PROPOSE, proposal()),
    "close": ("holder", Action.JOINT_INTERVENTION_CLOSE, closing()),
    "accept": ("invited", Action.JOINT_INTERVENTION_ANSWER, answer()),
    "decline": ("invited", Action.JOINT_INTERVENTION_ANSWER, answer("declined", why="'no_place'")),
    "attach": ("holder", Action.AUTHORISATION_GIVE, attachment()),
    "open": ("holder", Action.CASE_OPEN, file()),
    "record": ("holder", None, event()),
    "record an answer": ("invited", None, event("joint_intervention_accepted")),
    "read": ("invited", None, READ.format("now()")),
    "keep": ("holder", None, KEPT % "now()"),
}
FORGED: dict[str, tuple[str, str]] = {
    "a consent in another's name": ("holder", authorisation(given_by=OTHER)),
    "a consent of yesterday": ("holder", authorisation(given_at=OLD)),
    "a consent of tomorrow": ("holder", authorisation(given_at=LATE)),
    "a consent for ever": ("holder", authorisation(until=ENDLESS)),
    "a consent for ten years": ("holder", authorisation(until="now() + interval '10 years'")),
    "a consent that is over": ("holder", authorisation(until=OLD)),
    "a public task for health": (
        "holder",
        authorisation(basis="'public_task'", field_mask=str(FIELD["health.conditions"].mask)),
    ),
    "a consent to what there is not": ("holder", authorisation(field_mask=str(ALL_FIELDS + 1 << 1))),
    "a ground of another kind": ("holder", authorisation(basis="'habit'")),
    "a withdrawal undone": ("holder", withdrawal("withdrawn", at="NULL", by="NULL", why="NULL")),
    "a withdrawal again": ("holder", withdrawal("withdrawn")),
    "a withdrawal of yesterday": ("holder", withdrawal(at=OLD)),
    "a withdrawal of tomorrow": ("holder", withdrawal(at=LATE)),
    "a withdrawal in another's name": ("holder", withdrawal(by=OTHER)),
    "a withdrawal without a reason": ("holder", withdrawal(why="NULL")),
    "a reason changed": ("holder", "UPDATE authorisation SET withdrawal_reason = 'y' WHERE case_id = '{withdrawn}'"),
    "a consent for longer": ("holder", "UPDATE authorisation SET until = until + interval '1 day'"),
    "a proposal of yesterday": ("holder", proposal(at=OLD)),
    "a proposal in another's name": ("holder", proposal(by=OTHER)),
    "a closing undone": ("holder", closing("closed", at="NULL", by="NULL", why="NULL")),
    "a closing again": ("holder", closing("closed")),
    "a closing of yesterday": ("holder", closing(at=OLD)),
    "a closing in another's name": ("holder", closing(by=OTHER)),
    "a closing in one's own words": ("holder", closing(why="'arrestata ieri'")),
    "an acceptance of tomorrow": ("invited", answer(at=LATE)),
    "an acceptance of yesterday": ("invited", answer(at=OLD)),
    "an acceptance in another's name": ("invited", answer(by=OTHER)),
    "an acceptance after declining": ("declined", answer()),
    "an answer taken back": ("partner", answer("invited", at="NULL", by="NULL")),
    "a refusal in one's own words": ("invited", answer("declined", why="'arrestata ieri'")),
    "a refusal without a reason": ("invited", answer("declined")),
    "an offer changed": ("holder", "UPDATE joint_intervention_offer SET offered_mask = -1"),
    "a second offer": (
        "holder",
        "INSERT INTO joint_intervention_offer (territory_id, joint_intervention_id, holder_id, case_id, offered_mask) "
        "VALUES ('{here}', '{work on shared}', '{holder}', '{shared}', -1)",
    ),
    "something attached in another's name": ("holder", attachment(by=OTHER)),
    "something attached yesterday": ("holder", attachment(at=OLD)),
    "what was withdrawn attached": ("holder", attachment("withdrawn")),
    "what has expired attached": ("holder", attachment("expired")),
    "another case's consent attached": ("holder", attachment(consent="treated")),
    "something attached to closed work": ("holder", attachment("closed")),
    "an end undone": ("holder", "UPDATE joint_intervention_authorisation SET ended_at = NULL"),
    "an end erased": ("holder", "DELETE FROM joint_intervention_authorisation"),
    "something attached by the partner": ("partner", attachment()),
    "a case of yesterday": ("holder", file(day=f"{TODAY} - 1")),
    "a case in another's name": ("holder", file(by=OTHER)),
    "a case that begins closed": ("holder", file(status="closed")),
    "a case closed yesterday": ("holder", status("closed", f"{TODAY} - 1")),
    "a case closed without a day": ("holder", status("closed")),
    "an open case with a day of closing": ("holder", status("in_charge", TODAY)),
    "an event of yesterday": ("holder", event(at=OLD)),
    "an event of tomorrow": ("holder", event(at=LATE)),
    "an answer told by the holder": ("holder", event("joint_intervention_accepted")),
    "a closing told by a partner": ("partner", event()),
    "a proposal told by a partner": ("partner", event("joint_intervention_proposed")),
    "a notice read tomorrow": ("invited", READ.format(LATE)),
    "a notice read yesterday": ("invited", READ.format(OLD)),
    "a key of yesterday": ("holder", KEPT % OLD),
    "another outcome": ("holder", "UPDATE idempotency SET outcomes = '{{}}'"),
}
REFUSED = ("InsufficientPrivilegeError", "CheckViolationError", "ForeignKeyViolationError", "UniqueViolationError")


def filled(statement: str, world: World, who: str) -> str:
    return statement.format_map({**{name: str(id_) for name, id_ in world.ids.items()}, "me": str(world[who])})


async def changed(acting: As, world: World, who: str, role: Role, statement: str) -> str:
    """Return how many rows a statement would change for this member, or how it is refused."""
    async with acting(world.context(who, role)) as connection:
        count = f"WITH done AS ({filled(statement, world, who)} RETURNING 1) SELECT count(*) FROM done"
        if statement.startswith("INSERT"):
            return await outcome(connection, filled(statement, world, who))
        return await outcome(connection, count)


def did_nothing(answer: str) -> bool:
    return answer.startswith(REFUSED) or answer == "[(0,)]"


@pytest.mark.parametrize("name", FORGED)
async def test_what_is_forged_is_refused(acting: As, world: World, name: str) -> None:
    who, statement = FORGED[name]
    for role in (Role.COORDINATOR, Role.CASE_MANAGER):
        assert did_nothing(await changed(acting, world, who, role, statement)), role


def members() -> Iterator[tuple[str, Role]]:
    for who in ("holder", "partner", "invited", "stranger"):
        yield from ((who, role) for role in Role)


@pytest.mark.parametrize("name", DONE)
async def test_whoever_has_the_verb_does_it_and_nobody_else(acting: As, world: World, name: str) -> None:
    doer, action, statement = DONE[name]
    done: list[Any] = []
    for who, role in members():
        answer = await changed(acting, world, who, role, statement)
        assert did_nothing(answer) or answer in ("[(1,)]", "[]"), (who, role, answer)
        if not did_nothing(answer):
            done.append((who, role))
    able = [role for role in Role if action is None or MASKS[role].actions & action_mask([action])]
    # Who oversees a territory sees no case; a key and an event are everybody's own.
    seeing = [role for role in able if MASKS[role].read] if name != "keep" else able
    wanted = [(doer, role) for role in seeing]
    assert [one for one in done if one[0] == doer] == wanted
    if name not in ("keep", "read", "record an answer"):
        assert done == wanted

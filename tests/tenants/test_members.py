"""Whoever manages the members of an organisation: what they may, what nobody may, and two of them at once."""

from collections.abc import AsyncIterator
from itertools import product
from typing import Any

import pytest

from authz.actor import Actor
from authz.roles import Role
from infra.clock import new_id
from infra.database import Connection
from infra.errors import Invalid, NotFound, Refused
from tenants.invitations.service import MOST_A_DAY, invite_member, withdraw_invitation
from tenants.members.managing import change_member_role, remove_member
from tenants.members.roles import given_by, is_rise
from tests.tenants.office import HOLDER, PARTNER, Office, at_once, do, open_office, see
from tests.tenants.staff import email_of, hire, invite, is_alive, open_for

ORDINARY = {Role.VOLUNTEER, Role.OPERATOR, Role.CASE_MANAGER, Role.COORDINATOR}
LISTED = "SELECT id, role FROM managed_members() WHERE is_current"
OPEN = "SELECT id FROM managed_invitations() WHERE is_pending"


@pytest.fixture
async def office(database: str, owner: Connection) -> AsyncIterator[Office]:
    async with open_office(owner) as office:
        yield office


@pytest.fixture
async def chief(owner: Connection, office: Office) -> Actor:
    return await hire(owner, office, HOLDER, Role.COORDINATOR)


@pytest.fixture
async def piero(owner: Connection, office: Office) -> Actor:
    return await hire(owner, office, HOLDER, Role.VOLUNTEER)


async def problems(*verb: Any) -> list[tuple[str, str]]:
    """Return what a verb finds wrong: where, and the sentence."""
    with pytest.raises(Invalid) as caught:
        await do(*verb)
    return [(".".join(problem.path), problem.message_id.removeprefix("problem.")) for problem in caught.value.problems]


async def roles(chief: Actor) -> dict[Any, str]:
    return {row[0]: row[1] for row in await see(chief, LISTED)}


async def test_a_role_changes_from_the_next_request_on(owner: Connection, chief: Actor, piero: Actor) -> None:
    secret = await open_for(owner, piero)
    assert await do(chief, change_member_role, piero.member_id, "case_manager") == piero.member_id
    assert (await roles(chief))[piero.member_id] == "case_manager"
    assert await is_alive(secret)


async def test_whoever_is_removed_is_out_at_once_and_stays_out(owner: Connection, chief: Actor, piero: Actor) -> None:
    secrets = [await open_for(owner, piero), await open_for(owner, piero)]
    await do(chief, remove_member, piero.member_id)
    assert [await is_alive(secret) for secret in secrets] == [False, False]
    assert not await is_alive(await open_for(owner, piero))
    assert piero.member_id not in await roles(chief)
    for verb in ((remove_member, piero.member_id), (change_member_role, piero.member_id, "operator")):
        with pytest.raises(NotFound):
            await do(chief, *verb)


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.COORDINATOR, Role.TERRITORY_COORDINATOR)])
async def test_only_whoever_manages_members_may(
    owner: Connection, office: Office, chief: Actor, piero: Actor, role: Role
) -> None:
    other = await hire(owner, office, HOLDER, role)
    open_invitation = await invite(chief)
    for verb in ((change_member_role, piero.member_id, "operator"), (remove_member, piero.member_id)):
        with pytest.raises(Refused):
            await do(other, *verb)
    with pytest.raises(Refused):
        await invite(other)
    with pytest.raises(NotFound):
        await do(other, withdraw_invitation, open_invitation)
    assert await see(other, LISTED) == []
    assert await see(other, OPEN) == []
    assert await see(chief, OPEN) == [(open_invitation,)]


async def test_a_role_that_is_claimed_but_not_held_gives_nothing(owner: Connection, office: Office) -> None:
    """The database looks the role up by itself: a program that is wrong about it gets nowhere."""
    liar = office.member(HOLDER, Role.COORDINATOR)
    member = await hire(owner, office, HOLDER, Role.VOLUNTEER)
    assert await see(liar, LISTED) == []
    for verb in ((change_member_role, member.member_id, "operator"), (remove_member, member.member_id)):
        with pytest.raises(Refused):
            await do(liar, *verb)
    with pytest.raises(Refused):
        await invite(liar)
    for statement in ("SELECT set_member_role($1, 'operator')", "SELECT end_membership($1)"):
        assert await see(liar, statement, member.member_id) == [(False,)]


async def test_another_organisations_member_is_as_absent_as_nobody(
    owner: Connection, office: Office, chief: Actor
) -> None:
    stranger = await hire(owner, office, PARTNER, Role.VOLUNTEER)
    boss = await hire(owner, office, PARTNER, Role.COORDINATOR)
    secret, theirs = await open_for(owner, stranger), await invite(boss)
    for member, invitation in ((stranger.member_id, theirs), (new_id(), new_id())):
        for verb in (
            (change_member_role, member, "operator"),
            (remove_member, member),
            (withdraw_invitation, invitation),
        ):
            with pytest.raises(NotFound):
                await do(chief, *verb)
    assert await is_alive(secret)
    assert await roles(boss) == {stranger.member_id: "volunteer", boss.member_id: "coordinator"}
    assert await see(boss, OPEN) == [(theirs,)]


async def test_the_last_coordinator_stays(chief: Actor, piero: Actor) -> None:
    for role in ("volunteer", "case_manager"):
        assert await problems(chief, change_member_role, chief.member_id, role) == [("role", "last_coordinator")]
    assert await problems(chief, remove_member, chief.member_id) == [("member_id", "last_coordinator")]
    await do(chief, change_member_role, piero.member_id, "coordinator")
    await do(chief, change_member_role, chief.member_id, "volunteer")
    assert await roles(piero) == {chief.member_id: "volunteer", piero.member_id: "coordinator"}


async def test_not_even_by_hand_is_the_last_coordinator_taken(chief: Actor) -> None:
    for statement in ("SELECT set_member_role($1, 'volunteer')", "SELECT end_membership($1)"):
        with pytest.raises(Exception, match="nobody would be left"):
            await see(chief, statement, chief.member_id)


@pytest.mark.parametrize(("first", "second"), [*product(("lower", "remove"), repeat=2)])
async def test_of_two_who_take_each_other_out_one_is_left(
    owner: Connection, office: Office, chief: Actor, first: str, second: str
) -> None:
    other = await hire(owner, office, HOLDER, Role.COORDINATOR)
    verbs = {"lower": (change_member_role, "volunteer"), "remove": (remove_member,)}
    for _ in range(3):
        results = await at_once(
            do(chief, verbs[first][0], other.member_id, *verbs[first][1:]),
            do(other, verbs[second][0], chief.member_id, *verbs[second][1:]),
        )
        assert [type(result) for result in results if isinstance(result, Exception)] in ([Refused], [NotFound])
        left = chief if results[0] == other.member_id else other
        gone = other if left is chief else chief
        assert [role for role in (await roles(left)).values() if role == "coordinator"] == ["coordinator"]
        if "remove" in (first, second):
            break
        await do(left, change_member_role, gone.member_id, "coordinator")


async def test_of_two_who_leave_at_once_one_stays(owner: Connection, office: Office, chief: Actor) -> None:
    other = await hire(owner, office, HOLDER, Role.COORDINATOR)
    results = await at_once(
        do(chief, remove_member, chief.member_id),
        do(other, change_member_role, other.member_id, "volunteer"),
    )
    assert sum(isinstance(result, Invalid) for result in results) == 1


async def test_nobody_raises_themselves(owner: Connection, office: Office) -> None:
    oversees = await hire(owner, office, HOLDER, Role.TERRITORY_COORDINATOR, lead=True)
    await hire(owner, office, HOLDER, Role.TERRITORY_COORDINATOR, lead=True)
    for role in ("coordinator", "volunteer", "auditor", "case_manager"):
        found = await problems(oversees, change_member_role, oversees.member_id, role)
        assert found == [("role", "own_role")], role


def test_what_is_a_rise() -> None:
    ladder = [Role.VOLUNTEER, Role.OPERATOR, Role.CASE_MANAGER, Role.COORDINATOR]
    for place, role in enumerate(ladder):
        assert [is_rise(role, other) for other in ladder] == [other > place for other in range(len(ladder))]
    assert is_rise(Role.TERRITORY_COORDINATOR, Role.COORDINATOR)
    assert is_rise(Role.COORDINATOR, Role.TERRITORY_COORDINATOR)


async def test_the_roles_of_the_territory_are_its_coordinators_to_give(
    owner: Connection, office: Office, piero: Actor
) -> None:
    oversees = await hire(owner, office, HOLDER, Role.TERRITORY_COORDINATOR, lead=True)
    coordinator = await hire(owner, office, HOLDER, Role.COORDINATOR, lead=True)
    auditor = await hire(owner, office, HOLDER, Role.AUDITOR, lead=True)
    assert set(given_by(oversees.role, is_lead=True)) == set(Role)
    assert set(given_by(coordinator.role, is_lead=True)) == ORDINARY
    for role in ("territory_coordinator", "auditor"):
        found = await problems(coordinator, change_member_role, piero.member_id, role)
        assert found == [("role", "role_not_yours")]
        assert await see(coordinator, "SELECT set_member_role($1, $2)", piero.member_id, role) == [(False,)]
        with pytest.raises(Invalid):
            await invite(coordinator, role=Role(role))
    for member in (oversees, auditor):
        with pytest.raises(Refused):
            await do(coordinator, remove_member, member.member_id)
        assert await see(coordinator, "SELECT end_membership($1)", member.member_id) == [(False,)]
    await do(oversees, change_member_role, piero.member_id, "auditor")
    await invite(oversees, role=Role.TERRITORY_COORDINATOR)


async def test_of_another_body_not_even_a_territory_coordinator_gives_them(
    owner: Connection, office: Office, piero: Actor
) -> None:
    oversees = await hire(owner, office, HOLDER, Role.TERRITORY_COORDINATOR)
    assert set(given_by(oversees.role, is_lead=False)) == ORDINARY
    assert await see(oversees, "SELECT set_member_role($1, 'auditor')", piero.member_id) == [(False,)]


async def test_an_invitation_is_open_until_it_is_taken_back(chief: Actor) -> None:
    invitation = await invite(chief, "  Nuova@Prova.EXAMPLE ")
    assert await see(chief, "SELECT email, role FROM managed_invitations()") == [("nuova@prova.example", "volunteer")]
    with pytest.raises(Invalid):
        await invite(chief, "nuova@prova.example")
    await do(chief, withdraw_invitation, invitation)
    assert await see(chief, OPEN) == []
    with pytest.raises(NotFound):
        await do(chief, withdraw_invitation, invitation)
    await invite(chief, "nuova@prova.example")


async def test_an_account_elsewhere_makes_no_difference(owner: Connection, office: Office, chief: Actor) -> None:
    stranger = await hire(owner, office, PARTNER, Role.VOLUNTEER)
    emails = (await email_of(owner, stranger), "nessuno@prova.example")
    for email in emails:
        await invite(chief, email)
    columns = "display_name, role, invited_by, sent_at, accepted_at, withdrawn_at, is_pending"
    rows = await see(chief, f"SELECT {columns} FROM managed_invitations()")
    assert rows[0] == rows[1]


async def test_a_member_of_mine_is_not_invited_again(owner: Connection, chief: Actor, piero: Actor) -> None:
    email = await email_of(owner, piero)
    with pytest.raises(Invalid, match=r".*"):
        await invite(chief, email)
    await do(chief, remove_member, piero.member_id)
    await invite(chief, email)


async def test_of_two_invitations_at_once_to_one_address_there_is_one(chief: Actor) -> None:
    results = await at_once(*(invite(chief, "due@prova.example") for _ in range(4)))
    assert sum(isinstance(result, Invalid) for result in results) == 3
    assert len(await see(chief, OPEN)) == 1


async def test_whoever_manages_no_more_has_no_invitation_left_open(
    owner: Connection, office: Office, chief: Actor
) -> None:
    for verb in ((remove_member,), (change_member_role, "case_manager")):
        other = await hire(owner, office, HOLDER, Role.COORDINATOR)
        mine, theirs = await invite(chief), await invite(other)
        assert {row[0] for row in await see(chief, OPEN)} >= {mine, theirs}
        await do(chief, verb[0], other.member_id, *verb[1:])
        assert theirs not in {row[0] for row in await see(chief, OPEN)}
        assert mine in {row[0] for row in await see(chief, OPEN)}


async def test_there_is_a_most_of_invitations_in_a_day(chief: Actor) -> None:
    for _ in range(MOST_A_DAY):
        await do(chief, withdraw_invitation, await invite(chief))
    with pytest.raises(Invalid) as caught:
        await invite(chief)
    assert caught.value.problems[0].message_id == "problem.too_many_invitations"


@pytest.mark.parametrize(
    "email",
    [
        *(
            "",
            " ",
            "nome",
            "nome@",
            "@prova.example",
            "a b@prova.example",
            "a@b",
            "a@prova..example",
            "a@-",
            "è@prova.it",
        ),
        *(
            "a@prova.example\nBcc: b@prova.example",
            "a@prova.example,b@prova.example",
            "<a@prova.example>",
            "a\x00@b.it",
            "=?utf-8?q?anna?=@prova.example",
            "=?utf-8?q?anna=40altrove.example=2C?=@prova.example",
        ),
        "x" * 250 + "@prova.example",
    ],
)
async def test_what_is_no_address(chief: Actor, email: str) -> None:
    with pytest.raises(Invalid) as caught:
        await do(chief, invite_member, email, "Nuova", "volunteer")
    assert [problem.path for problem in caught.value.problems] == [("email",)]


async def test_all_problems_are_told_at_once(chief: Actor) -> None:
    found = await problems(chief, invite_member, "nome", " ", "auditor")
    assert found == [("email", "address"), ("display_name", "required"), ("role", "role_not_yours")]

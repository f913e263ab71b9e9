"""Members and invitations by GraphQL: what a coordinator reads and does, and what others get."""

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from infra.messages import MESSAGES
from tests.api.people import someone, work_in
from tests.conftest import Ask

MEMBERS = "{ members { totalCount nodes { id displayName email role validFrom validUntil isViewer } } }"
WALK = "query ($after: String) { members(first: 1, after: $after) { nodes { id } pageInfo { endCursor } } }"
INVITATIONS = "{ invitations { nodes { id email displayName role invitedBy invitedAt expiresAt sentAt } } }"
INVITE = """mutation ($input: InviteMemberInput!) {
  inviteMember(input: $input) { invitation { id email displayName role } problems { code path message } }
}"""
WITHDRAW = """mutation ($id: ID!) {
  withdrawInvitation(input: {invitationId: $id}) { invitation { withdrawnAt } problems { code } }
}"""
CHANGE = """mutation ($id: ID!, $role: Role!) {
  changeMemberRole(input: {memberId: $id, role: $role}) { member { id role } problems { code path message } }
}"""
REMOVE = """mutation ($id: ID!) {
  removeMember(input: {memberId: $id}) { member { id validUntil } problems { code path message } }
}"""

BY_MEMBER = {
    "member": ("member", "query ($id: ID!) { member(id: $id) { id email } }"),
    "changeMemberRole": (
        "member",
        "mutation ($id: ID!) { changeMemberRole(input: {memberId: $id, role: AUDITOR}) { problems { code } } }",
    ),
    "removeMember": ("member", "mutation ($id: ID!) { removeMember(input: {memberId: $id}) { problems { code } } }"),
    "withdrawInvitation": (
        "invitation",
        "mutation ($id: ID!) { withdrawInvitation(input: {invitationId: $id}) { problems { code } } }",
    ),
}
"""Every field of this module that takes an id; test_errors.py asks each about hidden and absent rows."""
OF_ANNA = "FROM member m JOIN account a ON a.id = m.account_id WHERE a.email = 'anna@caritas-empoli.example'"
ANNAS_MEMBERSHIP = f"SELECT m.id {OF_ANNA}"
ASKED_BY_ANNA = f"""
INSERT INTO invitation (territory_id, organisation_id, email, display_name, role, invited_by, invited_at, expires_at)
SELECT m.territory_id, m.organisation_id, 'nuova@prova.example', 'Nuova', 'volunteer', m.account_id, now(),
       now() + interval '1 day' {OF_ANNA} RETURNING id
"""


@pytest.fixture(scope="module")
async def chief(ask: Ask) -> str:
    """One of the cast who coordinates the lead body."""
    viewer = (await ask("coordinatrice", "{ viewer { role organisation { isLead } } }"))["data"]["viewer"]
    assert viewer == {"role": "TERRITORY_COORDINATOR", "organisation": {"isLead": True}}
    return "coordinatrice"


async def done(ask: Ask, who: str, document: str, variables: Any = None) -> Any:
    """Return what the only root gave, nothing having gone wrong."""
    body = await ask(who, document, variables)
    assert "errors" not in body, body
    (value,) = body["data"].values()
    return value


async def test_who_manages_members_reads_those_of_their_own_organisation(
    ask: Ask, chief: str, owner: asyncpg.Connection
) -> None:
    found = await done(ask, chief, MEMBERS)
    async with owner.transaction():
        await work_in(owner)
        stored = await owner.fetch(
            "SELECT a.email FROM member m JOIN account a ON a.id = m.account_id "
            "JOIN organisation o ON o.id = m.organisation_id WHERE o.slug = 'vnp' "
            "AND coalesce(m.valid_until, 'infinity') >= (now() AT TIME ZONE 'Europe/Rome')::date "
            "ORDER BY a.display_name, m.id"
        )
    assert [member["email"] for member in found["nodes"]] == [row[0] for row in stored]
    assert [member["email"] for member in found["nodes"] if member["isViewer"]] == ["coordinatrice@vnp.example"]
    assert found["totalCount"] == len(stored)


async def own_member(ask: Ask, who: str) -> str:
    """Return the id as a member of whoever asks: a viewer has another, of the same row."""
    viewer = (await ask(who, "{ viewer { id } }"))["data"]["viewer"]["id"]
    return str(viewer).replace("viewer_", "member_")


@pytest.mark.parametrize("who", ["anna", "piero", "giulia", "luca"])
async def test_who_does_not_manage_members_is_refused(ask: Ask, who: str) -> None:
    role = (await ask(who, "{ viewer { role actions } }"))["data"]["viewer"]
    assert "MEMBER_MANAGE" not in role["actions"]
    given = {"input": {"email": "x@prova.example", "displayName": "X", "role": "VOLUNTEER"}}
    for document, variables in ((MEMBERS, None), (INVITATIONS, None), (INVITE, given)):
        (error,) = (await ask(who, document, variables))["errors"]
        assert (error["extensions"]["code"], error["extensions"]["action"]) == ("FORBIDDEN", "member.manage")
    own = await own_member(ask, who)
    for document, variables in ((CHANGE, {"id": own, "role": "COORDINATOR"}), (REMOVE, {"id": own})):
        (error,) = (await ask(who, document, variables))["errors"]
        assert error["extensions"]["code"] == "FORBIDDEN"


async def test_an_invitation_is_listed_until_it_is_taken_back(ask: Ask, chief: str) -> None:
    email = f"{uuid4().hex}@prova.example"
    given = {"email": email.upper(), "displayName": " Nuova  Persona ", "role": "OPERATOR"}
    made = await done(ask, chief, INVITE, {"input": given})
    assert made["problems"] == []
    expected = {"email": email, "displayName": "Nuova Persona", "role": "OPERATOR"}
    assert made["invitation"] == {"id": made["invitation"]["id"], **expected}
    listed = (await done(ask, chief, INVITATIONS))["nodes"]
    (mine,) = [invitation for invitation in listed if invitation["id"] == made["invitation"]["id"]]
    assert (mine["email"], mine["sentAt"]) == (email, None)
    again = await done(ask, chief, INVITE, {"input": given})
    assert [(problem["code"], problem["path"]) for problem in again["problems"]] == [("WRONG_STATE", ["email"])]
    assert again["problems"][0]["message"] == MESSAGES["problem.already_invited"][0]
    withdrawn = await done(ask, chief, WITHDRAW, {"id": mine["id"]})
    assert withdrawn["invitation"]["withdrawnAt"] is not None
    assert mine["id"] not in [invitation["id"] for invitation in (await done(ask, chief, INVITATIONS))["nodes"]]


async def test_an_address_that_has_an_account_gets_the_same_answer(ask: Ask, chief: str) -> None:
    answers = []
    for email in ("anna@caritas-empoli.example", f"{uuid4().hex}@prova.example"):
        given = {"email": email, "displayName": "Anna", "role": "VOLUNTEER"}
        made = await done(ask, chief, INVITE, {"input": given})
        answers.append({**made, "invitation": {**made["invitation"], "id": "", "email": ""}})
        await done(ask, chief, WITHDRAW, {"id": made["invitation"]["id"]})
    assert answers[0] == answers[1]


async def test_the_only_coordinator_of_the_lead_body_stays(ask: Ask, chief: str) -> None:
    own = await own_member(ask, chief)
    changed = await done(ask, chief, CHANGE, {"id": own, "role": "AUDITOR"})
    removed = await done(ask, chief, REMOVE, {"id": own})
    assert [problem["message"] for problem in changed["problems"]] == [
        MESSAGES["problem.own_role"][0],
        MESSAGES["problem.last_coordinator"][0],
    ]
    assert [problem["message"] for problem in removed["problems"]] == [MESSAGES["problem.last_coordinator"][0]]
    assert (changed["member"], removed["member"]) == (None, None)


async def test_a_repeated_request_invites_once(ask: Ask, chief: str) -> None:
    given = {"input": {"email": f"{uuid4().hex}@prova.example", "displayName": "Nuova", "role": "VOLUNTEER"}}
    key = {"Idempotency-Key": uuid4().hex}
    first, second = [await ask(chief, INVITE, given, **key) for _ in range(2)]
    assert first == second
    assert first["data"]["inviteMember"]["problems"] == []


async def test_whatever_members_call_themselves_each_is_on_some_page(
    ask: Ask, chief: str, owner: asyncpg.Connection
) -> None:
    """A name is part of the place in the list: no sign in it hides those who come after."""
    for name in ("A|B", "A|", "|", "A\\B' \"C", "Ä é 字"):
        person = await someone(owner, "vnp", role="volunteer")
        await owner.execute("UPDATE account SET display_name = $2 WHERE id = $1", person.account_id, name)
    whole = [member["id"] for member in (await done(ask, chief, MEMBERS))["nodes"]]
    found: list[str] = []
    after = None
    for _ in whole:
        page = await done(ask, chief, WALK, {"after": after})
        found += [member["id"] for member in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert found == whole

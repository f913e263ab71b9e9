"""Two who write one case: they collide where both change the same part of it, and only in what both may know."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from authz.roles import Role
from infra.database import Connection
from infra.errors import Conflict
from tenants.cases import service
from tenants.joint_work.service import accept_joint_intervention
from tests.tenants.office import HOLDER, VERSION, Office, at_once, do, open_office, see, stored, version_of

ACCOUNT = """
INSERT INTO account (id, email, password_hash, display_name, language, is_demo, created_at)
VALUES ($1, $1::uuid || '@prova.example', '-', 'Piero Prova', 'it', true, now())
"""


@pytest.fixture(scope="module")
async def office(database: str, owner: Connection) -> AsyncIterator[Office]:
    async with open_office(owner) as office:
        yield office


async def collides(office: Office, actor: Any, verb: Any, case: Any, expected: int, given: Any) -> Conflict:
    with pytest.raises(Conflict) as conflict:
        await do(actor, verb, case, expected, given)
    return conflict.value


@pytest.mark.parametrize("expected", [0, 2, -1, 2**31, 2**40])
async def test_a_version_that_nobody_was_given_is_a_conflict_with_both(office: Office, expected: int) -> None:
    case = await office.a_case()
    conflict = await collides(office, office.anna, service.update_work, case, expected, {"profile": "x"})
    assert (conflict.expected, conflict.actual, conflict.by) == (expected, 1, None)
    assert await stored(office, "case_work", case) is None


async def test_of_twenty_updates_of_one_version_one_passes(office: Office) -> None:
    case = await office.a_case()
    results = await at_once(
        *(do(office.anna, service.update_work, case, 1, {"profile": f"testo {number}"}) for number in range(20))
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 19 + ["NoneType"]
    assert await stored(office, "case_work", case, "profile") == (f"testo {results.index(None)}",)
    assert await version_of(office, case) == 2


async def test_another_part_is_no_conflict_and_versions_go_on(office: Office) -> None:
    case = await office.a_case()
    await do(office.anna, service.update_contacts, case, 1, {"phone": "0571 981234"})
    await do(office.piero, service.update_work, case, 1, {"profile": "cuoca"})
    await do(office.anna, service.update_health, case, 1, {"mental": "ansia"})
    await do(office.anna, service.update_needs, case, 1, add=[{"macro": "health"}])
    assert await version_of(office, case) == 5
    await do(office.anna, service.update_work, case, 3, {"profile": "aiuto cuoca"})
    with pytest.raises(Conflict):
        await do(office.anna, service.update_needs, case, 4, add=[{"macro": "other"}])


async def test_a_conflict_names_the_colleague_and_both_values(office: Office, owner: Connection) -> None:
    case = await office.a_case()
    await owner.execute(ACCOUNT, office.piero.account_id)
    await do(office.piero, service.update_contacts, case, 1, {"phone": "0571 981234", "email": "a@b.example"})
    conflict = await collides(office, office.anna, service.update_contacts, case, 1, {"phone": "333 1234567"})
    told = conflict.extensions()
    assert conflict.text == "error.conflict_with"
    assert (told["expectedVersion"], told["actualVersion"], told["conflict"]["by"]) == (1, 2, "Piero Prova")
    assert told["conflict"]["values"] == [
        {"name": "phone", "field": "contacts.phone", "theirs": "+390571981234", "yours": "333 1234567"},
        {"name": "phoneNote", "field": "contacts.phone", "theirs": None},
        {"name": "email", "field": "contacts.email", "theirs": "a@b.example"},
    ]
    await do(office.anna, service.update_identity, case, 2, {"born_on": date(1990, 5, 7)})
    born = await collides(office, office.piero, service.update_identity, case, 2, {"birth_year": 1990})
    assert [(one.name, one.theirs) for one in born.collisions] == [("born_on", "1990-05-07"), ("birth_year", 1990)]
    await owner.execute("DELETE FROM account WHERE id = $1", office.piero.account_id)


async def test_what_the_second_cannot_see_is_no_conflict_and_moves_no_version(office: Office) -> None:
    case = await office.a_case()
    await office.consent(case, fields=["identity", "contacts.phone", "work"])
    await do(office.giulia, accept_joint_intervention, await office.propose(case))

    async def seen_by_giulia() -> int:
        return int((await see(office.giulia, VERSION, case))[0][0])

    await do(office.anna, service.update_contacts, case, 1, {"email": "a@b.example"})
    assert (await seen_by_giulia(), await version_of(office, case)) == (1, 2)
    await do(office.giulia, service.update_contacts, case, 1, {"phone": "0571 981234"})
    assert await seen_by_giulia() == await version_of(office, case) == 3
    await do(office.anna, service.update_health, case, 3, {"mental": "ansia"})
    await do(office.anna, service.update_needs, case, 3, add=[{"macro": "justice"}])
    assert (await seen_by_giulia(), await version_of(office, case)) == (3, 5)
    conflict = await collides(office, office.giulia, service.update_contacts, case, 5, {"phone": None})
    assert (conflict.expected, conflict.actual) == (5, 3)


async def test_a_conflict_with_another_organisation_names_no_person_and_tells_no_value(office: Office) -> None:
    case = await office.a_shared_case()
    await do(office.giulia, service.update_contacts, case, 1, {"phone": "0571 981234"})
    own = await collides(office, office.anna, service.update_contacts, case, 1, {"phone": None})
    organisations = dict(await see(office.anna, "SELECT slug, name FROM organisation"))
    assert (own.by, own.collisions[0].theirs) == (organisations["cooperativa-il-ponte"], "+390571981234")
    await do(office.anna, service.update_contacts, case, 2, {"phone": "0571 111111"})
    theirs = await collides(office, office.giulia, service.update_contacts, case, 2, {"phone": None})
    assert theirs.by == organisations[HOLDER]
    # A refusal is rolled back, and the log of reads with it: so it shows nothing that would have to be there.
    assert theirs.extensions()["conflict"]["values"][0] == {"name": "phone", "field": "contacts.phone", "yours": None}


async def test_by_sql_nobody_counts_a_change_that_they_may_not_make(office: Office) -> None:
    case = await office.a_shared_case()
    touch = "SELECT passed FROM touch_case($1, $2, 1, $3)"
    mental, phone = 1 << 36, 1 << 8
    assert await see(office.giulia, touch, case, "health", [mental]) == []
    assert await see(office.giulia, touch, case, "contacts", [phone, mental]) == []
    assert await see(office.giulia, touch, case, "status", [0]) == []
    assert await see(office.rosa, touch, case, "contacts", [phone]) == []
    assert await see(office.member(HOLDER, Role.VOLUNTEER), touch, case, "health", [mental]) == []
    assert await see(office.giulia, touch, case, "contacts", [phone]) == [(True,)]

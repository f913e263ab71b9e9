"""Opening and writing cases: what is refused, what is told, and what is stored."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from authz.fields import FIELD
from authz.roles import Role
from infra.clock import new_id, today
from infra.database import Connection
from infra.errors import Conflict, Invalid, NotFound, Refused
from tenants.cases import service
from tenants.cases.opening import CODE_SIGNS
from tenants.joint_work.service import accept_joint_intervention, propose_joint_intervention
from tests.tenants.office import FIELDS as CONSENTED
from tests.tenants.office import HOLDER, PARTNER, Office, acting, do, open_office, see, stored, version_of

NOW = today()
NEEDS = """
SELECT n.macro, n.fields_mask, n.id, d.item, d.note
  FROM case_need n LEFT JOIN case_need_detail d ON d.need_id = n.id WHERE n.case_id = $1
"""


@pytest.fixture(scope="module")
async def office(database: str, owner: Connection) -> AsyncIterator[Office]:
    async with open_office(owner) as office:
        yield office


async def test_a_new_case_has_a_number_for_people_and_what_was_given(office: Office) -> None:
    person = {"given_name": " Ame\u0301lie ", "family_name": "D'Angelo", "born_on": date(1990, 5, 7), "sex": "f"}
    needs = [{"macro": "HOUSING", "item": "eviction", "note": "entro un mese"}, {"macro": "health"}]
    case = await do(office.anna, service.open_case, person, municipality="048014", needs=needs)
    ((number, status, opened_on),) = await see(
        office.anna, "SELECT number, status, opened_on FROM case_file WHERE id = $1", case
    )
    assert re.fullmatch(rf"{NOW.year}-[{CODE_SIGNS}]{{5}}", number)
    assert (status, opened_on, await version_of(office, case)) == ("listening", NOW, 1)
    assert await stored(office, "case_identity", case, "given_name, family_name, birth_date, birth_year, sex") == (
        *("Am\u00e9lie", "D'Angelo", date(1990, 5, 7), 1990, "F"),
    )
    assert await stored(office, "case_contacts", case, "municipality, phone") == ("048014", None)
    kept = [(macro, told, item, note) for macro, told, _, item, note in await see(office.anna, NEEDS, case)]
    assert sorted(kept) == [
        ("health", FIELD["health.conditions"].mask, None, None),
        ("housing", 0, "eviction", "entro un mese"),
    ]


async def test_every_problem_is_told_at_once_and_nothing_is_opened(office: Office) -> None:
    before = await see(office.anna, "SELECT count(*) FROM case_file")
    person = {"given_name": "A" * 101, "born_on": NOW + timedelta(days=1), "sex": "X", "identity_code": "RSSMRA"}
    needs = [{"macro": "money"}, {"macro": "housing", "item": "debt", "note": "\x00"}]
    with pytest.raises(Invalid) as told:
        await do(office.anna, service.open_case, person, municipality="Empoli", needs=needs, status="closed")
    assert [(problem.code.value, *problem.path) for problem in told.value.problems] == [
        ("TOO_LONG", "person", "given_name"),
        ("IN_THE_FUTURE", "person", "born_on"),
        ("UNKNOWN_ITEM", "person", "sex"),
        ("INVALID_IDENTITY_CODE", "person", "identity_code"),
        ("INVALID_FORMAT", "municipality"),
        ("UNKNOWN_ITEM", "needs", "0", "macro"),
        ("INVALID_FORMAT", "needs", "1", "note"),
        ("UNKNOWN_ITEM", "needs", "1", "item"),
        ("UNKNOWN_ITEM", "status"),
    ]
    assert await see(office.anna, "SELECT count(*) FROM case_file") == before


async def test_somebody_has_to_be_named(office: Office) -> None:
    with pytest.raises(Invalid) as told:
        await do(office.anna, service.open_case, {"given_name": " ", "birth_year": 1980})
    assert [problem.path for problem in told.value.problems] == [("person", "family_name")]


@pytest.mark.parametrize(
    ("person", "needs"),
    [
        pytest.param({"identity_code": "RSSMRA80A01D403T"}, [], id="a confidential value"),
        pytest.param({}, [{"macro": "health"}], id="a sensitive need"),
        pytest.param({}, [{"macro": "housing", "item": "eviction"}], id="the details of a need"),
    ],
)
async def test_a_volunteer_opens_a_case_with_what_they_may_write(
    office: Office, person: dict[str, Any], needs: list[dict[str, Any]]
) -> None:
    named = {"given_name": "Amina", **person}
    with pytest.raises(Refused) as refused:
        await do(office.piero, service.open_case, named, needs=needs)
    assert refused.value.action == "case.open"
    allowed = {"given_name": "Amina", "identity_code": None}
    assert await do(office.piero, service.open_case, allowed, needs=[{"macro": "housing", "item": None, "note": ""}])


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.TERRITORY_COORDINATOR])
async def test_who_oversees_opens_no_case(office: Office, role: Role) -> None:
    with pytest.raises(Refused):
        await do(office.member(HOLDER, role), service.open_case, {"given_name": "Amina"})


async def test_a_number_that_is_taken_is_drawn_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def drawing(text: str) -> Callable[[str], str]:
        signs: Iterator[str] = iter(text)
        return lambda _: next(signs)

    for draws in ("AAAAABBBBB", "AAAAACCCCCBBBBBDDDDD"):
        monkeypatch.setattr("secrets.choice", drawing(draws))
        case = await office.a_case()
    assert await see(office.anna, "SELECT number FROM case_file WHERE id = $1", case) == [(f"{NOW.year}-DDDDD",)]


# Who may


async def test_hidden_and_absent_are_the_same_whatever_the_role(office: Office) -> None:
    hidden, absent = await office.a_case(), new_id()
    for actor in (office.rosa, office.giulia, office.member("caritas-vinci", Role.VOLUNTEER), office.luca):
        for case in (hidden, absent):
            for verb, given in (
                (service.update_health, {"conditions": "\x00"}),
                (service.update_work, {}),
            ):
                with pytest.raises(NotFound) as refused:
                    await do(actor, verb, case, 99, given)
                assert refused.value.values == {}
            with pytest.raises(NotFound):
                await do(actor, service.update_needs, case, 1, add=[{"macro": "no such"}])
            with pytest.raises(NotFound):
                await do(actor, service.change_status, case, "closed")


async def test_of_the_own_case_a_volunteer_writes_common_fields_alone(office: Office) -> None:
    case = await office.a_case()
    await do(office.piero, service.update_contacts, case, 1, {"phone": "0571 123456"})
    for verb, given in (
        (service.update_contacts, {"phone": None, "address": "Via Roma 1"}),
        (service.update_economic, {"isee_value": Decimal(1)}),
        (service.update_health, {"conditions": None}),
        (service.update_justice, {}),
    ):
        with pytest.raises(Refused) as refused:
            await do(office.piero, verb, case, 2, given)
        assert (refused.value.action, refused.value.text) == ("case.update", "error.not_writable")
    assert await stored(office, "case_contacts", case, "phone") == ("+390571123456",)
    assert await version_of(office, case) == 2


async def test_an_operator_writes_nothing_special(office: Office) -> None:
    case, operator = await office.a_case(), office.member(HOLDER, Role.OPERATOR)
    await do(operator, service.update_economic, case, 1, {"isee_value": Decimal(1)})
    for verb, given in ((service.update_health, {"mental": "x"}), (service.update_justice, {"measures": "x"})):
        with pytest.raises(Refused):
            await do(operator, verb, case, 2, given)


async def test_a_partner_writes_what_the_pact_lets_it(office: Office) -> None:
    case = await office.a_shared_case()
    await do(office.giulia, service.update_contacts, case, 1, {"phone": "0571 123456"})
    await do(office.giulia, service.update_work, case, 2, {"profile": "saldatrice"})
    for verb, given in (
        (service.update_contacts, {"phone": None, "email": "a@b.example"}),
        (service.update_work, {"history": None}),
        (service.update_identity, {"given_name": "X"}),
        (service.update_health, {"conditions": "x"}),
        (service.update_economic, {}),
    ):
        with pytest.raises(Refused):
            await do(office.giulia, verb, case, 3, given)
    with pytest.raises(Refused):
        await do(office.giulia, service.change_status, case, "monitoring")
    assert await stored(office, "case_contacts", case, "phone, email") == ("+390571123456", None)
    assert await stored(office, "case_work", case, "profile") == ("saldatrice",)
    assert await version_of(office, case) == 3


async def test_what_cannot_be_read_is_not_written_over(office: Office) -> None:
    case = await office.a_shared_case()
    await do(office.anna, service.update_housing, case, 1, {"situation": "ospite"})
    for before in ("written", "empty"):
        with pytest.raises(Refused):
            await do(office.giulia, service.update_housing, case, 2, {"situation": before})
        case = await office.a_shared_case()
    assert await stored(office, "case_housing", case) is None


async def test_an_address_is_written_by_the_holder_alone(office: Office) -> None:
    """A partner who could write one would learn from a protected address that it is there."""
    for protected in (None, False, True):
        case = await office.a_shared_case()
        if protected is not None:
            await do(office.anna, service.update_contacts, case, 1, {"address": "Via Roma 1"})
            await do(office.anna, service.update_contacts, case, 2, {"address_protected": protected})
        told = set()
        for given in ({"address": "Via Roma 2"}, {"address": None}, {"address_protected": False}):
            with pytest.raises(Refused) as refused:
                await do(office.giulia, service.update_contacts, case, 3, given)
            told.add(str(refused.value))
        assert len(told) == 1
        found = await see(office.giulia, "SELECT address FROM case_address WHERE case_id = $1", case)
        assert found == ([("Via Roma 1",)] if protected is False else [])


# Needs


async def test_needs_are_added_and_removed(office: Office) -> None:
    case = await office.a_case()
    add = [
        {"macro": "family", "item": "domestic_violence"},
        {"macro": "justice", "note": "in corso"},
        {"macro": "other"},
    ]
    await do(office.anna, service.update_needs, case, 1, add=add)
    rows = {macro: rest for macro, *rest in await see(office.anna, NEEDS, case)}
    assert {macro: rest[0] for macro, rest in rows.items()} == {
        "family": FIELD["status.disadvantage"].mask,
        "justice": FIELD["justice.measures"].mask,
        "other": 0,
    }
    await do(office.anna, service.update_needs, case, 2, remove=[rows["family"][1], rows["justice"][1]])
    assert await see(office.anna, "SELECT macro FROM case_need WHERE case_id = $1", case) == [("other",)]
    assert await see(office.anna, "SELECT FROM case_need_detail WHERE case_id = $1", case) == []


async def test_a_need_of_another_case_or_of_none_is_unknown(office: Office) -> None:
    case, other = await office.a_case(), await office.a_case()
    await do(office.anna, service.update_needs, other, 1, add=[{"macro": "other"}])
    ((need,),) = await see(office.anna, "SELECT id FROM case_need WHERE case_id = $1", other)
    with pytest.raises(Invalid) as told:
        await do(office.anna, service.update_needs, case, 1, add=[{"macro": ""}], remove=[new_id(), need])
    assert [(problem.code.value, *problem.path) for problem in told.value.problems] == [
        ("UNKNOWN_ITEM", "add", "0", "macro"),
        ("UNKNOWN_ITEM", "remove", "0"),
        ("UNKNOWN_ITEM", "remove", "1"),
    ]
    with pytest.raises(Invalid) as told:
        await do(office.anna, service.update_needs, case, 1, add=[{"macro": "other"}] * 51)
    assert [problem.code.value for problem in told.value.problems] == ["TOO_MANY"]
    assert len(await see(office.anna, "SELECT FROM case_need WHERE case_id = $1", other)) == 1


async def test_a_sensitive_need_does_not_exist_for_who_may_not_read_it(office: Office) -> None:
    case = await office.a_shared_case()
    await do(office.anna, service.update_needs, case, 1, add=[{"macro": "justice"}, {"macro": "housing", "note": "x"}])
    needs = dict(await see(office.anna, "SELECT macro, id FROM case_need WHERE case_id = $1", case))
    with pytest.raises(Invalid):
        await do(office.giulia, service.update_needs, case, 2, remove=[needs["justice"]])
    with pytest.raises(Refused):
        await do(office.piero, service.update_needs, case, 2, remove=[needs["housing"]])
    with pytest.raises(Refused):
        await do(office.giulia, service.update_needs, case, 2, add=[{"macro": "addiction"}])
    await do(office.giulia, service.update_needs, case, 2, add=[{"macro": "other"}], remove=[needs["housing"]])
    assert sorted(await see(office.anna, "SELECT macro FROM case_need WHERE case_id = $1", case)) == [
        ("justice",),
        ("other",),
    ]


async def test_a_need_takes_the_right_to_all_that_it_tells(office: Office) -> None:
    """Of the health fields giulia reads the conditions and none other: so of the needs of that family some."""
    case = await office.a_case()
    await office.consent(case, fields=[*CONSENTED, "health.conditions"])
    offered = [*CONSENTED, "health.conditions"]
    work = await do(office.anna, propose_joint_intervention, case, "traineeship", [PARTNER], offered, None)
    await do(office.giulia, accept_joint_intervention, work)
    items = [("health", "oncological"), ("health", "depression"), ("health", "mental_illness"), ("family", "pregnancy")]
    items += [("disability", "psychic"), ("family", "domestic_violence"), ("migration", "irregular_status")]
    add = [{"macro": macro, "item": item, "note": "x"} for macro, item in items]
    await do(office.anna, service.update_needs, case, 1, add=add)
    needs = "SELECT n.id, d.item FROM case_need n LEFT JOIN case_need_detail d ON d.need_id = n.id WHERE n.case_id = $1"
    assert {item for _, item in await see(office.giulia, needs, case)} == {"oncological", "pregnancy"}
    hidden = {item: need for need, item in await see(office.anna, needs, case)}["depression"]
    with pytest.raises(Invalid):
        await do(office.giulia, service.update_needs, case, 2, remove=[hidden])
    with pytest.raises(Refused):
        await do(office.giulia, service.update_needs, case, 2, add=[{"macro": "health", "item": "depression"}])


async def test_a_verb_that_fails_leaves_the_transaction_usable(office: Office) -> None:
    case = await office.a_case()
    async with acting(office.anna) as connection:
        with pytest.raises(Invalid):
            await service.update_work(office.anna, case, 1, {"profile": "\x00"})
        with pytest.raises(Conflict):
            await service.update_work(office.anna, case, 7, {"profile": "x"})
        await service.update_work(office.anna, case, 1, {"profile": "y"})
        assert await connection.fetchval("SELECT profile FROM case_work WHERE case_id = $1", case) == "y"

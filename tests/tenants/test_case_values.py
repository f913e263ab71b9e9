"""What may be written of a case, how it is stored, and what is told of what is wrong."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from authz.fields import FIELD
from infra.clock import today
from infra.database import Connection
from infra.errors import Invalid
from tenants.cases import service
from tests.tenants.office import Office, do, open_office, see, stored, version_of

NOW = today()
OMOCODE, PROVISIONAL, CARE = "RSSMRAULALMDQLPI", "12345670017", "adi_care_leaver_18_21"


@pytest.fixture(scope="module")
async def office(database: str, owner: Connection) -> AsyncIterator[Office]:
    async with open_office(owner) as office:
        yield office


async def problems(office: Office, case: UUID, group: str, changes: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return what an update is told, as code and path."""
    with pytest.raises(Invalid) as told:
        await do(office.anna, getattr(service, f"update_{group}"), case, 1, changes)
    return [(problem.code.value, *problem.path) for problem in told.value.problems]


async def test_only_what_is_given_is_written_and_none_empties(office: Office) -> None:
    case = await office.a_case()
    await do(office.anna, service.update_contacts, case, 1, {"phone": "055 123456", "address": "Via Roma 1"})
    await do(office.anna, service.update_contacts, case, 2, {"email": "a@b.example", "address_protected": True})
    assert await stored(office, "case_contacts", case, "phone, email") == ("+39055123456", "a@b.example")
    assert await stored(office, "case_address", case, "address, protected") == ("Via Roma 1", True)
    await do(office.anna, service.update_contacts, case, 3, {"phone": None, "address_protected": None})
    assert await stored(office, "case_contacts", case, "phone, email") == (None, "a@b.example")
    assert await stored(office, "case_address", case, "address, protected") == ("Via Roma 1", False)
    assert await version_of(office, case) == 4


async def test_each_health_field_is_a_row_and_goes_when_emptied(office: Office) -> None:
    case = await office.a_case()
    await do(office.anna, service.update_health, case, 1, {"conditions": "asma", "mental": "ansia"})
    await do(
        office.anna, service.update_health, case, 2, {"conditions": None, "mental": "ansia, in cura", "addictions": " "}
    )
    rows = await see(office.anna, "SELECT field_bit, detail FROM case_health WHERE case_id = $1", case)
    assert rows == [(FIELD["health.mental"].bit, "ansia, in cura")]


@pytest.mark.parametrize(
    ("group", "given", "table", "columns", "expected"),
    [
        ("identity", {"identity_code": "rssmra80a01d403t"}, "case_identity_code", "code", ("RSSMRA80A01D403T",)),
        ("identity", {"identity_code": "RSSMRA80A41D403X"}, "case_identity_code", "kind", ("codice_fiscale",)),
        ("identity", {"identity_code": OMOCODE}, "case_identity_code", "code, kind", (OMOCODE, "codice_fiscale")),
        ("identity", {"identity_code": "KHN LAI 90E07 Z236O"}, "case_identity_code", "code", ("KHNLAI90E07Z236O",)),
        ("identity", {"identity_code": PROVISIONAL}, "case_identity_code", "kind", ("cf_provisional_numeric",)),
        ("identity", {"identity_code": "STP0090001234567"}, "case_identity_code", "kind", ("STP",)),
        ("identity", {"identity_code": "eni0090001234567"}, "case_identity_code", "kind", ("ENI",)),
        ("identity", {"identity_code": ""}, "case_identity_code", "code, kind", (None, None)),
        ("identity", {"born_on": NOW}, "case_identity", "birth_date, birth_year", (NOW, NOW.year)),
        ("identity", {"born_on": date(1900, 1, 1)}, "case_identity", "birth_year", (1900,)),
        ("identity", {"given_name": "陈\u3000 伟"}, "case_identity", "given_name", ("陈 伟",)),
        ("identity", {"family_name": "\u200b \u2060"}, "case_identity", "family_name", (None,)),
        ("identity", {"given_name": "\u202eanimA"}, "case_identity", "given_name", ("animA",)),
        ("identity", {"given_name": "A\u00adnna\u200b\ufeff"}, "case_identity", "given_name", ("Anna",)),
        ("identity", {"given_name": "x\u0323\u0301" * 100}, "case_identity", "length(given_name)", (300,)),
        ("identity", {"birth_year": 1980}, "case_identity", "birth_year", (1980,)),
        ("contacts", {"phone": "+40 21 312 3456"}, "case_contacts", "phone", ("+40213123456",)),
        ("contacts", {"phone_note": "int. 12"}, "case_contacts", "phone_note", ("int. 12",)),
        ("contacts", {"municipality": "015146"}, "case_contacts", "municipality", ("015146",)),
        ("contacts", {"address": "c/o Rossi\r\nvia Roma 1"}, "case_address", "address", ("c/o Rossi\nvia Roma 1",)),
        ("legal_status", {"disadvantage": [CARE, CARE.upper()]}, "case_disadvantage", "statuses", ([CARE],)),
        ("legal_status", {"disadvantage": []}, "case_disadvantage", "statuses", (None,)),
        ("economic", {"isee_value": Decimal("4210.5")}, "case_isee", "isee_value", (Decimal("4210.50"),)),
        ("economic", {"isee_value": Decimal(0)}, "case_isee", "isee_value", (Decimal(0),)),
        ("economic", {"income_band": ">25000"}, "case_economic", "income_band", (">25000",)),
        ("work", {"profile": "x" * 2000}, "case_work", "length(profile)", (2000,)),
        ("education", {"level": "zz_usg"}, "case_education", "level", ("ZZ_USG",)),
        ("housing", {"situation": "👩‍👧 ospite"}, "case_housing", "situation", ("👩‍👧 ospite",)),
        ("justice", {"measures": "affidamento"}, "case_justice", "measures", ("affidamento",)),
    ],
)  # fmt: skip
async def test_what_is_right_is_stored_in_one_form(
    office: Office, group: str, given: dict[str, Any], table: str, columns: str, expected: tuple[Any, ...]
) -> None:
    case = await office.a_case()
    await do(office.anna, getattr(service, f"update_{group}"), case, 1, given)
    assert await stored(office, table, case, columns) == expected


@pytest.mark.parametrize(
    ("group", "given", "code"),
    [
        ("identity", {"identity_code": "RSSMRA80A01D403A"}, "INVALID_IDENTITY_CODE"),
        ("identity", {"identity_code": "RSSMRA80B30D403T"}, "INVALID_IDENTITY_CODE"),
        ("identity", {"identity_code": "12345670018"}, "INVALID_IDENTITY_CODE"),
        ("identity", {"identity_code": "STP009000123456"}, "INVALID_IDENTITY_CODE"),
        ("identity", {"identity_code": "１２３４５６７００１７"}, "INVALID_IDENTITY_CODE"),
        ("identity", {"identity_code": "ß" * 16}, "INVALID_IDENTITY_CODE"),
        ("identity", {"identity_code": "0" * 11}, "INVALID_IDENTITY_CODE"),
        ("identity", {"identity_code": "PRVNCL77A01Z3P0D"}, "INVALID_IDENTITY_CODE"),
        ("identity", {"born_on": NOW + timedelta(days=1)}, "IN_THE_FUTURE"),
        ("identity", {"born_on": date(1899, 12, 31)}, "INVALID_FORMAT"),
        ("identity", {"birth_year": NOW.year + 1}, "IN_THE_FUTURE"),
        ("identity", {"birth_year": 1899}, "INVALID_FORMAT"),
        ("identity", {"given_name": "a\nb"}, "INVALID_FORMAT"),
        ("identity", {"given_name": "\ud800"}, "INVALID_FORMAT"),
        ("contacts", {"phone": "3331"}, "INVALID_FORMAT"),
        ("contacts", {"phone": "055 CHIAMAMI"}, "INVALID_FORMAT"),
        ("contacts", {"email": "anna@empoli"}, "INVALID_FORMAT"),
        ("contacts", {"email": "anna@@empoli.example"}, "INVALID_FORMAT"),
        ("contacts", {"municipality": "48014"}, "INVALID_FORMAT"),
        ("contacts", {"municipality": "٠٤٨٠١٤"}, "INVALID_FORMAT"),
        ("contacts", {"address": "x" * 301}, "TOO_LONG"),
        ("legal_status", {"disadvantage": ["poor"]}, "UNKNOWN_ITEM"),
        ("economic", {"isee_value": Decimal("-0.01")}, "INVALID_FORMAT"),
        ("economic", {"isee_value": Decimal("0.001")}, "INVALID_FORMAT"),
        ("economic", {"isee_value": Decimal("NaN")}, "INVALID_FORMAT"),
        ("economic", {"isee_value": Decimal("1e20")}, "INVALID_FORMAT"),
        ("economic", {"isee_valid_until": NOW.replace(year=NOW.year + 50, day=1)}, "TOO_FAR"),
        ("economic", {"income_band": "rich"}, "UNKNOWN_ITEM"),
        ("education", {"level": "laurea"}, "UNKNOWN_ITEM"),
        ("work", {"profile": "x\x00"}, "INVALID_FORMAT"),
        ("health", {"conditions": "x" * 4001}, "TOO_LONG"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_told_where_it_is(office: Office, group: str, given: dict[str, Any], code: str) -> None:
    case = await office.a_case()
    assert await problems(office, case, group, given) == [(code, *given)]
    assert await version_of(office, case) == 1


async def test_a_year_of_birth_cannot_contradict_the_date(office: Office) -> None:
    case = await office.a_case()
    differs = [("INVALID_FORMAT", "birth_year")]
    given = {"born_on": date(1990, 5, 7), "birth_year": 1991}
    assert await problems(office, case, "identity", given) == differs
    await do(office.anna, service.update_identity, case, 1, {"born_on": date(1990, 5, 7)})
    for year in (1991, None):
        assert await problems(office, case, "identity", {"birth_year": year}) == differs
    await do(office.anna, service.update_identity, case, 2, {"birth_year": 1990})
    await do(office.anna, service.update_identity, case, 3, {"born_on": date(1991, 5, 7)})
    assert await stored(office, "case_identity", case, "birth_date, birth_year") == (date(1991, 5, 7), 1991)
    await do(office.anna, service.update_identity, case, 4, {"born_on": None, "birth_year": 1992})
    assert await stored(office, "case_identity", case, "birth_date, birth_year") == (None, 1992)
    with pytest.raises(asyncpg.CheckViolationError):
        await see(
            office.anna, "UPDATE case_identity SET birth_date = '1990-05-07' WHERE case_id = $1 RETURNING 1", case
        )


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("PRVNCL77A01Z330Q", "PRVNCL77A01Z330Q"),
        ("PRVNCL77A01Z3P0C", "PRVNCL77A01Z3P0C"),
        ("PRVNCLTTALMZPPLN", "PRVNCLTTALMZPPLN"),
        ("prv ncl 77a01 z3p0 c", "PRVNCL77A01Z3P0C"),
        ("PRV-NCL-77A01\u2011Z3P0\u00adC.", "PRVNCL77A01Z3P0C"),
        ("\u200bPRVNCL\ufeff77A01·Z330Q\n", "PRVNCL77A01Z330Q"),
        ("PRVXXX77A41Z330K", "PRVXXX77A41Z330K"),
        ("STP 0481234567890", "STP0481234567890"),
    ],
)
async def test_a_code_is_kept_as_it_was_pasted_and_says_nothing_of_the_birth(
    office: Office, code: str, kept: str
) -> None:
    case = await office.a_case()
    await do(office.anna, service.update_identity, case, 1, {"identity_code": code, "birth_year": 1977})
    assert await stored(office, "case_identity_code", case, "code") == (kept,)
    assert await stored(office, "case_identity", case, "birth_date, birth_year") == (None, 1977)


async def test_one_wrong_value_keeps_the_right_ones_out(office: Office) -> None:
    case = await office.a_case()
    assert await problems(office, case, "contacts", {"phone": "055 123456", "email": "x", "municipality": "1"}) == [
        ("INVALID_FORMAT", "municipality"),
        ("INVALID_FORMAT", "email"),
    ]
    assert await stored(office, "case_contacts", case) is None

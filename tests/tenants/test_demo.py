"""The demonstration territories: everybody is there, every state of sharing, nobody real, and nothing crosses."""

import re
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from codicefiscale import codicefiscale

from authz.fields import ALL_FIELDS
from infra.clock import new_id
from infra.database import Connection, Context, transaction
from tenants.cases import catalogues
from tenants.cases.countries import COUNTRIES
from tenants.cases.identity_codes import identity_code
from tenants.cases.need_fields import told_mask
from tenants.cases.telephones import telephone
from tenants.cases.values import email
from tenants.demo.cases import add_case, human_code
from tenants.demo.catalogue import LANDS, MAIN, OTHER
from tenants.demo.load import CASES, PASSWORD, SEED, sign_ins
from tenants.demo.network import read_network, work_in
from tenants.demo.rows import COLUMNS, Rows
from tenants.members import passwords
from tests.tenants.copies import copy, owning, territory

PONTE = "cooperativa-il-ponte"
CAST = {
    ("coordinatrice@vnp.example", "vnp", "territory_coordinator"),
    ("anna@caritas-empoli.example", "caritas-empoli", "case_manager"),
    ("piero@caritas-empoli.example", "caritas-empoli", "volunteer"),
    ("rosa@caritas-fucecchio.example", "caritas-fucecchio", "case_manager"),
    ("giulia@cooperativa-il-ponte.example", PONTE, "case_manager"),
    ("marta@unione-dei-comuni.example", "unione-dei-comuni", "case_manager"),
    ("luca@asl-toscana-centro.example", "asl-toscana-centro", "case_manager"),
}
NETWORK = {
    "caritas": 13,
    "volunteer_association": 5,  # the lead body is one
    "social_promotion_association": 2,
    "misericordia": 1,
    "public_assistance": 1,
    "social_cooperative_a": 2,
    "social_cooperative_b": 2,
    "social_cooperative_ab": 1,
    "cooperative_consortium": 1,
    "municipal_union": 1,
    "local_health_authority": 1,
    "employment_centre": 1,
    "trade_union": 3,
    "employers_association": 3,
}
STATES = """
SELECT h.slug AS holder, o.slug AS partner, j.purpose,
       CASE WHEN a.withdrawn_at IS NOT NULL THEN 'withdrawn' WHEN j.closed_at IS NOT NULL THEN 'closed'
            WHEN p.status = 'invited' THEN 'pending' WHEN p.status = 'declined' THEN 'declined'
            WHEN a.until < now() THEN 'expired' ELSE 'live' END AS state,
       EXISTS (SELECT FROM case_access x WHERE x.case_id = p.case_id AND x.organisation_id = p.organisation_id
                  AND x.until > now() AND x.read_mask <> 0) AS is_seen
  FROM joint_intervention_partner p
  JOIN joint_intervention j ON j.id = p.joint_intervention_id
  JOIN authorisation a ON a.case_id = p.case_id
  JOIN organisation o ON o.id = p.organisation_id
  JOIN organisation h ON h.id = p.holder_id
"""
CHOSEN = [
    ("sex", "case_identity", catalogues.SEXES),
    ("citizenship", "case_legal_status", COUNTRIES),
    ("income_band", "case_economic", catalogues.INCOME_BANDS),
    ("level", "case_education", catalogues.EDUCATION_LEVELS),
    ("status", "(SELECT unnest(statuses) AS status FROM case_disadvantage) d", catalogues.DISADVANTAGES),
    ("closure_reason", "case_file", catalogues.CLOSURE_REASONS),
    ("municipality", "case_contacts", catalogues.MUNICIPALITIES),
]


@pytest.fixture(scope="module")
async def untouched(database_url: str, secret: str, worker: str) -> AsyncIterator[Connection]:
    """The owner's connection to a database in which nobody has worked yet."""
    async with copy(database_url, worker, "kept") as url, owning(url, secret) as connection:
        yield connection


@pytest.fixture
async def main(untouched: Connection) -> AsyncIterator[Connection]:
    """The same, inside the main territory."""
    async with untouched.transaction():
        await work_in(untouched, await territory(untouched, MAIN))
        yield untouched


async def test_network_is_whole(main: Connection) -> None:
    kinds = await main.fetch("SELECT kind, count(*) FROM organisation GROUP BY kind")
    assert dict(kinds) == NETWORK
    assert [tuple(row) for row in await main.fetch("SELECT slug FROM organisation WHERE is_lead")] == [("vnp",)]


async def test_whoever_works_on_cases_has_some(main: Connection) -> None:
    held = dict(
        await main.fetch(
            "SELECT o.slug, count(c.id) FROM organisation o LEFT JOIN case_file c ON c.holder_id = o.id GROUP BY o.slug"
        )
    )
    aggregates_only = {slug for slug, cases in held.items() if cases == 0}
    assert aggregates_only == {body.slug for body in LANDS[MAIN].bodies if body.weight == 0}
    assert min(cases for cases in held.values() if cases) >= 2
    assert sum(held.values()) == CASES[MAIN]


async def test_cast_can_sign_in(main: Connection) -> None:
    rows = await main.fetch(
        "SELECT a.email, o.slug, m.role, a.password_hash FROM member m JOIN account a ON a.id = m.account_id "
        "JOIN organisation o ON o.id = m.organisation_id WHERE m.valid_until IS NULL"
    )
    assert {tuple(row)[:3] for row in rows} >= CAST
    [password_hash] = {row["password_hash"] for row in rows}
    recipe = password_hash.rpartition("$")[0]
    assert password_hash.endswith(passwords.as_text(sha256(passwords.proof_of(PASSWORD, recipe)).digest()))
    printed = {(one.email, one.organisation, one.role.value) for one in sign_ins()}
    assert printed >= CAST


async def test_every_state_of_sharing_is_there_and_only_what_is_live_is_seen(main: Connection) -> None:
    rows = await main.fetch(STATES)
    states = {"live", "pending", "declined", "closed", "withdrawn", "expired"}
    assert {row["state"] for row in rows} == states
    from_anna = {row["state"] for row in rows if (row["holder"], row["partner"]) == ("caritas-empoli", PONTE)}
    assert from_anna == states
    assert {row["state"] for row in rows if row["is_seen"]} == {"live"}
    assert all(row["is_seen"] for row in rows if row["state"] == "live")


async def test_main_territory_is_shared_for_many_purposes(main: Connection) -> None:
    purposes = await main.fetch("SELECT DISTINCT purpose FROM case_access WHERE purpose IS NOT NULL AND until > now()")
    assert {"traineeship", "hire", "table_discussion", "material_aid", "health_social_pathway"} <= {
        row["purpose"] for row in purposes
    }


async def test_stranger_to_annas_cases(main: Connection) -> None:
    """The main job says of Rosa that she sees none of them that is shared with the cooperative."""
    seen = await main.fetchval(
        "SELECT count(*) FROM case_access x JOIN case_access y ON y.case_id = x.case_id "
        "JOIN organisation o ON o.id = x.organisation_id JOIN organisation p ON p.id = y.organisation_id "
        "WHERE o.slug = 'caritas-fucecchio' AND p.slug = $1 AND x.holder_id = "
        "(SELECT id FROM organisation WHERE slug = 'caritas-empoli')",
        PONTE,
    )
    assert seen == 0


async def test_everything_is_flagged_as_demonstration(untouched: Connection) -> None:
    owner = untouched
    assert await owner.fetchval("SELECT bool_and(is_demo AND email LIKE '%.example') FROM account")
    for slug in LANDS:
        assert await owner.fetchval("SELECT is_demo FROM territory WHERE slug = $1", slug)
        async with owner.transaction():
            await work_in(owner, await territory(owner, slug))
            for table in ("organisation", "person", "case_file"):
                assert await owner.fetchval(f"SELECT bool_and(is_demo) FROM {table}"), table


async def test_codes_are_valid_and_nobodys(main: Connection) -> None:
    codes = [tuple(row) for row in await main.fetch("SELECT code, kind FROM case_identity_code")]
    assert {kind for _, kind in codes} == {"codice_fiscale", "STP", "ENI", "cf_provisional_numeric"}
    for code, kind in codes:
        if kind == "codice_fiscale":
            assert codicefiscale.is_valid(code), code
        elif kind == "cf_provisional_numeric":
            assert re.fullmatch(r"\d{11}", code)
            assert check_digit(code[:10]) == code[10]
        else:
            # No health authority has the number 000.
            assert re.fullmatch(rf"{kind}009000\d{{7}}", code)
    assert sum(codicefiscale.is_omocode(code) for code, kind in codes if kind == "codice_fiscale") > 0
    assert await main.fetchval("SELECT count(*) FROM case_contacts WHERE phone !~ '^[+]39(055|0571)000[0-9]{4}$'") == 0
    assert await main.fetchval("SELECT count(*) FROM case_contacts WHERE email !~ '@posta[.]example$'") == 0


async def test_values_are_those_that_the_forms_take(main: Connection) -> None:
    for phone in await main.fetch("SELECT phone FROM case_contacts"):
        assert telephone(phone["phone"]) == phone["phone"]
    for address in await main.fetch("SELECT email FROM case_contacts WHERE email IS NOT NULL"):
        assert email(address["email"]) == address["email"]
    for code, kind in await main.fetch("SELECT code, kind FROM case_identity_code"):
        assert identity_code(code) == (code, kind)
    for column, table, catalogue in CHOSEN:
        values = await main.fetch(f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL")
        assert {value for (value,) in values} <= set(catalogue), column
    needs = await main.fetch(
        "SELECT n.macro, n.fields_mask, d.item FROM case_need n JOIN case_need_detail d ON d.need_id = n.id"
    )
    assert {told_mask(need["macro"], need["item"]) == need["fields_mask"] for need in needs} == {True}


def check_digit(ten: str) -> str:
    doubled = [int(sign) * (1 + place % 2) for place, sign in enumerate(ten)]
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


async def test_groups_are_filled_with_variety(main: Connection) -> None:
    for table in COLUMNS:
        assert await main.fetchval(f"SELECT count(*) FROM {table}") > 0, table
    for column, table in [("profile", "case_work"), ("family_name", "case_identity"), ("phone", "case_contacts")]:
        assert await main.fetchval(f"SELECT count(DISTINCT {column}) FROM {table}") > 50, column
    assert await main.fetchval("SELECT count(DISTINCT field_bit) FROM case_health") == 4
    assert await main.fetchval("SELECT count(DISTINCT macro) FROM case_need") == 11


async def test_numbers_are_human_and_each_holders_own(main: Connection) -> None:
    numbers = await main.fetch("SELECT holder_id, number, opened_on FROM case_file")
    assert len({(row["holder_id"], row["number"]) for row in numbers}) == len(numbers)
    for row in numbers:
        assert re.fullmatch(rf"{row['opened_on'].year}-[0-9A-HJKMNP-TV-Z]{{5}}", row["number"])


def test_codes_of_a_hundred_thousand_cases_differ() -> None:
    assert len({human_code(position) for position in range(100_000)}) == 100_000


async def test_same_seed_draws_the_same_people(main: Connection) -> None:
    drawn = []
    for _ in range(2):
        network, rows = await read_network(main, MAIN, SEED), Rows()
        for position in range(60):
            add_case(rows, network, position)
        drawn.append([row[1:] for table in ("case_identity", "case_contacts", "case_work") for row in rows.of(table)])
    assert drawn[0] == drawn[1]


async def test_nothing_crosses_territories(owner: Connection, database: str) -> None:
    places: dict[str, dict[str, Any]] = {}
    for slug in LANDS:
        territory_id = await territory(owner, slug)
        async with owner.transaction():
            await work_in(owner, territory_id)
            ponte = await owner.fetchval("SELECT id FROM organisation WHERE slug = $1", PONTE)
            holding = await owner.fetchval("SELECT count(*) FROM case_file WHERE holder_id = $1", ponte)
            cases = {row["id"] for row in await owner.fetch("SELECT id FROM case_file")}
        places[slug] = {"territory": territory_id, "ponte": ponte, "holding": holding, "cases": cases}
    assert not places[MAIN]["cases"] & places[OTHER]["cases"]

    async def seen(territory_id: UUID, organisation_id: UUID) -> set[UUID]:
        context = Context(territory_id, organisation_id, new_id(), ALL_FIELDS, ALL_FIELDS)
        async with transaction(context) as connection:
            return {row["id"] for row in await connection.fetch("SELECT id FROM case_file")}

    # The same short name in both: one has signed a pact and sees more than its own, the other has not.
    here, there = places[MAIN], places[OTHER]
    assert len(await seen(here["territory"], here["ponte"])) > here["holding"]
    assert len(await seen(there["territory"], there["ponte"])) == there["holding"] > 0
    assert await seen(here["territory"], here["ponte"]) < here["cases"]
    assert await seen(here["territory"], there["ponte"]) == set()
    assert await seen(there["territory"], here["ponte"]) == set()

"""However another organisation reads a case, it is in the log before the answer leaves; and nothing else is."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from authz.fields import FIELD, names_of
from tenants.notifications.shape import NOTIFICATIONS
from tenants.reading.shapes import Selected
from tenants.reading.statements import PageRequest, one, page
from tenants.shapes import SHAPES
from tests.api.test_main_job import ACCEPT, Job, consent_and_propose, open_and_write
from tests.conftest import Ask, setting

CASE = "{ id isOwn person { identity { givenName } } work { profile } }"
WORK = f"{{ id case {CASE} }}"
TOLD = f"{{ jointIntervention {WORK} }}"
MARK = "markNotificationRead(input: { notificationId: $n })"
PATHS = {
    "list": f"{{ cases(first: 9) {{ nodes {CASE} }} }}",
    "edges": f"{{ cases(first: 9) {{ edges {{ node {CASE} }} }} }}",
    "one": f"query ($id: ID!) {{ case(id: $id) {CASE} }}",
    "node": f"query ($id: ID!) {{ node(id: $id) {{ id ... on Case {CASE} }} }}",
    "nodes": f"query ($id: ID!) {{ nodes(ids: [$id]) {{ id ... on Case {CASE} }} }}",
    "shared": f"{{ jointInterventions(first: 60) {{ nodes {WORK} }} }}",
    "node of a joint intervention": f"query ($w: ID!) {{ node(id: $w) {{ ... on JointIntervention {WORK} }} }}",
    "below a case": f"query ($id: ID!) {{ case(id: $id) {{ jointInterventions {{ nodes {WORK} }} }} }}",
    "deep in a list": f"{{ cases(first: 5) {{ nodes {{ jointInterventions {{ edges {{ node {WORK} }} }} }} }} }}",
    "two roots": f"query ($id: ID!) {{ a: case(id: $id) {CASE} b: cases(first: 3) {{ nodes {CASE} }} }}",
    "beside a root that fails": f'query ($id: ID!) {{ a: case(id: $id) {CASE} b: node(id: "case_no") {{ id }} }}',
    "told": f"{{ notifications(first: 60) {{ nodes {TOLD} }} }}",
    "node of what is told": f"query ($n: ID!) {{ node(id: $n) {{ ... on Notification {TOLD} }} }}",
    "payload of what is told": f"mutation ($n: ID!) {{ {MARK} {{ notification {TOLD} }} }}",
    "by fragments": f"query ($id: ID!) {{ case(id: $id) {{ ...F }} }} fragment F on Case {CASE}",
}
TELL = """
WITH about AS (
    SELECT j.territory_id, j.holder_id, j.case_id, j.id, a.id AS account_id
      FROM joint_intervention j CROSS JOIN account a
     WHERE j.id = $2 AND a.email = 'giulia@cooperativa-il-ponte.example'
), happened AS (
    INSERT INTO event (territory_id, kind, organisation_id, account_id, holder_id, case_id, joint_intervention_id, at,
                       state)
    SELECT territory_id, 'joint_intervention_proposed', holder_id, account_id, holder_id, case_id, id, now(), 'done'
      FROM about
    RETURNING id, kind, at
)
INSERT INTO notification (territory_id, organisation_id, account_id, event_id, kind, case_id, joint_intervention_id, at)
SELECT a.territory_id, $1, a.account_id, h.id, h.kind, a.case_id, a.id, h.at FROM about a CROSS JOIN happened h
RETURNING 'notification_' || id
"""
ENTRIES = """
SELECT id, case_id, fields_mask, purpose, clause, account_id, source_id, kind FROM access_log WHERE organisation_id = $1
"""


class Log:
    """The entries of one reading organisation that are new since it was last looked at."""

    def __init__(self, owner: asyncpg.Connection, organisation: UUID, territory: UUID) -> None:
        self.owner, self.organisation, self.territory = owner, organisation, territory
        self.seen: set[UUID] = set()

    async def new(self) -> list[asyncpg.Record]:
        async with self.owner.transaction():
            await self.owner.execute("SELECT set_config('win.territory_id', $1, true)", str(self.territory))
            rows = await self.owner.fetch(ENTRIES, self.organisation)
        found = [row for row in rows if row["id"] not in self.seen]
        self.seen |= {row["id"] for row in rows}
        return found

    async def tell(self, work: str) -> str:
        """Have giulia told of joint work, as the worker would, and return the notification."""
        async with self.owner.transaction():
            await self.owner.execute("SELECT set_config('win.territory_id', $1, true)", str(self.territory))
            told: str = await self.owner.fetchval(TELL, self.organisation, UUID(work.rpartition("_")[2]))
        return told


@pytest.fixture
async def log(owner: asyncpg.Connection) -> Log:
    async with owner.transaction():
        territory = await owner.fetchval("SELECT id FROM territory WHERE slug = 'empolese-valdelsa'")
        await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(territory))
        organisation = await owner.fetchval("SELECT id FROM organisation WHERE slug = 'cooperativa-il-ponte'")
    log = Log(owner, organisation, territory)
    await log.new()
    return log


def others(value: Any) -> Iterator[dict[str, Any]]:
    """Yield other organisations' cases in an answer."""
    if isinstance(value, dict):
        if value.get("isOwn") is False:
            yield value
        for item in value.values():
            yield from others(item)
    elif isinstance(value, list):
        for item in value:
            yield from others(item)


def others_cases(value: Any) -> Iterator[str]:
    """Yield their ids."""
    return (one["id"] for one in others(value))


async def some_shared_case(ask: Ask) -> tuple[str, str]:
    """Return a case that giulia sees through joint work, and the joint work."""
    for work in (await ask("giulia", PATHS["shared"]))["data"]["jointInterventions"]["nodes"]:
        case = work["case"]
        if case and not case["isOwn"] and case["work"] and (case["person"]["identity"] or {}).get("givenName"):
            return case["id"], work["id"]
    raise AssertionError("nothing is shared with giulia")


@pytest.mark.parametrize("path", ["compiled", "reference"])
@pytest.mark.parametrize("name", PATHS)
async def test_every_way_of_reading_is_logged(ask: Ask, log: Log, name: str, path: str) -> None:
    case, work = await some_shared_case(ask)
    query = PATHS[name]
    given = {"id": case, "w": work, "n": await log.tell(work)}
    variables = {key: value for key, value in given.items() if f"${key}:" in query}
    await log.new()
    async with setting("WIN_READ_PATH", path):
        answer = await ask("giulia", query, variables)
    read = set(others_cases(answer["data"]))
    entries = await log.new()
    assert read != set()
    assert {f"case_{entry['case_id']}" for entry in entries} == read
    asked = {"identity.name", "work.profile"}
    assert all(set(names_of(entry["fields_mask"])) <= asked and entry["clause"] > 0 for entry in entries)
    # Whoever saw a name is said to have read one: an entry that names no field would be no entry at all.
    named = {one["id"] for one in others(answer["data"]) if (one["person"]["identity"] or {}).get("givenName")}
    told = {f"case_{entry['case_id']}" for entry in entries if entry["fields_mask"] & FIELD["identity.name"].mask}
    assert told >= named


def test_a_case_of_which_no_root_says_that_it_is_read_is_not_read() -> None:
    declared = SHAPES["Notification"]
    selection = (Selected("w", "joint_intervention", below=(Selected("c", "case", below=(Selected("n", "number"),)),)),)
    nodes, forgotten = (Selected("nodes", "nodes", below=selection),), replace(NOTIFICATIONS, cases="")
    one(SHAPES, declared, selection)
    page(SHAPES, declared, NOTIFICATIONS, nodes, PageRequest(5))
    with pytest.raises(TypeError):
        one(SHAPES, replace(declared, cases=""), selection)
    with pytest.raises(TypeError):
        page(SHAPES, declared, forgotten, nodes, PageRequest(5))


async def test_only_what_was_asked_is_logged(ask: Ask, log: Log) -> None:
    case, _ = await some_shared_case(ask)
    await log.new()
    query = """query ($id: ID!, $no: Boolean!) {
      case(id: $id) { id work @include(if: $no) { profile } person { identity { givenName @skip(if: $no) } } }
    }"""
    for shown, expected in ((False, FIELD["identity.name"].mask), (True, FIELD["work.profile"].mask)):
        await ask("giulia", query, {"id": case, "no": shown})
        assert {entry["fields_mask"] for entry in await log.new()} == {expected}


async def test_what_is_hidden_or_ones_own_leaves_no_entry(ask: Ask, log: Log) -> None:
    own = await ask("giulia", f"{{ cases(first: 100) {{ nodes {CASE} }} }}")
    mine = next(case["id"] for case in own["data"]["cases"]["nodes"] if case["isOwn"])
    await log.new()
    for id_ in (mine, "case_01900000-0000-7000-8000-000000000000"):
        await ask("giulia", PATHS["one"], {"id": id_})
    await ask("giulia", "{ cases { totalCount } jointInterventions { nodes { id purpose } } }")
    assert await log.new() == []


async def test_a_payload_is_a_read(ask: Ask, log: Log) -> None:
    job = Job(ask)
    await open_and_write(job)
    await consent_and_propose(job)
    await log.new()
    payload = ACCEPT.replace("{ status }", f"{{ status case {CASE} }}")
    headers = {"Idempotency-Key": job.case}
    for _ in range(2):
        answer = await ask("giulia", payload, {"id": job.joint_intervention}, **headers)
        assert list(others_cases(answer["data"])) == [job.case]
        (entry,) = await log.new()
        assert f"case_{entry['case_id']}" == job.case
        assert (entry["purpose"], entry["clause"]) == ("traineeship", 5)


async def test_what_is_shown_beside_a_root_that_fails_is_logged(ask: Ask, log: Log) -> None:
    case, _ = await some_shared_case(ask)
    await log.new()
    query = f"query ($id: ID!) {{ case(id: $id) {CASE} cases(first: -1) {{ totalCount }} }}"
    answer = await ask("giulia", query, {"id": case})
    entries = await log.new()
    assert (answer["data"]["case"]["id"], answer["data"]["cases"]) == (case, None)
    assert {f"case_{entry['case_id']}" for entry in entries} == {case}


async def test_whether_there_is_a_sensitive_value_is_a_read_too(ask: Ask, log: Log, owner: asyncpg.Connection) -> None:
    """That somebody has a value under addictions is nearly all of it."""
    case, _ = await some_shared_case(ask)
    sensitive = {name for name, field in FIELD.items() if field.is_sensitive}
    async with owner.transaction():
        await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(log.territory))
        ground = (log.organisation, UUID(case.rpartition("_")[2]), FIELD["health.addictions"].mask)
        widened = "UPDATE case_access SET read_mask = read_mask | $3 WHERE organisation_id = $1 AND case_id = $2"
        await owner.execute(widened, *ground)
    await log.new()
    query = "query ($id: ID!) { case(id: $id) { disclosure { field state } } }"
    told = (await ask("giulia", query, {"id": case}))["data"]["case"]["disclosure"]
    logged = {name for entry in await log.new() for name in names_of(entry["fields_mask"])}
    async with owner.transaction():
        await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(log.territory))
        narrowed = (
            "UPDATE case_access SET read_mask = read_mask & ~$3::bigint WHERE organisation_id = $1 AND case_id = $2"
        )
        await owner.execute(narrowed, *ground)
    assert {one["field"] for one in told if one["state"] != "WITHHELD"} & sensitive == logged
    assert "health.addictions" in logged


@pytest.mark.parametrize("asked", ["{ totalCount }", "{ pageInfo { endCursor } }", "{ nodes { number } }"])
@pytest.mark.parametrize("path", ["compiled", "reference"])
async def test_a_filter_by_what_is_confidential_is_a_read_of_it(ask: Ask, log: Log, asked: str, path: str) -> None:
    """Whoever counts the cases of a town learns of each of them that it is of that town, whatever else they ask."""
    town = "person { contacts { municipality } }"
    shown = (await ask("giulia", f"{{ cases(first: 100) {{ nodes {{ id isOwn {town} }} }} }}"))["data"]["cases"][
        "nodes"
    ]
    code = next(
        one["person"]["contacts"]["municipality"]
        for one in shown
        if not one["isOwn"] and (one["person"]["contacts"] or {}).get("municipality")
    )
    found = {
        one["id"] for one in shown if not one["isOwn"] and (one["person"]["contacts"] or {}).get("municipality") == code
    }
    await log.new()
    query = f"query ($town: String!) {{ cases(first: 0, filter: {{ municipality: $town }}) {asked} }}"
    async with setting("WIN_READ_PATH", path):
        await ask("giulia", query, {"town": code})
    entries = await log.new()
    assert {f"case_{entry['case_id']}" for entry in entries} == found
    assert {entry["fields_mask"] for entry in entries} <= {0, FIELD["contacts.municipality"].mask}
    assert FIELD["contacts.municipality"].mask in {entry["fields_mask"] for entry in entries}
    await ask("giulia", query, {"town": "000000"})
    assert await log.new() == []


@pytest.mark.parametrize("asked", ["{ totalCount }", "{ nodes { number } }"])
async def test_looking_for_a_name_is_a_read_of_it(ask: Ask, log: Log, asked: str) -> None:
    named = "{ cases(first: 100) { nodes { id isOwn person { identity { familyName } } } } }"
    shown = (await ask("giulia", named))["data"]["cases"]["nodes"]
    others = [
        one for one in shown if not one["isOwn"] and ((one["person"] or {}).get("identity") or {}).get("familyName")
    ]
    name = others[0]["person"]["identity"]["familyName"]
    await log.new()
    query = f"query ($name: String!) {{ cases(first: 0, filter: {{ name: $name }}) {asked} }}"
    await ask("giulia", query, {"name": name})
    entries = await log.new()
    assert others[0]["id"] in {f"case_{entry['case_id']}" for entry in entries}
    assert FIELD["identity.name"].mask in {entry["fields_mask"] for entry in entries}
    await ask("giulia", query, {"name": "nessuno si chiama così"})
    assert await log.new() == []


async def test_a_request_is_one_entry_for_each_case_and_ground(ask: Ask, log: Log) -> None:
    """However often and in whatever way it asks: what it reads adds up, and it is said how near it came."""
    case, _ = await some_shared_case(ask)
    await log.new()
    aliases = " ".join(f'a{n}: cases(first: 2, filter: {{name: "a"}}) {{ totalCount }}' for n in range(20))
    listed = (
        f"c: cases(first: 50) {{ nodes {{ id isOwn work {{ profile }} }} }} n: nodes(ids: [$id]) {{ id }} {aliases}"
    )
    opened = "one: case(id: $id) { person { identity { givenName } } } two: case(id: $id) { work { profile } }"
    answer = await ask("giulia", f"query ($id: ID!) {{ {listed} {opened} }}", {"id": case})
    entries = await log.new()
    grounds = [(entry["case_id"], entry["source_id"], entry["clause"]) for entry in entries]
    assert len(grounds) == len(set(grounds))
    kinds = {f"case_{entry['case_id']}": entry["kind"] for entry in entries}
    assert set(kinds) >= set(others_cases(answer["data"])) | {case}
    assert kinds.pop(case) == "opened"
    assert set(kinds.values()) == {"listed", "searched"}
    read = {name for entry in entries if f"case_{entry['case_id']}" == case for name in names_of(entry["fields_mask"])}
    assert read == {"identity.name", "work.profile"}


EMPTY = ["", " ", "'", "-\u2011", "\u0301", "\u200b\u00ad", "…"]


@pytest.mark.parametrize("name", ["name", "number", "municipality", "holder"])
async def test_an_empty_filter_is_a_mistake_and_reads_nothing(ask: Ask, log: Log, name: str) -> None:
    query = f"query ($asked: String!) {{ cases(filter: {{ {name}: $asked }}) {{ totalCount }} }}"
    for asked in EMPTY:
        (error,) = (await ask("giulia", query, {"asked": asked}))["errors"]
        assert error["extensions"]["code"] == "BAD_REQUEST", asked
    assert await log.new() == []

"""What `disclosure` says of a field is what arrives of it: for every value of a case, whatever is read and written.

The values are those of the shape, so that one which is added is held to this as well.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strawberry.utils.str_converters import to_camel_case

from authz.fields import ALL_FIELDS, FIELD, FIELDS
from authz.roles import FIELD_MASKS, Role
from infra.clock import new_id, now, today
from infra.database import Context, transaction
from tenants.cases.need_fields import TOLD, told_mask
from tenants.reading.shapes import Inline, Leaf, Many, Member
from tenants.shapes import SHAPES
from tests.oracle.world import FILLED, HEALTH, World, add_need, make_world

HOLDER, PARTNER = "caritas-empoli", "cooperativa-il-ponte"
ITEMS = [item for items in TOLD.values() for item in items if item]
EXAMPLES = 40


@dataclass(frozen=True)
class Value:
    """A value of the shape: where it is in an answer, through which objects and lists."""

    path: tuple[str, ...]
    member: Leaf | Many

    def arrived(self, answer: Any) -> list[Any]:
        """Return what is there: one value, or one a row of a list."""
        found = [answer]
        for name in self.path:
            lists = [one if isinstance(one, list) else [one] for one in found]
            found = [one[name] for rows in lists for one in rows if one is not None]
        return found


def values(members: tuple[Member, ...], *path: str) -> Iterator[Value]:
    """Yield every value of case data, those of the rows of its lists too."""
    for member in members:
        here = (*path, to_camel_case(member.name))
        if isinstance(member, Inline):
            yield from values(member.members, *here)
        elif isinstance(member, Leaf) and member.field:
            yield Value(here, member)
        elif isinstance(member, Many) and member.field:
            yield Value(here, member)
            yield from values(SHAPES[member.target].members, *here)


VALUES = list(values(SHAPES["Case"].members))
BY_FIELD: dict[str, list[Value]] = defaultdict(list)
for _value in VALUES:
    BY_FIELD[_value.member.field].append(_value)


def selection(paths: list[tuple[str, ...]]) -> str:
    """Return the selection of these paths."""
    below: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for head, *rest in paths:
        below[head] += [tuple(rest)] if rest else []
    return " ".join(name + (f" {{ {selection(rest)} }}" if rest else "") for name, rest in below.items())


CASE = "fragment F on Case { id isOwn needs { macro } disclosure { field state } "
CASE += selection([value.path for value in VALUES]) + " }"
ONE = f"query ($id: ID!) {{ case(id: $id) {{ ...F }} cases(first: 5) {{ nodes {{ ...F }} }} }} {CASE}"


@pytest.fixture(scope="module")
async def world(owner: asyncpg.Connection, client: httpx.AsyncClient) -> World:
    """One case of one holder, and a ground of one partner that each example sets as it likes."""
    world = await make_world(owner, client, ["volunteer"] * 5, [HOLDER])
    await world.as_owner(
        "INSERT INTO case_access (territory_id, organisation_id, case_id, source_id, clause, authorisation_id, "
        "purpose, pact_mask, authorised_mask, read_mask, write_mask, until, opened_on, holder_id) "
        "VALUES ($1, $2, $3, $4, 5, $4, 'traineeship', $5, $5, 1, 0, $6, $7, $8)",
        *(world.territory, world.ids[PARTNER], world.cases[0].row, new_id(), ALL_FIELDS),
        *(now() + timedelta(1), today(), world.ids[HOLDER]),
    )
    return world


async def write(world: World, data: st.DataObject, *, whole: bool = False) -> None:
    """Fill some values of the case and empty the others."""
    case, owner, territory = world.cases[0].row, world.owner, world.territory
    kept = st.booleans() if not whole else st.just(True)
    async with owner.transaction():
        await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(territory))
        for table in ("case_need_detail", "case_need", "case_health", *FILLED):
            await owner.execute(f"DELETE FROM {table} WHERE case_id = $1", case)
        for table, columns in FILLED.items():
            chosen = {name: value for name, value in columns.items() if data.draw(kept)}
            if "birth_date" in chosen:
                chosen["birth_year"] = columns["birth_year"]
            if table == "case_address":
                chosen["protected"] = data.draw(st.booleans()) and not whole
            if chosen or data.draw(kept):
                names = "".join(f", {name}" for name in chosen)
                places = "".join(f", ${number}" for number in range(3, 3 + len(chosen)))
                statement = f"INSERT INTO {table} (territory_id, case_id{names}) VALUES ($1, $2{places})"
                await owner.execute(statement, territory, case, *chosen.values())
        for name in [name for name in HEALTH if data.draw(kept)]:
            bit = FIELD[f"health.{name}"].bit
            statement = "INSERT INTO case_health (territory_id, case_id, field_bit, detail) VALUES ($1, $2, $3, 'x')"
            await owner.execute(statement, territory, case, bit)
        some = st.just(ITEMS) if whole else st.lists(st.sampled_from(ITEMS), max_size=4, unique=True)
        for item in data.draw(some):
            await add_need(owner, territory, case, item)


def holds(case: dict[str, Any], mask: int, *, own: bool) -> None:
    """Compare each field of an answer with what `disclosure` says of it, and that with the mask."""
    states = {entry["field"]: entry["state"] for entry in case["disclosure"]}
    assert set(states) == set(BY_FIELD)
    for key, state in states.items():
        told = [(value, value.arrived(case)) for value in BY_FIELD[key]]
        arrived = [one for value, found in told for one in found if not getattr(value.member, "aside", False)]
        assert (state == "WITHHELD") == (not mask & FIELD[key].mask), key
        assert (state == "VALUE") == any(one not in (None, []) for one in arrived), (key, state, arrived)
        for value, found in told:
            if state == "WITHHELD":
                assert set(map(str, found)) <= {"None"}, key
            elif key != "needs.detail":
                # What is empty is a value that is not there, of an object that is: nobody has to guess.
                assert len(found) == 1, key
            if getattr(value.member, "aside", False) and not own:
                assert found in ([], [None]), key
    if mask & FIELD["needs.macro"].mask:
        told = [told_mask(need["macro"].lower(), need["item"] and need["item"].lower()) for need in case["needs"]]
        assert all(one & mask == one for one in told if mask & FIELD["needs.detail"].mask)


async def rows_of_needs(world: World, organisation: str, mask: int) -> tuple[int, int]:
    """Return how many rows of needs and of their details plain SQL gives with this context."""
    async with transaction(Context(world.territory, world.ids[organisation], new_id(), mask, 0)) as connection:
        counted = await connection.fetchrow(
            "SELECT (SELECT count(*) FROM case_need), (SELECT count(*) FROM case_need_detail)"
        )
        return tuple(counted)


@settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_disclosure_says_what_arrives(world: World, data: st.DataObject) -> None:
    case: UUID = world.cases[0].row
    fields = data.draw(st.lists(st.sampled_from(FIELDS), min_size=1, unique=True) | st.just(list(FIELDS)))
    ground = sum(field.mask for field in fields)
    await world.as_owner("UPDATE case_access SET read_mask = $2 WHERE case_id = $1 AND clause = 5", case, ground)
    await write(world, data)
    for member in world.members:
        if member.organisation.slug in (HOLDER, PARTNER):
            own = member.organisation.slug == HOLDER
            mask = FIELD_MASKS[Role(member.role)][0] & (ALL_FIELDS if own else ground)
            body = await world.ask(member, ONE, {"id": f"case_{case}"})
            if not mask:
                assert body["data"]["cases"]["nodes"] == []
                continue
            for found in (body["data"]["case"], *body["data"]["cases"]["nodes"]):
                assert found["isOwn"] == own
                holds(found, mask, own=own)
            needs = body["data"]["case"]["needs"] or []
            details = [need for need in needs if need["item"] or need["note"]]
            assert await rows_of_needs(world, member.organisation.slug, mask) == (len(needs), len(details))


@settings(max_examples=1, deadline=None, database=None)
@given(data=st.data())
async def test_every_value_can_arrive(world: World, data: st.DataObject) -> None:
    """Else the test above would hold for a value that it never writes."""
    await write(world, data, whole=True)
    body = await world.ask(world.manager(HOLDER), ONE, {"id": world.cases[0].id})
    states = {entry["field"]: entry["state"] for entry in body["data"]["case"]["disclosure"]}
    assert set(states.values()) == {"VALUE"}
    empty = [value.path for value in VALUES if value.arrived(body["data"]["case"]) in ([], [None])]
    assert empty == []

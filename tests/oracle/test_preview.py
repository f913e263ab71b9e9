"""What a preview says is what is then seen: field by field, with reason, clause and last day, whatever the world."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from infra.clock import today
from tests.authz.documents import KINDS
from tests.conftest import THOROUGH
from tests.oracle.strategies import OPEN_GROUPS, PURPOSES, SENSITIVE, generous, pacts, sensitive
from tests.oracle.test_oracle import WANTED, in_force
from tests.oracle.world import Known, World, make_world

EXAMPLES = max(4, WANTED // 2_500)
PREVIEW = "organisations { organisation { slug } fields { field before reason purpose clause { number } until } }"
CHANGES = {
    "leaves": "UPDATE pact_party SET left_on = $2 WHERE organisation_id = $1",
    "joins": "UPDATE pact_party SET joined_on = $2 WHERE organisation_id = $1",
    "ends": "UPDATE organisation SET valid_until = $2 WHERE id = $1",
    "begins": "UPDATE organisation SET valid_from = $2 WHERE id = $1",
}
SEEN = "{ field reason clause { number } until }"

compared = 0

Seen = dict[str, tuple[str, int | None, str | None]]
"""For each field the reason, the clause and the last day."""


@pytest.fixture(scope="module", autouse=True)
def _enough_was_compared() -> Iterator[None]:
    """Fail if the random worlds came to too little that was seen."""
    yield
    assert compared >= 28 * EXAMPLES, f"only {compared} fields were compared where a partner saw the case"


class Office:
    """The case of one world, as its holder and its partners ask about it."""

    def __init__(self, world: World, known: Known) -> None:
        self.world, self.known, self.holder = world, known, known.case.holder
        self.partners = [slug for slug in KINDS if slug != self.holder]
        self.away: set[str] = set()
        self.works: list[str] = []

    async def ask(self, slug: str, query: str) -> dict[str, Any]:
        body = await self.world.ask(self.world.manager(slug), query)
        assert "errors" not in body, (body, self.world.story)
        data: dict[str, Any] = body["data"]
        return data

    async def supposed(self, slug: str, query: str) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
        """Return what each organisation would see by this query's answer, and its problems."""
        (answer,) = (await self.ask(slug, f"{{ {query} {{ {PREVIEW} problems {{ code path }} }} }}")).values()
        fields = {one["organisation"]["slug"]: one["fields"] for one in answer["organisations"]}
        return {who: {entry["field"]: entry for entry in told} for who, told in fields.items()}, answer["problems"]

    async def sees(self, slug: str) -> Seen:
        """Return what the disclosure of the case tells an organisation; nothing if it does not see the case."""
        query = f'{{ case(id: "{self.known.id}") {{ disclosure {{ field state reason clause {{ number }} until }} }} }}'
        body = await self.world.ask(self.world.manager(slug), query)
        found = (body.get("data") or {}).get("case")
        return {} if found is None else {one["field"]: as_seen(one) for one in found["disclosure"]}

    async def is_seen_by(self) -> dict[str, set[str]]:
        """Return the fields that each organisation sees, by what the holder is told."""
        query = f'{{ case(id: "{self.known.id}") {{ seenBy {{ organisation {{ slug }} status fields {SEEN} }} }} }}'
        found: dict[str, set[str]] = {}
        for reader in (await self.ask(self.holder, query))["case"]["seenBy"]:
            if reader["status"] == "ACCEPTED":
                names = {one["field"] for one in reader["fields"]}
                found[reader["organisation"]["slug"]] = found.get(reader["organisation"]["slug"], set()) | names
        return found

    async def agrees(self, told: Mapping[str, Any], slug: str) -> None:
        """Compare what was told before with what the organisation now finds."""
        found = await self.sees(slug)
        expected = {name: as_seen(entry) for name, entry in told.items()}
        global compared
        compared += len(found)
        if "contacts.address" in found and expected["contacts.address"][0] == "PROTECTED":
            del expected["contacts.address"], found["contacts.address"]
        # Of a case that is seen by fields alone of which cases hold none yet, everything is withheld.
        if found or any(reason == "SHARED" for reason, _, _ in expected.values()):
            assert found == expected, (slug, self.world.story)


def as_seen(entry: Mapping[str, Any]) -> tuple[str, int | None, str | None]:
    return entry["reason"], (entry["clause"] or {}).get("number"), entry["until"]


def visible(fields: Mapping[str, Any]) -> Seen:
    return {name: as_seen(entry) for name, entry in fields.items() if entry["reason"] == "SHARED"}


async def change_days(office: Office, data: st.DataObject) -> None:
    """Let some organisations leave, join, end or begin: some days ago, today, or in some days."""
    world = office.world
    for slug in office.partners:
        row = world.ids[slug]
        kind = data.draw(st.sampled_from([*["as it is"] * 6, "leaves", "joins", "ends", "begins"]))
        on = today() + timedelta(data.draw(st.sampled_from([-5, 0, 1, 10, 200])))
        if kind in CHANGES:
            await world.as_owner(CHANGES[kind], row, on)
        # Whose organisation is not there today cannot sign in.
        begun = kind != "begins" or on <= today()
        if not begun or (kind == "ends" and on < today()):
            office.away.add(slug)
        world.story.append(f"{slug} {kind} on {on}")


async def consent(office: Office, rule: dict[str, Any], data: st.DataObject) -> None:
    """Record an authorisation that is about some rule of the pact, wholly or in part."""
    world = office.world
    whom = [name for name in rule["whom"] if name != office.holder] or [office.partners[0]]
    fields = data.draw(generous | st.just([*OPEN_GROUPS, *SENSITIVE]))
    given = {
        "caseId": office.known.id,
        "basis": rule["basis"].upper(),
        "purposes": [purpose.upper() for purpose in data.draw(st.sampled_from([rule["for"], list(PURPOSES)]))],
        "organisations": [name for name in whom if name in KINDS],
        "kinds": [name.upper() for name in whom if name not in KINDS],
        "fields": fields if rule["basis"] == "consent" else [name for name in fields if name not in SENSITIVE],
        "until": (today() + timedelta(data.draw(st.sampled_from([0, 7, 60, 400])))).isoformat(),
    }
    row = await world.do(office.holder, "giveAuthorisation", given, "authorisation")
    if row is not None:
        office.known.authorisations.append(row)


async def propose(office: Office, rule: dict[str, Any], data: st.DataObject) -> None:
    """Preview a proposal, make it, let its partners accept, and compare at every step."""
    purpose = data.draw(st.sampled_from([*rule["for"], *rule["for"], *PURPOSES])).upper()
    given = [slug for slug in office.partners if {slug, KINDS[slug]} & set(rule["whom"])]
    some = st.lists(st.sampled_from(office.partners), min_size=1, max_size=3, unique=True)
    invited = data.draw(st.sampled_from([given, given, []])) or data.draw(some)
    offered = [*data.draw(generous | st.just(OPEN_GROUPS)), *data.draw(sensitive)]
    offered = list(dict.fromkeys(offered))
    facts = f"purpose: {purpose}, partners: {as_list(invited)}, fields: {as_list(offered)}"
    query = f'sharingIfProposed(caseId: "{office.known.id}", {facts})'
    told, problems = await office.supposed(office.holder, query)
    verb = "proposeJointIntervention"
    done = await office.ask(
        office.holder,
        f'mutation {{ {verb}(input: {{caseId: "{office.known.id}", {facts}}}) '
        "{ jointIntervention { id } problems { code path } } }",
    )
    assert problems == done[verb]["problems"]
    office.world.story.append(f"{office.holder} proposes {facts}: {problems or 'done'}")
    if problems:
        assert told == {}
        return
    assert set(told) == set(invited)
    office.works.append(done[verb]["jointIntervention"]["id"])
    work = done[verb]["jointIntervention"]["id"]
    waiting, _ = await office.supposed(office.holder, f'sharingIfAccepted(jointInterventionId: "{work}")')
    assert waiting == told
    await invited_alone(office, work, told)
    for slug in invited:
        await accept(office, work, slug, told[slug])


async def invited_alone(office: Office, work: str, told: Mapping[str, Any]) -> None:
    """Each that is invited is told of itself alone, and only what it would see."""
    for slug in set(told) - office.away:
        alone, _ = await office.supposed(slug, f'sharingIfAccepted(jointInterventionId: "{work}")')
        assert set(alone) == {slug}
        address = {"contacts.address"} if told[slug]["contacts.address"]["reason"] == "PROTECTED" else set()
        assert without(visible(alone[slug]), address) == visible(told[slug]), office.world.story
        assert all(entry["reason"] == "SHARED" for entry in alone[slug].values())


async def accept(office: Office, work: str, slug: str, told: Mapping[str, Any]) -> None:
    """Let one that is invited accept, and compare."""
    before = visible_names(await office.sees(slug)) - {"contacts.address"}
    assert before == {name for name, entry in told.items() if entry["before"]} - {"contacts.address"}
    given = {"jointInterventionId": work}
    assert await office.world.do(slug, "acceptJointIntervention", given, "jointIntervention") is not None
    await office.agrees(told, slug)


async def withdraw(office: Office, row: Any) -> None:
    """Preview a withdrawal, do it, and compare what everybody sees."""
    told, _ = await office.supposed(office.holder, f'sharingIfWithdrawn(authorisationId: "authorisation_{row}")')
    seen = {slug: await office.sees(slug) for slug in office.partners}
    assert set(told) >= {slug for slug, found in seen.items() if found}
    given = {"authorisationId": f"authorisation_{row}", "reason": "prova"}
    assert await office.world.do(office.holder, "withdrawAuthorisation", given, "authorisation") is not None
    for slug in office.partners:
        await office.agrees(told.get(slug, {}), slug)


async def attach(office: Office, work: str, row: Any) -> None:
    """Preview an attachment, do it, and compare what the partners see."""
    given = f'jointInterventionId: "{work}", authorisationId: "authorisation_{row}"'
    told, problems = await office.supposed(office.holder, f"sharingIfAttached({given})")
    verb = "attachAuthorisation"
    answer = await office.ask(
        office.holder, f"mutation {{ {verb}(input: {{{given}}}) {{ problems {{ code path }} }} }}"
    )
    assert problems == answer[verb]["problems"]
    office.world.story.append(f"{office.holder} attaches {row} to {work}: {problems or 'done'}")
    for slug, fields in told.items():
        await office.agrees(fields, slug)


def without(found: Any, names: set[str]) -> Any:
    return {name: found[name] for name in found if name not in names} if isinstance(found, dict) else found - names


def as_list(names: list[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=not THOROUGH,  # a world costs seconds, and some cost many
    phases=[Phase.explicit, Phase.generate],
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
async def test_what_is_previewed_is_what_is_seen(
    owner: asyncpg.Connection, client: httpx.AsyncClient, data: st.DataObject
) -> None:
    rules = data.draw(pacts())[:2]
    # By one rule much is given, so that there is something to see.
    rules[0] |= {"read": OPEN_GROUPS, "write": ["work"], "never": [], "whom": [*KINDS]}
    world = await make_world(owner, client, ["auditor"] * len(KINDS), [data.draw(st.sampled_from(list(KINDS)))])
    if not await in_force(world, rules):
        return
    office = Office(world, world.cases[0])
    await change_days(office, data)
    if data.draw(st.booleans()):
        await world.as_owner("UPDATE case_address SET protected = true WHERE case_id = $1", office.known.row)
    for _ in range(2):
        rule = data.draw(st.sampled_from([rules[0], *rules]))
        await consent(office, rule, data)
        await propose(office, rule, data)
    found = {slug: visible_names(await office.sees(slug)) for slug in office.partners}
    told = await office.is_seen_by()
    assert {slug: names for slug, names in told.items() if names} == {
        slug: without(names, {"contacts.address"} - told.get(slug, set())) for slug, names in found.items() if names
    }
    for row in [*office.known.authorisations]:
        await withdraw(office, row)
    await consent(office, rules[0], data)
    assert [await office.sees(slug) for slug in office.partners] == [{}] * len(office.partners), world.story
    for work in office.works:
        await attach(office, work, office.known.authorisations[-1])


def visible_names(seen: Seen) -> set[str]:
    return {name for name, (reason, _, _) in seen.items() if reason == "SHARED"}

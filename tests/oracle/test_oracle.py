"""Whatever pact, consent and joint work come to, the running API says what the oracle says, on every way to a case."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authz.clauses import parse_pact
from authz.faults import PactError
from infra.clock import new_id, now, today
from tenants.pacts.service import bring_into_force, load_pact, parties_of
from tests.authz.documents import KINDS
from tests.conftest import THOROUGH
from tests.oracle.oracle import Authorisation, accept, as_if_empty, attach, leave, may, needs_shown
from tests.oracle.strategies import (
    OPEN_GROUPS,
    PURPOSES,
    ROLES,
    SENSITIVE,
    as_document,
    generous,
    pacts,
    plain,
    purposes,
    sensitive,
    whom,
)
from tests.oracle.world import Known, Member, World, give, make_world, propose

WANTED = int(os.environ.get("WIN_ORACLE_DECISIONS", "100000" if THOROUGH else "8000"))
EXAMPLES = max(3, WANTED // 800)

FIELDS = """fragment F on Case { ...Plain version disclosure { field state } viewerCan { writeFields } }
  fragment Plain on Case { id
  person { identity { initials givenName bornOn birthYear sex identityCode }
           contacts { municipality phone email address } }
  legalStatus { citizenship residencePermit disadvantage } economic { incomeBand iseeValue debts benefits }
  work { profile history } education { level languages } housing { situation }
  health { conditions disability addictions mental } justice { measures } needs { macro item } }"""
PATHS = {
    **{
        f"identity.{key}": ("person", "identity", name)
        for key, name in {
            "initials": "initials",
            "name": "givenName",
            "birth": "bornOn",
            "birth_year": "birthYear",
            "sex": "sex",
            "identity_code": "identityCode",
        }.items()
    },
    **{f"contacts.{name}": ("person", "contacts", name) for name in ("municipality", "phone", "email", "address")},
    "status.citizenship": ("legalStatus", "citizenship"),
    "status.residence_permit": ("legalStatus", "residencePermit"),
    "status.disadvantage": ("legalStatus", "disadvantage"),
    "economic.income_band": ("economic", "incomeBand"),
    "economic.isee_value": ("economic", "iseeValue"),
    "economic.debts": ("economic", "debts"),
    "economic.benefits": ("economic", "benefits"),
    "work.profile": ("work", "profile"),
    "work.history": ("work", "history"),
    "education.level": ("education", "level"),
    "education.languages": ("education", "languages"),
    "housing.situation": ("housing", "situation"),
    **{f"health.{name}": ("health", name) for name in ("conditions", "disability", "addictions", "mental")},
    "justice.measures": ("justice", "measures"),
}
LIST = "{ cases(first: 10) { totalCount nodes { ...F } } plain: cases(first: 10) { nodes { ...Plain } } }" + FIELDS
NESTED = "{ jointInterventions(first: 20) { nodes { id case { ...F } } } }" + FIELDS

ENDINGS = ("withdraw", "expire", "close", "age", "leave", "protect")
CHANGES = ("give", "attach", "attach", "propose", "propose", "answer", "answer", "answer", "come back", *ENDINGS)

decisions, shared = 0, 0


@pytest.fixture(scope="module", autouse=True)
def _enough_was_decided() -> Iterator[None]:
    """Fail if the random worlds came to too few questions."""
    yield
    assert decisions >= WANTED, f"only {decisions:,} decisions"
    # Worlds in which nothing is shared prove little; how much is shared in them is chance, within wide bounds.
    assert shared >= WANTED / 20, f"only {shared:,} of {decisions:,} were about a case shared with a partner"


def seen_in(case: dict[str, Any]) -> set[str]:
    """Return the fields whose value is in an answer: each has one."""
    found = set()
    for key, path in PATHS.items():
        value: Any = case
        for name in path:
            value = value[name] if value is not None else None
        if value is not None:
            found.add(key)
    return found


class Check:
    """One comparison of everything that everybody sees with what they may."""

    def __init__(self, world: World, rules: list[dict[str, Any]]) -> None:
        self.world, self.rules = world, rules

    def may(self, member: Member, known: Known, act: str) -> set[str]:
        return may(self.rules, member.organisation, member.role, known.case, act)

    def told(self, member: Member, known: Known, way: str) -> str:
        """Return how it came to this question, a line each."""
        who = f"{member.role} of {member.organisation.slug}, by {way}: {known.id}"
        return "\n".join([who, str(known.case), *map(str, self.rules), *self.world.story])

    def agrees(self, member: Member, known: Known, answer: dict[str, Any] | None, way: str) -> None:
        """Compare one answer, field by field."""
        global decisions, shared
        readable = self.may(member, known, "read")
        where = self.told(member, known, way)
        decisions += len(PATHS) + 2
        if not readable:
            assert answer is None, where
            return
        assert answer is not None, where
        shared += len(PATHS) + 2 if member.organisation.slug != known.case.holder else 0
        empty = as_if_empty(member.organisation, known.case)
        assert seen_in(answer) == readable & set(PATHS) - empty, where
        needs = needs_shown(readable)
        self.agree_on_needs(answer["needs"], needs if "needs.macro" in readable else None, readable, where)
        detailed = {"needs.macro", "needs.detail"} if needs else {"needs.macro"}
        states = {
            state: {item["field"] for item in answer["disclosure"] if item["state"] == state}
            for state in ("VALUE", "EMPTY", "WITHHELD")
        }
        everything = set(PATHS) | {"needs.macro", "needs.detail"}
        assert states["VALUE"] == readable & (set(PATHS) | detailed) - empty, where
        assert states["EMPTY"] == (everything & readable) - states["VALUE"], where
        assert states["WITHHELD"] == everything - readable, where
        assert set(answer["viewerCan"]["writeFields"]) == self.may(member, known, "write"), where

    def agree_on_needs(self, told: Any, needs: set[str] | None, readable: set[str], where: str) -> None:
        """Compare the needs: as many as are shown, and with an item only where details are read."""
        if needs is None:
            assert told is None, where
            return
        items = sorted(need["item"] or "" for need in told)
        assert items == (sorted(needs) if "needs.detail" in readable else [""] * len(needs)), where

    async def everything(self) -> None:
        """Compare every case as every member gets it, on every way."""
        for member in self.world.members:
            await self.listed(member)
            await self.one_by_one(member)
            await self.nested(member)

    async def listed(self, member: Member) -> None:
        body = await self.world.ask(member, LIST)
        if member.role in ("territory_coordinator", "auditor"):
            assert body["errors"][0]["extensions"]["code"] == "FORBIDDEN"
            return
        nodes = {node["id"]: node for node in body["data"]["cases"]["nodes"]}
        # What is only read, and not explained, is read in another way.
        assert {key: seen_in(node) for key, node in nodes.items()} == {
            node["id"]: seen_in(node) for node in body["data"]["plain"]["nodes"]
        }
        for known in self.world.cases:
            self.agrees(member, known, nodes.pop(known.id, None), "list")
        assert nodes == {}
        readable = [known for known in self.world.cases if self.may(member, known, "read")]
        assert body["data"]["cases"]["totalCount"] == len(readable)

    async def one_by_one(self, member: Member) -> None:
        roots = "".join(
            f'c{n}: case(id: "{known.id}") {{ ...F }} n{n}: node(id: "{known.id}") {{ ...F }} '
            for n, known in enumerate(self.world.cases)
        )
        body = await self.world.ask(member, f"{{ {roots} }} {FIELDS}")
        for error in body.get("errors", []):
            assert error["extensions"]["code"] == "NOT_FOUND"
        for n, known in enumerate(self.world.cases):
            self.agrees(member, known, body["data"][f"c{n}"], "case")
            self.agrees(member, known, body["data"][f"n{n}"], "node")

    async def hidden(self, member: Member, known: Known) -> None:
        """What is hidden is answered like what is not there, to the letter."""
        for root in ("case", "node"):
            bodies = [
                await self.world.ask(member, f'{{ {root}(id: "case_{row}") {{ id }} }}')
                for row in (known.row, new_id())
            ]
            for body in bodies:
                assert body["errors"][0]["extensions"].pop("requestId")
            assert bodies[0] == bodies[1], self.told(member, known, root)

    async def nested(self, member: Member) -> None:
        body = await self.world.ask(member, NESTED)
        by_work = {f"joint-intervention_{row}": known for known in self.world.cases for row in known.works}
        for node in body["data"]["jointInterventions"]["nodes"]:
            self.agrees(member, by_work[node["id"]], node["case"], "joint intervention")

    async def payload(self, member: Member, known: Known) -> None:
        """Compare what comes back of an update, or that it is refused."""
        body = await self.world.ask(member, f'{{ case(id: "{known.id}") {{ version }} }}')
        version = body["data"]["case"]["version"] if body["data"]["case"] else 1
        query = (
            f'mutation {{ updateWork(input: {{caseId: "{known.id}", expectedVersion: {version}, profile: "altro"}}) '
            f"{{ case {{ ...F }} problems {{ code }} }} }} {FIELDS}"
        )
        body = await self.world.ask(member, query)
        if not self.may(member, known, "read"):
            assert body["errors"][0]["extensions"]["code"] == "NOT_FOUND"
            await self.hidden(member, known)
        elif "work.profile" not in self.may(member, known, "write"):
            assert body["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        elif {"work.profile", "work.history"} & self.may(member, known, "read"):
            self.agrees(member, known, body["data"]["updateWork"]["case"], "payload")


async def share_something(world: World, rules: list[dict[str, Any]], data: st.DataObject) -> None:
    """Share each case by some rule: the first by the first rule, whole, so that what others forbid of it shows."""
    for n, known in enumerate(world.cases):
        rule = data.draw(st.sampled_from(rules)) if n else rules[0]
        others = [one for slug, one in world.organisations.items() if slug != known.case.holder]
        granted = [one.slug for one in others if {one.slug, one.kind} & set(rule["whom"])]
        if not granted:
            continue
        fields = st.just(rule["read"] if rule["basis"] == "consent" else OPEN_GROUPS)
        aims, named, offered = st.just(rule["for"]), st.just(granted), st.just([*OPEN_GROUPS, *SENSITIVE])
        if n:
            fields, aims, offered = fields | plain, aims | purposes, offered | generous
            named = named | st.just(granted[:1])
        one = Authorisation(rule["basis"], data.draw(aims), data.draw(named), data.draw(fields))
        await give(world, known, one)
        await propose(world, known, data.draw(st.sampled_from(rule["for"])), granted, data.draw(offered))
        # Of several, one does not answer.
        for slug in (granted[:-1] or granted) if known.works else []:
            await answer(world, known, len(known.works) - 1, slug, accepts=True)


async def change(world: World, known: Known, kind: str, data: st.DataObject) -> None:
    """Change something about a case."""
    case, works = known.case, known.works
    if kind == "give":
        fields = [*data.draw(generous), *data.draw(sensitive)]
        one = Authorisation("consent", data.draw(purposes), data.draw(whom), sorted(set(fields)))
        if data.draw(st.integers(0, 3)) == 0:
            one = Authorisation("public_task", one.purposes, one.whom, data.draw(plain))
        await give(world, known, one)
    elif kind == "propose":
        others = [slug for slug in KINDS if slug != case.holder]
        partners = data.draw(st.lists(st.sampled_from(others), min_size=1, max_size=2, unique=True))
        await propose(world, known, data.draw(st.sampled_from(PURPOSES)), partners, data.draw(generous))
    elif kind == "withdraw" and known.authorisations:
        n = data.draw(st.integers(0, len(known.authorisations) - 1))
        given = {"authorisationId": f"authorisation_{known.authorisations[n]}", "reason": "prova"}
        await world.do(case.holder, "withdrawAuthorisation", given, "authorisation")
        case.authorisations[n].holds = False
    elif kind in ("answer", "attach", "close", "age") and works:
        await change_work(world, known, data.draw(st.integers(0, len(works) - 1)), kind, data)
    else:
        await change_otherwise(world, known, kind, data)


async def change_work(world: World, known: Known, n: int, kind: str, data: st.DataObject) -> None:
    """Answer, close or age one joint intervention."""
    row, work = known.works[n], known.case.works[n]
    given = {"jointInterventionId": f"joint-intervention_{row}"}
    if kind == "attach" and known.authorisations:
        chosen = data.draw(st.integers(0, len(known.authorisations) - 1))
        named = {**given, "authorisationId": f"authorisation_{known.authorisations[chosen]}"}
        if await world.do(known.case.holder, "attachAuthorisation", named, "jointIntervention"):
            attach(known.case, work, chosen, world.organisations)
    elif kind == "close":
        closed = await world.do(
            known.case.holder, "closeJointIntervention", {**given, "reason": "COMPLETED"}, "jointIntervention"
        )
        work.closed = work.closed or closed is not None
    elif kind == "age":
        long_ago = now() - timedelta(days=102)  # a day of summer time begins an hour earlier
        await world.as_owner(
            "UPDATE joint_intervention_partner SET answered_at = $2 WHERE joint_intervention_id = $1", row, long_ago
        )
        world.story.append(f"{row} was accepted long ago")
        work.aged = True
    else:
        slug = data.draw(st.sampled_from([slug for slug in KINDS if slug != known.case.holder]))
        await answer(world, known, n, slug, accepts=data.draw(st.integers(0, 4)) > 0)


async def answer(world: World, known: Known, n: int, slug: str, *, accepts: bool) -> None:
    """Answer a joint intervention for an organisation, if it was invited."""
    row, work = known.works[n], known.case.works[n]
    given = {"jointInterventionId": f"joint-intervention_{row}"}
    mine = await world.ask(world.manager(slug), "{ jointInterventions(first: 20) { nodes { id } } }")
    # Who accepts after the others' time is up has a time of their own: left out, so that `aged` tells all.
    invited = given["jointInterventionId"] in [node["id"] for node in mine["data"]["jointInterventions"]["nodes"]]
    if invited and not work.aged:
        more = {} if accepts else {"reason": "OTHER"}
        verb = "acceptJointIntervention" if accepts else "declineJointIntervention"
        done = await world.do(slug, verb, {**given, **more}, "jointIntervention")
        if done and accepts:
            assert world.organisations[slug].bound, world.story
            accept(known.case, work, world.organisations[slug])


async def change_otherwise(world: World, known: Known, kind: str, data: st.DataObject) -> None:
    """Change what no verb changes yet."""
    if kind == "expire" and known.authorisations:
        n = data.draw(st.integers(0, len(known.authorisations) - 1))
        await world.as_owner("UPDATE authorisation SET until = now() WHERE id = $1", known.authorisations[n])
        known.case.authorisations[n].holds = False
        world.story.append(f"authorisation {n} of {known.id} expired")
    elif kind == "protect":
        await world.as_owner("UPDATE case_address SET protected = true WHERE case_id = $1", known.row)
        known.case.protected = True
        world.story.append(f"the address of {known.id} is protected")
    elif kind == "leave":
        partners = {slug for work in known.case.works for slug in work.accepted}
        slug = data.draw(st.sampled_from(sorted(partners) or list(KINDS)))
        left = "UPDATE pact_party SET left_on = $2 WHERE organisation_id = $1"
        await world.as_owner(left, world.ids[slug], today())
        world.organisations[slug].bound = False
        leave([one.case for one in world.cases], slug)
        world.story.append(f"{slug} left the pact")
    elif kind == "come back":
        away = sorted(slug for slug, one in world.organisations.items() if not one.bound)
        if away:
            slug = data.draw(st.sampled_from(away))
            await world.as_owner("UPDATE pact_party SET left_on = NULL WHERE organisation_id = $1", world.ids[slug])
            world.organisations[slug].bound = True
            world.story.append(f"{slug} is back")


async def in_force(world: World, rules: list[dict[str, Any]]) -> bool:
    """Load the pact of these rules; tell whether it could be."""
    async with world.owner.transaction():
        slug = await world.owner.fetchval("SELECT slug FROM territory WHERE id = $1", world.territory)
        await world.owner.execute("SELECT set_config('win.territory_id', $1, true)", str(world.territory))
        try:
            written = as_document(slug, rules)
            parties = parties_of(parse_pact(written), today() - timedelta(400))
        except PactError:
            return False
        version = await load_pact(world.owner, world.territory, written, parties)
        await bring_into_force(world.owner, world.territory, version, today() - timedelta(300))
    return True


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
async def test_the_api_says_what_the_oracle_says(
    owner: asyncpg.Connection, client: httpx.AsyncClient, data: st.DataObject
) -> None:
    roles = data.draw(st.lists(st.sampled_from(ROLES), min_size=5, max_size=5))
    holders = data.draw(st.lists(st.sampled_from(list(KINDS)), min_size=2, max_size=3))
    rules = data.draw(pacts())
    world = await make_world(owner, client, roles, holders)
    if not await in_force(world, rules):
        return
    check = Check(world, rules)
    await share_something(world, rules, data)
    await check.everything()
    # Each case is first shared, and then one thing happens to it that may take that away.
    for known in world.cases:
        await change(world, known, data.draw(st.sampled_from(ENDINGS)), data)
    await check.everything()
    for _ in range(data.draw(st.integers(4, 10))):
        await change(world, data.draw(st.sampled_from(world.cases)), data.draw(st.sampled_from(CHANGES)), data)
    await check.everything()
    for known in world.cases:
        for member in world.members:
            await check.payload(member, known)

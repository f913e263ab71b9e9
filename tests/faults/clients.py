"""Clients that repeat every request with its key until they are told how it ended, and write down what they were told.

Each mutation is repeated after a lost or a failed answer, as a browser or a queue would; so in the end everything is
acknowledged, and what was acknowledged can be compared with what is stored.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from infra.clock import today
from tests.api.test_main_job import ACCEPT, CONSENT, OPEN, PROPOSE, WITHDRAW, WORK

FAMILY = "Interrotta"
CLOSE = """
mutation Close($id: ID!) {
  closeJointIntervention(input: {jointInterventionId: $id, reason: COMPLETED}) {
    jointIntervention { status } problems { code }
  }
}"""


@dataclass
class Case:
    """What one client was told of one case."""

    id: str
    version: int = 1
    profile: str | None = None
    consent: str | None = None
    work: str | None = None
    withdrawn: bool = False
    closed: bool = False


@dataclass
class History:
    """What all clients were told, in total."""

    cases: list[Case] = field(default_factory=list)
    written: dict[int, str] = field(default_factory=dict)
    keys: int = 0
    repeated: int = 0
    strange: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class Client:
    """Somebody at a keyboard, for two organisations: the holder and the partner."""

    http: httpx.AsyncClient
    tokens: Mapping[str, str]
    history: History

    async def do(self, who: str, mutation: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Send a mutation until it is answered; return the payload, or the error if it was refused."""
        key, body = uuid4().hex, {"query": mutation, "variables": variables}
        headers = {"Authorization": f"Bearer {self.tokens[who]}", "Idempotency-Key": key}
        while True:
            answered = await self._once(body, headers)
            if answered is not None:
                if "errors" not in answered:
                    self.history.keys += 1
                return answered
            self.history.repeated += 1
            await asyncio.sleep(0.05)

    async def _once(self, body: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any] | None:
        try:
            response = await self.http.post("/graphql", json=body, headers=headers)
        except httpx.TimeoutException:
            self.history.strange.append((0, "NO ANSWER"))  # a broken connection is repeated; one that hangs is a fault
            return None
        except httpx.TransportError:
            return None
        answered: dict[str, Any] = response.json()
        code = answered["errors"][0]["extensions"]["code"] if "errors" in answered else None
        if code in (None, "CONFLICT"):
            return answered
        if code != "UNAVAILABLE":
            self.history.strange.append((response.status_code, code))
        return None

    async def succeed(self, who: str, mutation: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Do what nothing can be in the way of: nobody else knows the case."""
        answered = await self.do(who, mutation, variables)
        payload: dict[str, Any] = next(iter(answered["data"].values()))
        assert payload["problems"] == [], answered
        return payload

    async def write(self, case: Case) -> None:
        """Write the case again; nobody else does, so a conflict would mean that it was done twice."""
        case.profile = f"{case.id} {case.version}"
        change = {"caseId": case.id, "expectedVersion": case.version, "profile": case.profile}
        case.version = (await self.succeed("anna", WORK, {"input": change}))["case"]["version"]

    async def open_case(self) -> Case:
        person = {"givenName": "Prova", "familyName": FAMILY, "bornOn": "1990-05-07"}
        opened = await self.succeed("anna", OPEN, {"input": {"person": person}})
        case = Case(opened["case"]["id"])
        self.history.cases.append(case)
        return case

    async def share(self, case: Case) -> None:
        """Give a consent, propose, and accept as the partner."""
        consent = {"caseId": case.id, "basis": "CONSENT", "purposes": ["TRAINEESHIP"], "until": today().isoformat()}
        consent |= {"kinds": ["SOCIAL_COOPERATIVE_B"], "fields": ["identity", "work"]}
        case.consent = (await self.succeed("anna", CONSENT, {"input": consent}))["authorisation"]["id"]
        proposal = {"caseId": case.id, "purpose": "TRAINEESHIP", "fields": ["identity", "work"]}
        proposal["partners"] = ["cooperativa-il-ponte"]
        case.work = (await self.succeed("anna", PROPOSE, {"input": proposal}))["jointIntervention"]["id"]
        await self.succeed("giulia", ACCEPT, {"id": case.work})

    async def unshare(self, case: Case, *, by_closing: bool) -> None:
        if by_closing:
            await self.succeed("anna", CLOSE, {"id": case.work})
            case.closed = True
        else:
            await self.succeed("anna", WITHDRAW, {"id": case.consent, "reason": "revoca"})
            case.withdrawn = True

    async def keep_working(self, stop: asyncio.Event, shared: Case) -> None:
        """Open, write, share and unshare cases of one's own, and write the one that everybody writes."""
        turn = 0
        while not stop.is_set():
            turn += 1
            case = await self.open_case()
            await self.write(case)
            await self.contend(shared)
            await self.share(case)
            await self.write(case)
            await self.contend(shared)
            if turn % 3:
                await self.unshare(case, by_closing=turn % 3 == 1)

    async def contend(self, shared: Case) -> None:
        """Write a case that others write too, from the version that somebody last heard of."""
        expected = shared.version
        profile = f"{expected} {uuid4().hex}"
        change = {"caseId": shared.id, "expectedVersion": expected, "profile": profile}
        answered = await self.do("anna", WORK, {"input": change})
        if "errors" in answered:
            shared.version = max(shared.version, answered["errors"][0]["extensions"]["actualVersion"])
            return
        version = answered["data"]["updateWork"]["case"]["version"]
        assert version not in self.history.written, "two writers were told the same version"
        self.history.written[version] = profile
        shared.version = max(shared.version, version)

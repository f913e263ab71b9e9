"""The second factor: nothing opens without a code, each code opens one thing, and the rightful person gets in."""

import asyncio
import base64
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest

from infra.clock import now
from infra.database import as_role, connection_facts
from infra.errors import TooManyAttempts, Unauthenticated
from tenants.account import service as account
from tenants.members import challenges, passwords, second_factor, service, throttles
from tenants.members.codes import code_at, recovery_hash, step_of
from tenants.members.service import CodeNeeded, Opened, SignIn
from tenants.members.throttles import MOST_FOR_ADDRESS, SPAN
from tests.api.people import (
    CARITAS,
    COOKIE,
    PASSWORD,
    PONTE,
    Browser,
    Someone,
    asked,
    code,
    is_alive,
    signed_in,
    someone,
)

PROBLEMS = "problems { code path }"
START = f"""mutation ($input: StartSecondFactorInput!) {{
  startSecondFactor(input: $input) {{ secret address {PROBLEMS} }}
}}"""
CONFIRM = f"""mutation ($input: ConfirmSecondFactorInput!) {{
  confirmSecondFactor(input: $input) {{ recoveryCodes {PROBLEMS} }}
}}"""
END = f"mutation ($input: EndSecondFactorInput!) {{ endSecondFactor(input: $input) {{ {PROBLEMS} }} }}"
CHANGE = f"mutation ($input: ChangePasswordInput!) {{ changePassword(input: $input) {{ {PROBLEMS} }} }}"
OWN = "{ viewer { secondFactorSince recoveryCodesLeft } }"
HOME = "198.51.100.7"


class Clock:
    """A clock that is set by hand: no step of time ends while a test runs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = now()
        for module in (account, throttles, second_factor, challenges):
            monkeypatch.setattr(module, "now", self)

    def __call__(self) -> Any:
        return self.at

    @property
    def step(self) -> int:
        return step_of(self.at)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@dataclass
class Telephone:
    """Somebody who has switched it on, in a browser, with what shows the codes."""

    person: Someone
    client: httpx.AsyncClient
    secret: bytes
    recovery: list[str]
    clock: Clock

    def code(self, steps: int = 0) -> str:
        """The code now, or so many steps later; the one before now was used to switch it on."""
        return code_at(self.secret, self.clock.step + steps)

    def typed(self, given: str, **also: str) -> dict[str, str]:
        return self.person.typed(code=given, **also)

    async def enter(self, given: str, address: str = HOME) -> Opened | CodeNeeded | Any:
        return await service.sign_in(SignIn(self.person.email, PASSWORD, address, code=given))


async def switched_on(browser: Browser, person: Someone, clock: Clock, **also: str) -> Telephone:
    """Switch it on as somebody would."""
    client, _ = await signed_in(browser, person, **also)
    begun = (await asked(client, START, currentPassword=PASSWORD))["data"]["startSecondFactor"]
    assert begun["problems"] == []
    secret = base64.b32decode(begun["secret"])
    assert begun["address"].startswith(f"otpauth://totp/WIN:{person.email.replace('@', '%40')}?secret=")
    first = code_at(secret, clock.step - 1)
    done = (await asked(client, CONFIRM, code=first))["data"]["confirmSecondFactor"]
    assert done["problems"] == []
    return Telephone(person, client, secret, done["recoveryCodes"], clock)


@pytest.fixture
async def telephone(browser: Browser, person: Someone, clock: Clock) -> Telephone:
    return await switched_on(browser, person, clock)


async def test_nothing_of_the_secret_or_the_codes_is_stored(telephone: Telephone, owner: asyncpg.Connection) -> None:
    row = await owner.fetchrow("SELECT * FROM second_factor WHERE account_id = $1", telephone.person.account_id)
    assert row is not None
    text = repr(dict(row))
    assert row["salt"] not in telephone.secret
    assert telephone.secret not in row["salt"]
    assert len(row["recovery_hashes"]) == len(telephone.recovery) == 10
    assert not any(one in text or one.replace("-", "") in text for one in telephone.recovery)
    assert (await asked(telephone.client, OWN))["data"]["viewer"]["recoveryCodesLeft"] == 10


async def test_an_enrolment_that_is_not_finished_asks_no_code(browser: Browser, person: Someone) -> None:
    client, _ = await signed_in(browser, person)
    await asked(client, START, currentPassword=PASSWORD)
    assert (await asked(client, OWN))["data"]["viewer"] == {"secondFactorSince": None, "recoveryCodesLeft": None}
    wrong = (await asked(client, CONFIRM, code="000000"))["data"]["confirmSecondFactor"]
    assert (wrong["recoveryCodes"], wrong["problems"]) == ([], [{"code": "WRONG_CODE", "path": ["code"]}])
    assert (await browser().post("/session", json=person.typed())).status_code == 201


async def test_without_the_password_it_is_not_begun(browser: Browser, person: Someone) -> None:
    client, _ = await signed_in(browser, person)
    begun = (await asked(client, START, currentPassword="sbagliata"))["data"]["startSecondFactor"]
    assert (begun["secret"], begun["problems"][0]["code"]) == (None, "WRONG_PASSWORD")
    assert (await asked(client, CONFIRM, code="000000"))["data"]["confirmSecondFactor"]["problems"][0]["code"] == (
        "WRONG_STATE"
    )


async def test_once_on_it_is_not_begun_anew(telephone: Telephone) -> None:
    begun = (await asked(telephone.client, START, currentPassword=PASSWORD))["data"]["startSecondFactor"]
    assert (begun["secret"], begun["problems"][0]["code"]) == (None, "WRONG_STATE")
    again = (await asked(telephone.client, CONFIRM, code=telephone.code()))["data"]["confirmSecondFactor"]
    assert (again["recoveryCodes"], again["problems"][0]["code"]) == ([], "WRONG_STATE")


async def test_switching_it_on_ends_every_other_session(browser: Browser, person: Someone, clock: Clock) -> None:
    _, thief = await signed_in(browser, person)
    telephone = await switched_on(browser, person, clock)
    assert not await is_alive(thief)
    assert await is_alive(telephone.client.cookies[COOKIE])


async def test_the_password_alone_opens_nothing(
    browser: Browser, telephone: Telephone, owner: asyncpg.Connection
) -> None:
    count = "SELECT count(*) FROM session WHERE account_id = $1"
    before = await owner.fetchval(count, telephone.person.account_id)
    client = browser()
    response = await client.post("/session", json=telephone.person.typed())
    assert (response.status_code, response.json()) == (200, {"codeRequired": True})
    assert "set-cookie" not in response.headers
    refused = await client.post("/session", json=telephone.typed("000000"))
    assert (refused.status_code, code(refused)) == (401, "UNAUTHENTICATED")
    wrong = await client.post("/session", json={"email": telephone.person.email, "password": "x", "code": "000000"})
    assert code(wrong) == "UNAUTHENTICATED"
    assert "set-cookie" not in refused.headers
    assert await owner.fetchval(count, telephone.person.account_id) == before

    opened = await client.post("/session", json=telephone.typed(telephone.code()))
    assert opened.status_code == 201
    assert await is_alive(client.cookies[COOKIE])


async def test_the_code_that_switched_it_on_opens_nothing(telephone: Telephone) -> None:
    with pytest.raises(Unauthenticated):
        await telephone.enter(telephone.code(-1))
    assert isinstance(await telephone.enter(telephone.code()), Opened)


async def test_a_code_works_once_and_no_earlier_one_after_it(browser: Browser, telephone: Telephone) -> None:
    client = browser()
    used = telephone.code(1)
    assert (await client.post("/session", json=telephone.typed(used))).status_code == 201
    assert (await client.request("DELETE", "/session", json={})).status_code == 204
    for given in (used, f" {used[:3]} {used[3:]}", telephone.code()):
        replay = await client.post("/session", json=telephone.typed(given))
        assert (replay.status_code, code(replay)) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize("kind", ["by time", "recovery"])
async def test_the_same_code_at_the_same_instant_works_once(telephone: Telephone, kind: str) -> None:
    given = telephone.code() if kind == "by time" else telephone.recovery[3]
    addresses = [f"198.51.{number}.9" for number in range(6)]
    outcomes = await asyncio.gather(*(telephone.enter(given, one) for one in addresses), return_exceptions=True)
    assert [isinstance(outcome, Opened) for outcome in outcomes].count(True) == 1
    assert [isinstance(outcome, Unauthenticated) for outcome in outcomes].count(True) == 5


@pytest.mark.parametrize("statement", ["use_code_of_step", "use_recovery_code"])
async def test_two_connections_wait_for_each_other_over_one_code(
    telephone: Telephone, owner: asyncpg.Connection, database_url: str, secret: str, clock: Clock, statement: str
) -> None:
    """The second is held in the middle of the first's transaction, and sees what came of it."""
    whose = telephone.person.account_id
    salt = await owner.fetchval("SELECT salt FROM second_factor WHERE account_id = $1", whose)
    stored = await owner.fetchval("SELECT password_hash FROM account WHERE id = $1", whose)
    proof = passwords.proof_of(PASSWORD, stored.rpartition("$")[0])
    arguments: tuple[Any, ...] = (whose, proof, salt, clock.step)
    if statement == "use_recovery_code":
        arguments = (whose, proof, recovery_hash(whose, telephone.recovery[0]))
    call = f"SELECT {statement}({', '.join(f'${n + 1}' for n in range(len(arguments)))})"
    first, second = [
        await asyncpg.connect(**connection_facts(as_role(database_url, "win_app", secret))) for _ in range(2)
    ]
    begun = first.transaction()
    await begun.start()
    assert await first.fetchval(call, *arguments) is True
    waiting = asyncio.create_task(second.fetchval(call, *arguments))
    while not await owner.fetchval(
        "SELECT $1 = ANY (SELECT pid FROM pg_locks WHERE NOT granted)", second.get_server_pid()
    ):
        assert not waiting.done()
    await begun.commit()
    assert await waiting is False
    for connection in (first, second):
        await connection.close()


async def test_each_recovery_code_works_once(browser: Browser, telephone: Telephone) -> None:
    client = browser()
    assert (await client.post("/session", json=telephone.typed(telephone.recovery[0].upper()))).status_code == 201
    assert (await asked(client, OWN))["data"]["viewer"]["recoveryCodesLeft"] == 9
    again = await client.post("/session", json=telephone.typed(telephone.recovery[0]))
    assert code(again) == "UNAUTHENTICATED"
    assert (await client.post("/session", json=telephone.typed(telephone.recovery[1]))).status_code == 201


async def test_nobody_elses_code_will_do(
    browser: Browser, telephone: Telephone, owner: asyncpg.Connection, clock: Clock
) -> None:
    other = await switched_on(browser, await someone(owner, CARITAS), clock)
    for given in (other.code(), other.recovery[0]):
        with pytest.raises(Unauthenticated):
            await telephone.enter(given)
    assert isinstance(await other.enter(other.code()), Opened)


async def test_a_code_is_not_used_up_by_a_sign_in_that_is_refused(
    browser: Browser, owner: asyncpg.Connection, clock: Clock
) -> None:
    person = await someone(owner, CARITAS, PONTE)
    telephone = await switched_on(browser, person, clock, organisation=CARITAS)
    client, given = browser(), telephone.code()
    assert (await client.post("/session", json=person.typed())).json() == {"codeRequired": True}
    offered = (await client.post("/session", json=telephone.typed(given))).json()["organisations"]
    assert {offer["organisation"]["slug"] for offer in offered} == {CARITAS, PONTE}
    assert code(await client.post("/session", json=telephone.typed(given, organisation="altro"))) == "FORBIDDEN"
    assert (await client.post("/session", json=telephone.typed(given, organisation=PONTE))).status_code == 201


async def test_a_right_password_does_not_pay_for_guessed_codes(telephone: Telephone, clock: Clock) -> None:
    away = "203.0.114.40"
    for _ in range(5):
        assert isinstance(await service.sign_in(SignIn(telephone.person.email, PASSWORD, away)), CodeNeeded)
        with pytest.raises(Unauthenticated):
            await telephone.enter("000000", away)
    with pytest.raises(TooManyAttempts):
        await service.sign_in(SignIn(telephone.person.email, PASSWORD, away))


@pytest.mark.parametrize("kind", ["by time", "recovery", "on the second page"])
async def test_no_more_than_ten_codes_are_looked_at_from_anywhere(
    telephone: Telephone, clock: Clock, kind: str
) -> None:
    """By whoever knows the password; a recovery code and the second page are no way around it."""
    needed = await service.sign_in(SignIn(telephone.person.email, PASSWORD, HOME))
    assert isinstance(needed, CodeNeeded)
    refused = []
    for network in range(30):
        guess = "aaaa-bbbb-cccc" if kind == "recovery" else "000000"
        given = (needed.challenge, guess) if kind == "on the second page" else (guess,)
        enter = service.sign_in_with_code if kind == "on the second page" else telephone.enter
        with pytest.raises((TooManyAttempts, Unauthenticated)) as told:
            await enter(*given, f"10.7.{network}.1")  # type: ignore[operator]
        refused.append(told.type is TooManyAttempts)
    assert refused.count(False) == MOST_FOR_ADDRESS
    # The browser in which it was switched on is its person's own, and nobody is shut out for good.
    own = await telephone.client.post("/session", json=telephone.typed(telephone.code()))
    assert own.status_code == 201
    clock.at += SPAN
    assert isinstance(await telephone.enter(telephone.code(), "192.0.2.61"), Opened)


async def test_a_challenge_is_worth_nothing_after_the_password_changes(telephone: Telephone) -> None:
    needed = await service.sign_in(SignIn(telephone.person.email, PASSWORD, HOME))
    assert isinstance(needed, CodeNeeded)
    given = {"currentPassword": PASSWORD, "newPassword": "quattro cavalli verdi al mare"}
    assert (await asked(telephone.client, CHANGE, **given))["data"]["changePassword"]["problems"] == []
    with pytest.raises(Unauthenticated) as told:
        await service.sign_in_with_code(needed.challenge, telephone.code(), HOME)
    assert told.value.text == "sign_in.too_late"


async def test_switching_it_on_stops_a_sign_in_that_is_under_way(
    browser: Browser, person: Someone, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _ = await signed_in(browser, person)
    begun = (await asked(client, START, currentPassword=PASSWORD))["data"]["startSecondFactor"]
    reached, go_on = asyncio.Event(), asyncio.Event()
    first = code_at(base64.b32decode(begun["secret"]), clock.step)
    opening = service._open

    async def slowly(*given: Any) -> Opened:
        reached.set()
        await go_on.wait()
        return await opening(*given)

    monkeypatch.setattr(service, "_open", slowly)
    under_way = asyncio.create_task(service.sign_in(SignIn(person.email, PASSWORD, HOME)))
    await reached.wait()
    assert (await asked(client, CONFIRM, code=first))["data"]["confirmSecondFactor"]["problems"] == []
    go_on.set()
    with pytest.raises(Unauthenticated):
        await under_way


async def test_switching_it_off_asks_password_and_code(browser: Browser, telephone: Telephone) -> None:
    client = telephone.client
    for current, given, problem in (
        ("", telephone.code(), "REQUIRED"),
        ("sbagliata", telephone.code(), "WRONG_PASSWORD"),
        (PASSWORD, "", "WRONG_CODE"),
        (PASSWORD, "000000", "WRONG_CODE"),
    ):
        body = await asked(client, END, currentPassword=current, code=given)
        assert [one["code"] for one in body["data"]["endSecondFactor"]["problems"]] == [problem]
    body = await asked(client, END, currentPassword=PASSWORD, code=telephone.code())
    assert body["data"]["endSecondFactor"]["problems"] == []
    assert (await browser().post("/session", json=telephone.person.typed())).status_code == 201


async def test_wrong_codes_count_when_switching_it_off(telephone: Telephone) -> None:
    for _ in range(5):
        await asked(telephone.client, END, currentPassword=PASSWORD, code="000000")
    new = {"newPassword": "quattro cavalli verdi al mare"}
    for document, given in ((END, {"code": telephone.code()}), (START, {}), (CHANGE, new)):
        body = await asked(telephone.client, document, currentPassword=PASSWORD, **given)
        assert [error["extensions"]["code"] for error in body["errors"]] == ["TOO_MANY_ATTEMPTS"]


async def test_a_new_password_does_not_pay_for_guessed_codes_either(telephone: Telephone) -> None:
    for _ in range(4):
        await asked(telephone.client, END, currentPassword=PASSWORD, code="000000")
    new = "quattro cavalli verdi al mare"
    changed = await asked(telephone.client, CHANGE, currentPassword=PASSWORD, newPassword=new)
    assert changed["data"]["changePassword"]["problems"] == []
    await asked(telephone.client, END, currentPassword=new, code="000000")
    body = await asked(telephone.client, END, currentPassword=new, code=telephone.code())
    assert [error["extensions"]["code"] for error in body["errors"]] == ["TOO_MANY_ATTEMPTS"]


async def test_a_planted_session_is_never_adopted(browser: Browser, telephone: Telephone) -> None:
    client = browser()
    client.cookies.set(COOKIE, "wis_chosen-by-somebody-else", domain="win.example")
    assert "set-cookie" not in (await client.post("/session", json=telephone.person.typed())).headers
    opened = await client.post("/session", json=telephone.typed(telephone.code()))
    assert opened.status_code == 201
    assert opened.cookies[COOKIE] != "wis_chosen-by-somebody-else"
    assert not await is_alive("wis_chosen-by-somebody-else")
    before = opened.cookies[COOKIE]
    client = browser(cookie=f"{COOKIE}={before}")
    changed = await client.post(
        "/graphql",
        json={
            "query": CHANGE,
            "variables": {"input": {"currentPassword": PASSWORD, "newPassword": "quattro cavalli verdi al mare"}},
        },
    )
    assert changed.cookies[COOKIE] != before
    assert not await is_alive(before)


async def test_a_token_does_not_switch_it_on_or_off(
    browser: Browser, telephone: Telephone, owner: asyncpg.Connection
) -> None:
    token = (await service.issue_token(owner, telephone.person.email, CARITAS)).secret
    client = browser(authorization=f"Bearer {token}")
    for document, given in (
        (START, {"currentPassword": PASSWORD}),
        (CONFIRM, {"code": telephone.code()}),
        (END, {"currentPassword": PASSWORD, "code": telephone.code()}),
    ):
        body = await asked(client, document, **given)
        assert [error["extensions"]["code"] for error in body["errors"]] == ["FORBIDDEN"]
    refused = await telephone.client.post(
        "/graphql",
        json={"query": END, "variables": {"input": {"currentPassword": PASSWORD, "code": telephone.code()}}},
        headers={"idempotency-key": "once"},
    )
    assert code(refused) == "BAD_REQUEST"

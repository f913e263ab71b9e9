"""Two-step verification as somebody meets it in a browser without scripts."""

import base64
import re

import asyncpg
import pytest

from infra.clock import now
from tenants.account import service as account
from tenants.members import second_factor, throttles
from tenants.members.codes import code_at, step_of
from tests.api.people import CARITAS, PASSWORD, PONTE, Someone, someone
from tests.web.conftest import Visit
from tests.web.test_account import entered
from tests.web.test_forms import says
from tests.web.test_pages import is_whole
from tests.web.visitors import ORIGIN, Visitor

CHALLENGE = "__Host-win-challenge"
SHOWN = "__Host-win-shown"
KEY_PAGE, CODES_PAGE = "/account/second-factor/key", "/account/second-factor/codes"


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> int:
    """No step of time ends while a test runs."""
    at = now()
    for module in (account, second_factor, throttles):
        monkeypatch.setattr(module, "now", lambda: at)
    return step_of(at)


@pytest.fixture
async def person(owner: asyncpg.Connection) -> Someone:
    return await someone(owner, CARITAS)


def secret_on(visitor: Visitor) -> bytes:
    """Return the secret that the page shows for typing."""
    shown = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', visitor.page.source)
    assert shown is not None
    return base64.b32decode(shown[1].replace(" ", ""))


async def switched_on(visitor: Visitor, step: int) -> tuple[bytes, list[str]]:
    """Switch it on, with a mistake on the way; return the secret and the recovery codes."""
    await visitor.open("/account")
    await visitor.follow("/account/second-factor")
    await visitor.send("/account/second-factor", currentPassword="sbagliata")
    says(visitor, "currentPassword", "La password attuale non è giusta.")
    await visitor.send("/account/second-factor", currentPassword=PASSWORD)
    is_whole(visitor.page, "it")
    secret = secret_on(visitor)
    assert f"secret={base64.b32encode(secret).decode()}" in " ".join(visitor.page.links)
    assert "<svg" in visitor.page.source
    await visitor.send("/account/second-factor/confirm", code="000000")
    says(visitor, "code", "Il codice non è giusto")
    assert secret_on(visitor) == secret
    first = code_at(secret, step - 1)
    await visitor.send("/account/second-factor/confirm", code=f"{first[:3]} {first[3:]}")
    is_whole(visitor.page, "it")
    recovery = re.findall(r'<code class="key">([a-z0-9-]{14})</code>', visitor.page.source)
    assert len(recovery) == 10
    return secret, recovery


async def typed_password(visit: Visit, person: Someone) -> Visitor:
    """Return a visitor who is asked the code."""
    visitor = await visit()
    await visitor.open("/cases")
    await visitor.send("/sign-in", email=person.email, password=PASSWORD)
    assert visitor.address == "/sign-in/code"
    return visitor


async def test_it_is_switched_on_asked_and_switched_off(visit: Visit, person: Someone, still: int) -> None:
    visitor = await entered(visit, person)
    secret, recovery = await switched_on(visitor, still)
    await visitor.send("/language", button=("language", "it"))
    assert visitor.address == "/account"
    assert "Codici di recupero rimasti: 10 di 10" in visitor.page.text
    assert not any(one in visitor.page.source for one in recovery)

    other = await typed_password(visit, person)
    is_whole(other.page, "it")
    assert PASSWORD not in other.page.source
    assert "__Host-win-session" not in other.client.cookies
    await other.open("/today")
    assert other.address == "/sign-in"
    await other.open("/sign-in/code?next=/cases")
    await other.send("/sign-in/code", code="000000")
    says(other, "code", "Il codice non è giusto")
    await other.send("/sign-in/code", code="")
    says(other, "code", "Scrivi il codice")
    await other.send("/sign-in/code", code=code_at(secret, still))
    assert other.address == "/cases"
    assert CHALLENGE not in other.client.cookies

    await visitor.follow("/account/second-factor/end")
    await visitor.send("/account/second-factor/end", currentPassword=PASSWORD, code=code_at(secret, still))
    says(visitor, "code", "Il codice non è giusto, o è già stato usato.")
    await visitor.send("/account/second-factor/end", currentPassword=PASSWORD, code=recovery[0])
    assert "Verifica in due passaggi disattivata." in visitor.page.text
    await entered(visit, person)


async def test_key_and_codes_are_shown_once_and_reloading_sends_nothing(
    visit: Visit, owner: asyncpg.Connection, person: Someone, still: int
) -> None:
    visitor, other = await entered(visit, person), await entered(visit, await someone(owner, CARITAS))
    await visitor.open("/account/second-factor")
    typed = visitor.page.form("/account/second-factor").filled(currentPassword=PASSWORD)
    answer = await visitor.client.post("/account/second-factor", data=dict(typed), headers={"Origin": ORIGIN})
    assert (answer.status_code, answer.headers["location"]) == (303, KEY_PAGE)
    # It is left for this session and for that page: nobody else reads it, nor does another page.
    other.client.cookies.set(SHOWN, visitor.client.cookies[SHOWN], domain="win.example")
    for reader, place in ((other, KEY_PAGE), (visitor, CODES_PAGE)):
        await reader.open(place)
        assert reader.address == "/account"
    await visitor.open(KEY_PAGE)
    secret = secret_on(visitor)
    assert SHOWN not in visitor.client.cookies
    await visitor.send("/account/second-factor/confirm", code="000000")
    assert (visitor.address, secret_on(visitor)) == (KEY_PAGE, secret)
    await visitor.send("/account/second-factor/confirm", code=code_at(secret, still))
    assert visitor.address == CODES_PAGE
    assert 'class="key"' in visitor.page.source
    for place in (CODES_PAGE, KEY_PAGE):
        await visitor.open(place)
        assert visitor.address == "/account"


async def test_recovery_codes_let_in_once_and_replay_does_not(visit: Visit, person: Someone, still: int) -> None:
    secret, recovery = await switched_on(await entered(visit, person), still)
    visitor = await typed_password(visit, person)
    challenge = visitor.client.cookies[CHALLENGE]
    await visitor.send("/sign-in/code", code=recovery[4].upper())
    assert visitor.address == "/cases"
    await visitor.send("/sign-out")
    for given in (recovery[4], code_at(secret, still - 1)):
        visitor.client.cookies.set(CHALLENGE, challenge, domain="win.example")
        await visitor.open("/sign-in/code")
        await visitor.send("/sign-in/code", code=given)
        says(visitor, "code", "Il codice non è giusto, o è già stato usato.")


async def test_a_challenge_that_is_not_ours_leads_back_to_the_password(visit: Visit) -> None:
    visitor = await visit()
    await visitor.open("/sign-in/code")
    assert visitor.address == "/sign-in"
    visitor.client.cookies.set(CHALLENGE, "bm9uc2Vuc2U=", domain="win.example")
    await visitor.open("/sign-in/code")
    await visitor.send("/sign-in/code", code="123456")
    assert (visitor.address, visitor.status) == ("/sign-in", 422)
    assert "È passato troppo tempo." in visitor.page.text


async def test_who_works_for_several_chooses_after_the_code(
    visit: Visit, owner: asyncpg.Connection, still: int
) -> None:
    person = await someone(owner, CARITAS, PONTE)
    secret, _ = await switched_on(await entered(visit, person), still)
    visitor = await typed_password(visit, person)
    await visitor.send("/sign-in/code", code=code_at(secret, still))
    assert visitor.address == "/organisation"


async def test_too_many_codes_are_told_on_the_page(visit: Visit, person: Someone, still: int) -> None:
    await switched_on(await entered(visit, person), still)
    visitor = await typed_password(visit, person)
    for _ in range(6):
        await visitor.send("/sign-in/code", code="000000")
    assert visitor.status == 429
    assert "Ci sono stati troppi tentativi" in visitor.page.text


@pytest.mark.parametrize("address", ["", "/confirm", "/end"])
async def test_a_form_from_elsewhere_is_refused(visit: Visit, person: Someone, address: str) -> None:
    visitor = await entered(visit, person)
    for origin in ("https://evil.example", "https://win.example"):
        answer = await visitor.client.post(
            f"/account/second-factor{address}", data={"token": ""}, headers={"Origin": origin}
        )
        assert answer.status_code == 403

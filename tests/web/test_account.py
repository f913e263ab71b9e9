"""The pages of one's own account, as somebody uses them who has a browser without scripts."""

import httpx
import pytest

from tests.api.people import CARITAS, PASSWORD, PONTE, Someone, someone
from tests.web.conftest import Visit
from tests.web.test_forms import says
from tests.web.visitors import Visitor

NEW = "quattro cavalli verdi al mare"


@pytest.fixture
async def person(owner) -> Someone:  # type: ignore[no-untyped-def]
    return await someone(owner, CARITAS)


async def entered(visit: Visit, person: Someone, password: str = PASSWORD) -> Visitor:
    """Return a visitor who has signed in as this person."""
    visitor = await visit()
    await visitor.open("/sign-in")
    await visitor.send("/sign-in", email=person.email, password=password)
    assert visitor.status == 200
    return visitor


async def test_the_password_is_changed_and_other_browsers_are_out(visit: Visit, person: Someone) -> None:
    here, there = await entered(visit, person), await entered(visit, person)
    await here.follow("/account")
    assert here.page.links.count("/organisation") == 0
    await here.follow("/account/password")
    await here.send("/account/password", currentPassword=PASSWORD, newPassword=NEW, repeatPassword=NEW)
    assert here.address == "/account"
    assert "Password cambiata." in here.page.text
    await there.open("/account")
    assert there.address == "/sign-in"
    # The forms of the page that came back belong to the new secret.
    await here.send("/account/language", language="en")
    assert "Language saved." in here.page.text
    await entered(visit, person, NEW)


@pytest.mark.usefixtures("unhurried")
async def test_what_is_wrong_is_said_and_no_password_is_shown_again(visit: Visit, person: Someone) -> None:
    visitor = await entered(visit, person)
    await visitor.open("/account/password")
    await visitor.send("/account/password", currentPassword="sbagliata", newPassword=NEW, repeatPassword=NEW)
    says(visitor, "currentPassword", "La password attuale non è giusta.")
    assert NEW not in visitor.page.source
    assert "sbagliata" not in visitor.page.source
    await visitor.send("/account/password", currentPassword=PASSWORD, newPassword="breve", repeatPassword="breve")
    says(visitor, "newPassword", "La password è troppo corta")
    await visitor.send("/account/password", currentPassword=PASSWORD, newPassword=NEW, repeatPassword=f"{NEW}!")
    says(visitor, "repeatPassword", "Le due password nuove sono diverse.")
    await visitor.send("/account/password")
    says(visitor, "newPassword", "Scrivi la password nuova")
    for _ in range(5):
        await visitor.send("/account/password", currentPassword="sbagliata", newPassword=NEW, repeatPassword=NEW)
    assert visitor.status == 429
    assert "Ci sono stati troppi tentativi" in visitor.page.text


async def test_sessions_are_ended_one_by_one_and_all_at_once(visit: Visit, person: Someone) -> None:
    here, second, third = [await entered(visit, person) for _ in range(3)]
    page = await here.open("/account")
    assert page.text.count("Chiudi") == 2
    (end, *_) = [form.action for form in page.forms if form.action.endswith("/end")]
    await here.send(end)
    assert "Hai chiuso quell'accesso." in here.page.text
    assert here.page.text.count("Chiudi") == 1
    await here.send("/account/sessions/end-others")
    assert "Resta solo questo." in here.page.text
    assert "Chiudi" not in here.page.text
    for other in (second, third):
        await other.open("/today")
        assert other.address == "/sign-in"
    form = {"token": dict(here.page.form("/sign-out").pairs)["token"]}
    gone = await here.client.post(end, data=form, headers={"Origin": "https://win.example"})
    assert gone.status_code == 404


@pytest.mark.parametrize("address", ["/account/password", "/account/language", "/account/sessions/end-others"])
async def test_a_form_from_elsewhere_is_refused(visit: Visit, person: Someone, address: str) -> None:
    visitor = await entered(visit, person)
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "https://win.example"}):
        answer: httpx.Response = await visitor.client.post(address, data={"token": ""}, headers=headers)
        assert answer.status_code == 403


async def test_the_organisation_is_changed_from_the_account(visit: Visit, owner) -> None:  # type: ignore[no-untyped-def]
    visitor = await entered(visit, await someone(owner, CARITAS, PONTE))
    await visitor.open("/account")
    assert visitor.page.links.count("/organisation") == 2

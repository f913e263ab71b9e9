"""What was typed stays: when it has to be mended, when the language changes, and when somebody goes back."""

from typing import Any
from uuid import uuid4

import pytest

from tests.web.conftest import Visit
from tests.web.test_forms import typed_in
from tests.web.test_main_job import opened
from tests.web.visitors import ORIGIN
from web.again import AGAIN, LONGEST

HEADERS = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
FORMS: list[tuple[str, dict[str, Any]]] = [
    ("/cases/new", {"givenName": "Amina", "bornOn": "7/5", "note": "due\nrighe"}),
    ("{case}/edit/work", {"profile": "magazziniera", "history": "fabbrica"}),
    ("{case}/consent", {"purposes": ["HOUSING", "HIRE"], "fields": "work", "until": "1/1"}),
    ("{case}/propose", {"purpose": "HIRE", "partners": ["cooperativa-il-ponte"]}),
]


@pytest.mark.parametrize(("address", "given"), FORMS, ids=[address for address, _ in FORMS])
async def test_a_half_filled_form_changes_its_language(visit: Visit, address: str, given: dict[str, Any]) -> None:
    anna = await visit("anna")
    address = address.format(case=await opened(anna, "Lingua"))
    await anna.open(address)
    for language in ("en", "it"):
        await anna.speak(language, **given)
        assert (anna.status, anna.address) == (200, address)
        assert f'<html lang="{language}">' in anna.page.source
        held = typed_in(anna, address)
        assert {name: held[name] for name in given} == {
            name: value if isinstance(value, list) else [value] for name, value in given.items()
        }
        given = {}


async def test_a_stranger_keeps_the_address_but_no_password(visit: Visit) -> None:
    somebody = await visit()
    await somebody.open("/sign-in?next=/pact")
    await somebody.speak("en", email="amina@prova.example", password="segreta")
    held = typed_in(somebody, "/sign-in")
    assert (held["email"], held["password"]) == (["amina@prova.example"], [""])
    await somebody.send("/sign-in", password="wrong")
    assert somebody.status == 422
    assert typed_in(somebody, "/sign-in")["next"] == ["/pact"]


async def test_what_is_wrong_is_answered_by_an_address(visit: Visit) -> None:
    anna, rosa = await visit("anna"), await visit("rosa")
    page = await anna.open("/cases/new")
    body = {**dict(page.form("/cases/new").pairs), "givenName": "Zefirina", "bornOn": "31/2/1990"}
    answer = await anna.client.post("/cases/new", data=body, headers=HEADERS)
    address = answer.headers["location"]
    assert answer.status_code == 303
    assert "Zefirina" not in address
    await anna.open(address)
    assert anna.status == 422
    assert typed_in(anna, "/cases/new")["givenName"] == ["Zefirina"]
    for other, given in ((rosa, address), (anna, address[:-6]), *((anna, f"/cases/new?{AGAIN}={one}") for one in "xé")):
        await other.open(given)
        assert other.status == 200
        assert "Zefirina" not in other.page.source
    await anna.open(address.replace("/cases/new", "/today"))
    assert "Zefirina" not in anna.page.source
    for place in ("//[", f"//prova.example/cases/new?{address.partition('?')[2]}"):
        elsewhere = {"here": place, "language": "it", "givenName": "Zefirina"}
        answer = await anna.client.post("/language", data=elsewhere, headers=HEADERS)
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/language")


async def test_whoever_goes_back_to_what_was_mended_opens_no_second_case(visit: Visit) -> None:
    anna = await visit("anna")
    await anna.open("/cases/new")
    await anna.send("/cases/new", givenName="Indietro", bornOn="31/2/1990")
    back = f"/cases/new?{anna.query}"
    await anna.send("/cases/new", bornOn="1/2/1990")
    first = anna.address
    await anna.open(back)
    await anna.send("/cases/new", bornOn="1/2/1990")
    assert (anna.status, anna.address) == (200, first)


async def test_what_is_too_long_for_an_address_is_not_lost(visit: Visit) -> None:
    anna = await visit("anna")
    case = await opened(anna, "Lunga")
    long = " ".join(uuid4().hex for _ in range(LONGEST // 16))
    await anna.open(f"{case}/edit/work")
    await anna.speak("en", profile=long)
    assert "Go on to save it" in anna.page.text
    await anna.send(f"{case}/edit/work")
    assert anna.status in (200, 422)
    assert long in anna.page.source
    await anna.open("/cases/new")
    await anna.send("/cases/new", note=long)
    assert anna.status == 422
    assert typed_in(anna, "/cases/new")["note"] == [long]
    await anna.speak("it")


@pytest.mark.parametrize("address", ["/cases?words={}", "/cases/new?again={}", "/cases?again={}"])
async def test_what_another_session_or_nobody_enciphered_says_nothing(visit: Visit, address: str) -> None:
    """Whatever stands there, the page is the one that it is without."""
    anna = await visit("anna")
    for text in ("%C3%A9", "gAAAAA", "%00", "x" * 3000):
        await anna.open(address.format(text))
        assert (anna.status, anna.address) == (200, address.partition("?")[0])

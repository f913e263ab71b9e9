"""The main job on the pages, without JavaScript: open, write, consent, propose, accept, read, withdraw."""

import re

from tests.web.conftest import Visit
from tests.web.visitors import Visitor

CASE = r"/cases/case_[0-9a-f-]{36}"


async def opened(anna: Visitor, name: str) -> str:
    """Anna opens a case; returns its address."""
    await anna.open("/cases/new")
    await anna.send("/cases/new", givenName=name, familyName="Prova", bornOn="7/5/1990", sex="F", municipality="048014")
    assert anna.status == 200
    assert re.fullmatch(CASE, anna.address)
    return anna.address


async def written(anna: Visitor, case: str, group: str, **given: str) -> None:
    """Anna changes one group."""
    await anna.open(f"{case}/edit/{group}")
    await anna.send(f"{case}/edit/{group}", **given)
    assert anna.status == 200, anna.page.text
    assert "Salvato." in anna.page.text


async def shared(anna: Visitor, name: str) -> str:
    """Anna opens a case, writes it, records the consent and proposes joint work to the cooperative."""
    case = await opened(anna, name)
    await written(anna, case, "contacts", phone="055 123456", address="Via Roma 1")
    await written(anna, case, "work", profile="magazziniera, patente B, mattina")
    await written(anna, case, "economic", iseeValue="4.210,55")
    await written(anna, case, "health", conditions="asma")
    await anna.open(f"{case}/consent")
    fields = ["identity", "contacts", "work", "education", "plan", "interventions"]
    await anna.send(f"{case}/consent", purposes="TRAINEESHIP", kinds="SOCIAL_COOPERATIVE_B", fields=fields)
    assert anna.status == 200, anna.page.text
    await anna.open(f"{case}/propose")
    agreed = anna.page.form(f"{case}/propose").pairs
    assert {("purpose", "TRAINEESHIP"), ("fields", "work")} <= set(agreed)
    assert ("fields", "economic") not in agreed
    await anna.send(
        f"{case}/propose",
        purpose="TRAINEESHIP",
        partners="cooperativa-il-ponte",
        fields=["identity", "contacts", "work", "economic"],
        message="Tirocinio in magazzino?",
    )
    assert re.search("Vedrà .*Nome e cognome .*Non vedrà", anna.page.text)
    assert "Non vedrà, anche se lo offri Fascia di reddito il patto non lo prevede" in anna.page.text
    again = anna.page
    await anna.send(f"{case}/propose", button=("step", "send"))
    assert anna.address.startswith("/joint-work/")
    assert "Non vedrà, anche se lo offri Fascia di reddito il patto non lo prevede" in anna.page.text
    proposed, anna.page = anna.address, again
    await anna.send(f"{case}/propose", button=("step", "send"))
    assert anna.address == proposed
    return case


async def test_the_main_job(visit: Visit) -> None:
    anna, giulia, piero, rosa = [await visit(who) for who in ("anna", "giulia", "piero", "rosa")]
    case = await shared(anna, "Amina")

    await giulia.open(case)
    assert giulia.status == 404
    await giulia.open("/today")
    assert "Tirocinio" in giulia.page.text
    await giulia.open("/joint-work?waiting=1")
    assert anna.address in giulia.page.links
    await giulia.open(anna.address)
    assert "Fascia di reddito" not in giulia.page.text
    await giulia.send(f"{anna.address}/accept")
    assert giulia.address == case
    for seen in ("Amina Prova", "055 123456", "magazziniera, patente B, mattina", "07/05/1990"):
        assert seen in giulia.page.text
    for hidden in ("4.210,55", "asma"):
        assert hidden not in giulia.page.text
    assert "Non visibile: il patto non lo prevede." in giulia.page.text

    await anna.open(case)
    assert "Cooperativa" in anna.page.text
    await anna.follow(f"{case}/access-log")
    assert "Tirocinio" in anna.page.text
    await piero.open(case)
    assert "asma" not in piero.page.text
    assert "Non visibile: il tuo ruolo non lo comprende." in piero.page.text
    await rosa.open(case)
    assert rosa.status == 404

    await anna.open(case)
    await anna.follow("/consents/.*/withdraw")
    await anna.send("/consents/.*/withdraw", reason="Ha cambiato idea")
    assert "Ritirato il" in anna.page.text
    await giulia.open(case)
    assert giulia.status == 404
    await giulia.open("/cases")
    assert case not in giulia.page.links


async def test_whoever_accepts_what_nothing_is_shared_by_is_not_told_that_they_see_it(visit: Visit) -> None:
    anna, giulia = await visit("anna"), await visit("giulia")
    case = await shared(anna, "Ritirata")
    proposed = anna.address
    await anna.open(case)
    await anna.follow("/consents/.*/withdraw")
    await anna.send("/consents/.*/withdraw", reason="Ha cambiato idea")
    await giulia.open(proposed)
    await giulia.send(f"{proposed}/accept")
    assert "Hai accettato. Per ora non vedi nulla della scheda" in giulia.page.text
    await anna.open(case)
    assert re.search("Il Ponte [^.]*non vede nulla: manca un consenso valido", anna.page.text)
    await giulia.open("/joint-work?waiting=1")
    assert proposed not in giulia.page.links

"""What a step will show, take or give back stands on its page before it is taken, in words."""

import re

from infra.messages import MESSAGES
from tests.web.conftest import Visit
from tests.web.test_main_job import shared
from tests.web.visitors import Visitor

CONSENT = {"purposes": "TRAINEESHIP", "kinds": "SOCIAL_COOPERATIVE_B", "fields": ["identity", "contacts", "work"]}


async def test_before_each_step_its_page_says_who_sees_what(visit: Visit) -> None:
    anna, giulia = await visit("anna"), await visit("giulia")
    case = await shared(anna, "Anteprima")
    await anna.open(f"{case}/propose")
    assert "Lo leggerà solo chi accetta" in anna.page.text
    again = {"purpose": "TRAINEESHIP", "partners": "cooperativa-il-ponte", "fields": ["work"]}
    await anna.send(f"{case}/propose", **again)
    # A second proposal for the same purpose to the same partner is pointed out before anything is shown.
    assert anna.status == 422
    assert MESSAGES["problem.already_proposed"][0] in anna.page.text
    await anna.open(case)
    work = next(link for link in anna.page.links if link.startswith("/joint-work/joint"))

    await giulia.open(work)
    assert "Che cosa vedrai, se accetti" in giulia.page.text
    assert "Nome e cognome" in giulia.page.text
    assert "Tirocinio in magazzino?" not in giulia.page.text
    await giulia.send(f"{work}/accept")
    assert giulia.address == case

    await withdraw_and_attach(anna, giulia, await visit("piero"), case, work)


async def withdraw_and_attach(anna: Visitor, giulia: Visitor, piero: Visitor, case: str, work: str) -> None:
    """Anna records a second consent, withdraws the first, and has the joint work stand on the second."""
    await anna.open(case)
    assert re.search(r"Dati che vede: \d+", anna.page.text)
    await anna.open(f"{case}/consent")
    await anna.send(f"{case}/consent", **CONSENT)
    assert "(1 di 2)" in anna.page.text
    assert "(2 di 2)" in anna.page.text
    withdrawals = [link for link in anna.page.links if link.endswith("/withdraw")]
    await anna.open(withdrawals[0])
    lost = re.search(r"Non vedrà più (\d+) dati", anna.page.text)
    assert lost
    assert "(1 di 2)" in anna.page.text
    await anna.send(f"{withdrawals[0]}", reason="Non vuole più")

    # The consent that is left was recorded later: it gives nothing back by itself, and both sides read why.
    await giulia.open(case)
    assert giulia.status == 404
    await giulia.open(work)
    assert "L'intervento è sospeso: ora non vedi la scheda." in giulia.page.text
    await piero.open(work)
    assert "nessun partner vede la scheda" in piero.page.text
    await anna.open(work)
    assert "Sospeso" in anna.page.text
    await anna.follow(r"/joint-work/.*/attach")
    regained = re.search(r"Tornerà a vedere (\d+) dati", anna.page.text)
    assert regained
    assert 0 < int(regained[1]) <= int(lost[1])
    await anna.send(f"{work}/attach")
    assert "Consenso collegato" in anna.page.text
    await giulia.open(case)
    assert giulia.status == 200


async def test_a_consent_asks_only_for_what_a_case_can_hold(visit: Visit) -> None:
    anna = await visit("anna")
    case = await shared(anna, "Moduli")
    await anna.open(f"{case}/consent")
    offered = {one["value"] for one in anna.page.inputs if one.get("name") == "fields"}
    assert {"identity", "work", "health.conditions"} <= offered
    assert not offered & {"plan", "interventions", "documents", "outcomes", "assessment", "notes", "interviews"}
    await anna.send(f"{case}/consent", **{**CONSENT, "basis": "PUBLIC_TASK"})
    assert anna.status == 422
    assert "Qui il compito pubblico non fa vedere nulla" in anna.page.text
    rested = {"purposes": "MATERIAL_AID", "kinds": "MUNICIPAL_UNION", "fields": "needs"}
    await anna.send(f"{case}/consent", **{**rested, "basis": "PUBLIC_TASK"})
    assert anna.status == 200, anna.page.text

"""What somebody is told stands on their first page until they put it away; what happened, on the case."""

import asyncpg

from tests.web.conftest import Visit
from tests.web.test_main_job import shared

# What the job writes when the worker has got there.
TELL = """
INSERT INTO notification (territory_id, organisation_id, account_id, event_id, kind, case_id, joint_intervention_id, at)
SELECT p.territory_id, p.organisation_id, m.account_id, e.id, e.kind, e.case_id, e.joint_intervention_id, e.at
  FROM event e
  JOIN joint_intervention_partner p ON p.joint_intervention_id = e.joint_intervention_id
  JOIN member m ON m.organisation_id = p.organisation_id
  JOIN account a ON a.id = m.account_id AND a.email = 'giulia@cooperativa-il-ponte.example'
 WHERE e.kind = 'joint_intervention_proposed' AND e.case_id = $1::uuid
RETURNING id
"""


async def test_news_until_they_are_put_away(visit: Visit, owner: asyncpg.Connection) -> None:
    anna, giulia = await visit("anna"), await visit("giulia")
    case = await shared(anna, "Novella")
    proposal = anna.address
    async with owner.transaction():
        territory = await owner.fetchval("SELECT id FROM territory WHERE slug = 'empolese-valdelsa'")
        await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(territory))
        told = await owner.fetchval(TELL, case.rpartition("_")[2])
    await giulia.open("/today")
    assert f"notification_{told}" in giulia.page.source
    assert "Novità Tirocinio Da leggere Caritas di Empoli (dimostrativa) vi ha proposto un" in giulia.page.text
    assert "Novità da leggere: " in giulia.page.text
    assert proposal in giulia.page.links
    await anna.open("/today")
    assert f"notification_{told}" not in anna.page.source
    await giulia.open("/today")
    await giulia.send(f"/notifications/notification_{told}/read")
    assert giulia.address == "/today"
    assert f"notification_{told}" not in giulia.page.source
    await giulia.open("/notifications")
    assert proposal in giulia.page.links, "what was read stays on its page"
    await anna.open(proposal)
    assert "Letto il" not in anna.page.text
    assert "Si può rispondere fino al" in anna.page.text
    await giulia.open(proposal)
    await anna.open(proposal)
    assert "Letto il" in anna.page.text


async def test_all_are_put_away_at_once_and_the_mail_is_switched_off(visit: Visit, owner: asyncpg.Connection) -> None:
    anna, giulia = await visit("anna"), await visit("giulia")
    case = await shared(anna, "Nunzia")
    async with owner.transaction():
        territory = await owner.fetchval("SELECT id FROM territory WHERE slug = 'empolese-valdelsa'")
        await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(territory))
        await owner.fetchval(TELL, case.rpartition("_")[2])
    await giulia.open("/notifications")
    assert "Da leggere" in giulia.page.text
    await giulia.send("/notifications/read")
    assert giulia.address == "/notifications"
    assert "Da leggere" not in giulia.page.text
    assert "Novità da leggere" not in giulia.page.text
    await giulia.open("/account")
    for words in ("Non ricevi messaggi", "Se ci sono novità"):
        await giulia.send("/account/news")
        assert words in giulia.page.text


async def test_what_happened_is_on_the_case(visit: Visit) -> None:
    anna, giulia = await visit("anna"), await visit("giulia")
    case = await shared(anna, "Evelina")
    proposal = anna.address
    await anna.open(case)
    happened = anna.page.text.partition("Che cosa è successo")[2]
    assert "Intervento congiunto proposto : Tirocinio" in happened
    assert "Dati scritti : Malattie" in happened
    assert "Scheda aperta" in happened
    await giulia.open(proposal)
    await giulia.send(f"{proposal}/accept")
    happened = giulia.page.text.partition("Che cosa è successo")[2]
    assert "Intervento congiunto accettato" in happened
    assert "Dati scritti" not in happened

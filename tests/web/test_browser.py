"""The main job in a browser, with and without JavaScript, wide and narrow; and every page in both languages."""

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from infra.clock import today
from infra.database import Connection
from tenants.demo.load import PASSWORD
from tests.api.test_main_job import CONSENT, CONTACTS, OPEN, PROPOSE, Job
from tests.conftest import CAST, Ask, Served, setting
from tests.tenants.staff import post
from tests.web.browser import ALL_RULES, OF_A_PAGE, OF_WORDS, REQUIRED, Desk, axe, chromium
from tests.web.test_news import TELL

pytestmark = pytest.mark.skipif(
    chromium() is None and os.environ.get(REQUIRED) != "1", reason="no Chromium on this machine"
)
WHO = ("anna", "giulia", "piero", "rosa")
PAGES = ["/today", "/cases", "/cases/new", "/joint-work", "/pact", "/organisations", "/organisation", "/cases/nope"]
PAGES += ["/account", "/account/password", "/account/second-factor", "/account/second-factor/end"]
PAGES += ["/notifications", "/docs/schema", "/_ui", "/help", "/contacts", "/privacy", "/accessibility"]
OF_CASE = ["", "/edit/identity", "/edit/contacts", "/edit/legal_status", "/edit/needs"]
OF_CASE += ["/consent", "/propose", "/access-log"]
LINK = "nobodys-link-which-no-log-may-tell"
OF_MEMBERS = ["/members", "/members/invite", "/members/{own}/role", "/members/{own}/remove", f"/invitations/{LINK}"]
RULES = {"Italiano": OF_A_PAGE, "English": OF_WORDS}
IN_FULL = {"/_ui", "/today", "/cases/nope", "/help"}
"""Where every component is, and every part around them: `test_gallery.py` sees that pages have nothing besides."""
MOST_BYTES = 200 * 1024


PRIVATE = ("Amina", "Prova", "1990", "123456", "magazziniera", "4210", "4.210", "asma", "Ha cambiato", PASSWORD, LINK)


@pytest.fixture(scope="module", autouse=True)
async def _the_log_tells_nothing_of_anybody(served: Served) -> AsyncIterator[None]:
    """What the server wrote down is looked at after these tests."""
    yield
    lines = served.log.read_text("utf-8")
    assert "startup complete" in lines
    assert '"POST /cases/new' in lines
    assert [word for word in (*PRIVATE, *(address for address, _ in CAST.values())) if tells(lines, word)] == []


def tells(lines: str, word: str) -> bool:
    """Tell whether the word is there; a number only if it stands alone, for ids have all numbers in them."""
    pattern = rf"(?<![\w.-]){re.escape(word)}(?![\w-])" if word[0].isdigit() else re.escape(word)
    return re.search(pattern, lines) is not None


async def everybody(desk: Any, widths: tuple[int, ...], scripts: bool) -> list[Desk]:
    """Return the windows of those who do the main job, signed in."""
    found = []
    for who in WHO:
        window = await desk(*widths, scripts=scripts)
        await window.sign_in(who, PASSWORD)
        found.append(window)
    return found


async def opened(anna: Desk) -> str:
    """Anna opens a case and writes it; returns its address."""
    page = anna.page
    await anna.press("Nuova scheda")
    await anna.press("Apri la scheda")
    assert "Scrivi almeno il nome o il cognome." in await anna.text()
    await page.get_by_label("Nome", exact=True).fill("Amina")
    await page.get_by_label("Cognome").fill("Prova")
    await page.get_by_label("Data di nascita").fill("7/5/1990")
    await anna.press("Apri la scheda")
    address = str(page.url).removeprefix(anna.origin).partition("?")[0]
    for group, name, value in (
        ("Contatti", "Telefono", "055 123456"),
        ("Lavoro", "Profilo di lavoro", "magazziniera, patente B, mattina"),
        ("Situazione economica", "Valore ISEE", "4.210,55"),
        ("Salute", "Malattie", "asma"),
    ):
        await anna.press(f"Modifica: {group}")
        await page.get_by_label(name).first.fill(value)
        await anna.press("Salva")
        assert value.split()[-1] in await anna.text()
    return address


async def proposed(anna: Desk, look: Callable[[], Awaitable[None]] | None = None) -> None:
    """Anna records the consent and proposes, after seeing what the partner will see; `look` is when she sees it."""
    page = anna.page
    await anna.press("Registra un consenso")
    for name in ("Tirocinio", "Cooperativa sociale di tipo B", "Identità", "Contatti", "Lavoro"):
        await page.get_by_label(name, exact=True).check()
    await anna.press("Registra il consenso")
    await anna.press("Proponi un intervento congiunto")
    await page.get_by_label("Per fare cosa").select_option("TRAINEESHIP")
    await page.get_by_label("Cooperativa sociale Il Ponte").check()
    for name in ("Identità", "Contatti", "Lavoro", "Situazione economica"):
        await page.get_by_label(name, exact=True).check()
    await anna.press("Continua")
    shown = await anna.text()
    assert "Profilo di lavoro" in shown.split("Non vedrà")[0]
    assert "ISEE" in shown.split("Non vedrà")[1]
    if look is not None:
        await look()
    await anna.press("Invia la proposta")


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
async def test_the_main_job(desk: Any, scripts: bool) -> None:
    """Worked once in a narrow window and once in a wide one; every page has to fit into both."""
    anna, giulia, piero, rosa = await everybody(desk, (360, 1280) if scripts else (1280, 360), scripts)
    case = await opened(anna)
    await proposed(anna)
    work = str(anna.page.url).removeprefix(anna.origin).partition("?")[0]

    await giulia.open(work)
    await giulia.press("Accetta")
    seen = await giulia.text()
    assert "Amina Prova" in seen
    assert "magazziniera, patente B, mattina" in seen
    assert "il patto non lo prevede" in seen
    assert "asma" not in seen
    assert "4.210,55" not in seen
    await piero.open(case)
    assert "il tuo ruolo non lo comprende" in await piero.text()
    await rosa.open(case)
    assert "Pagina non trovata" in await rosa.text()
    for window, seen in ((anna, True), (rosa, False)):
        await window.open("/cases")
        await window.page.get_by_label("Nome o cognome").fill("Amina pro")
        await window.press("Cerca")
        assert ("Amina Prova" in await window.text()) is seen

    await anna.open(case)
    await anna.press("Chi ha letto questa scheda")
    assert "Cooperativa sociale Il Ponte" in await anna.text()
    await anna.open(case)
    await anna.press("Ritira il consenso")
    await anna.page.get_by_label("Motivo").fill("Ha cambiato idea")
    await anna.press("Ritira")
    await giulia.open(case)
    assert "Pagina non trovata" in await giulia.text()
    assert [window.faults for window in (anna, giulia, piero, rosa)] == [[], [], [], []]


@pytest.mark.parametrize("language", ["Italiano", "English"])
async def test_every_page_can_be_used_by_everybody(desk: Any, language: str) -> None:
    anna, checker = await desk(320), axe()
    await anna.open("/sign-in")
    assert await anna.violations(checker) == []
    await anna.sign_in("anna", PASSWORD)
    await anna.open("/cases?holder=caritas-empoli")
    case = await anna.page.locator("main table a").first.get_attribute("href")
    await anna.speak(language)
    found = {}
    for address in [*PAGES, *(f"{case}{part}" for part in OF_CASE)]:
        await anna.open(address)
        full = address in IN_FULL and language == "Italiano"
        found[address] = await anna.violations(checker, ALL_RULES if full else RULES[language])
    assert {address: violations for address, violations in found.items() if violations} == {}
    await anna.open("/cases/new")
    await anna.leave_by(anna.page.locator("main button[type=submit]"))
    assert await anna.page.evaluate("() => document.activeElement.className") == "summary"
    assert await anna.violations(checker) == []
    assert anna.faults == []


@pytest.mark.parametrize("language", ["Italiano", "English"])
async def test_pages_of_members_can_be_used_by_everybody(
    desk: Any, language: str, ask: Ask, owner: Connection, tmp_path: Path
) -> None:
    chief, checker, found = await desk(320), axe(), {}
    await chief.sign_in("coordinatrice", PASSWORD)
    await chief.speak(language)
    await chief.open("/members/invite")
    await chief.leave_by(chief.page.locator("main button[type=submit]"))
    found["what is wrong"] = await chief.violations(checker, RULES[language])
    await chief.page.locator("#email").fill(f"{uuid4().hex}@prova.example")
    await chief.page.locator("#displayName").fill("Amina Prova")
    await chief.leave_by(chief.page.locator("main button[type=submit]"))
    own = (await ask("coordinatrice", "{ viewer { id } invitations(first: 1) { nodes { id } } }"))["data"]
    invitation = UUID(own["invitations"]["nodes"][0]["id"].rpartition("_")[2])
    territory = await owner.fetchval("SELECT id FROM territory WHERE slug = 'empolese-valdelsa'")
    async with setting("WIN_DATA", str(tmp_path)):
        link = await post(owner, territory, invitation)
    addresses = [address.format(own=own["viewer"]["id"]) for address in OF_MEMBERS]
    for address in (*addresses, f"/invitations/{link}"):
        await chief.open(address)
        found[address] = await chief.violations(checker, RULES[language])
    assert {address: violations for address, violations in found.items() if violations} == {}
    await chief.page.locator("#password").fill("quattro parole scelte bene")
    await chief.leave_by(chief.page.locator("main button[type=submit]"))
    assert str(chief.page.url).endswith("/today")
    assert chief.faults == []


BAR = "() => document.querySelector('.bar').getBoundingClientRect().height"
HEADER = "() => document.querySelector('header').getBoundingClientRect().height"
TALLEST = {1280: 64, 360: 56, 320: 56}
"""Of the bar; with the strip that says that all of it is invented, no more than this and a line."""


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
async def test_the_bar_is_low_and_its_menus_open_without_scripts(desk: Any, scripts: bool) -> None:
    anna = await desk(1280, scripts=scripts)
    await anna.sign_in("anna", PASSWORD)
    page, checker = anna.page, axe()
    for width, tallest in TALLEST.items():
        await page.set_viewport_size({"width": width, "height": 800})
        for address in ("/today", "/cases/nope", "/cases/new"):
            await anna.open(address)
            assert await page.evaluate(BAR) <= tallest
            assert await page.evaluate(HEADER) <= tallest + 26
        menu = page.locator(".menu > summary") if width < 1000 else None
        for summary in [one for one in (menu, page.locator(".account > summary")) if one]:
            await summary.click()
            await anna.look()
            if scripts and width != 320:
                assert await anna.violations(checker) == []
                await page.emulate_media(forced_colors="active")
                assert await anna.violations(checker) == []
                await page.emulate_media(forced_colors="none")
            await summary.click()
        if menu:
            await menu.click()
        found = page.locator("[role=search] input").locator("visible=true")
        await found.first.fill("zzz nessuno")
        await anna.leave_by(page.locator("[role=search] button").locator("visible=true").first)
        assert "Nessuna scheda" in await anna.text()
        assert "zzz" not in page.url
    assert anna.faults == []


async def test_pages_wide_and_narrow_and_in_the_colours_of_whoever_reads(desk: Any) -> None:
    anna, checker, found = await desk(1280), axe(), {}
    for address in ("/", "/sign-in", "/contacts"):
        await anna.open(address)
        found[address] = await anna.violations(checker)
    await anna.sign_in("anna", PASSWORD)
    await anna.open("/cases?holder=caritas-empoli")
    case = await anna.page.locator("main table a").first.get_attribute("href")
    addresses = ["/today", "/cases", "/nowhere", str(case), f"{case}/edit/contacts"]
    for width, colours in ((1280, "none"), (360, "active")):
        await anna.page.set_viewport_size({"width": width, "height": 800})
        await anna.page.emulate_media(forced_colors=colours)
        for address in addresses:
            await anna.open(address)
            found[f"{address} {width} {colours}"] = await anna.violations(checker)
    assert {address: violations for address, violations in found.items() if violations} == {}


LONG = ("W" * 100, "Bartolomea Maria Addolorata Immacolata Giuseppina Carmela Assunta dei Serristori Montefalconieri")
OF_CONTACTS = {"email": f"{'w' * 60}@{'w' * 60}.example", "phoneNote": "W" * 100, "address": "W" * 300}


async def shared_long(ask: Ask, owner: Connection) -> tuple[str, str]:
    """Anna opens a case of somebody with a long name and proposes joint work, of which Giulia is told."""
    job = Job(ask)
    given, family = LONG
    opened = await job.do("anna", OPEN, {"input": {"person": {"givenName": given, "familyName": family}}}, "openCase")
    case = opened["case"]["id"]
    contacts = {"caseId": case, "expectedVersion": 1, **OF_CONTACTS}
    await job.do("anna", CONTACTS, {"input": contacts}, "updateContacts")
    fields = {"fields": ["identity", "contacts"], "caseId": case}
    consent = {**fields, "basis": "CONSENT", "purposes": ["TRAINEESHIP"], "kinds": ["SOCIAL_COOPERATIVE_B"]}
    consent["until"] = today().replace(day=1, year=today().year + 1).isoformat()
    await job.do("anna", CONSENT, {"input": consent}, "giveAuthorisation")
    offer = {**fields, "purpose": "TRAINEESHIP", "partners": ["cooperativa-il-ponte"], "message": "W" * 300}
    proposed = await job.do("anna", PROPOSE, {"input": offer}, "proposeJointIntervention")
    async with owner.transaction():
        territory = await owner.fetchval("SELECT id FROM territory WHERE slug = 'empolese-valdelsa'")
        await owner.execute("SELECT set_config('win.territory_id', $1, true)", str(territory))
        await owner.fetchval(TELL, case.rpartition("_")[2])
    return f"/cases/{case}", f"/joint-work/{proposed['jointIntervention']['id']}"


async def test_whatever_is_long_fits_into_a_narrow_window(desk: Any, ask: Ask, owner: Connection) -> None:
    """Every page is looked at where it is opened: none may scroll sideways."""
    case, work = await shared_long(ask, owner)
    anna, giulia = await desk(360), await desk(360)
    await anna.sign_in("anna", PASSWORD)
    for address in ("/today", "/cases?holder=caritas-empoli", "/joint-work", work, case):
        await anna.open(address)
    assert " ".join(LONG) in await anna.text(), "cut"
    for part in ("status", "edit/identity", "edit/contacts", "consent", "propose", "access-log"):
        await anna.open(f"{case}/{part}")
    await giulia.sign_in("giulia", PASSWORD)
    for address in ("/today", "/notifications", work):
        await giulia.open(address)
        assert await giulia.violations(axe(), OF_A_PAGE) == [], address
    await giulia.press("Accetta")
    assert " ".join(LONG) in await giulia.text()
    assert [anna.faults, giulia.faults] == [[], []]


async def test_going_back_asks_nothing_and_shows_what_was_typed(desk: Any) -> None:
    """A browser asks whether to send a form again where a page was the answer to one."""
    anna = await desk(360, scripts=False)
    page = anna.page
    await anna.sign_in("anna", PASSWORD)
    await anna.open("/cases/new")
    await page.get_by_label("Nome", exact=True).fill("Amina")
    await page.get_by_label("Data di nascita").fill("31/2/1990")
    await anna.press("Apri la scheda")
    assert "Questo giorno non c'è nel calendario." in await anna.text()
    await anna.speak("English")
    assert await page.get_by_label("Given name").input_value() == "Amina"
    await anna.speak("Italiano")
    await page.get_by_label("Data di nascita").fill("1/2/1990")
    await anna.press("Apri la scheda")
    case = page.url
    assert "/cases/case_" in case
    for _ in range(3):
        await page.go_back()
        assert str(page.url).startswith(f"{anna.origin}/cases/new")
        assert await page.get_by_label("Nome", exact=True).or_(page.get_by_label("Given name")).input_value() == "Amina"
    assert anna.faults == []


async def test_pages_are_light_and_reached_by_keyboard(desk: Any) -> None:
    anna = await desk(1280)
    sizes: list[int] = []

    async def weigh(request: Any) -> None:
        size = await request.sizes()
        sizes.append(size["responseBodySize"] + size["responseHeadersSize"])

    anna.page.on("requestfinished", weigh)
    await anna.sign_in("anna", PASSWORD)
    await anna.open("/cases")
    await anna.page.wait_for_load_state("networkidle")
    assert sum(sizes) < MOST_BYTES
    await anna.page.keyboard.press("Tab")
    assert await anna.page.evaluate("() => document.activeElement.getAttribute('href')") == "#content"
    for _ in range(12):
        await anna.page.keyboard.press("Tab")
        width = "() => parseFloat(getComputedStyle(document.activeElement).outlineWidth)"
        assert await anna.page.evaluate(width) >= 2

"""What the API tells of a change that came second, and of names as people look for them."""

import asyncio
from typing import Any

import pytest

from tests.api.test_main_job import OPEN, WORK, Job, open_and_write
from tests.conftest import Ask

NAMED = "query Named($name: String) { cases(first: 100, filter: {name: $name}) { totalCount nodes { id } } }"
SHOWN = """query Shown($id: ID!) { case(id: $id) {
  version work { profile } person { identity { initials givenName familyName } }
} }"""


@pytest.fixture(scope="module")
async def job(ask: Ask) -> Job:
    job = Job(ask)
    await open_and_write(job)
    return job


async def test_a_conflict_tells_both_versions_who_was_first_and_both_values(ask: Ask, job: Job) -> None:
    profile = "magazziniera, patente B, mattina"
    for version in (0, 2, 6, 2**31 - 1, -1):
        given = {"caseId": job.case, "expectedVersion": version, "profile": "altro"}
        body = await ask("anna", WORK, {"input": given})
        (error,) = body["errors"]
        told = error["extensions"]
        assert (told["code"], told["expectedVersion"], told["actualVersion"]) == ("CONFLICT", version, 5)
        assert str(version) in error["message"]
        theirs = {"name": "profile", "field": "work.profile", "theirs": profile, "yours": "altro"}
        assert (told["conflict"]["by"] or "").startswith("Anna") == (version < 3)
        assert (theirs in told["conflict"]["values"]) == (version < 3)
    case = (await ask("anna", SHOWN, {"id": job.case}))["data"]["case"]
    assert (case["version"], case["work"]) == (5, {"profile": profile})


async def test_of_twenty_updates_at_once_one_passes(ask: Ask) -> None:
    job = Job(ask)
    await open_and_write(job)
    given = {"input": {"caseId": job.case, "expectedVersion": 5, "profile": "venti insieme"}}
    bodies = await asyncio.gather(*(ask("anna", WORK, given) for _ in range(20)))
    codes = sorted(body["errors"][0]["extensions"]["code"] if "errors" in body else "" for body in bodies)
    assert codes == ["", *["CONFLICT"] * 19]


PEOPLE: list[tuple[str | None, str | None, list[str], str]] = [
    ("Nicolò", "Provanomi", ["nicolo", "nicolo'", "NICOLÒ", "provanomi nic", "Provanomi"], "N.P."),
    ("Anila", "D'Amico", ["d'amico", "d amico", "damico", "amico", "D’AMICO", "amico anila"], "A.D."),
    ("Anila", "D’Amicó", ["d'amico", "damico"], "A.D."),
    ("Anila", "D`Amico", ["d'amico", "d amico", "damico"], "A.D."),
    ("Anila", "D´Amico", ["d'amico", "damico"], "A.D."),
    ("Anila", "DʼAmico", ["d'amico", "d amico", "damico"], "A.D."),
    ("Anila", "d'Amico", ["D'Amico"], "A.D."),
    ("Anila", "Da\u00admico\u200b", ["d'amico", "damico"], "A.D."),
    ("Gina", "Dell'Orto", ["dellorto", "dell orto", "orto"], "G.D."),
    ("Awa", "N'Diaye", ["ndiaye", "n'diaye", "n diaye"], "A.N."),
    ("Jean\u2011Luc", "Provatratto", ["jeanluc", "jean luc", "jean-luc", "jeanluc provat"], "J.P."),
    ("Łukasz", "Żak", ["lukasz zak", "zak lukasz"], "Ł.Ż."),
    ("Đorđe", "Provadj", ["dorde", "djordje", "đorđe"], "Đ.P."),
    ("Eva", "Weiß", ["weiss", "weiß"], "E.W."),
    ("Øystein", "Prova", ["oystein", "oeystein"], "Ø.P."),
    ("Anna", "Þórsdóttir", ["thorsdottir"], "A.Þ."),
    ("Işıl", "Provai", ["isil", "işıl"], "I.P."),
    ("Leyla", "Əliyeva", ["aliyeva", "eliyeva", "əliyeva"], "L.Ə."),
    (None, "Solocognome", ["solocognome"], "S."),
    ("T", None, ["t"], "T."),
    ("李明", None, ["liming", "li ming"], "李."),
]


async def test_a_name_is_found_by_every_form_that_a_clerk_would_type(ask: Ask) -> None:
    opened: dict[str, Any] = {}
    for given, family, asked, initials in PEOPLE:
        person = {"givenName": given, "familyName": family}
        payload = (await ask("anna", OPEN, {"input": {"person": person}}))["data"]["openCase"]
        assert payload["problems"] == []
        opened[payload["case"]["id"]] = (asked, initials)
    for case, (asked, initials) in opened.items():
        shown = await ask("anna", SHOWN, {"id": case})
        assert shown["data"]["case"]["person"]["identity"]["initials"] == initials
        for name in asked:
            found = (await ask("anna", NAMED, {"name": name}))["data"]["cases"]["nodes"]
            assert case in {one["id"] for one in found}, name
    for name in {name for asked, _ in opened.values() for name in asked}:
        found = (await ask("rosa", NAMED, {"name": name}))["data"]["cases"]["nodes"]
        assert not {one["id"] for one in found} & set(opened), name


async def test_a_name_that_changes_is_found_by_the_new_one_alone(ask: Ask) -> None:
    person = {"givenName": "Vecchia", "familyName": "Forma"}
    case = (await ask("anna", OPEN, {"input": {"person": person}}))["data"]["openCase"]["case"]["id"]
    change = "mutation M($input: UpdateIdentityInput!) { updateIdentity(input: $input) { problems { code } } }"
    await ask("anna", change, {"input": {"caseId": case, "expectedVersion": 1, "givenName": "Nuova"}})
    for name, is_found in (("vecchia", False), ("nuova", True), ("forma nuova", True), ("vecchia forma", False)):
        found = (await ask("anna", NAMED, {"name": name}))["data"]["cases"]["nodes"]
        assert (case in {one["id"] for one in found}) == is_found, name

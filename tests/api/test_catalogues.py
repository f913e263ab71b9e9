"""Catalogues and the registry of fields: what is listed is what verbs take, and nothing else is."""

from itertools import product
from string import ascii_uppercase
from typing import Any

import pytest

from authz.fields import FIELDS
from infra.clock import today
from tenants.cases.groups import GROUPS
from tenants.cases.values import municipality
from tenants.checks import Wrong
from tests.api.test_main_job import CONSENT, Job, open_and_write
from tests.conftest import Ask

LIST = """
query List($name: CatalogueName!) { catalogue(name: $name) { code label within validFrom validUntil } }"""
FIELDS_ASKED = "{ fields { key group sensitivity label groupLabel } }"
NEEDS = """
mutation Needs($input: UpdateNeedsInput!) {
  updateNeeds(input: $input) { case { version needs { macro item } } problems { code path } }
}"""
STATUS = """
mutation Status($input: UpdateLegalStatusInput!) {
  updateLegalStatus(input: $input) {
    case { version legalStatus { citizenship disadvantage } } problems { code path }
  }
}"""
SAMPLES = {
    "CITIZENSHIP": {("IT", "Italia", "Italy"), ("SN", "Senegal", "Senegal")},
    "DISADVANTAGE": {("adi_homeless", "Senza dimora", "Homeless")},
    "EDUCATION_LEVEL": {("ZZ_LSE", "Licenza media", "Lower secondary school")},
    "INCOME_BAND": {("0", "Nessun reddito", "No income"), (">25000", "Oltre 25.000 €", "Over € 25,000")},
    "MUNICIPALITY": {("048014", "Empoli", "Empoli")},
    "NEED": {("HOUSING", "Problematiche abitative", "Housing problems")},
    "NEED_ITEM": {("eviction", "Sfratto", "Eviction"), ("pregnancy", "Gravidanza", "Pregnancy")},
}
"""Of each catalogue some items, with what they are called in Italian and in English."""
TAKEN_BY = {
    "CITIZENSHIP": ("legal_status", "citizenship"),
    "DISADVANTAGE": ("legal_status", "disadvantage"),
    "EDUCATION_LEVEL": ("education", "level"),
    "INCOME_BAND": ("economic", "income_band"),
}
"""The value of a case that takes exactly the codes of the catalogue."""
LENGTHS = {"CITIZENSHIP": 200, "DISADVANTAGE": 20, "EDUCATION_LEVEL": 16, "INCOME_BAND": 8}
"""As many codes as there are at least."""

Item = dict[str, Any]


async def listed(ask: Ask, name: str, language: str = "it") -> list[Item]:
    body = await ask("piero", LIST, {"name": name}, **{"Accept-Language": language})
    found: list[Item] = body["data"]["catalogue"]
    return found


def takes(name: str, code: str) -> bool:
    """Tell whether the verb takes the code, and as no other than itself."""
    group, value = TAKEN_BY[name]
    (check,) = [entry.check for entry in GROUPS[group] if entry.name == value]
    given: Any = [code] if name == "DISADVANTAGE" else code
    try:
        return bool(check(given) == given)
    except Wrong:
        return False


@pytest.mark.parametrize("name", SAMPLES)
async def test_a_catalogue_is_in_the_callers_language_and_in_one_order(ask: Ask, name: str) -> None:
    italian, english = await listed(ask, name), await listed(ask, name, "en")
    assert [item["code"] for item in italian] == [item["code"] for item in english]
    labels = {(one["code"], one["label"], other["label"]) for one, other in zip(italian, english, strict=True)}
    assert labels >= SAMPLES[name]
    assert all(item["label"] for item in italian + english)
    assert {(item["validFrom"], item["validUntil"]) for item in italian} == {(None, None)}
    codes = [(item["within"], item["code"]) for item in italian]
    assert len(set(codes)) == len(codes)
    assert {item["within"] for item in italian} - {None} == (
        {item["code"] for item in await listed(ask, "NEED")} if name == "NEED_ITEM" else set()
    )


@pytest.mark.parametrize("name", TAKEN_BY)
async def test_a_verb_takes_what_is_listed_and_nothing_else(ask: Ask, name: str) -> None:
    codes = [item["code"] for item in await listed(ask, name)]
    assert len(codes) >= LENGTHS[name]
    assert [code for code in codes if not takes(name, code)] == []
    others = {item["code"] for other in {*SAMPLES} - {name} for item in await listed(ask, other)}
    near = {made for code in codes for made in (f"{code}x", code[:-1], f"x{code}")}
    strange = {*others, *near, *map("".join, product(ascii_uppercase, repeat=2)), "", "null"} - {*codes}
    assert [code for code in sorted(strange) if takes(name, code)] == []


async def test_a_case_keeps_every_listed_item_as_it_is_listed(ask: Ask) -> None:
    """By the API: all disadvantages at once, and every need in its family; in another family it is unknown."""
    job = Job(ask)
    await open_and_write(job)
    version = (await ask("anna", "query ($id: ID!) { case(id: $id) { version } }", {"id": job.case}))["data"]["case"]
    given: Item = {"caseId": job.case, "expectedVersion": version["version"]}
    disadvantages = [item["code"] for item in await listed(ask, "DISADVANTAGE")]
    status = {**given, "citizenship": "SN", "disadvantage": disadvantages}
    kept = await job.do("anna", STATUS, {"input": status}, "updateLegalStatus")
    assert kept["case"]["legalStatus"] == {"citizenship": "SN", "disadvantage": disadvantages}
    wrong = {**given, "expectedVersion": kept["case"]["version"], "citizenship": "QQ", "disadvantage": ["nobody"]}
    told = (await ask("anna", STATUS, {"input": wrong}))["data"]["updateLegalStatus"]
    assert {(problem["code"], problem["path"][0]) for problem in told["problems"]} == {
        ("UNKNOWN_ITEM", "citizenship"),
        ("UNKNOWN_ITEM", "disadvantage"),
    }

    needs = [{"macro": item["within"], "item": item["code"]} for item in await listed(ask, "NEED_ITEM")]
    needs += [{"macro": item["code"], "item": None} for item in await listed(ask, "NEED")]
    assert len(needs) > 60
    given["expectedVersion"] = kept["case"]["version"]
    for part in range(0, len(needs), 50):
        kept = await job.do("anna", NEEDS, {"input": {**given, "add": needs[part : part + 50]}}, "updateNeeds")
        given["expectedVersion"] = kept["case"]["version"]
    found = [(need["macro"], need["item"] or "") for need in kept["case"]["needs"]]
    assert sorted(found) == sorted((need["macro"], need["item"] or "") for need in needs)
    elsewhere = [{"macro": "HOUSING", "item": "pregnancy"}, {"macro": "NOBODY"}]
    told = (await ask("anna", NEEDS, {"input": {**given, "add": elsewhere}}))["data"]["updateNeeds"]
    assert [(problem["code"], problem["path"]) for problem in told["problems"]] == [
        ("UNKNOWN_ITEM", ["add", "0", "item"]),
        ("UNKNOWN_ITEM", ["add", "1", "macro"]),
    ]


async def test_any_town_may_be_written_and_those_of_the_territory_are_listed(ask: Ask) -> None:
    towns = [item["code"] for item in await listed(ask, "MUNICIPALITY")]
    assert [municipality(code) for code in [*towns, "058091"]] == [*towns, "058091"]
    for code in ("48014", "000014", "048000", "0480140", "FI0014", "٠٤٨٠١٤"):
        with pytest.raises(Wrong):
            municipality(code)


async def test_the_registry_says_how_each_field_has_to_be_named(ask: Ask) -> None:
    italian, english = [
        (await ask("piero", FIELDS_ASKED, None, **{"Accept-Language": language}))["data"]["fields"]
        for language in ("it", "en")
    ]
    assert [(field["key"], field["sensitivity"]) for field in italian] == [
        (field.key, field.sensitivity.name) for field in FIELDS
    ]
    told = {field["key"]: field for field in italian}
    assert {key: told[key]["sensitivity"] for key in SENSITIVITIES} == SENSITIVITIES
    assert (told["contacts.municipality"]["label"], told["work.profile"]["group"]) == ("Comune", "work")
    assert {field["key"]: field["label"] for field in english}["contacts.municipality"] == "Town"
    assert all(field["label"] and field["groupLabel"] for field in italian + english)
    assert all(field["key"].startswith(f"{field['group']}.") for field in italian)


SENSITIVITIES = {
    "identity.name": "COMMON",
    "health.mental": "SPECIAL",
    "justice.measures": "JUDICIAL",
}


async def test_a_consent_takes_the_fields_that_are_listed_and_no_other(ask: Ask) -> None:
    job = Job(ask)
    await open_and_write(job)
    keys = [field["key"] for field in (await ask("anna", FIELDS_ASKED))["data"]["fields"]]
    consent: Item = {"caseId": job.case, "basis": "CONSENT", "purposes": ["TRAINEESHIP"], "kinds": ["MUNICIPALITY"]}
    consent["until"] = today().replace(year=today().year + 1, day=1).isoformat()
    strange = [key for listed in keys for key in (f"{listed}x", listed.upper(), f" {listed}.")]
    for place in range(0, len(strange), len(keys)):
        fields = [*strange[place : place + len(keys)], *keys[:1]]
        told = (await ask("anna", CONSENT, {"input": {**consent, "fields": fields}}))["data"]["giveAuthorisation"]
        assert [(problem["code"], problem["path"]) for problem in told["problems"]] == [
            ("UNKNOWN_FIELD", ["fields", str(position)]) for position in range(len(fields) - 1)
        ]
    await job.do("anna", CONSENT, {"input": {**consent, "fields": keys}}, "giveAuthorisation")

"""The registry of fields: bits are stored and signed, so this list only ever grows."""

from authz.fields import FIELDS, SENSITIVE, names_of

BITS = {
    "identity.initials": 0,
    "identity.name": 1,
    "identity.birth_year": 2,
    "identity.birth": 3,
    "identity.sex": 4,
    "identity.identity_code": 5,
    "contacts.municipality": 7,
    "contacts.phone": 8,
    "contacts.email": 9,
    "contacts.address": 10,
    "household.composition": 12,
    "household.members": 13,
    "household.care_load": 14,
    "status.citizenship": 16,
    "status.residence_permit": 17,
    "status.disadvantage": 18,
    "economic.income_band": 20,
    "economic.isee_value": 21,
    "economic.debts": 22,
    "economic.benefits": 23,
    "work.profile": 25,
    "work.history": 26,
    "education.level": 28,
    "education.languages": 29,
    "housing.situation": 31,
    "health.conditions": 33,
    "health.disability": 34,
    "health.addictions": 35,
    "health.mental": 36,
    "justice.measures": 38,
    "needs.macro": 40,
    "needs.detail": 41,
    "assessment.scores": 43,
    "assessment.notes": 44,
    "plan.goals": 46,
    "plan.progress": 47,
    "plan.commitments": 48,
    "interventions.log": 50,
    "interventions.detail": 51,
    "interviews.log": 53,
    "notes.team": 55,
    "documents.list": 57,
    "documents.content": 58,
    "outcomes.results": 60,
}


def test_bits_never_change() -> None:
    now = {field.key: field.bit for field in FIELDS}
    assert {key: now[key] for key in BITS} == BITS


def test_every_field_has_a_bit_of_its_own_that_fits_the_database() -> None:
    bits = [field.bit for field in FIELDS]
    assert len(set(bits)) == len(bits)
    assert all(0 <= bit <= 62 for bit in bits)


def test_special_and_judicial_fields() -> None:
    assert names_of(SENSITIVE) == [
        "status.disadvantage",
        "health.conditions",
        "health.disability",
        "health.addictions",
        "health.mental",
        "justice.measures",
    ]

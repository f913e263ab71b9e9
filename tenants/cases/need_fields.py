"""Which fields of the registry a need tells, item by item: a table to be reviewed by people who know the law.

A need exists for whoever reads `needs.macro` and every field that is named here; its item and its note for whoever
reads `needs.detail` besides. An item names a field where it tells something special (article 9 of the GDPR), judicial
(article 10), or whether somebody is here lawfully; the others name none. The entry without an item is of a need of
which nobody said more than its family.
"""

from collections.abc import Mapping

from authz.fields import FIELD
from tenants.cases.need_catalogue import NEEDS

MACRO, DETAIL = FIELD["needs.macro"].mask, FIELD["needs.detail"].mask

TOLD: Mapping[str, Mapping[str | None, str]] = {
    "housing": {
        None: "",
        "precarious_housing": "",
        "no_home": "",
        "temporary_shelter": "",
        "eviction": "",
        "overcrowding": "",
        "no_registered_residence": "",
        "housing_other": "",
    },
    "justice": {
        None: "justice.measures",
        "house_arrest": "justice.measures",
        "detention": "justice.measures",
        "free_pending_proceedings": "justice.measures",
        "alternative_measures": "justice.measures",
        "security_measures": "justice.measures",
        "other_restrictions": "justice.measures",
        "post_detention": "justice.measures",
        "justice_other": "justice.measures",
    },
    "addiction": {
        None: "health.addictions",
        "alcohol": "health.addictions",
        "drugs": "health.addictions",
        "gambling": "health.addictions",
        "medicines": "health.addictions",
        "addiction_other": "health.addictions",
    },
    "economic": {
        None: "",
        "no_income": "",
        "insufficient_income": "",
        "extraordinary_expense": "",
        "debt": "",
        "usury_bankruptcy": "",
        "extreme_poverty": "",
        "begging": "",
        "money_management": "",
        "economic_other": "",
    },
    "family": {
        None: "",
        "couple_conflict": "",
        "parent_child_conflict": "",
        "separation_divorce": "",
        "single_parent": "",
        # Who suffers violence is a person at a disadvantage by law (DM 154/2023), and in danger if it gets around.
        "domestic_violence": "status.disadvantage",
        "care_burden": "",
        "bereavement": "",
        "pregnancy": "health.conditions",
        "loneliness": "",
        "family_other": "",
    },
    "disability": {
        None: "health.disability",
        "physical": "health.disability",
        "sensory": "health.disability",
        "intellectual": "health.disability",
        # It is a disability already by its family, and an illness of the mind by its name.
        "psychic": "health.disability health.mental",
        "multiple": "health.disability",
        "disability_other": "health.disability",
    },
    "migration": {
        None: "",
        "irregular_status": "status.residence_permit",
        "permit_procedure": "status.residence_permit",
        # Both are among the disadvantages of the law (DGR 768/2012); why somebody fled is often of article 9.
        "asylum_procedure": "status.disadvantage",
        "trafficking": "status.disadvantage",
        "family_reunification": "status.residence_permit",
        "recognition_of_titles": "",
        "language_barrier": "",
        "migration_other": "",
    },
    "education": {
        None: "",
        "illiteracy": "",
        "low_attainment": "",
        "school_dropout": "",
        "italian_language": "",
        "digital_illiteracy": "",
        "education_other": "",
    },
    "employment": {
        None: "",
        "unemployment": "",
        "long_term_unemployment": "",
        "dismissal": "",
        "undeclared_work": "",
        "precarious_work": "",
        "underemployment": "",
        "low_skills": "",
        "suspended": "",
        "work_care_conflict": "",
        "inactive_neet": "",
        "employment_other": "",
    },
    "health": {
        None: "health.conditions",
        "chronic_illness": "health.conditions",
        "oncological": "health.conditions",
        "mental_illness": "health.mental",
        "depression": "health.mental",
        "accident": "health.conditions",
        "dental": "health.conditions",
        "post_surgery": "health.conditions",
        "no_health_cover": "health.conditions",
        "health_other": "health.conditions",
    },
    "other": {None: "", "other": ""},
}


def told_mask(macro: str, item: str | None) -> int:
    """Return the fields, besides those of needs themselves, that such a need tells."""
    return sum(FIELD[key].mask for key in TOLD[macro][item].split())


def stored_masks() -> Mapping[str, set[int]]:
    """Return for each family the masks that its needs can have; the database refuses any other."""
    return {macro: {told_mask(macro, item) for item in items} for macro, items in TOLD.items()}


def item_masks() -> Mapping[str, int]:
    """Return the mask of each item; no two families share one."""
    return {item: told_mask(macro, item) for macro, items in TOLD.items() for item in items if item is not None}


EVERY_FIELD = 0
for _masks in stored_masks().values():
    for _mask in _masks:
        EVERY_FIELD |= _mask

if {macro: {None, *family.items} for macro, family in NEEDS.items()} != {macro: {*row} for macro, row in TOLD.items()}:
    raise TypeError("Each item of the catalogue of needs has to say here which fields it tells.")
if len(item_masks()) != sum(len(family.items) for family in NEEDS.values()):
    raise TypeError("No two families of needs may share an item: the item alone says which fields it tells.")

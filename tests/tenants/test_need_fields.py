"""Which fields each need tells, said once more for whoever reviews it: without reading the product's own table."""

from tenants.cases.need_fields import TOLD

WITH_A_FIELD = {
    ("addiction", None): "health.addictions",
    ("addiction", "addiction_other"): "health.addictions",
    ("addiction", "alcohol"): "health.addictions",
    ("addiction", "drugs"): "health.addictions",
    ("addiction", "gambling"): "health.addictions",
    ("addiction", "medicines"): "health.addictions",
    ("disability", None): "health.disability",
    ("disability", "disability_other"): "health.disability",
    ("disability", "intellectual"): "health.disability",
    ("disability", "multiple"): "health.disability",
    ("disability", "physical"): "health.disability",
    ("disability", "psychic"): "health.disability health.mental",
    ("disability", "sensory"): "health.disability",
    ("family", "domestic_violence"): "status.disadvantage",
    ("family", "pregnancy"): "health.conditions",
    ("health", None): "health.conditions",
    ("health", "accident"): "health.conditions",
    ("health", "chronic_illness"): "health.conditions",
    ("health", "dental"): "health.conditions",
    ("health", "depression"): "health.mental",
    ("health", "health_other"): "health.conditions",
    ("health", "mental_illness"): "health.mental",
    ("health", "no_health_cover"): "health.conditions",
    ("health", "oncological"): "health.conditions",
    ("health", "post_surgery"): "health.conditions",
    ("justice", None): "justice.measures",
    ("justice", "alternative_measures"): "justice.measures",
    ("justice", "detention"): "justice.measures",
    ("justice", "free_pending_proceedings"): "justice.measures",
    ("justice", "house_arrest"): "justice.measures",
    ("justice", "justice_other"): "justice.measures",
    ("justice", "other_restrictions"): "justice.measures",
    ("justice", "post_detention"): "justice.measures",
    ("justice", "security_measures"): "justice.measures",
    ("migration", "asylum_procedure"): "status.disadvantage",
    ("migration", "family_reunification"): "status.residence_permit",
    ("migration", "irregular_status"): "status.residence_permit",
    ("migration", "permit_procedure"): "status.residence_permit",
    ("migration", "trafficking"): "status.disadvantage",
}
"""Family and item, or `None` where nobody said more than the family; with the fields, all of which have to be read."""
WITHOUT = {
    "economic": "begging debt economic_other extraordinary_expense extreme_poverty insufficient_income "
    "money_management no_income usury_bankruptcy",
    "education": "digital_illiteracy education_other illiteracy italian_language low_attainment school_dropout",
    "employment": "dismissal employment_other inactive_neet long_term_unemployment low_skills precarious_work "
    "suspended underemployment undeclared_work unemployment work_care_conflict",
    "family": "bereavement care_burden couple_conflict family_other loneliness parent_child_conflict "
    "separation_divorce single_parent",
    "housing": "eviction housing_other no_home no_registered_residence overcrowding precarious_housing "
    "temporary_shelter",
    "migration": "language_barrier migration_other recognition_of_titles",
    "other": "other",
}
"""For each family the items that `needs` alone covers; the bare family is among them."""


def test_each_need_tells_these_fields_and_no_others() -> None:
    told = {(family, item): fields for family, items in TOLD.items() for item, fields in items.items()}
    bare = {(family, item): "" for family, items in WITHOUT.items() for item in (None, *items.split())}
    assert told == WITH_A_FIELD | bare
    assert not {*WITH_A_FIELD} & {*bare}

"""The purposes of joint work; a clause names those for which it shares."""

from enum import StrEnum


class Purpose(StrEnum):
    """The families of intervention. Aggregate statistics are none of them: they never carry case data."""

    LISTENING = "listening"
    TABLE_DISCUSSION = "table_discussion"
    MATERIAL_AID = "material_aid"
    COUNSELLING = "counselling"
    HOUSING = "housing"
    JOB_ACCOMPANIMENT = "job_accompaniment"
    TRAINEESHIP = "traineeship"
    HIRE = "hire"
    YOUTH_PROGRAMME = "youth_programme"
    EDUCATION = "education"
    ENTERPRISE = "enterprise"
    HEALTH_SOCIAL_PATHWAY = "health_social_pathway"

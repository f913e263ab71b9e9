"""The purposes of joint work; a clause names those for which it shares."""

from infra.explained import Explained


class Purpose(Explained):
    """The families of intervention. Aggregate statistics are none of them: they never carry case data."""

    LISTENING = "listening", "To listen, and to find out what is needed."
    TABLE_DISCUSSION = "table_discussion", "To discuss the case at the territorial table."
    MATERIAL_AID = "material_aid", "Food, clothes, bills."
    COUNSELLING = "counselling", "Advice, on law, debts or work."
    HOUSING = "housing", "To find or to keep a home."
    JOB_ACCOMPANIMENT = "job_accompaniment", "To look for work, and to stay in it."
    TRAINEESHIP = "traineeship", "A traineeship in a firm or cooperative."
    HIRE = "hire", "To be hired."
    YOUTH_PROGRAMME = "youth_programme", "A programme for young people."
    EDUCATION = "education", "School, language, training."
    ENTERPRISE = "enterprise", "To start something of one's own."
    HEALTH_SOCIAL_PATHWAY = "health_social_pathway", "A pathway of health and social services together."

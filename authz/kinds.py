"""The kinds of organisation that sign a pact; a clause may grant to a kind instead of a name."""

from infra.explained import Explained


class OrganisationKind(Explained):
    """What an organisation is, by law or by mission."""

    CARITAS = "caritas", "A Caritas, of a diocese or of a parish."
    PARISH = "parish", "A parish by itself."
    VOLUNTEER_ASSOCIATION = "volunteer_association", "ODV: organizzazione di volontariato."
    SOCIAL_PROMOTION_ASSOCIATION = "social_promotion_association", "APS: associazione di promozione sociale."
    SOCIAL_COOPERATIVE_A = "social_cooperative_a", "Gives social, health and educational services."
    SOCIAL_COOPERATIVE_B = "social_cooperative_b", "Gives work to people at a disadvantage."
    SOCIAL_COOPERATIVE_AB = "social_cooperative_ab", "Does what both of the others do."
    COOPERATIVE_CONSORTIUM = "cooperative_consortium", "A consortium of cooperatives."
    MISERICORDIA = "misericordia", "A confraternity of the Misericordie."
    PUBLIC_ASSISTANCE = "public_assistance", "A pubblica assistenza: ambulances and help, not of the church."
    MUNICIPALITY = "municipality", "A town's administration."
    MUNICIPAL_UNION = "municipal_union", "Towns that keep their social services together."
    LOCAL_HEALTH_AUTHORITY = "local_health_authority", "ASL: the public health service of the area."
    EMPLOYMENT_CENTRE = "employment_centre", "Centro per l'impiego: the public employment service."
    TRADE_UNION = "trade_union", "A union of workers."
    EMPLOYERS_ASSOCIATION = "employers_association", "A union of firms."
    TRAINING_AGENCY = "training_agency", "An accredited body for vocational training."
    SCHOOL_CPIA = "school_cpia", "A school, or the provincial centre for the education of adults."
    COMPANY = "company", "A firm that takes people on."
    DIOCESE = "diocese", "A diocese by itself."
    FOUNDATION = "foundation", "A foundation, of a bank or of a community."
    OTHER = "other", "None of the others."

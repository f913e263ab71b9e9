"""The kinds of organisation that sign a pact; a clause may grant to a kind instead of a name."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    """What an organisation is, by law or by mission."""

    CARITAS = "caritas"
    PARISH = "parish"
    VOLUNTEER_ASSOCIATION = "volunteer_association"
    SOCIAL_PROMOTION_ASSOCIATION = "social_promotion_association"
    SOCIAL_COOPERATIVE_A = "social_cooperative_a"
    SOCIAL_COOPERATIVE_B = "social_cooperative_b"
    SOCIAL_COOPERATIVE_AB = "social_cooperative_ab"
    COOPERATIVE_CONSORTIUM = "cooperative_consortium"
    MISERICORDIA = "misericordia"
    PUBLIC_ASSISTANCE = "public_assistance"
    MUNICIPALITY = "municipality"
    MUNICIPAL_UNION = "municipal_union"
    LOCAL_HEALTH_AUTHORITY = "local_health_authority"
    EMPLOYMENT_CENTRE = "employment_centre"
    TRADE_UNION = "trade_union"
    EMPLOYERS_ASSOCIATION = "employers_association"
    TRAINING_AGENCY = "training_agency"
    SCHOOL_CPIA = "school_cpia"
    COMPANY = "company"
    DIOCESE = "diocese"
    FOUNDATION = "foundation"
    OTHER = "other"

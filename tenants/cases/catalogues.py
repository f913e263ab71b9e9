"""The lists that values are chosen from: code → (Italian, English). A code is given once and never reused."""

from collections.abc import Mapping
from types import MappingProxyType

from infra.explained import Explained

Label = tuple[str, str]
Catalogue = Mapping[str, Label]


class Sex(Explained):
    """As registers of the population write it."""

    F = "F", "Female."
    M = "M", "Male."


SEXES: Catalogue = MappingProxyType({"F": ("Femminile", "Female"), "M": ("Maschile", "Male")})

INCOME_BANDS: Catalogue = MappingProxyType(
    {
        "0": ("Nessun reddito", "No income"),
        "0.01-3000": ("Fino a 3.000 €", "Up to € 3,000"),
        "3000-6000": ("Da 3.000 a 6.000 €", "€ 3,000 to 6,000"),
        "6000-10140": ("Da 6.000 a 10.140 €", "€ 6,000 to 10,140"),
        "10140-15000": ("Da 10.140 a 15.000 €", "€ 10,140 to 15,000"),
        "15000-25000": ("Da 15.000 a 25.000 €", "€ 15,000 to 25,000"),
        ">25000": ("Oltre 25.000 €", "Over € 25,000"),
        "not_declared": ("Non dichiarata", "Not declared"),
    }
)
"""Of the ISEE indicator; the third border is the threshold of the Assegno di inclusione in 2025."""

EDUCATION_LEVELS: Catalogue = MappingProxyType(
    {
        "ZZ_NED": ("Nessun titolo", "No qualification"),
        "ZZ_PSE": ("Licenza elementare", "Primary school"),
        "ZZ_LSE": ("Licenza media", "Lower secondary school"),
        "ZZ_USV": ("Qualifica professionale di 2-3 anni", "Upper secondary school, 2-3 years"),
        "ZZ_IFP": ("Qualifica o diploma IeFP", "Vocational qualification"),
        "ZZ_USG": ("Diploma di scuola superiore", "Upper secondary school, 4-5 years"),
        "ZZ_IFTS": ("Specializzazione tecnica IFTS", "Higher technical specialisation"),
        "ZZ_ITS": ("Diploma di tecnico superiore ITS", "Higher technical diploma"),
        "ZZ_CDU": ("Diploma universitario", "University diploma"),
        "ZZ_L": ("Laurea triennale", "Bachelor's degree"),
        "ZZ_FLA": ("Diploma accademico di I livello (AFAM)", "Arts diploma, first level"),
        "ZZ_LS": ("Laurea magistrale", "Master's degree"),
        "ZZ_LD": ("Laurea a ciclo unico o del vecchio ordinamento", "Single-cycle degree"),
        "ZZ_SLA": ("Diploma accademico di II livello (AFAM)", "Arts diploma, second level"),
        "ZZ_ACO": ("Accademia o conservatorio (vecchio ordinamento)", "Academy or conservatory, old programme"),
        "ZZ_RDD": ("Dottorato di ricerca", "Research doctorate"),
    }
)
"""The codes of ISTAT's classification of qualifications, lowest first."""

DISADVANTAGES: Catalogue = MappingProxyType(
    {
        "l381_physical_disability": ("Invalidità fisica", "Physical disability"),
        "l381_mental_disability": ("Invalidità psichica", "Mental disability"),
        "l381_sensory_disability": ("Invalidità sensoriale", "Sensory disability"),
        "l381_former_psychiatric_inpatient": ("Ex degente psichiatrico", "Former psychiatric inpatient"),
        "l381_psychiatric_treatment": ("In trattamento psichiatrico", "In psychiatric treatment"),
        "l381_drug_addiction": ("Tossicodipendenza", "Drug addiction"),
        "l381_alcohol_addiction": ("Alcolismo", "Alcohol addiction"),
        "l381_minor_family_difficulty": (
            "Minore in età lavorativa in difficoltà familiare",
            "Minor of working age in family difficulty",
        ),
        "l381_detained": ("Detenzione", "Detained"),
        "l381_alternative_measures": (
            "Misure alternative o lavoro all'esterno",
            "Alternative measures or outside work",
        ),
        "trafficking_victim": ("Vittima di tratta", "Victim of trafficking"),
        "asylum_seeker": ("Richiedente asilo", "Asylum seeker"),
        "refugee_or_subsidiary_protection": (
            "Protezione internazionale o sussidiaria",
            "Refugee or subsidiary protection",
        ),
        "humanitarian_protection": ("Protezione umanitaria", "Humanitarian protection"),
        "adi_mental_disorder": ("Disturbo mentale", "Mental disorder"),
        "adi_disability_46plus_care": ("Disabilità dal 46% con presa in carico", "Disability of 46% or more, in care"),
        "adi_addiction_programme": ("In programma per le dipendenze", "In an addiction programme"),
        "adi_trafficking_victim": ("Vittima di tratta (ADI)", "Victim of trafficking (ADI)"),
        "adi_gender_violence_victim": ("Vittima di violenza di genere", "Victim of gender-based violence"),
        "adi_former_prisoner_first_year": ("Primo anno dopo il carcere", "First year after prison"),
        "adi_social_fragility_sheltered": ("Fragilità sociale in accoglienza", "Socially fragile, sheltered"),
        "adi_homeless": ("Senza dimora", "Homeless"),
        "adi_care_leaver_18_21": ("Neomaggiorenne fuori famiglia (18-21)", "Care leaver aged 18-21"),
    }
)
"""Law 381/1991 art. 4, the Tuscan extension for traineeships, and the conditions of the Assegno di inclusione."""

CLOSURE_REASONS: Catalogue = MappingProxyType(
    {
        "autonomy_reached": ("Autonomia raggiunta", "Autonomy reached"),
        "goals_partly_reached": ("Obiettivi raggiunti in parte", "Goals partly reached"),
        "transferred_to_service": ("Passaggio a un altro servizio", "Transferred to a service"),
        "moved_away": ("Trasferimento altrove", "Moved away"),
        "withdrew": ("Rinuncia", "Withdrew"),
        "unreachable": ("Irreperibile", "Unreachable"),
        "deceased": ("Decesso", "Deceased"),
        "not_eligible": ("Senza requisiti", "Not eligible"),
        "other": ("Altro", "Other"),
    }
)

HOME_COUNTRY = "IT"
"""A telephone number without a prefix is of this country."""

MUNICIPALITIES: Catalogue = MappingProxyType(
    {
        code: (name, name)
        for code, name in (
            ("048008", "Capraia e Limite"),
            ("048010", "Castelfiorentino"),
            ("048011", "Cerreto Guidi"),
            ("048012", "Certaldo"),
            ("048014", "Empoli"),
            ("048019", "Fucecchio"),
            ("048020", "Gambassi Terme"),
            ("048027", "Montaione"),
            ("048028", "Montelupo Fiorentino"),
            ("048030", "Montespertoli"),
            ("048050", "Vinci"),
        )
    }
)
"""ISTAT codes of the towns of the Empolese Valdelsa; any other town's may be written too."""

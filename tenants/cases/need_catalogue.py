"""What a person may need: families of needs, and the items of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tenants.cases.catalogues import Catalogue, Label


@dataclass(frozen=True)
class Macro:
    """One family of needs; which fields each item tells is in need_fields.py."""

    label: Label
    items: Catalogue


NEEDS: Mapping[str, Macro] = MappingProxyType(
    {
        "housing": Macro(
            ("Problematiche abitative", "Housing problems"),
            {
                "precarious_housing": ("Abitazione precaria o inadeguata", "Precarious or unfit housing"),
                "no_home": ("Mancanza di casa", "No home"),
                "temporary_shelter": ("Accoglienza provvisoria", "Temporary shelter"),
                "eviction": ("Sfratto", "Eviction"),
                "overcrowding": ("Sovraffollamento", "Overcrowding"),
                "no_registered_residence": ("Senza residenza anagrafica", "No registered residence"),
                "housing_other": ("Altro sulla casa", "Other housing problem"),
            },
        ),
        "justice": Macro(
            ("Detenzione e giustizia", "Detention and justice"),
            {
                "house_arrest": ("Arresti domiciliari", "House arrest"),
                "detention": ("Detenzione", "Detention"),
                "free_pending_proceedings": ("Procedimenti penali in corso, libero", "Free, proceedings pending"),
                "alternative_measures": ("Misure alternative", "Alternative measures"),
                "security_measures": ("Misure di sicurezza", "Security measures"),
                "other_restrictions": ("Altri provvedimenti restrittivi", "Other restrictions"),
                "post_detention": ("Dopo la detenzione", "After detention"),
                "justice_other": ("Altro sulla giustizia", "Other justice problem"),
            },
        ),
        "addiction": Macro(
            ("Dipendenze", "Addictions"),
            {
                "alcohol": ("Alcol", "Alcohol"),
                "drugs": ("Droghe", "Drugs"),
                "gambling": ("Gioco d'azzardo", "Gambling"),
                "medicines": ("Farmaci", "Medicines"),
                "addiction_other": ("Altra dipendenza", "Other addiction"),
            },
        ),
        "economic": Macro(
            ("Povertà e problemi economici", "Economic poverty"),
            {
                "no_income": ("Nessun reddito", "No income"),
                "insufficient_income": ("Reddito insufficiente", "Insufficient income"),
                "extraordinary_expense": ("Spesa straordinaria", "Extraordinary expense"),
                "debt": ("Indebitamento", "Debt"),
                "usury_bankruptcy": ("Usura, protesti, fallimento", "Usury or bankruptcy"),
                "extreme_poverty": ("Povertà estrema", "Extreme poverty"),
                "begging": ("Accattonaggio", "Begging"),
                "money_management": ("Difficoltà a gestire il denaro", "Difficulty in managing money"),
                "economic_other": ("Altro problema economico", "Other economic problem"),
            },
        ),
        "family": Macro(
            ("Problemi familiari", "Family problems"),
            {
                "couple_conflict": ("Conflitti di coppia", "Conflict in the couple"),
                "parent_child_conflict": ("Conflitti tra genitori e figli", "Conflict of parents and children"),
                "separation_divorce": ("Separazione o divorzio", "Separation or divorce"),
                "single_parent": ("Genitore solo", "Single parent"),
                "domestic_violence": ("Maltrattamenti o violenza", "Domestic violence"),
                "care_burden": ("Carico di cura", "Burden of care"),
                "bereavement": ("Lutto", "Bereavement"),
                "pregnancy": ("Gravidanza", "Pregnancy"),
                "loneliness": ("Solitudine", "Loneliness"),
                "family_other": ("Altro problema familiare", "Other family problem"),
            },
        ),
        "disability": Macro(
            ("Disabilità", "Disability"),
            {
                "physical": ("Organica o motoria", "Physical"),
                "sensory": ("Sensoriale", "Sensory"),
                "intellectual": ("Intellettiva", "Intellectual"),
                "psychic": ("Psichica", "Mental"),
                "multiple": ("Plurima", "Multiple"),
                "disability_other": ("Altra disabilità", "Other disability"),
            },
        ),
        "migration": Macro(
            ("Bisogni legati alla migrazione", "Migration-related problems"),
            {
                "irregular_status": ("Irregolarità giuridica", "Irregular status"),
                "permit_procedure": ("Pratiche di permesso", "Permit procedure"),
                "asylum_procedure": ("Richiesta di protezione", "Asylum procedure"),
                "family_reunification": ("Ricongiungimento familiare", "Family reunification"),
                "recognition_of_titles": ("Riconoscimento dei titoli", "Recognition of qualifications"),
                "trafficking": ("Tratta", "Trafficking"),
                "language_barrier": ("Difficoltà con la lingua", "Language barrier"),
                "migration_other": ("Altro sulla migrazione", "Other migration problem"),
            },
        ),
        "education": Macro(
            ("Problemi di istruzione", "Education problems"),
            {
                "illiteracy": ("Analfabetismo", "Illiteracy"),
                "low_attainment": ("Basso titolo di studio", "Low attainment"),
                "school_dropout": ("Abbandono scolastico", "School dropout"),
                "italian_language": ("Scarsa conoscenza dell'italiano", "Little Italian"),
                "digital_illiteracy": ("Analfabetismo digitale", "Digital illiteracy"),
                "education_other": ("Altro sull'istruzione", "Other education problem"),
            },
        ),
        "employment": Macro(
            ("Problemi di lavoro", "Employment problems"),
            {
                "unemployment": ("Disoccupazione", "Unemployment"),
                "long_term_unemployment": ("Disoccupazione di lunga durata", "Long-term unemployment"),
                "dismissal": ("Licenziamento o perdita del lavoro", "Dismissal"),
                "undeclared_work": ("Lavoro nero", "Undeclared work"),
                "precarious_work": ("Lavoro precario", "Precarious work"),
                "underemployment": ("Sottoccupazione", "Underemployment"),
                "low_skills": ("Poche qualifiche", "Low skills"),
                "suspended": ("Cassa integrazione o mobilità", "Suspended from work"),
                "work_care_conflict": ("Conciliazione tra lavoro e cura", "Conflict of work and care"),
                "inactive_neet": ("NEET o scoraggiato", "Inactive or discouraged"),
                "employment_other": ("Altro sul lavoro", "Other employment problem"),
            },
        ),
        "health": Macro(
            ("Problemi di salute", "Health problems"),
            {
                "chronic_illness": ("Malattia cronica", "Chronic illness"),
                "oncological": ("Malattia oncologica", "Oncological illness"),
                "mental_illness": ("Disagio o malattia mentale", "Mental distress or illness"),
                "depression": ("Depressione", "Depression"),
                "accident": ("Infortunio", "Accident"),
                "dental": ("Problemi ai denti", "Dental problems"),
                "post_surgery": ("Dopo un intervento", "After surgery"),
                "no_health_cover": ("Senza copertura sanitaria", "No health cover"),
                "health_other": ("Altro sulla salute", "Other health problem"),
            },
        ),
        "other": Macro(("Altri problemi", "Other problems"), {"other": ("Altro", "Other")}),
    }
)

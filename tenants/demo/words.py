"""The Italian sentences of the demonstration cases; written for it, about nobody."""

from authz.purposes import Purpose

TRADES = (
    "magazzino e logistica",
    "cucina e mensa",
    "pulizie e sanificazione",
    "assistenza familiare",
    "edilizia",
    "orto e vivaio",
    "sartoria e pelletteria",
    "falegnameria",
    "consegne con furgone",
    "cassa e vendita",
    "segreteria",
    "manutenzione del verde",
    "lavanderia",
    "confezionamento alimentare",
    "officina meccanica",
    "accoglienza alberghiera",
)
LICENCES = ("patente B", "patente B con auto propria", "senza patente", "patente C", "foglio rosa", "patentino muletto")
HOURS = ("mattina", "pomeriggio", "tempo pieno", "fascia scolastica", "turni", "fine settimana")
ENDINGS = (
    "contratto non rinnovato",
    "azienda chiusa",
    "lavoro senza contratto",
    "dimissioni per motivi familiari",
    "contratto a termine concluso",
    "mai occupato in regola",
)
LANGUAGES = (
    "italiano",
    "italiano di base",
    "italiano, francese",
    "italiano, inglese di base",
    "italiano, arabo",
    "italiano, spagnolo",
    "frequenta un corso di italiano",
    "italiano, rumeno",
)
LEVELS = ("ZZ_NED", "ZZ_PSE", "ZZ_LSE", "ZZ_LSE", "ZZ_IFP", "ZZ_USG", "ZZ_USG", "ZZ_L")
BANDS = ("0", "0.01-3000", "3000-6000", "6000-10140", "10140-15000", "15000-25000", "not_declared")
CEILINGS = (0, 3_000, 6_000, 10_140, 15_000, 25_000)
DEBTS = (
    "due bollette arretrate",
    "tre mesi di affitto non pagati",
    "prestito personale in corso",
    "spese condominiali arretrate",
    "cartella esattoriale rateizzata",
    "rate dell'auto",
)
BENEFITS = (
    "assegno unico",
    "assegno di inclusione, domanda in corso",
    "bonus luce e gas",
    "contributo affitto del Comune",
    "indennità di disoccupazione fino a fine anno",
    "nessuna misura attiva",
)
HOUSING = (
    "affitto regolare, canone alto per il reddito",
    "ospite di parenti",
    "sfratto convalidato, proroga chiesta",
    "alloggio popolare, quattro persone in due stanze",
    "camera in affitto senza contratto",
    "accoglienza temporanea della parrocchia",
    "casa di proprietà con spese arretrate",
    "affitto in scadenza",
    "appartamento condiviso con un'altra famiglia",
    "senza casa, dorme da conoscenti",
)
CONDITIONS = (
    "asma",
    "diabete in terapia",
    "mal di schiena cronico",
    "ipertensione",
    "intervento recente al ginocchio",
    "in attesa di visita specialistica",
    "allergie da lavoro",
    "cardiopatia seguita dal medico",
)
DISABILITIES = (
    "invalidità civile 46%",
    "invalidità civile 67%, domanda di aggravamento",
    "ipoacusia con protesi",
    "ridotta mobilità del braccio destro",
    "collocamento mirato, iscrizione fatta",
)
ADDICTIONS = (
    "in percorso al servizio per le dipendenze da un anno",
    "gioco d'azzardo, segue un gruppo",
    "astinenza da alcol da otto mesi, colloqui mensili",
)
MENTAL = (
    "ansia, seguita dal medico di base",
    "depressione in cura",
    "colloqui settimanali con la psicologa",
    "insonnia e stress dopo la perdita del lavoro",
)
MEASURES = (
    "misura alternativa con lavoro esterno",
    "affidamento in prova fino a fine anno",
    "procedimento in corso, libero",
    "fine pena da sei mesi",
)
STATUSES = (
    "l381_physical_disability",
    "l381_alcohol_addiction",
    "l381_alternative_measures",
    "l381_psychiatric_treatment",
    "refugee_or_subsidiary_protection",
    "adi_social_fragility_sheltered",
    "adi_care_leaver_18_21",
)

NEEDS: dict[str, tuple[str, ...]] = {
    "housing": ("precarious_housing", "no_home", "temporary_shelter", "eviction", "overcrowding"),
    "economic": ("no_income", "insufficient_income", "extraordinary_expense", "debt", "money_management"),
    "family": ("separation_divorce", "single_parent", "care_burden", "bereavement", "loneliness", "domestic_violence"),
    "migration": (
        "permit_procedure",
        "asylum_procedure",
        "family_reunification",
        "recognition_of_titles",
        "trafficking",
    ),
    "education": ("low_attainment", "school_dropout", "italian_language", "digital_illiteracy"),
    "employment": (
        "unemployment",
        "long_term_unemployment",
        "dismissal",
        "precarious_work",
        "low_skills",
        "inactive_neet",
    ),
    "health": ("chronic_illness", "depression", "dental", "post_surgery"),
    "disability": ("physical", "sensory", "psychic"),
    "addiction": ("alcohol", "gambling"),
    "justice": ("alternative_measures", "post_detention"),
    "other": ("other",),
}
OFTEN = (
    "economic",
    "economic",
    "economic",
    "employment",
    "employment",
    "employment",
    "housing",
    "housing",
    "family",
    "family",
    "education",
    "migration",
    "other",
)
"""Needs drawn for anyone; the sensitive ones follow from what is written of health and justice."""
NOTES = (
    "emerso al primo colloquio",
    "da rivedere fra un mese",
    "chiesto un sostegno immediato",
    "situazione in peggioramento",
    "già seguito in passato",
    "si attiva volentieri",
    "serve un incontro con la famiglia",
    "documenti da raccogliere",
)

MESSAGES: dict[Purpose, str] = {
    Purpose.LISTENING: "Possiamo ascoltarla insieme? Abita vicino al vostro sportello.",
    Purpose.TABLE_DISCUSSION: "Vorremmo portare la situazione al prossimo tavolo.",
    Purpose.MATERIAL_AID: "Avete disponibilità per un aiuto alimentare nei prossimi due mesi?",
    Purpose.COUNSELLING: "Chiediamo un ciclo di colloqui di sostegno.",
    Purpose.HOUSING: "Cerchiamo una sistemazione, anche temporanea.",
    Purpose.JOB_ACCOMPANIMENT: "È pronta per la ricerca attiva: potete accompagnarla?",
    Purpose.TRAINEESHIP: "Avete posto per un tirocinio?",
    Purpose.HIRE: "Profilo adatto alla vostra richiesta di personale: ne parliamo?",
    Purpose.YOUTH_PROGRAMME: "Ha l'età per il programma giovani: valutate l'inserimento?",
    Purpose.EDUCATION: "Vuole riprendere gli studi: quali corsi partono?",
    Purpose.ENTERPRISE: "Ha un'idea d'impresa: potete guardarla con noi?",
    Purpose.HEALTH_SOCIAL_PATHWAY: "Proponiamo un percorso congiunto per il rientro al lavoro.",
}
DECLINED = ("no_place", "not_our_task", "not_now")
CLOSED = ("completed", "completed", "not_possible")
WITHDRAWN = ("La persona ha cambiato idea.", "Preferisce essere seguita solo dal nostro sportello.")
CLOSURES = (
    "autonomy_reached",
    "goals_partly_reached",
    "moved_away",
    "withdrew",
    "unreachable",
    "transferred_to_service",
)

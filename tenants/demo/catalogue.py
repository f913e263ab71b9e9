"""Who is in the demonstration territories: organisations, the members who sign in, and the scenes they share.

Every organisation, person and street is invented; only the names of towns are real.
"""

from dataclasses import dataclass
from enum import StrEnum

from authz.kinds import OrganisationKind as Kind
from authz.purposes import Purpose
from authz.roles import Role

MAIN = "empolese-valdelsa"
OTHER = "valdarno-demo"


class Sharing(StrEnum):
    """Where a shared case stands; each of the six exists in the main territory."""

    LIVE = "live"
    PENDING = "pending"
    DECLINED = "declined"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation: its share of the territory's cases, where they live, and how often others ask it to join."""

    slug: str
    name: str
    kind: Kind
    weight: int = 1
    municipality: str = "048014"
    asked: int = 1
    is_lead: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    """An account's place in an organisation; the same e-mail may have several."""

    email: str
    name: str
    organisation: str
    role: Role
    language: str = "it"


@dataclass(frozen=True, slots=True)
class Scene:
    """A case that the demonstration counts on: its holder, and with whom it is shared and how."""

    holder: str
    partner: str
    purpose: Purpose
    sharing: Sharing


@dataclass(frozen=True, slots=True)
class Land:
    """One demonstration territory, with everything that is not drawn by chance."""

    slug: str
    name: str
    municipalities: tuple[str, ...]
    bodies: tuple[Body, ...]
    seats: tuple[Seat, ...]
    scenes: tuple[Scene, ...]


def _caritas(place: str, name: str, municipality: str, weight: int) -> Body:
    return Body(f"caritas-{place}", f"Caritas di {name} (dimostrativa)", Kind.CARITAS, weight, municipality)


CARITAS = (
    _caritas("empoli", "Empoli", "048014", 12),
    _caritas("fucecchio", "Fucecchio", "048019", 7),
    _caritas("castelfiorentino", "Castelfiorentino", "048010", 6),
    _caritas("certaldo", "Certaldo", "048012", 5),
    _caritas("cerreto-guidi", "Cerreto Guidi", "048011", 4),
    _caritas("vinci", "Vinci", "048050", 4),
    _caritas("montelupo", "Montelupo Fiorentino", "048028", 5),
    _caritas("capraia-e-limite", "Capraia e Limite", "048008", 3),
    _caritas("montespertoli", "Montespertoli", "048030", 4),
    _caritas("montaione", "Montaione", "048027", 2),
    _caritas("gambassi", "Gambassi Terme", "048020", 2),
    _caritas("sovigliana", "Sovigliana", "048050", 3),
    _caritas("ponte-a-elsa", "Ponte a Elsa", "048014", 3),
)

ASSOCIATIONS = (
    Body("banco-del-pane", "Banco del Pane ODV", Kind.VOLUNTEER_ASSOCIATION, 3),
    Body("la-finestra-aperta", "La Finestra Aperta ODV", Kind.VOLUNTEER_ASSOCIATION, 2, "048019"),
    Body("mani-in-rete", "Mani in Rete ODV", Kind.VOLUNTEER_ASSOCIATION, 2, "048010"),
    Body("casa-delle-chiavi", "Casa delle Chiavi ODV", Kind.VOLUNTEER_ASSOCIATION, 2, "048028"),
    Body("porte-sul-mondo", "Porte sul Mondo APS", Kind.SOCIAL_PROMOTION_ASSOCIATION, 2),
    Body("officina-dei-saperi", "Officina dei Saperi APS", Kind.SOCIAL_PROMOTION_ASSOCIATION, 2, "048012"),
    Body("misericordia-dell-argine", "Misericordia dell'Argine", Kind.MISERICORDIA, 2, "048011"),
    Body("soccorso-della-gora", "Pubblica Assistenza della Gora", Kind.PUBLIC_ASSISTANCE, 2, "048030"),
)

COOPERATIVES = (
    Body("cooperativa-il-ponte", "Cooperativa sociale Il Ponte", Kind.SOCIAL_COOPERATIVE_B, 4, asked=12),
    Body("cooperativa-la-serra", "Cooperativa sociale La Serra", Kind.SOCIAL_COOPERATIVE_B, 2, "048019"),
    Body("cooperativa-il-telaio", "Cooperativa sociale Il Telaio", Kind.SOCIAL_COOPERATIVE_A, 2),
    Body("cooperativa-passo-passo", "Cooperativa sociale Passo Passo", Kind.SOCIAL_COOPERATIVE_A, 2, "048010"),
    Body("cooperativa-due-rive", "Cooperativa sociale Due Rive", Kind.SOCIAL_COOPERATIVE_AB, 2, "048028"),
    Body("consorzio-la-rete", "Consorzio cooperativo La Rete", Kind.COOPERATIVE_CONSORTIUM, 1),
)

PUBLIC_BODIES = (
    Body("unione-dei-comuni", "Unione dei Comuni (dimostrativa)", Kind.MUNICIPAL_UNION, 9, asked=4),
    Body(
        "asl-toscana-centro", "Azienda sanitaria Toscana Centro (dimostrativa)", Kind.LOCAL_HEALTH_AUTHORITY, 4, asked=4
    ),
    Body("centro-impiego-empoli", "Centro per l'impiego di Empoli (dimostrativo)", Kind.EMPLOYMENT_CENTRE, 4),
)

SOCIAL_PARTNERS = (
    Body("sindacato-lavoro-unito", "Sindacato Lavoro Unito", Kind.TRADE_UNION, 0),
    Body("sindacato-mestieri", "Sindacato dei Mestieri", Kind.TRADE_UNION, 0),
    Body("sindacato-nuove-tutele", "Sindacato Nuove Tutele", Kind.TRADE_UNION, 0),
    Body("artigiani-del-circondario", "Artigiani del Circondario", Kind.EMPLOYERS_ASSOCIATION, 0),
    Body("commercio-in-piazza", "Commercio in Piazza", Kind.EMPLOYERS_ASSOCIATION, 0),
    Body("industrie-della-valle", "Industrie della Valle", Kind.EMPLOYERS_ASSOCIATION, 0),
)
"""They see aggregates only, so they hold no case."""

LEAD = Body("vnp", "Vecchie e Nuove Povertà (dimostrativa)", Kind.VOLUNTEER_ASSOCIATION, 4, is_lead=True)

MAIN_SEATS = (
    Seat("coordinatrice@vnp.example", "Costanza Acquaforte", "vnp", Role.TERRITORY_COORDINATOR),
    Seat("anna@caritas-empoli.example", "Anna Girandoli", "caritas-empoli", Role.CASE_MANAGER),
    Seat("piero@caritas-empoli.example", "Piero Lanternari", "caritas-empoli", Role.VOLUNTEER),
    Seat("rosa@caritas-fucecchio.example", "Rosa Calmariva", "caritas-fucecchio", Role.CASE_MANAGER),
    Seat("giulia@cooperativa-il-ponte.example", "Giulia Fontechiara", "cooperativa-il-ponte", Role.CASE_MANAGER),
    Seat("marta@unione-dei-comuni.example", "Marta Boscolieve", "unione-dei-comuni", Role.CASE_MANAGER),
    Seat("luca@asl-toscana-centro.example", "Luca Pietradolce", "asl-toscana-centro", Role.CASE_MANAGER),
    Seat("revisore@vnp.example", "Remo Ombralieve", "vnp", Role.AUDITOR),
    Seat("elena@caritas-empoli.example", "Elena Terralunga", "caritas-empoli", Role.COORDINATOR),
    Seat("dario@cooperativa-il-ponte.example", "Dario Sassoverde", "cooperativa-il-ponte", Role.OPERATOR),
    Seat("nora@due-sedi.example", "Nora Rivachiara", "caritas-vinci", Role.CASE_MANAGER, "en"),
    Seat("nora@due-sedi.example", "Nora Rivachiara", "banco-del-pane", Role.OPERATOR, "en"),
)

EMPOLI, FUCECCHIO, PONTE = "caritas-empoli", "caritas-fucecchio", "cooperativa-il-ponte"
UNIONE, ASL, CPI = "unione-dei-comuni", "asl-toscana-centro", "centro-impiego-empoli"

MAIN_SCENES = (
    Scene(EMPOLI, PONTE, Purpose.TRAINEESHIP, Sharing.LIVE),
    Scene(EMPOLI, PONTE, Purpose.TRAINEESHIP, Sharing.LIVE),
    Scene(EMPOLI, PONTE, Purpose.TRAINEESHIP, Sharing.PENDING),
    Scene(EMPOLI, PONTE, Purpose.HIRE, Sharing.DECLINED),
    Scene(EMPOLI, PONTE, Purpose.TRAINEESHIP, Sharing.CLOSED),
    Scene(EMPOLI, PONTE, Purpose.TRAINEESHIP, Sharing.WITHDRAWN),
    Scene(EMPOLI, PONTE, Purpose.TRAINEESHIP, Sharing.EXPIRED),
    Scene(EMPOLI, ASL, Purpose.HEALTH_SOCIAL_PATHWAY, Sharing.LIVE),
    Scene(EMPOLI, UNIONE, Purpose.HEALTH_SOCIAL_PATHWAY, Sharing.LIVE),
    Scene(EMPOLI, ASL, Purpose.HEALTH_SOCIAL_PATHWAY, Sharing.PENDING),
    Scene(FUCECCHIO, PONTE, Purpose.TRAINEESHIP, Sharing.LIVE),
    Scene(FUCECCHIO, PONTE, Purpose.TRAINEESHIP, Sharing.PENDING),
    Scene(FUCECCHIO, UNIONE, Purpose.HEALTH_SOCIAL_PATHWAY, Sharing.LIVE),
    Scene("caritas-certaldo", PONTE, Purpose.HIRE, Sharing.LIVE),
    Scene("caritas-castelfiorentino", PONTE, Purpose.TRAINEESHIP, Sharing.LIVE),
    Scene(UNIONE, PONTE, Purpose.TRAINEESHIP, Sharing.LIVE),
    Scene(UNIONE, PONTE, Purpose.TRAINEESHIP, Sharing.PENDING),
    Scene(UNIONE, ASL, Purpose.HEALTH_SOCIAL_PATHWAY, Sharing.LIVE),
    Scene(UNIONE, ASL, Purpose.HEALTH_SOCIAL_PATHWAY, Sharing.PENDING),
    Scene(ASL, UNIONE, Purpose.HEALTH_SOCIAL_PATHWAY, Sharing.LIVE),
    Scene(ASL, UNIONE, Purpose.HEALTH_SOCIAL_PATHWAY, Sharing.PENDING),
    Scene("vnp", CPI, Purpose.TRAINEESHIP, Sharing.LIVE),
)

OTHER_BODIES = (
    Body("rete-valdarno", "Rete Valdarno (dimostrativa)", Kind.FOUNDATION, 1, "051026", is_lead=True),
    Body("caritas-montevarchi", "Caritas di Montevarchi (dimostrativa)", Kind.CARITAS, 4, "051026"),
    Body("cooperativa-la-gualchiera", "Cooperativa sociale La Gualchiera", Kind.SOCIAL_COOPERATIVE_B, 2, "051033"),
    # The same short name as in the main territory, and no party of this pact: nothing may mix the two up.
    Body("cooperativa-il-ponte", "Cooperativa sociale Il Ponte sull'Arno", Kind.SOCIAL_COOPERATIVE_B, 1, "051026"),
    Body("comune-di-terranuova", "Comune di Terranuova (dimostrativo)", Kind.MUNICIPALITY, 2, "051039"),
    Body("asl-valdarno", "Azienda sanitaria Valdarno (dimostrativa)", Kind.LOCAL_HEALTH_AUTHORITY, 1, "051026"),
)

OTHER_SEATS = (
    Seat("coordinatore@rete-valdarno.example", "Corrado Giuncheri", "rete-valdarno", Role.TERRITORY_COORDINATOR),
    Seat("sara@caritas-montevarchi.example", "Sara Ventolieve", "caritas-montevarchi", Role.CASE_MANAGER),
    Seat("gina@il-ponte-sull-arno.example", "Gina Stellalpina", "cooperativa-il-ponte", Role.CASE_MANAGER),
    Seat("bruno@cooperativa-la-gualchiera.example", "Bruno Timoneri", "cooperativa-la-gualchiera", Role.CASE_MANAGER),
)

OTHER_SCENES = (
    Scene("caritas-montevarchi", "cooperativa-la-gualchiera", Purpose.TRAINEESHIP, Sharing.LIVE),
    Scene("caritas-montevarchi", "cooperativa-la-gualchiera", Purpose.TRAINEESHIP, Sharing.PENDING),
)

LANDS = {
    MAIN: Land(
        MAIN,
        "Empolese Valdelsa (dimostrativo)",
        ("048008", "048010", "048011", "048012", "048014", "048019", "048020", "048027", "048028", "048030", "048050"),
        (LEAD, *CARITAS, *ASSOCIATIONS, *COOPERATIVES, *PUBLIC_BODIES, *SOCIAL_PARTNERS),
        MAIN_SEATS,
        MAIN_SCENES,
    ),
    OTHER: Land(
        OTHER,
        "Valdarno (dimostrativo)",
        ("051026", "051033", "051039"),
        OTHER_BODIES,
        OTHER_SEATS,
        OTHER_SCENES,
    ),
}


def desk(body: Body) -> Seat:
    """Return the account of the desk of an organisation; every organisation that works on cases has one."""
    return Seat(f"sportello@{body.slug}.example", f"Sportello {body.name}", body.slug, Role.CASE_MANAGER)

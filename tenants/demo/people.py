"""People who do not exist: given names in common use, family names made of words, codes computed from the two.

Family names are words of nature and weather, or are plainly bent; telephone numbers go on with 000 after the
area code, which no exchange assigns.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from tenants.demo.identity_codes import codice_fiscale, health_code, omocode, provisional_code


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ITALIAN = {
    "F": _names(
        "Ada Adele Agata Agnese Alba Alice Amelia Angela Arianna Aurora Beatrice Bianca Bruna Camilla Carla "
        "Caterina Cecilia Chiara Cinzia Clara Cristina Daniela Daria Delia Diana Donatella Edda Elda Elena "
        "Eleonora Elisa Emma Fabiola Federica Fiorella Flora Franca Gemma Ginevra Gioia Giovanna Gloria Greta "
        "Ilaria Ines Irene Isabella Ivana Lara Laura Letizia Lidia Livia Lorena Lucia Luisa Maddalena "
        "Margherita Marina Marta Matilde Miriam Monica Nicoletta Nora Ornella Paola Patrizia Piera Renata Rita "
        "Rosanna Sabrina Sandra Serena Silvia Simona Sofia Stella Susanna Teresa Tiziana Valentina Vanda Vera "
        "Viola Virginia Viviana"
    ),
    "M": _names(
        "Achille Adriano Alberto Aldo Alessio Alfredo Amedeo Andrea Angelo Antonio Armando Attilio Augusto "
        "Bruno Carlo Cesare Claudio Corrado Dario Davide Diego Edoardo Elio Emanuele Enrico Ernesto Ettore "
        "Ezio Fabio Fausto Federico Filippo Flavio Franco Gabriele Giacomo Gino Giorgio Giovanni Guido Ivano "
        "Lapo Leonardo Livio Lorenzo Luca Luciano Luigi Manlio Marcello Mario Martino Massimo Mauro Michele "
        "Mirko Nello Niccolò Nicola Oreste Osvaldo Paolo Pietro Primo Raffaele Remo Renzo Riccardo Roberto "
        "Rocco Romano Ruggero Salvatore Sandro Saverio Sergio Silvano Simone Stefano Tito Tommaso Ugo Umberto "
        "Vasco Vito Walter"
    ),
}
ITALIAN_FAMILIES = _names(
    "Acquaforte Albanera Albaspina Arcobaleni Argentovivo Biancospini Boscolieve Brezzolini Calafiori "
    "Calmariva Campanuli Cardellari Castagnolieve Cieloterso Ciottolini Collinardi Corallomare Crisantemi "
    "Crocevento D'Ortica D'Oltrenube Dunachiara Erbafresca Fiordineve Fiumeverde Foglialunga Fontechiara "
    "Gelsomini Ghiaiolini Ginestrini Girandoli Giuncheri Grandinieri Lanternari Libecciari Lucciolari "
    "Lunamezza Maestralini Malvarosa Margheritini Melagranari Mirtilleti Monteluce Mulinaventi Muschieri "
    "Neveprima Nocciolari Nuvolabassa Ombralieve Orzaioli Papaveroni Pietradolce Pioggerini Pratolungo "
    "Primaneve Quercetoni Ramosecco Rivachiara Roccalieve Rosmarinelle Rugiadini Salvianera Sassoverde "
    "Scirocchi Semelungo Sentierini Solarancio Spigadoro Stellalpina Tamericelle Terralunga Timoneri "
    "Tramontanieri Trifogli Uvaspina Valdolmo Ventolieve Verbenari Viburni Zafferanelle Zefirini"
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where some of the people come from: the code of the country, and names that sound like it."""

    country: str
    place: str
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]
    in_europe: bool = False


def _origin(country: str, place: str, women: str, men: str, families: str, *, in_europe: bool = False) -> Origin:
    return Origin(country, place, _names(women), _names(men), _names(families), in_europe)


ORIGINS = (
    _origin(
        "MA",
        "Z330",
        "Amina Fatima Hanane Khadija Nadia Samira Zineb",
        "Abdel Hassan Karim Mohamed Rachid Said",
        "Benverdi Elprova Oulador Tazirani Zahrouni",
    ),
    _origin(
        "AL",
        "Z100",
        "Albana Blerta Drita Elira Mirela Valbona",
        "Agron Arben Dritan Ilir Luan Saimir",
        "Drinari Hoxharosa Korabi-Prova Shkumbini Valbonari",
    ),
    _origin(
        "RO",
        "Z129",
        "Alina Daniela Ioana Mihaela Raluca Simona",
        "Adrian Bogdan Ciprian Ionut Mihai Vasile",
        "Cerdunar Lunarescu Muntelin Popesprova Stejaru",
        in_europe=True,
    ),
    _origin(
        "PL",
        "Z127",
        "Agnieszka Beata Dorota Ewa Halina Jolanta",
        "Andrzej Jacek Marek Piotr Tomasz Zbigniew",
        "Brzozaprova Jeziorna Klonowy Lesnawoda Polanka",
        in_europe=True,
    ),
    _origin(
        "BG",
        "Z104",
        "Desislava Elena Kalina Mariya Radka Yana",
        "Boris Dimitar Emil Georgi Nikolay Plamen",
        "Balkanova Dunavska Pirinova Rozovprova Trakiyska",
        in_europe=True,
    ),
    _origin("CN", "Z210", "Fang Jing Li Mei Xia Yan", "Bo Hao Jun Lei Ming Wei", "Baiyu Chenlu Heshan Linxue Wanhe"),
    _origin(
        "SN",
        "Z343",
        "Aissatou Awa Coumba Fatou Mariama Ndeye",
        "Cheikh Ibrahima Mamadou Modou Ousmane Pape",
        "Baobari Diallon Ndarou Sahelou Terangou",
    ),
    _origin(
        "UA",
        "Z138",
        "Halyna Iryna Nataliya Oksana Olena Tetyana",
        "Andriy Bohdan Ivan Mykola Oleh Taras",
        "Dniprova Karpatenko Polenko Stepenko Zorianova",
    ),
    _origin(
        "NG",
        "Z335",
        "Blessing Favour Gift Joy Patience Precious",
        "Emeka Festus John Kelvin Osas Samuel",
        "Adaprova Benuelor Jossari Okorun Sapelor",
    ),
    _origin(
        "PK",
        "Z236",
        "Ayesha Fozia Hina Nasreen Saima Shazia",
        "Ali Asif Imran Khalid Nadeem Tariq",
        "Chenabi Indusar Khanprova Ravizai Swatani",
    ),
)
BIRTHPLACES = ("D403", "D815", "C101", "C540", "M059", "F551", "D612", "G702", "F839", "H501", "G273", "B684", "F648")
PERMITS = (
    "lavoro subordinato",
    "motivi familiari",
    "protezione internazionale",
    "attesa occupazione",
    "richiesta di protezione in corso",
    "soggiornanti di lungo periodo",
    "in rinnovo",
)
STREETS = (
    "Via della Gora",
    "Via dei Tigli",
    "Via del Mulino",
    "Piazza della Fonte",
    "Via dell'Argine",
    "Via del Lavatoio",
    "Via delle Ginestre",
    "Via della Fornace",
    "Via del Guado",
    "Viale dei Platani",
)
EXCHANGES = ("055000", "0571000")
WITH_CODE, WITH_OMOCODE, WITH_HEALTH_CODE, WITH_PROVISIONAL = 0.78, 0.80, 0.90, 0.91


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented person, as much of them as a first interview would tell."""

    given_name: str
    family_name: str
    sex: str
    born: date
    knows_birth_date: bool
    citizenship: str
    permit: str | None
    code: str | None
    code_kind: str | None


def invent(chance: Random, today: date, progressive: int) -> Invented:
    """Return a person between 18 and 74; one in three was not born in Italy, some have no fiscal code."""
    sex = "F" if chance.random() < 0.55 else "M"
    born = today - timedelta(days=chance.randrange(18 * 366, 75 * 365))
    origin = chance.choice(ORIGINS) if chance.random() < 0.35 else None
    if origin:
        given_name = chance.choice(origin.women if sex == "F" else origin.men)
        family_name, place = chance.choice(origin.families), origin.place
    else:
        given_name, family_name = chance.choice(ITALIAN[sex]), chance.choice(ITALIAN_FAMILIES)
        place = chance.choice(BIRTHPLACES)
    plain = codice_fiscale(family_name, given_name, born, sex, place)
    code, kind = _code(chance.random(), plain, origin, progressive)
    permit = chance.choice(PERMITS) if origin and not origin.in_europe and kind != "STP" else None
    citizenship = origin.country if origin else "IT"
    return Invented(given_name, family_name, sex, born, chance.random() > 0.04, citizenship, permit, code, kind)


def _code(draw: float, plain: str, origin: Origin | None, progressive: int) -> tuple[str | None, str | None]:
    """Return the code that this draw gives: STP and ENI only to who may hold them."""
    if draw < WITH_CODE:
        return plain, "codice_fiscale"
    if draw < WITH_OMOCODE:
        return omocode(plain, 1 + progressive % 7), "codice_fiscale"
    if draw < WITH_HEALTH_CODE and origin:
        kind = "ENI" if origin.in_europe else "STP"
        return health_code(kind, progressive), kind
    if WITH_HEALTH_CODE < draw < WITH_PROVISIONAL:
        return provisional_code(progressive), "cf_provisional_numeric"
    return None, None


def telephone(chance: Random) -> str:
    """Return a number in E.164 form that no exchange assigns."""
    return f"+39{chance.choice(EXCHANGES)}{chance.randrange(10_000):04d}"


def street_address(chance: Random) -> str:
    """Return an address in a street of no town in particular."""
    return f"{chance.choice(STREETS)} {chance.randrange(1, 120)}"


def mailbox(person: Invented) -> str:
    """Return an address under the reserved domain."""
    name = f"{person.given_name}.{person.family_name}".lower().replace("'", "").replace("ò", "o")
    return f"{name}@posta.example"

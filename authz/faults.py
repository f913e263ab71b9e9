"""What can be wrong with the text of a pact, and what to write instead, in Italian and English."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

TEXTS: dict[str, tuple[str, str]] = {
    "not_a_mapping": (
        "qui servono delle voci con nome. Scrivere: {keys}.",
        "named entries are needed here. Write: {keys}.",
    ),
    "not_a_list": (
        "qui serve un elenco. Scrivere fra parentesi quadre, per esempio [{example}].",
        "a list is needed here. Write it in square brackets, for instance [{example}].",
    ),
    "empty_list": (
        "l'elenco è vuoto. Scrivere almeno un nome, o togliere l'elenco se non serve.",
        "the list is empty. Write at least one name, or leave the list out if it is not needed.",
    ),
    "unknown_key": (
        "la voce «{key}» non esiste. {remedy_it}",
        "there is no entry “{key}”. {remedy_en}",
    ),
    "missing_key": (
        "manca la voce «{key}». Aggiungerla.",
        "the entry “{key}” is missing. Add it.",
    ),
    "missing_italian": (
        "manca il testo italiano. Aggiungere la voce «it» con il testo.",
        "the Italian text is missing. Add the entry “it” with the text.",
    ),
    "missing_english": (
        "manca il testo inglese. Aggiungere la voce «en» con il testo.",
        "the English text is missing. Add the entry “en” with the text.",
    ),
    "not_a_text": (
        "qui serve un testo. Scriverlo fra virgolette, senza caratteri di controllo.",
        "a text is needed here. Write it in quotation marks, without control characters.",
    ),
    "too_long": (
        "il testo supera {limit} caratteri. Scriverne uno più breve.",
        "the text is longer than {limit} characters. Write a shorter one.",
    ),
    "not_a_number": (
        "qui serve un numero intero da {low} a {high}. Scriverlo in cifre, senza virgolette.",
        "a whole number from {low} to {high} is needed here. Write it in digits, without quotation marks.",
    ),
    "duplicate_number": (
        "il numero è già di un'altra clausola. Scrivere un numero che nessun'altra ha.",
        "another clause has this number already. Write a number that no other clause has.",
    ),
    "no_clauses": (
        "il patto non ha clausole. Scriverne almeno una.",
        "the pact has no clauses. Write at least one.",
    ),
    "repeated": (
        "«{name}» è scritto due volte. Scriverlo una volta sola.",
        "“{name}” is written twice. Write it once.",
    ),
    "bad_slug": (
        "«{name}» non è un nome breve. Scriverlo con lettere minuscole, cifre e trattini, "
        "per esempio «caritas-empoli».",
        "“{name}” is not a short name. Write it in lower-case letters, digits and hyphens, "
        "for instance “caritas-empoli”.",
    ),
    "unknown_field": (
        "nessun campo e nessun gruppo si chiama «{name}». {remedy_it}",
        "no field and no group is called “{name}”. {remedy_en}",
    ),
    "group_covers_nothing": (
        "il gruppo «{name}» ha solo campi particolari o giudiziari e da solo non copre nulla. "
        "Nominare i campi uno per uno: {fields}.",
        "the group “{name}” has only special or judicial fields and by itself covers nothing. "
        "Name the fields one by one: {fields}.",
    ),
    "sensitive_needs_consent": (
        "«{name}» è un dato particolare o giudiziario e non si condivide per compito pubblico. "
        "Scrivere «basis: consent», o togliere il campo.",
        "“{name}” is special or judicial and is not shared for a public task. "
        "Write “basis: consent”, or leave the field out.",
    ),
    "unknown_purpose": (
        "nessuna finalità si chiama «{name}». {remedy_it}",
        "no purpose is called “{name}”. {remedy_en}",
    ),
    "unknown_kind": (
        "nessun tipo di ente si chiama «{name}». {remedy_it}",
        "no kind of organisation is called “{name}”. {remedy_en}",
    ),
    "unknown_basis": (
        "nessuna base giuridica si chiama «{name}». {remedy_it}",
        "no legal basis is called “{name}”. {remedy_en}",
    ),
    "with_nobody": (
        "la condivisione non dice con chi. Scrivere «kinds» o «organisations», o tutti e due.",
        "the sharing does not say with whom. Write “kinds” or “organisations”, or both.",
    ),
    "shares_nothing": (
        "la condivisione non dà nulla. Scrivere dei campi in «read» o in «write», o togliere la condivisione.",
        "the sharing gives nothing. Write fields in “read” or in “write”, or leave the sharing out.",
    ),
    "given_and_forbidden": (
        "«{name}» è dato e vietato insieme. Toglierlo da «never», oppure da «read» e «write».",
        "“{name}” is given and forbidden at once. Take it out of “never”, or out of “read” and “write”.",
    ),
    "two_roles": (
        "«{name}» compare in più di un elenco. Scriverlo in uno solo fra promoters, signatories e adherents.",
        "“{name}” is in more than one list. Write it in only one of promoters, signatories and adherents.",
    ),
    "no_parties": (
        "il patto non ha parti. Scrivere almeno un ente fra promoters, signatories o adherents.",
        "the pact has no parties. Write at least one organisation in promoters, signatories or adherents.",
    ),
    "grantee_is_no_party": (
        "«{name}» non è una parte del patto. {remedy_it}",
        "“{name}” is no party of the pact. {remedy_en}",
    ),
    "required_is_no_party": (
        "«{name}» deve firmare ma non è una parte. Scriverlo anche in promoters, signatories o adherents.",
        "“{name}” is required to sign but is no party. Write it in promoters, signatories or adherents too.",
    ),
    "too_large": (
        "il documento supera {limit} byte. Abbreviarne i testi.",
        "the document is larger than {limit} bytes. Shorten its texts.",
    ),
    "not_readable": (
        "il documento non si legge: {what}. Scriverlo in YAML, in UTF-8, con i rientri allineati.",
        "the document cannot be read: {what}. Write it in YAML, in UTF-8, with aligned indents.",
    ),
    "repeated_key": (
        "la voce «{key}» è scritta due volte. Scriverla una volta sola.",
        "the entry “{key}” is written twice. Write it once.",
    ),
    "alias": (
        "i rimandi di YAML (& e *) non sono ammessi. Scrivere il testo per intero.",
        "YAML's references (& and *) are not allowed. Write the text out.",
    ),
    "other_territory": (
        "il patto è di «{name}». Scrivere «{expected}», o caricarlo nel suo territorio.",
        "the pact is of “{name}”. Write “{expected}”, or load it in its own territory.",
    ),
    "not_the_next_version": (
        "la versione {name} non è la prossima. Scrivere {expected}.",
        "version {name} is not the next one. Write {expected}.",
    ),
    "no_such_organisation": (
        "nessun ente del territorio si chiama «{name}». {remedy_it}",
        "no organisation of the territory is called “{name}”. {remedy_en}",
    ),
    "joined_differently": (
        "«{name}» è una parte nel documento o nell'elenco delle adesioni, ma non con lo stesso ruolo in tutti e due. "
        "Scriverla uguale in tutti e due.",
        "“{name}” is a party in the document or in the list of those who joined, but not with the same role in both. "
        "Write it alike in both.",
    ),
}


@dataclass(frozen=True)
class Fault:
    """One thing to mend: the clause it is in, the place in that clause, and the text with its values."""

    clause: int | None
    where: str
    text: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def it(self) -> str:
        return self._say("Clausola", "Patto", TEXTS[self.text][0])

    @property
    def en(self) -> str:
        return self._say("Clause", "Pact", TEXTS[self.text][1])

    def _say(self, clause: str, pact: str, sentence: str) -> str:
        place = pact if self.clause is None else f"{clause} {self.clause}"
        return f"{place}{f', {self.where}' if self.where else ''}: {sentence.format(**self.values)}"


class PactError(Exception):
    """The text of a pact is refused; `faults` has every reason, so that all can be mended at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(fault.en for fault in faults))
        self.faults = tuple(faults)

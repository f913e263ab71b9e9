"""What a pact may say, and how each mistake is refused: where it is, and what to write instead."""

from string import Formatter
from typing import Any

import pytest

from authz.clauses import Basis, document_of, parse_pact
from authz.faults import TEXTS, PactError
from authz.fields import ALL_FIELDS, FIELD, FIELDS, GROUPS, SENSITIVE, UnknownField, mask_of, names_of
from authz.kinds import OrganisationKind
from tests.authz.documents import clause, document, pact_of, share

LONG_LIST_OF_KINDS = ", ".join(OrganisationKind)


def refused(written: object) -> list[tuple[int | None, str, str]]:
    """Return every fault of a document as clause, place and kind of fault."""
    with pytest.raises(PactError) as error:
        parse_pact(written)
    for fault in error.value.faults:
        assert fault.it.startswith("Patto" if fault.clause is None else f"Clausola {fault.clause}")
        assert fault.en.startswith("Pact" if fault.clause is None else f"Clause {fault.clause}")
    return [(fault.clause, fault.where, fault.text) for fault in error.value.faults]


def sentences(written: object) -> tuple[str, str]:
    """Return the first refusal in Italian and English."""
    with pytest.raises(PactError) as error:
        parse_pact(written)
    return error.value.faults[0].it, error.value.faults[0].en


@pytest.mark.parametrize(
    ("rule", "italian", "english"),
    [
        pytest.param(
            share(read=["identity.nome"]),
            "Clausola 5, shares 1, read: nessun campo e nessun gruppo si chiama «identity.nome». "
            "Scrivere «identity.name».",
            "Clause 5, shares 1, read: no field and no group is called “identity.nome”. Write “identity.name”.",
            id="unknown field, with the nearest one",
        ),
        pytest.param(
            share(read=["housing.zzzzzzzzzzz"]),
            "Clausola 5, shares 1, read: nessun campo e nessun gruppo si chiama «housing.zzzzzzzzzzz». "
            "Scrivere uno di questi: housing.situation.",
            "Clause 5, shares 1, read: no field and no group is called “housing.zzzzzzzzzzz”. "
            "Write one of these: housing.situation.",
            id="unknown field of a group, with what the group has",
        ),
        pytest.param(
            share(read=["health"]),
            "Clausola 5, shares 1, read: il gruppo «health» ha solo campi particolari o giudiziari e da solo non copre "
            "nulla. Nominare i campi uno per uno: health.conditions, health.disability, health.addictions, "
            "health.mental.",
            "Clause 5, shares 1, read: the group “health” has only special or judicial fields and by itself covers "
            "nothing. Name the fields one by one: health.conditions, health.disability, health.addictions, "
            "health.mental.",
            id="special fields inside a group",
        ),
        pytest.param(
            share(write=["health.mental"], basis="public_task"),
            "Clausola 5, shares 1, write: «health.mental» è un dato particolare o giudiziario e non si condivide per "
            "compito pubblico. Scrivere «basis: consent», o togliere il campo.",
            "Clause 5, shares 1, write: “health.mental” is special or judicial and is not shared for a public task. "
            "Write “basis: consent”, or leave the field out.",
            id="special field for a public task",
        ),
        pytest.param(
            share(**{"for": ["trainership"]}),
            "Clausola 5, shares 1, for: nessuna finalità si chiama «trainership». Scrivere «traineeship».",
            "Clause 5, shares 1, for: no purpose is called “trainership”. Write “traineeship”.",
            id="unknown purpose",
        ),
        pytest.param(
            share(**{"with": {"kinds": ["xyzzy"]}}),
            f"Clausola 5, shares 1, with, kinds: nessun tipo di ente si chiama «xyzzy». "
            f"Scrivere uno di questi: {LONG_LIST_OF_KINDS}.",
            f"Clause 5, shares 1, with, kinds: no kind of organisation is called “xyzzy”. "
            f"Write one of these: {LONG_LIST_OF_KINDS}.",
            id="unknown kind, with all there are",
        ),
        pytest.param(
            share(basis="Consent"),
            "Clausola 5, shares 1, basis: nessuna base giuridica si chiama «Consent». Scrivere «consent».",
            "Clause 5, shares 1, basis: no legal basis is called “Consent”. Write “consent”.",
            id="misspelt basis",
        ),
        pytest.param(
            share(deny=["identity.name"]),
            "Clausola 5, shares 1: la voce «deny» non esiste. Scrivere uno di questi: with, for, basis, read, write, "
            "never, until_days.",
            "Clause 5, shares 1: there is no entry “deny”. Write one of these: with, for, basis, read, write, never, "
            "until_days.",
            id="unknown effect",
        ),
        pytest.param(
            share(nevr=["identity.name"]),
            "Clausola 5, shares 1: la voce «nevr» non esiste. Scrivere «never».",
            "Clause 5, shares 1: there is no entry “nevr”. Write “never”.",
            id="misspelt effect",
        ),
        pytest.param(
            share(**{"with": {"organisations": ["caritas-empol"]}}),
            "Clausola 5, shares, with, organisations: «caritas-empol» non è una parte del patto. "
            "Scrivere «caritas-empoli».",
            "Clause 5, shares, with, organisations: “caritas-empol” is no party of the pact. Write “caritas-empoli”.",
            id="misspelt organisation",
        ),
        pytest.param(
            share(until_days=0),
            "Clausola 5, shares 1, until_days: qui serve un numero intero da 1 a 1825. Scriverlo in cifre, senza "
            "virgolette.",
            "Clause 5, shares 1, until_days: a whole number from 1 to 1825 is needed here. Write it in digits, "
            "without quotation marks.",
            id="no days",
        ),
    ],
)
def test_refusal_says_where_and_what_to_write_instead(rule: Any, italian: str, english: str) -> None:
    assert sentences(pact_of(rule)) == (italian, english)


@pytest.mark.parametrize(
    ("rule", "where", "fault"),
    [
        pytest.param(share(read=[]), "shares 1, read", "empty_list", id="empty list of fields"),
        pytest.param(share(read=[""]), "shares 1, read", "unknown_field", id="empty name of a field"),
        pytest.param(share(read="identity"), "shares 1, read", "not_a_list", id="text for a list"),
        pytest.param(share(read={"identity": 1}), "shares 1, read", "not_a_list", id="mapping for a list"),
        pytest.param(share(read=[1]), "shares 1, read 1", "not_a_text", id="number for a field"),
        pytest.param(share(read=[None]), "shares 1, read 1", "not_a_text", id="nothing for a field"),
        pytest.param(share(read=[["identity"]]), "shares 1, read 1", "not_a_text", id="list for a field"),
        pytest.param(share(read=["identity", "identity"]), "shares 1, read", "repeated", id="field twice"),
        pytest.param(share(read=["Identity"]), "shares 1, read", "unknown_field", id="capital letter"),
        pytest.param(share(read=["identity "]), "shares 1, read", "unknown_field", id="space after"),
        pytest.param(share(read=["identity\n"]), "shares 1, read", "unknown_field", id="newline after"),
        pytest.param(share(read=["ident\u0456ty"]), "shares 1, read", "unknown_field", id="Cyrillic letter"),
        pytest.param(share(read=["identity\u200b"]), "shares 1, read", "unknown_field", id="invisible sign"),
        pytest.param(share(read=["identity.*"]), "shares 1, read", "unknown_field", id="wildcard"),
        pytest.param(share(read=["justice"]), "shares 1, read", "group_covers_nothing", id="judicial group"),
        pytest.param(share(write=["health"]), "shares 1, write", "group_covers_nothing", id="special group, written"),
        pytest.param(
            share(read=["status.disadvantage"], basis="public_task"),
            "shares 1, read",
            "sensitive_needs_consent",
            id="special field of a mixed group for a public task",
        ),
        pytest.param(share(read=None), "shares 1", "shares_nothing", id="nothing given"),
        pytest.param(share(never=["identity"]), "shares 1", "given_and_forbidden", id="given and forbidden at once"),
        pytest.param(
            share(read=["identity.name"], never=["identity"]),
            "shares 1",
            "given_and_forbidden",
            id="field given and its group forbidden",
        ),
        pytest.param(share(never=["helth"]), "shares 1, never", "unknown_field", id="misspelt prohibition"),
        pytest.param(share(**{"with": {}}), "shares 1, with", "with_nobody", id="with nobody"),
        pytest.param(share(**{"with": None}), "shares 1", "missing_key", id="with left out"),
        pytest.param(share(**{"with": "caritas"}), "shares 1, with", "not_a_mapping", id="text for with"),
        pytest.param(share(**{"with": {"kinds": []}}), "shares 1, with, kinds", "empty_list", id="no kinds"),
        pytest.param(share(**{"with": {"kinds": [""]}}), "shares 1, with, kinds", "unknown_kind", id="empty kind"),
        pytest.param(share(**{"with": {"kind": ["caritas"]}}), "shares 1, with", "unknown_key", id="kind for kinds"),
        pytest.param(share(**{"for": []}), "shares 1, for", "empty_list", id="no purpose"),
        pytest.param(share(**{"for": None}), "shares 1", "missing_key", id="purpose left out"),
        pytest.param(share(**{"for": ["aggregate_statistics"]}), "shares 1, for", "unknown_purpose", id="aggregates"),
        pytest.param(share(basis=None), "shares 1", "missing_key", id="basis left out"),
        pytest.param(share(basis=""), "shares 1, basis", "unknown_basis", id="empty basis"),
        pytest.param(share(basis=["consent"]), "shares 1, basis", "unknown_basis", id="list for a basis"),
        pytest.param(share(until_days=True), "shares 1, until_days", "not_a_number", id="yes for a number"),
        pytest.param(share(until_days="540"), "shares 1, until_days", "not_a_number", id="text for a number"),
        pytest.param(share(until_days=1.5), "shares 1, until_days", "not_a_number", id="fraction"),
        pytest.param(share(until_days=10**5000), "shares 1, until_days", "not_a_number", id="huge number"),
        pytest.param(share(basis=10**5000), "shares 1, basis", "unknown_basis", id="huge number for a word"),
        pytest.param("identity", "shares 1", "not_a_mapping", id="text for a rule"),
    ],
)
def test_rule_is_refused_with_the_number_of_its_clause(rule: Any, where: str, fault: str) -> None:
    assert (5, where, fault) in refused(pact_of(rule))


SLUGS = [
    'a", "b',
    "a,b",
    "a\nb",
    "a\r",
    "a'b",
    "a b",
    "#a",
    "a]",
    "a) or (True",
    "A",
    "-a",
    "a-",
    "a--b",
    "",
    "kind:caritas",
    "organisation:vnp",
    "*",
    "caritas\u2010empoli",
    "c\u0430ritas-empoli",
    "a" * 64,
    "x" * 100_000,
]


@pytest.mark.parametrize("slug", SLUGS, ids=lambda slug: repr(slug[:20]))
def test_short_name_is_nothing_but_a_short_name(slug: str) -> None:
    signatories = {"promoters": ["vnp"], "signatories": [slug], "required": ["vnp"]}
    assert refused(document(clause(), parties=signatories)) == [(None, "parties, signatories", "bad_slug")]
    assert (5, "shares 1, with, organisations", "bad_slug") in refused(
        pact_of(share(**{"with": {"organisations": [slug]}}))
    )
    assert (None, "territory", "bad_slug") in refused(document(clause(), territory=slug))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param(None, (None, "", "not_a_mapping"), id="empty file"),
        pytest.param([], (None, "", "not_a_mapping"), id="list"),
        pytest.param(document(), (None, "clauses", "no_clauses"), id="no clauses"),
        pytest.param(document(clauses={}), (None, "clauses", "not_a_list"), id="mapping of clauses"),
        pytest.param(document("text"), (None, "clauses 1", "not_a_mapping"), id="text for a clause"),
        pytest.param(document(clause(number=None)), (None, "clauses 1", "missing_key"), id="clause without number"),
        pytest.param(document(clause(number="5")), (None, "clauses 1, number", "not_a_number"), id="number as text"),
        pytest.param(document(clause(number=0)), (None, "clauses 1, number", "not_a_number"), id="clause zero"),
        pytest.param(document(clause(), clause()), (5, "", "duplicate_number"), id="two clauses of one number"),
        pytest.param(document(clause(gives=None)), (5, "", "missing_key"), id="nothing given"),
        pytest.param(document(clause(gives={"it": "Sì."})), (5, "gives", "missing_english"), id="no English"),
        pytest.param(document(clause(gives={"en": "Yes."})), (5, "gives", "missing_italian"), id="no Italian"),
        pytest.param(document(clause(gives="Sì.")), (5, "gives", "not_a_mapping"), id="one language"),
        pytest.param(
            document(clause(gives={"it": "\u202egnorw", "en": "x"})),
            (5, "gives, it", "not_a_text"),
            id="turned writing",
        ),
        pytest.param(
            document(clause(gives={"it": "a\u200bb", "en": "x"})), (5, "gives, it", "not_a_text"), id="hidden sign"
        ),
        pytest.param(document(clause(gives={"it": "a\x00b", "en": "x"})), (5, "gives, it", "not_a_text"), id="NUL"),
        pytest.param(document(clause(gives={"it": "\ud800", "en": "x"})), (5, "gives, it", "not_a_text"), id="half"),
        pytest.param(
            document(clause(gives={"it": "a" * 5001, "en": "x"})), (5, "gives, it", "too_long"), id="long text"
        ),
        pytest.param(document(clause(), version=0), (None, "version", "not_a_number"), id="version zero"),
        pytest.param(document(clause(), extra=1), (None, "", "unknown_key"), id="unknown entry"),
        pytest.param(document(clause(), title=None), (None, "", "missing_key"), id="no title"),
        pytest.param(document(clause(), parties={"required": ["vnp"]}), (None, "parties", "no_parties"), id="alone"),
        pytest.param(
            document(clause(), parties={"promoters": ["vnp"], "adherents": ["vnp"], "required": ["vnp"]}),
            (None, "parties", "two_roles"),
            id="party twice",
        ),
        pytest.param(
            document(clause(), parties={"promoters": ["vnp"], "required": ["altri"]}),
            (None, "parties, required", "required_is_no_party"),
            id="a stranger must sign",
        ),
    ],
)
def test_document_is_refused(written: Any, expected: tuple[int | None, str, str]) -> None:
    assert expected in refused(written)


def test_every_fault_is_told_at_once() -> None:
    written = document(
        clause(share(read=["nome"], basis="boh"), number=1),
        clause(share(**{"for": ["nulla"]}), share(until_days=-1), number=2),
    )
    assert refused(written) == [
        (1, "shares 1, basis", "unknown_basis"),
        (1, "shares 1, read", "unknown_field"),
        (2, "shares 1, for", "unknown_purpose"),
        (2, "shares 2, until_days", "not_a_number"),
    ]


def test_a_message_repeats_only_what_can_be_shown() -> None:
    italian, english = sentences(pact_of(share(read=["\x1b[31m" + "x" * 5000 + "\n"])))
    assert italian.isprintable()
    assert english.isprintable()
    assert len(english) < 3000


@pytest.mark.parametrize("name", TEXTS)
def test_fault_says_the_same_in_both_languages(name: str) -> None:
    italian, english = TEXTS[name]
    assert italian != english
    values = [{word for _, word, _, _ in Formatter().parse(text) if word} for text in (italian, english)]
    assert {word.removesuffix("_it") for word in values[0]} == {word.removesuffix("_en") for word in values[1]}


def test_group_covers_its_common_and_confidential_fields_only() -> None:
    rule = parse_pact(pact_of(share(read=["status", "needs"], write=["health.mental"]))).clauses[0].shares[0]
    assert names_of(rule.read) == ["status.citizenship", "status.residence_permit", "needs.macro", "needs.detail"]
    assert names_of(rule.write) == ["health.mental"]


def test_prohibition_of_a_group_covers_all_of_it() -> None:
    rule = parse_pact(pact_of(share(never=["status", "justice"]))).clauses[0].shares[0]
    forbidden = ["status.citizenship", "status.residence_permit", "status.disadvantage", "justice.measures"]
    assert names_of(rule.never) == forbidden


def test_rule_does_not_give_what_it_forbids() -> None:
    rule = parse_pact(pact_of(share(read=["economic"], never=["economic.isee_value"]))).clauses[0].shares[0]
    assert names_of(rule.read) == ["economic.income_band", "economic.debts", "economic.benefits"]


def test_canonical_document_states_the_same_pact() -> None:
    written = document(
        clause(share(read=["economic", "plan"], never=["economic.debts", "health"], until_days=90), number=7),
        clause(share(basis="public_task", write=["plan.progress"], **{"with": {"organisations": ["vnp"]}}), number=2),
        preamble={"it": " Perche\u0301. ", "en": "Why."},
    )
    pact = parse_pact(written)
    assert parse_pact(document_of(pact)) == pact
    assert pact.preamble.it == "Perché."
    assert [clause.number for clause in pact.clauses] == [2, 7]
    assert pact.clauses[0].shares[0].basis is Basis.PUBLIC_TASK


def test_no_name_stands_for_every_field() -> None:
    with pytest.raises(UnknownField):
        mask_of(["*"])
    assert mask_of(GROUPS) == ALL_FIELDS & ~SENSITIVE
    assert mask_of(FIELD) == ALL_FIELDS == sum(field.mask for field in FIELDS)

"""Casbin's decisions are those of the signed text, for any pact: compared with a plain re-statement."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authz.clauses import parse_pact
from authz.compile import Grant, Party, Term, decide, policy_lines, terms
from authz.enforcer import PolicyError
from authz.fields import FIELDS, GROUPS, SENSITIVE, group_mask, mask_of
from authz.kinds import OrganisationKind
from authz.purposes import Purpose
from tests.authz.documents import KINDS, clause, document
from tests.authz.reference import may
from tests.conftest import THOROUGH

NAMES = [field.key for field in FIELDS] + [group for group in GROUPS if mask_of([group])]
FORBIDDEN = [field.key for field in FIELDS] + list(GROUPS)
PURPOSES = ["traineeship", "hire", "health_social_pathway"]


def some(words: list[str], most: int = 5) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(words), max_size=most, unique=True)


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any] | None:
    """Draw a sharing rule that the grammar accepts, or nothing."""
    basis = draw(st.sampled_from(["consent", "consent", "public_task"]))
    never = draw(some(FORBIDDEN, 3))
    forbidden = 0
    for name in never:
        forbidden |= group_mask(name) if name in GROUPS else mask_of([name])

    def left(names: list[str]) -> list[str]:
        free = [name for name in names if mask_of([name]) & ~forbidden]
        return free if basis == "consent" else [name for name in free if not mask_of([name]) & SENSITIVE]

    grantees = {"kinds": draw(some(sorted(set(KINDS.values())), 2)), "organisations": draw(some(sorted(KINDS), 2))}
    rule = {
        "with": {name: words for name, words in grantees.items() if words},
        "for": draw(some(PURPOSES, 3)),
        "read": left(draw(some(NAMES))),
        "write": [name for name in left(draw(some(NAMES))) if name != "contacts.address"],
        "never": never,
        "until_days": draw(st.none() | st.integers(1, 1825)),
    }
    rule = {name: value for name, value in rule.items() if value}
    is_whole = {"with", "for"} <= rule.keys() and rule.keys() & {"read", "write"}
    return {**rule, "basis": basis} if is_whole else None


@st.composite
def pacts(draw: st.DrawFn) -> dict[str, Any]:
    shared = draw(st.lists(st.lists(rules(), max_size=4), min_size=1, max_size=4))
    written = [
        clause(*(rule for rule in members if rule is not None), number=number)
        for number, members in enumerate(shared, start=1)
    ]
    return document(*written)


@settings(max_examples=2000 if THOROUGH else 40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pacts())
def test_decisions_are_those_of_the_text(written: dict[str, Any]) -> None:
    pact = parse_pact(written)
    parties = [Party(slug, OrganisationKind(kind)) for slug, kind in KINDS.items()]
    if not any(clause.shares for clause in pact.clauses):
        try:
            decide(policy_lines(pact, parties))
        except PolicyError:
            return
        raise AssertionError("an empty policy was decided")

    grants = decide(policy_lines(pact, parties))
    for slug in KINDS:
        for purpose in Purpose:
            grant = grants.get((slug, purpose), Grant(0, 0))
            for field in FIELDS:
                answers = bool(grant.read_mask & field.mask), bool(grant.write_mask & field.mask)
                expected = tuple(may(written, KINDS, slug, purpose, field, act) for act in ("read", "write"))
                assert answers == expected, (slug, purpose, field.key)


@settings(max_examples=500 if THOROUGH else 40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pacts())
def test_terms_are_the_grants_split_by_clause(written: dict[str, Any]) -> None:
    pact = parse_pact(written)
    if not any(clause.shares for clause in pact.clauses):
        return
    parties = [Party(slug, OrganisationKind(kind)) for slug, kind in KINDS.items()]
    grants = decide(policy_lines(pact, parties))
    together = dict.fromkeys(grants, Grant(0, 0))
    for term in terms(pact, parties, grants):
        alone = document(*(of_term(one, term) for one in written["clauses"] if one["number"] == term.clause))
        for field in FIELDS:
            for act, mask in (("read", term.read_mask), ("write", term.write_mask)):
                if mask & field.mask:
                    assert may(alone, KINDS, term.organisation, term.purpose, field, act)
        if term.basis != "consent":
            assert not (term.read_mask | term.write_mask) & SENSITIVE
        key = (term.organisation, term.purpose)
        so_far = together[key]
        together[key] = Grant(so_far.read_mask | term.read_mask, so_far.write_mask | term.write_mask)
    assert together == grants


def of_term(written: dict[str, Any], term: Term) -> dict[str, Any]:
    """Return the clause with only the rules of the term's legal basis and duration."""
    wanted = (str(term.basis), term.until_days)
    return {**written, "shares": [one for one in written["shares"] if (one["basis"], one.get("until_days")) == wanted]}


def test_a_stranger_to_the_pact_gets_nothing() -> None:
    written = document(clause({"with": {"kinds": ["caritas"]}, "for": ["hire"], "read": ["work"], "basis": "consent"}))
    pact = parse_pact(written)
    kinds = [Party("caritas-empoli", OrganisationKind.CARITAS)]
    assert {slug for slug, _ in decide(policy_lines(pact, kinds))} == {"caritas-empoli"}

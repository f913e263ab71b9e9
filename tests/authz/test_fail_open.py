"""Nothing is allowed by accident: an empty, misspelt, injected or half-loaded policy denies."""

from pathlib import Path

import casbin
import pytest
from hypothesis import given
from hypothesis import strategies as st

from authz.clauses import parse_pact
from authz.compile import Grant, Membership, Party, PolicyLine, Rule, casbin_csv, casbin_model, decide, policy_lines
from authz.enforcer import PolicyError, build_enforcer, model_text
from authz.fields import ALL_FIELDS, FIELDS
from authz.kinds import OrganisationKind
from authz.purposes import Purpose
from tests.authz.documents import KINDS, clause, document, share

PARTIES = [Party(slug, OrganisationKind(kind)) for slug, kind in KINDS.items()]
PACT = parse_pact(
    document(
        clause(share(read=["identity", "work"], write=["plan.progress"], never=["identity.identity_code"]), number=1),
        clause(share(read=["identity"], **{"with": {"kinds": ["caritas"]}}), number=2),
        clause(share(read=["plan"], never=["identity"], **{"with": {"organisations": ["caritas-vinci"]}}), number=3),
    )
)
LINES = policy_lines(PACT, PARTIES)
RULE = Rule("kind:caritas", "empolese-valdelsa", "work.profile", "read", "hire", "allow", "1")
LINKS = [
    Membership("caritas-empoli", grantee, "empolese-valdelsa")
    for grantee in ("kind:caritas", "organisation:caritas-empoli", "party")
]
WORDS = [
    "",
    "party",
    "kind:caritas",
    "caritas-empoli",
    "empolese-valdelsa",
    "identity.name",
    "read",
    "hire",
    "*",
    "None",
]


def engine(folder: Path, policy: str) -> casbin.Enforcer:
    """Return a plain Casbin over these files."""
    (folder / "model.conf").write_text(casbin_model())
    (folder / "policy.csv").write_text(policy)
    return casbin.Enforcer(str(folder / "model.conf"), str(folder / "policy.csv"))


@pytest.fixture(scope="module")
def without_policy(tmp_path_factory: pytest.TempPathFactory) -> casbin.Enforcer:
    return engine(tmp_path_factory.mktemp("empty"), "")


@given(st.tuples(*[st.sampled_from(WORDS) | st.text(max_size=5)] * 5))
def test_empty_policy_denies(without_policy: casbin.Enforcer, request_: tuple[str, ...]) -> None:
    assert without_policy.enforce(*request_) is False


@given(st.tuples(*[st.sampled_from(WORDS)] * 5))
def test_policy_denies_what_is_not_a_party(request_: tuple[str, ...]) -> None:
    organisation, *rest = request_
    loaded = build_enforcer(casbin_model(), [RULE], LINKS)
    if organisation != "caritas-empoli":
        assert loaded.enforce(organisation, *rest) is False


def test_empty_strings_are_denied_by_every_policy(tmp_path: Path) -> None:
    for policy in ("", casbin_csv(LINES), casbin_csv([RULE, *LINKS])):
        assert engine(tmp_path, policy).enforce("", "", "", "", "") is False


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([], id="nothing"),
        pytest.param([RULE], id="rules without parties"),
        pytest.param(LINKS, id="parties without rules"),
    ],
)
def test_policy_without_rules_or_parties_decides_nothing(lines: list[PolicyLine]) -> None:
    for use in (decide, casbin_csv):
        with pytest.raises(PolicyError, match="empty"):
            use(lines)


@pytest.mark.parametrize(
    "change",
    [
        *(
            pytest.param({"effect": effect}, id=f"effect {effect!r}")
            for effect in ("Deny", "ALLOW", "allowed", "denied", "deny ", " allow", "alow", "")
        ),
        pytest.param({"field": "identity.nome"}, id="unknown field"),
        pytest.param({"field": "identity"}, id="group for a field"),
        pytest.param({"field": "*"}, id="wildcard"),
        pytest.param({"field": ""}, id="empty field"),
        pytest.param({"act": "delete"}, id="unknown act"),
        pytest.param({"act": "Read"}, id="misspelt act"),
        pytest.param({"purpose": "any"}, id="unknown purpose"),
        pytest.param({"purpose": ""}, id="empty purpose"),
        pytest.param({"grantee": ""}, id="empty grantee"),
        pytest.param({"territory": ""}, id="empty territory"),
        pytest.param({"territory": "valdarno-demo"}, id="another territory"),
        *(
            pytest.param({"grantee": f"kind:{word}"}, id=repr(word))
            for word in ("a,b", "a\nb", 'a"b', "a'b", "a b", "#a", "a]", "a) or (True", "ａ", "à", "a\r", "a\u2028b")
        ),
    ],
)
def test_line_with_a_word_that_is_not_ours_stops_everything(change: dict[str, str]) -> None:
    lines: list[PolicyLine] = [*LINES, RULE._replace(**change)]
    for use in (decide, casbin_csv):
        with pytest.raises(PolicyError):
            use(lines)


@pytest.mark.parametrize("word", ["", "caritas, vinci", 'caritas"', "caritas\ng, x, party, t", None])
def test_party_with_a_name_that_is_not_a_word_stops_everything(word: str) -> None:
    lines = [*LINES, Membership(word, "party", "empolese-valdelsa")]
    for use in (decide, casbin_csv):
        with pytest.raises(PolicyError):
            use(lines)


@pytest.mark.parametrize("effect", ["Deny", "ALLOW", "", "permit"])
def test_enforcer_is_not_built_on_a_misspelt_effect(effect: str) -> None:
    with pytest.raises(PolicyError, match="effect"):
        build_enforcer(model_text("pact.conf"), [RULE, RULE._replace(effect=effect or " ")], LINKS)


def test_enforcer_is_not_built_on_lines_of_another_width() -> None:
    for rules, links in (([RULE[:-1]], LINKS), ([RULE], [LINKS[0][:-1]]), ([], LINKS), ([RULE], [])):
        with pytest.raises(PolicyError):
            build_enforcer(model_text("pact.conf"), rules, links)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("some(where (p.eft == allow)) && ", "", id="allow without a match"),
        pytest.param(" && !some(where (p.eft == deny))", "", id="deny that is not heard"),
        pytest.param("r.act == p.act", "eval(p.act)", id="eval"),
        pytest.param("r.act == p.act", "regexMatch(r.act, p.act)", id="pattern"),
        pytest.param("r.field == p.field", "keyMatch2(r.field, p.field)", id="path"),
        pytest.param("r.act == p.act", '(r.act == p.act || r.organisation == "root")', id="back door"),
        pytest.param("r.act == p.act", "r.act != p.act", id="negation"),
    ],
)
def test_model_that_could_allow_by_accident_is_refused(old: str, new: str) -> None:
    model = casbin_model()
    assert old in model
    with pytest.raises(PolicyError, match="must"):
        build_enforcer(model.replace(old, new), [RULE], LINKS)


def test_policy_that_is_cut_short_allows_only_less() -> None:
    whole = decide(LINES)
    assert whole
    for kept in range(len(LINES)):
        try:
            grants = decide(LINES[:kept])
        except PolicyError:
            continue
        for key, grant in grants.items():
            full = whole.get(key, Grant(0, 0))
            assert grant.read_mask & ~full.read_mask == 0
            assert grant.write_mask & ~full.write_mask == 0


def test_policy_without_its_last_lines_denies_everybody(tmp_path: Path) -> None:
    rules = [line for line in LINES if isinstance(line, Rule)]
    text = "".join(casbin_csv(LINES).splitlines(keepends=True)[: len(rules)])
    loaded = engine(tmp_path, text)
    assert len(loaded.get_policy()) == len(rules)
    for field in FIELDS:
        assert loaded.enforce("cooperativa-il-ponte", "empolese-valdelsa", field.key, "read", "traineeship") is False


def test_party_of_a_kind_that_no_clause_names_gets_nothing() -> None:
    grants = decide(LINES)
    assert {slug for slug, _ in grants} == {"caritas-empoli", "caritas-vinci", "cooperativa-il-ponte"}
    assert {purpose for _, purpose in grants} == {Purpose.TRAINEESHIP}
    assert all((grant.read_mask | grant.write_mask) & ~ALL_FIELDS == 0 for grant in grants.values())


def test_two_territories_in_one_file_do_not_mix(tmp_path: Path) -> None:
    other = parse_pact(document(clause(share(read=["housing"])), territory="valdarno-demo"))
    both = casbin_csv(LINES) + casbin_csv(policy_lines(other, PARTIES))
    loaded = engine(tmp_path, both)
    for territory, lines in (("empolese-valdelsa", LINES), ("valdarno-demo", policy_lines(other, PARTIES))):
        grant = decide(lines)["cooperativa-il-ponte", Purpose.TRAINEESHIP]
        for field in FIELDS:
            answer = loaded.enforce("cooperativa-il-ponte", territory, field.key, "read", "traineeship")
            assert answer is bool(grant.read_mask & field.mask), (territory, field.key)

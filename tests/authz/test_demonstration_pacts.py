"""What the demonstration pacts promise, and that another Casbin, given the exported files, answers the same."""

import random
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import casbin
import pytest

from authz.clauses import Basis, Pact, document_of, parse_pact
from authz.compile import Grant, Grants, Party, casbin_csv, casbin_model, decide, policy_lines, terms
from authz.fields import FIELD, FIELDS, SENSITIVE, Field, mask_of, names_of
from authz.kinds import OrganisationKind
from authz.purposes import Purpose
from tenants.demo.catalogue import LANDS
from tenants.pacts.document import read_document
from tests.authz.reference import may
from tests.conftest import THOROUGH

FOLDER = Path(__file__).parents[2] / "tenants" / "pacts"
MAIN = "empolese-valdelsa"
ACTS = ("read", "write")


def pact_of(territory: str) -> Pact:
    return parse_pact(read_document(FOLDER / f"{territory}.yaml"))


def parties_of(territory: str) -> list[Party]:
    signed = dict(pact_of(territory).parties)
    return [Party(body.slug, body.kind) for body in LANDS[territory].bodies if body.slug in signed]


@pytest.fixture(scope="module")
def grants() -> Grants:
    return decide(policy_lines(pact_of(MAIN), parties_of(MAIN)))


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("casbin")
    (folder / "model.conf").write_text(casbin_model(), encoding="utf-8")
    policy = casbin_csv(policy_lines(pact_of(MAIN), parties_of(MAIN)))
    (folder / "policy.csv").write_text(policy, encoding="utf-8")
    return str(folder / "model.conf"), str(folder / "policy.csv")


def questions() -> Iterator[tuple[str, Purpose, Field, str]]:
    """Yield every question that can be asked: organisation, purpose, field, act."""
    organisations = [party.slug for party in parties_of(MAIN)]
    return product(organisations, Purpose, FIELDS, ACTS)


def answer(grants: Grants, organisation: str, purpose: Purpose, field: Field, act: str) -> bool:
    grant = grants.get((organisation, purpose), Grant(0, 0))
    return bool((grant.read_mask if act == "read" else grant.write_mask) & field.mask)


def test_exported_policy_gives_the_same_answer_to_every_question(grants: Grants, exported: tuple[str, str]) -> None:
    # This engine of Casbin's looks up the lines of a field, act and purpose instead of trying every line: without
    # it, forty thousand questions take minutes.
    engine = casbin.FastEnforcer(*exported, cache_key_order=[2, 3, 4])
    wrong = [
        question
        for question in questions()
        if engine.enforce(question[0], MAIN, question[2].key, question[3], str(question[1]))
        is not answer(grants, *question)
    ]
    assert wrong == []


def test_exported_policy_gives_the_same_answers_to_the_plain_engine(grants: Grants, exported: tuple[str, str]) -> None:
    """With WIN_TEST_THOROUGH=1 every question is asked; else a sample, half of it of things that are allowed."""
    engine = casbin.Enforcer(*exported)
    asked = list(questions())
    if not THOROUGH:
        allowed = [question for question in asked if answer(grants, *question)]
        chance = random.Random(381)  # noqa: S311 - repeatable
        asked = chance.sample(allowed, 200) + chance.sample(asked, 200)
    for organisation, purpose, field, act in asked:
        expected = answer(grants, organisation, purpose, field, act)
        assert engine.enforce(organisation, MAIN, field.key, act, str(purpose)) is expected, (organisation, field.key)


def test_decisions_are_those_of_the_text(grants: Grants) -> None:
    document = document_of(pact_of(MAIN))
    kinds = {slug: str(kind) for slug, kind in parties_of(MAIN)}
    for organisation, purpose, field, act in questions():
        assert answer(grants, organisation, purpose, field, act) == may(
            document, kinds, organisation, purpose, field, act
        )


@pytest.mark.parametrize("territory", LANDS)
def test_parties_are_the_organisations_of_the_territory(territory: str) -> None:
    signed = {slug for slug, _ in pact_of(territory).parties}
    assert signed == {slug for slug, _ in parties_of(territory)}


def test_organisation_of_another_territory_is_no_party_for_having_the_same_name() -> None:
    here, there = parties_of("valdarno-demo"), {body.slug for body in LANDS["valdarno-demo"].bodies}
    assert there - {slug for slug, _ in here} == {"cooperativa-il-ponte"}
    assert {slug for slug, _ in decide(policy_lines(pact_of("valdarno-demo"), here))} <= {slug for slug, _ in here}


def test_work_placement_gives_a_cooperative_what_the_work_needs(grants: Grants) -> None:
    clause = next(clause for clause in pact_of(MAIN).clauses if clause.number == 5)
    assert clause.title.it == "Inserimento lavorativo"
    grant = grants["cooperativa-il-ponte", Purpose.TRAINEESHIP]
    assert grant.read_mask == mask_of(["identity", "contacts", "work", "education", "plan"])
    assert grant.write_mask == mask_of(["interventions", "plan.progress"])
    for purpose in Purpose:
        given = grants.get(("cooperativa-il-ponte", purpose), Grant(0, 0))
        assert not given.read_mask & FIELD["economic.isee_value"].mask
    assert grants["cooperativa-il-ponte", Purpose.HIRE].read_mask & SENSITIVE == FIELD["status.disadvantage"].mask


def test_health_is_for_the_health_pathway_and_nobody_else(grants: Grants) -> None:
    health = mask_of(["health.conditions", "health.disability", "health.addictions", "health.mental"])
    seeing = {(slug, purpose) for (slug, purpose), grant in grants.items() if grant.read_mask & health}
    assert seeing == {
        ("asl-toscana-centro", Purpose.HEALTH_SOCIAL_PATHWAY),
        ("unione-dei-comuni", Purpose.HEALTH_SOCIAL_PATHWAY),
    }
    writing = {(slug, purpose) for (slug, purpose), grant in grants.items() if grant.write_mask & health}
    assert writing == {("asl-toscana-centro", Purpose.HEALTH_SOCIAL_PATHWAY)}


def test_nobody_is_given_judicial_data_notes_or_interviews(grants: Grants) -> None:
    kept = mask_of(["justice.measures", "notes", "interviews"])
    assert not any((grant.read_mask | grant.write_mask) & kept for grant in grants.values())


def test_unions_and_employers_see_no_case(grants: Grants) -> None:
    kinds = dict(parties_of(MAIN))
    social = {OrganisationKind.TRADE_UNION, OrganisationKind.EMPLOYERS_ASSOCIATION}
    assert [slug for slug, _ in grants if kinds[slug] in social] == []
    assert len([slug for slug, kind in kinds.items() if kind in social]) == 6


def test_public_task_gives_the_municipalities_the_little_that_is_needed(grants: Grants) -> None:
    found = [term for term in terms(pact_of(MAIN), parties_of(MAIN), grants) if term.basis is Basis.PUBLIC_TASK]
    assert {(term.organisation, term.clause, term.until_days) for term in found} == {("unione-dei-comuni", 10, 90)}
    assert {name for term in found for name in names_of(term.read_mask)} == {
        "identity.initials",
        "identity.birth_year",
        "contacts.municipality",
        "household.composition",
        "needs.macro",
    }


def test_clauses_are_as_many_as_the_territory_needs() -> None:
    pact = pact_of(MAIN)
    assert [clause.number for clause in pact.clauses] == list(range(1, 13))
    assert [clause.number for clause in pact.clauses if not clause.shares] == [11, 12]

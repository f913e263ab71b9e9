"""Lines in a stable order, a digest that moves with every word, and a policy that is data and nothing else."""

import csv
import random
from collections.abc import Callable
from typing import Any

import pytest

from authz.clauses import parse_pact
from authz.compile import Membership, Party, Rule, casbin_csv, digest, policy_lines
from authz.kinds import OrganisationKind
from tests.authz.documents import KINDS, clause, document, share

PARTIES = [Party(slug, OrganisationKind(kind)) for slug, kind in KINDS.items()]


def written() -> dict[str, Any]:
    return document(
        clause(
            share(read=["identity", "work"], write=["plan.progress"], never=["health", "justice"], until_days=540),
            share(read=["status.disadvantage"], **{"for": ["hire", "traineeship"]}),
            number=5,
        ),
        clause(share(**{"with": {"kinds": ["caritas"], "organisations": ["vnp", "caritas-vinci"]}}), number=2),
        clause(number=3, shares=None),
        preamble={"it": "Insieme.", "en": "Together."},
    )


def shuffled(value: Any, chance: random.Random) -> Any:
    """Return the same document with every mapping and every list in another order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key], chance) for key in chance.sample(list(value), len(value))}
    if isinstance(value, list) and all(isinstance(one, str) or "number" in one for one in value):
        return [shuffled(one, chance) for one in chance.sample(value, len(value))]
    return [shuffled(one, chance) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("seed", range(20))
def test_order_of_writing_changes_nothing(seed: int) -> None:
    one, other = parse_pact(written()), parse_pact(shuffled(written(), random.Random(seed)))  # noqa: S311 - repeatable
    assert digest(one) == digest(other)
    assert policy_lines(one, PARTIES) == policy_lines(other, PARTIES[::-1])


def test_digest_is_the_one_that_was_signed() -> None:
    # It must not move when the program changes: signatures are of these bytes.
    assert digest(parse_pact(written())) == "sha256:3a80b10ebb2d7cd758fbfe5613f8eb2cb7efc5a4d25dc6ac49c2f00697f16477"


def _set(*path: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(value: Any) -> None:
        for step in path[:-1]:
            value = value[step]
        value[path[-1]] = to

    return change


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_set("version", to=2), id="version"),
        pytest.param(_set("territory", to="valdarno-demo"), id="territory"),
        pytest.param(_set("title", "en", to="Pact."), id="one sign of a title"),
        pytest.param(_set("preamble", "it", to="insieme."), id="one capital of the preamble"),
        pytest.param(_set("parties", "required", to=["vnp", "caritas-vinci"]), id="who must sign"),
        pytest.param(
            _set("parties", to={"promoters": ["vnp"], "adherents": [*KINDS][1:], "required": ["vnp"]}),
            id="how they joined",
        ),
        pytest.param(_set("clauses", 0, "number", to=6), id="number"),
        pytest.param(_set("clauses", 0, "gives", "it", to="Testo"), id="commitment"),
        pytest.param(_set("clauses", 0, "shares", 0, "for", to=["hire"]), id="purpose"),
        pytest.param(_set("clauses", 0, "shares", 0, "read", to=["identity"]), id="field less"),
        pytest.param(_set("clauses", 0, "shares", 0, "write", to=["plan"]), id="field more"),
        pytest.param(_set("clauses", 0, "shares", 0, "never", to=["health"]), id="prohibition less"),
        pytest.param(_set("clauses", 0, "shares", 0, "basis", to="public_task"), id="basis"),
        pytest.param(_set("clauses", 0, "shares", 0, "until_days", to=541), id="a day more"),
        pytest.param(_set("clauses", 1, "shares", 0, "with", "organisations", to=["vnp"]), id="organisation"),
        pytest.param(_set("clauses", 1, "shares", 0, "with", "kinds", to=["parish"]), id="kind"),
    ],
)
def test_any_change_changes_the_digest(change: Callable[[dict[str, Any]], None]) -> None:
    changed = written()
    change(changed)
    assert digest(parse_pact(changed)) != digest(parse_pact(written()))


def test_lines_of_a_clause() -> None:
    rule = share(read=["work"], write=["plan.goals"], never=["justice"], **{"with": {"organisations": ["vnp"]}})
    pact = parse_pact(document(clause(rule)))
    head, tail = ("organisation:vnp", "empolese-valdelsa"), ("traineeship",)
    assert policy_lines(pact, [Party("vnp", OrganisationKind.FOUNDATION)]) == [
        Rule(*head, "justice.measures", "read", *tail, "deny", "5"),
        Rule(*head, "justice.measures", "write", *tail, "deny", "5"),
        Rule(*head, "plan.goals", "write", *tail, "allow", "5"),
        Rule(*head, "work.history", "read", *tail, "allow", "5"),
        Rule(*head, "work.profile", "read", *tail, "allow", "5"),
        Membership("vnp", "kind:foundation", "empolese-valdelsa"),
        Membership("vnp", "organisation:vnp", "empolese-valdelsa"),
        Membership("vnp", "party", "empolese-valdelsa"),
    ]


def test_policy_file_is_read_as_the_lines_that_were_written() -> None:
    lines = policy_lines(parse_pact(written()), PARTIES)
    rows = list(csv.reader(casbin_csv(lines).splitlines(), skipinitialspace=True))
    assert [tuple(row[1:]) for row in rows] == [tuple(line) for line in lines]
    assert [row[0] for row in rows] == ["p" if isinstance(line, Rule) else "g" for line in lines]

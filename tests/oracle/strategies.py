"""Random pacts, and random changes of a world."""

from typing import Any

from hypothesis import strategies as st

from authz.fields import FIELD, GROUPS
from tests.authz.documents import KINDS, clause, document
from tests.authz.documents import share as rule
from tests.oracle.oracle import JUDICIAL, SPECIAL, expanded

PURPOSES = ("traineeship", "listening")
ROLES = ("volunteer", "operator", "coordinator", "case_manager", "territory_coordinator", "auditor")
# The other two have no fields but special and judicial ones, which are given by name.
OPEN_GROUPS = [name for name in GROUPS if name not in ("health", "justice")]
PLAIN = sorted([*OPEN_GROUPS, *(key for key in FIELD if key not in SPECIAL | JUDICIAL)])
SENSITIVE = sorted(SPECIAL | JUDICIAL)
WHOM = sorted([*KINDS, *set(KINDS.values())])

plain = st.lists(st.sampled_from(PLAIN), min_size=1, max_size=8, unique=True)
sensitive = st.lists(st.sampled_from(SENSITIVE), max_size=3, unique=True)
whom = st.lists(st.sampled_from(WHOM), min_size=1, max_size=4, unique=True)
purposes = st.lists(st.sampled_from(PURPOSES), min_size=1, max_size=2, unique=True)
generous = st.one_of(plain, st.just(OPEN_GROUPS), st.just([*OPEN_GROUPS, *SENSITIVE]))


@st.composite
def shares(draw: st.DrawFn) -> dict[str, Any]:
    """Return a sharing rule, with those to whom it gives under `whom`."""
    basis = draw(st.sampled_from(["consent", "consent", "public_task"]))
    more = draw(sensitive) if basis == "consent" else []
    some = st.lists(st.sampled_from(PLAIN), min_size=1, max_size=8, unique=True)
    read, write = [*draw(st.one_of(some, st.just(OPEN_GROUPS))), *more], draw(some)
    given = expanded([*read, *write])
    never = draw(st.lists(st.sampled_from([*PLAIN, *SENSITIVE]), max_size=3, unique=True))
    return {
        "whom": draw(whom),
        "for": draw(purposes),
        "read": read,
        "write": write,
        # A rule may not forbid what it gives itself; what another rule gives it may.
        "never": [name for name in never if not expanded([name], whole=True) & given],
        "basis": basis,
        "until_days": draw(st.sampled_from([100, 100, None])),
    }


@st.composite
def pacts(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return sharing rules, of which one may forbid what another gives to the same."""
    rules = draw(st.lists(shares(), min_size=1, max_size=3))
    little = draw(st.sampled_from(PLAIN))
    rest = expanded(rules[0]["read"]) - expanded([little], whole=True)
    groups = {key.partition(".")[0] for key in rest} - {key.partition(".")[0] for key in expanded([little])}
    others = sorted(rest | groups)
    if others and draw(st.sampled_from([True, True, False])):
        some = st.lists(st.sampled_from(others), min_size=1, max_size=3, unique=True)
        never = draw(some | st.just(sorted(groups) or others))
        rules.append({**rules[0], "read": [little], "write": [little], "never": never})
    return rules


def as_document(slug: str, given: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the pact of these rules, a clause each."""
    clauses = []
    for number, one in enumerate(given, 1):
        names = {"organisations": [name for name in one["whom"] if name in KINDS]}
        names["kinds"] = [name for name in one["whom"] if name not in KINDS]
        entries = {name: value for name, value in one.items() if name != "whom" and value not in (None, [])}
        chosen = {name: value for name, value in names.items() if value}
        clauses.append(clause(rule(**entries, **{"with": chosen}), number=number))
    return document(*clauses, territory=slug)

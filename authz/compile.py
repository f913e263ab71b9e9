"""From the clauses of a pact to Casbin's policy lines, and from Casbin's decisions to bit masks.

Casbin is asked once, when a version comes into force or its parties change; the answers are stored and nothing asks
it per request.
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from authz.clauses import Basis, Clause, Pact, Share, document_of
from authz.enforcer import PolicyError, build_enforcer, model_text
from authz.fields import FIELD, names_of
from authz.kinds import OrganisationKind
from authz.purposes import Purpose

ACTS = ("read", "write")
EFFECTS = ("deny", "allow")
PARTY = "party"
PLAIN_WORD = re.compile(r"[a-z0-9._:-]+")
"""What a word of a policy line is made of: nothing that any CSV reader could take for more than a word."""


class Party(NamedTuple):
    """An organisation that signed or joined, as the decision needs it."""

    slug: str
    kind: OrganisationKind


class Rule(NamedTuple):
    """A policy line: `grantee` may or must not do `act` to `field` for `purpose`, says `clause`."""

    grantee: str
    territory: str
    field: str
    act: str
    purpose: str
    effect: str
    clause: str


class Membership(NamedTuple):
    """A grouping line: the organisation is a party, is of a kind, or goes by its own name."""

    organisation: str
    grantee: str
    territory: str


PolicyLine: TypeAlias = Rule | Membership


@dataclass(frozen=True)
class Grant:
    """What one organisation may read and write for one purpose."""

    read_mask: int
    write_mask: int


Grants: TypeAlias = dict[tuple[str, Purpose], Grant]


@dataclass(frozen=True)
class Term:
    """The part of a grant that one clause gives on one legal basis."""

    organisation: str
    purpose: Purpose
    clause: int
    basis: Basis
    until_days: int | None
    read_mask: int
    write_mask: int


def digest(pact: Pact) -> str:
    """Return what the parties sign: the hash of the canonical document of the pact."""
    canonical = json.dumps(document_of(pact), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def policy_lines(pact: Pact, parties: Sequence[Party]) -> list[PolicyLine]:
    """Return the pact as Casbin lines, in a stable order: the same pact, the same bytes.

    Prohibitions come first and the parties last, so that a policy which is cut short can only allow less.
    """
    rules = {
        rule for clause in pact.clauses for share in clause.shares for rule in _rules(pact.territory, clause, share)
    }
    memberships = {
        Membership(party.slug, grantee, pact.territory)
        for party in parties
        for grantee in (PARTY, f"kind:{party.kind}", f"organisation:{party.slug}")
    }
    return [*sorted(rules, key=lambda rule: (EFFECTS.index(rule.effect), rule)), *sorted(memberships)]


def _rules(territory: str, clause: Clause, share: Share) -> Iterable[Rule]:
    grantees = [f"kind:{kind}" for kind in share.kinds] + [f"organisation:{slug}" for slug in share.organisations]
    given = [(share.read, "read", "allow"), (share.write, "write", "allow")]
    forbidden = [(share.never, act, "deny") for act in ACTS]
    for mask, act, effect in given + forbidden:
        for field in names_of(mask):
            for grantee in grantees:
                for purpose in share.purposes:
                    yield Rule(grantee, territory, field, act, str(purpose), effect, str(clause.number))


def decide(lines: Sequence[PolicyLine]) -> Grants:
    """Return what Casbin allows every party for every purpose; who is not in it may do nothing.

    Raises `PolicyError` if the policy is empty, lacks its parties or says a word that we do not know.
    """
    rules, memberships = _checked(lines)
    by_grantee: dict[tuple[str, str], list[Rule]] = defaultdict(list)
    for rule in rules:
        by_grantee[rule.grantee, rule.purpose].append(rule)
    named = {rule.grantee for rule in rules}

    grants: Grants = {}
    for grantees, alike in _alike(memberships, named).items():
        for purpose in Purpose:
            concerned = [rule for grantee in grantees for rule in by_grantee[grantee, purpose]]
            grant = _ask(concerned, [line for line in memberships if line.organisation == alike[0]])
            if grant is not None:
                grants.update({(slug, purpose): grant for slug in alike})
    return grants


def _alike(memberships: Iterable[Membership], named: set[str]) -> dict[tuple[str, ...], list[str]]:
    """Return the parties by the grantees that rules name: those with the same ones get the same answers."""
    grantees: dict[str, set[str]] = defaultdict(set)
    parties = set()
    for line in memberships:
        grantees[line.organisation].update({line.grantee} & named)
        if line.grantee == PARTY:
            parties.add(line.organisation)
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for organisation in sorted(parties):
        alike[tuple(sorted(grantees[organisation]))].append(organisation)
    return alike


def _ask(rules: Sequence[Rule], memberships: Sequence[Membership]) -> Grant | None:
    """Ask Casbin about each field and act that these rules allow; what no rule allows is denied without asking."""
    asked = {(rule.field, rule.act) for rule in rules if rule.effect == "allow"}
    if not asked:
        return None
    enforcer = build_enforcer(model_text("pact.conf"), rules, memberships)
    organisation, _, territory = memberships[0]
    masks = dict.fromkeys(ACTS, 0)
    for field, act in asked:
        if enforcer.enforce(organisation, territory, field, act, rules[0].purpose):
            masks[act] |= FIELD[field].mask
    return Grant(masks["read"], masks["write"]) if any(masks.values()) else None


def _checked(lines: Sequence[PolicyLine]) -> tuple[list[Rule], list[Membership]]:
    rules = [line for line in lines if isinstance(line, Rule)]
    memberships = [line for line in lines if isinstance(line, Membership)]
    if not rules or not memberships:
        raise PolicyError("the policy is empty: it has no rules, or no parties")
    for line in lines:
        if not isinstance(line, Rule | Membership) or not all(_is_plain(word) for word in line):
            raise PolicyError(f"not a policy line: {line!r}")
    for rule in rules:
        known = rule.field in FIELD and rule.act in ACTS and rule.purpose in list(Purpose)
        if not known or rule.effect not in EFFECTS:
            raise PolicyError(f"a word of this policy line is not known: {rule!r}")
    if len({line.territory for line in lines}) != 1:
        raise PolicyError("the policy is of more than one territory")
    return rules, memberships


def _is_plain(word: object) -> bool:
    return isinstance(word, str) and PLAIN_WORD.fullmatch(word) is not None


def terms(pact: Pact, parties: Sequence[Party], grants: Mapping[tuple[str, Purpose], Grant]) -> list[Term]:
    """Return the grants split by clause, legal basis and duration; together they are the grants again.

    Raises `PolicyError` if they are not: then the lines were not made from this pact.
    """
    masks: dict[tuple[str, Purpose, int, Basis, int | None], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for party in parties:
        for clause in pact.clauses:
            for share in clause.shares:
                for purpose in share.purposes if _concerns(share, party) else ():
                    grant = grants.get((party.slug, purpose), Grant(0, 0))
                    key = (party.slug, purpose, clause.number, share.basis, share.until_days)
                    read, write = masks[key]
                    masks[key] = (read | share.read & grant.read_mask, write | share.write & grant.write_mask)
    found = [Term(*key, *pair) for key, pair in sorted(masks.items(), key=str) if any(pair)]
    _require_same(found, grants)
    return found


def _concerns(share: Share, party: Party) -> bool:
    return party.kind in share.kinds or party.slug in share.organisations


def _require_same(found: Iterable[Term], grants: Mapping[tuple[str, Purpose], Grant]) -> None:
    together: dict[tuple[str, Purpose], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for term in found:
        read, write = together[term.organisation, term.purpose]
        together[term.organisation, term.purpose] = (read | term.read_mask, write | term.write_mask)
    if dict(together) != {key: (grant.read_mask, grant.write_mask) for key, grant in grants.items()}:
        raise PolicyError("the decisions do not agree with the clauses")


def casbin_model() -> str:
    """Return the model that any Casbin engine can load."""
    return model_text("pact.conf")


def casbin_csv(lines: Sequence[PolicyLine]) -> str:
    """Return the policy that any Casbin engine can load beside the model. Raises `PolicyError`.

    Engines differ in how they read quotation marks, so there are none: every word is plain, or it is refused.
    """
    _checked(lines)
    return "".join(f"{'p' if isinstance(line, Rule) else 'g'}, {', '.join(line)}\n" for line in lines)

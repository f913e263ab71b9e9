"""A version of the pact in words: its clauses, and who gets which fields for which purpose."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import indent, wrap
from typing import Any

from authz.clauses import document_of
from authz.compile import Grant, Term
from authz.fields import GROUPS, names_of
from authz.purposes import Purpose
from tenants.pacts.queries import Decisions, StoredParty, StoredVersion

WIDTH = 110
KINDS_OF_ACCESS = ("read", "write")


def describe(version: StoredVersion, parties: Sequence[StoredParty], decided: Decisions) -> dict[str, Any]:
    """Return the version as plain values for JSON. Raises `PactError` if its text cannot be read."""
    document = document_of(version.pact())
    return {
        "territory": version.territory,
        "version": version.number,
        "digest": version.digest,
        "in_force_from": version.in_force_from and version.in_force_from.isoformat(),
        "superseded_at": version.superseded_at and version.superseded_at.isoformat(),
        "title": document["title"],
        "preamble": document.get("preamble"),
        "required": version.pact().required,
        "parties": [
            {
                "slug": party.slug,
                "name": party.name,
                "kind": str(party.kind),
                "role": party.role,
                "joined_on": party.joined_on.isoformat(),
                "left_on": party.left_on and party.left_on.isoformat(),
            }
            for party in parties
        ],
        "clauses": document["clauses"],
        "decisions": [
            {
                "organisation": slug,
                "purpose": str(purpose),
                "read": names_of(grant.read_mask),
                "write": names_of(grant.write_mask),
                "terms": [term_facts(term) for term in decided.terms if (term.organisation, term.purpose) == key],
            }
            for key, grant in sorted(decided.grants.items())
            for slug, purpose in [key]
        ],
    }


def term_facts(term: Term) -> dict[str, Any]:
    """Return one term as plain values."""
    return {
        "clause": term.clause,
        "basis": str(term.basis),
        "until_days": term.until_days,
        "read": names_of(term.read_mask),
        "write": names_of(term.write_mask),
    }


def in_words(facts: Mapping[str, Any], language: str) -> str:
    """Return the description as a text for a terminal."""
    lines = [
        facts["title"][language],
        f"Version {facts['version']} of {facts['territory']}, {_standing(facts)}, {len(facts['parties'])} parties",
        f"Digest {facts['digest']}",
        "",
    ]
    for clause in facts["clauses"]:
        lines += [*_clause(clause, language), ""]
    lines += ["Who gets what", *_decisions(facts["decisions"])]
    return "\n".join(lines)


def _standing(facts: Mapping[str, Any]) -> str:
    if facts["in_force_from"] is None:
        return "not in force"
    since = f"in force from {facts['in_force_from']}"
    return f"{since}, superseded on {facts['superseded_at'][:10]}" if facts["superseded_at"] else since


def _clause(clause: Mapping[str, Any], language: str) -> Iterator[str]:
    yield f"Clause {clause['number']}. {clause['title'][language]}"
    for name in ("gives", "receives"):
        yield hanging(f"{name}: ", clause[name][language])
    for share in clause["shares"]:
        until = f", until {share['until_days']} days" if "until_days" in share else ""
        grantees = [*share["with"].get("kinds", []), *share["with"].get("organisations", [])]
        yield hanging("shares with ", f"{', '.join(grantees)}")
        yield hanging("    for ", f"{', '.join(share['for'])} ({share['basis']}{until})")
        for act in (*KINDS_OF_ACCESS, "never"):
            if act in share:
                yield hanging(f"    {act} ", fields_in_words(share[act]))


def _decisions(decisions: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield for each purpose the organisations that get the same, together."""
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    order = [str(purpose) for purpose in Purpose]
    for one in decisions:
        alike[one["purpose"], fields_in_words(one["read"]), fields_in_words(one["write"])].append(one["organisation"])
    purpose = ""
    for (now_for, read, write), organisations in sorted(alike.items(), key=lambda item: order.index(item[0][0])):
        if now_for != purpose:
            purpose = now_for
            yield f"\n{purpose}"
        yield hanging("  ", ", ".join(organisations))
        yield from access_in_words(read, write)


def access_in_words(read: str, write: str) -> Iterator[str]:
    """Yield what may be read and written, a line each; what there is none of is left out."""
    for act, named in zip(KINDS_OF_ACCESS, (read, write), strict=True):
        if named:
            yield hanging(f"    {act} ", named)


def fields_in_words(names: Iterable[str]) -> str:
    """Return the fields of a list, a group of which nothing is missing as `group.*`."""
    rest = list(names)
    words = []
    for group, members in GROUPS.items():
        keys = [field.key for field in members]
        present = [key for key in keys if key in rest]
        words += [f"{group}.*"] if present == keys and len(keys) > 1 else present
    return ", ".join(words)


def differences(before: Grant, after: Grant) -> dict[str, dict[str, list[str]]]:
    """Return which fields one grant has more and less than another, for reading and writing."""
    pairs = {"read": (before.read_mask, after.read_mask), "write": (before.write_mask, after.write_mask)}
    return {act: {"more": names_of(new & ~old), "less": names_of(old & ~new)} for act, (old, new) in pairs.items()}


def hanging(lead: str, text: str) -> str:
    """Return the text wrapped after its lead, the further lines under its first."""
    lead = f"  {lead}"
    lines = wrap(text, WIDTH - len(lead), break_on_hyphens=False) or [""]
    return "\n".join([lead + lines[0], *(indent(line, " " * len(lead)) for line in lines[1:])])

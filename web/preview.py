"""What a partner will see, before it does: pact ∩ consent ∩ offer, by the same registry and in the same order."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from authz.explain import Masks, Reason, explain
from authz.fields import FIELDS, UnknownField, group_mask, mask_of

ALL_ROLES = -1


@dataclass(frozen=True)
class Term:
    """What one clause lets one organisation read for one purpose, on one legal ground."""

    clause: int
    title: str
    basis: str
    until_days: int | None
    read: int


@dataclass(frozen=True)
class Seen:
    """One field as the partner will find it: visible by a clause and until a day, or withheld for a reason."""

    field: str
    reason: Reason
    clause: int | None = None
    title: str = ""
    until: date | None = None

    @property
    def ground(self) -> tuple[int, date]:
        """Return what makes fields visible alike."""
        return self.clause or 0, self.until or date.min

    @property
    def visible(self) -> bool:
        return self.reason is Reason.SHARED


def rules(clause: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the sharing rules of a clause."""
    found: list[dict[str, Any]] = json.loads(clause["shares"])
    return found


def terms(clauses: Sequence[Mapping[str, Any]], organisation: Mapping[str, Any], purpose: str) -> list[Term]:
    """Return what the pact grants to the organisation for the purpose; a prohibition counts whatever clause says it."""
    concerned = [
        (clause, rule)
        for clause in clauses
        for rule in rules(clause)
        if purpose.lower() in rule["for"] and concerns(rule["with"], organisation)
    ]
    forbidden = 0
    for _, rule in concerned:
        for name in rule.get("never", ()):
            forbidden |= forbidden_by(name)
    return [
        Term(
            clause["number"],
            clause["title"],
            rule.get("basis", ""),
            rule.get("until_days"),
            mask_of(rule.get("read", ())) & ~forbidden,
        )
        for clause, rule in concerned
    ]


def within_reach(pact: Mapping[str, Any] | None, work: Mapping[str, Any]) -> set[str]:
    """Return the fields that the pact lets some partner read for the purpose: what else is offered nobody will see."""
    clauses, mask = pact["clauses"] if pact else (), 0
    for partner in work["partners"]:
        for term in terms(clauses, partner["organisation"], work["purpose"]):
            mask |= term.read
    return {field.key for field in FIELDS if field.mask & mask}


def concerns(grantees: Mapping[str, Sequence[str]], organisation: Mapping[str, Any]) -> bool:
    """Tell whether a rule names the organisation, or its kind."""
    by_kind = organisation["kind"].lower() in grantees.get("kinds", ())
    return by_kind or organisation["slug"] in grantees.get("organisations", ())


def forbidden_by(name: str) -> int:
    """Return what a prohibition covers: of a group, all of it."""
    try:
        return group_mask(name)
    except UnknownField:
        return mask_of([name])


def holds(authorisation: Mapping[str, Any], today: date) -> bool:
    """Tell whether a consent or a public task holds on the day."""
    return authorisation["withdrawnAt"] is None and date.fromisoformat(authorisation["until"]) >= today


def authorises(authorisation: Mapping[str, Any], organisation: Mapping[str, Any], purpose: str, today: date) -> bool:
    """Tell whether an authorisation is for this organisation and purpose, and holds today."""
    return (
        holds(authorisation, today)
        and purpose in authorisation["purposes"]
        and (
            organisation["kind"] in authorisation["kinds"]
            or organisation["slug"] in [partner["slug"] for partner in authorisation["organisations"]]
        )
    )


def preview(
    pact: Mapping[str, Any] | None,
    authorisations: Sequence[Mapping[str, Any]],
    organisation: Mapping[str, Any],
    purpose: str,
    offered: Sequence[str],
    today: date,
    accepted: date | None = None,
) -> list[Seen]:
    """Return every field of the registry as this partner will find it, whatever the case has a value for."""
    granted = terms(pact["clauses"], organisation, purpose) if pact and is_party(pact, organisation, today) else []
    valid = [one for one in authorisations if authorises(one, organisation, purpose, today)]
    grounds = [(term, one, term.read & mask_of(one["fields"])) for term in granted for one in valid if agree(term, one)]
    allowed = authorised = 0
    for term in granted:
        allowed |= term.read
    for _, _, mask in grounds:
        authorised |= mask
    masks = Masks(allowed, authorised, authorised & mask_of(offered), ALL_ROLES)
    return [one_field(field.key, field.bit, masks, grounds, accepted or today) for field in FIELDS]


def agree(term: Term, authorisation: Mapping[str, Any]) -> bool:
    """Tell whether the clause and the authorisation stand on the same legal ground."""
    return term.basis == str(authorisation["basis"]).lower()


def is_party(pact: Mapping[str, Any], organisation: Mapping[str, Any], today: date) -> bool:
    """Tell whether the organisation belongs to the pact today."""
    return any(
        party["organisation"]["slug"] == organisation["slug"]
        and (party["leftOn"] is None or date.fromisoformat(party["leftOn"]) > today)
        for party in pact["parties"]
    )


def one_field(
    key: str, bit: int, masks: Masks, grounds: Sequence[tuple[Term, Mapping[str, Any], int]], accepted: date
) -> Seen:
    """Return one field, with the ground that holds longest."""
    reason = explain(masks, bit)
    if reason is not Reason.SHARED:
        return Seen(key, reason)
    lasting = [(last_day(term, one, accepted), term) for term, one, mask in grounds if mask >> bit & 1]
    until, term = max(lasting, key=lambda pair: (pair[0], -pair[1].clause))
    return Seen(key, reason, term.clause, term.title, until)


def last_day(term: Term, authorisation: Mapping[str, Any], accepted: date) -> date:
    """Return the last day of a ground: of the authorisation, or of the time that the clause gives."""
    until = date.fromisoformat(authorisation["until"])
    if term.until_days is None:
        return until
    return min(until, accepted + timedelta(days=term.until_days))

"""The grammar of a pact: from a document to values that say who may see or write what, for what and how long.

    territory: empolese-valdelsa
    version: 1
    title: {it: …, en: …}
    preamble: {it: …, en: …}        # may be left out
    parties:                        # short names of organisations, each in one list
      promoters: [vnp]
      signatories: [caritas-empoli]
      adherents: [cooperativa-il-ponte]
      required: [vnp]               # without whose signature the version does not come into force
    clauses:
      - number: 5
        title: {it: …, en: …}
        gives: {it: …, en: …}       # the commitment given
        receives: {it: …, en: …}    # and the one received
        shares:                     # may be left out
          - with: {kinds: [social_cooperative_b], organisations: [caritas-empoli]}
            for: [traineeship, hire]
            read: [identity, contacts]
            write: [plan.progress]
            never: [economic.isee_value]
            basis: consent          # or public_task
            until_days: 540         # may be left out

A group in `read` or `write` covers its common and confidential fields; special and judicial ones are named one by one
and need consent. A group in `never` covers all of its fields: a permission is read narrowly and a prohibition widely.
Who may write a field does not thereby read it. An address (`HOLDERS_ALONE`) is written by the holder and nobody else,
whatever `write` names.
"""

import re
from dataclasses import asdict, dataclass
from typing import TypeVar

from authz.checked import LONGEST_TITLE, Localised, Place, instead_of
from authz.faults import Fault, PactError
from authz.fields import FIELD, GROUPS, HOLDERS_ALONE, SENSITIVE, group_mask, mask_of, names_of
from authz.kinds import OrganisationKind
from authz.purposes import Purpose
from infra.explained import Explained

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_SLUG = 63
LONGEST_UNTIL = 1825

Word = TypeVar("Word", bound=Explained)


class Basis(Explained):
    """The legal ground on which a case is shared (GDPR articles 6 and 9)."""

    CONSENT = "consent", "The person agreed; the only basis for special and judicial fields."
    PUBLIC_TASK = "public_task", "A task that the law gives to a public body; common and confidential fields only."


class PartyRole(Explained):
    """How an organisation came to the pact."""

    PROMOTER = "promoter", "Has called the pact into being."
    SIGNATORY = "signatory", "Has signed it from the start."
    ADHERENT = "adherent", "Has joined it."


ROLE_LISTS = {
    "promoters": PartyRole.PROMOTER,
    "signatories": PartyRole.SIGNATORY,
    "adherents": PartyRole.ADHERENT,
}


@dataclass(frozen=True)
class Share:
    """One sharing rule of a clause; what it forbids itself is not in its masks, what others forbid may be."""

    kinds: tuple[OrganisationKind, ...]
    organisations: tuple[str, ...]
    purposes: tuple[Purpose, ...]
    read: int
    write: int
    never: int
    basis: Basis
    until_days: int | None


@dataclass(frozen=True)
class Clause:
    """A commitment given with a commitment received, and what is shared to keep them."""

    number: int
    title: Localised
    gives: Localised
    receives: Localised
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Pact:
    """One version of the pact of a territory, as it is signed."""

    territory: str
    version: int
    title: Localised
    preamble: Localised
    parties: tuple[tuple[str, PartyRole], ...]
    required: tuple[str, ...]
    clauses: tuple[Clause, ...]


def parse_pact(document: object) -> Pact:
    """Return the pact that the document states. Raises `PactError` with every fault at once."""
    faults: list[Fault] = []
    entry = Place(document, faults).entries(["territory", "version", "title", "parties", "clauses"], ["preamble"])
    parties, required = _parties(entry["parties"]) if "parties" in entry else ((), ())
    pact = Pact(
        territory=_slug(entry["territory"]) if "territory" in entry else "",
        version=(entry["version"].number(1, 9999) if "version" in entry else None) or 0,
        title=entry["title"].localised(LONGEST_TITLE) if "title" in entry else Localised("", ""),
        preamble=entry["preamble"].localised() if "preamble" in entry else Localised("", ""),
        parties=parties,
        required=required,
        clauses=_clauses(entry["clauses"]) if "clauses" in entry else (),
    )
    _require_known_grantees(pact, faults)
    if faults:
        raise PactError(faults)
    return pact


def _require_known_grantees(pact: Pact, faults: list[Fault]) -> None:
    # A misspelt organisation in a sharing that also forbids would not be forbidden anything.
    parties = [slug for slug, _ in pact.parties]
    if not parties:
        return
    for clause in pact.clauses:
        named = {slug for share in clause.shares for slug in share.organisations}
        for slug in sorted(named.difference(parties)):
            place = Place(slug, faults, "shares, with, organisations", clause.number)
            place.fault("grantee_is_no_party", name=slug, **instead_of(slug, parties))


def document_of(pact: Pact) -> dict[str, object]:
    """Return the canonical document of the pact: `parse_pact` gives the same pact back.

    Groups are written out as the fields they cover today, so a field that is added to the registry later is not in
    what was signed.
    """
    parties = {
        name: [slug for slug, held in pact.parties if held is role]
        for name, role in ROLE_LISTS.items()
        if role in dict(pact.parties).values()
    }
    return {
        "territory": pact.territory,
        "version": pact.version,
        "title": asdict(pact.title),
        **({"preamble": asdict(pact.preamble)} if pact.preamble.it else {}),
        "parties": {**parties, "required": list(pact.required)},
        "clauses": [
            {
                "number": clause.number,
                "title": asdict(clause.title),
                "gives": asdict(clause.gives),
                "receives": asdict(clause.receives),
                "shares": [document_of_share(share) for share in clause.shares],
            }
            for clause in pact.clauses
        ],
    }


def document_of_share(share: Share) -> dict[str, object]:
    """Return one sharing rule as the grammar writes it, without the entries that say nothing."""
    grantees = {"kinds": [str(kind) for kind in share.kinds], "organisations": list(share.organisations)}
    entries: dict[str, object] = {
        "with": {name: members for name, members in grantees.items() if members},
        "for": [str(purpose) for purpose in share.purposes],
        "read": names_of(share.read),
        "write": names_of(share.write),
        "never": names_of(share.never),
        "basis": str(share.basis),
        "until_days": share.until_days,
    }
    return {name: value for name, value in entries.items() if value}


def _parties(place: Place) -> tuple[tuple[tuple[str, PartyRole], ...], tuple[str, ...]]:
    entry = place.entries(["required"], list(ROLE_LISTS))
    roles: dict[str, PartyRole] = {}
    for name, role in ROLE_LISTS.items():
        for slug in _slugs(entry[name]) if name in entry else ():
            if slug in roles:
                place.fault("two_roles", name=slug)
            roles.setdefault(slug, role)
    if isinstance(place.value, dict) and not roles:
        place.fault("no_parties")

    required = tuple(sorted(_slugs(entry["required"]))) if "required" in entry else ()
    for slug in required:
        if slug not in roles:
            entry["required"].fault("required_is_no_party", name=slug)
    return tuple(sorted(roles.items())), required


def _clauses(place: Place) -> tuple[Clause, ...]:
    found: dict[int, Clause] = {}
    places = place.items("{number: 1, …}")
    if isinstance(place.value, list | tuple) and not places:
        place.fault("no_clauses")
    for clause_place in places:
        clause = _clause(clause_place)
        if clause.number in found:
            clause_place.of_clause(clause.number).fault("duplicate_number")
        elif clause.number:
            found[clause.number] = clause
    return tuple(clause for _, clause in sorted(found.items()))


def _clause(place: Place) -> Clause:
    stated = place.value.get("number") if isinstance(place.value, dict) else None
    number = Place(stated, []).number(1, 999)
    inside = place.of_clause(number) if number else place
    entry = inside.entries(["number", "title", "gives", "receives"], ["shares"])
    if "number" in entry:
        entry["number"].number(1, 999)
    shares = entry["shares"].items("{with: …, for: …, read: …, basis: …}") if "shares" in entry else []
    return Clause(
        number=number or 0,
        title=entry["title"].localised(LONGEST_TITLE) if "title" in entry else Localised("", ""),
        gives=entry["gives"].localised() if "gives" in entry else Localised("", ""),
        receives=entry["receives"].localised() if "receives" in entry else Localised("", ""),
        shares=tuple(share for share in map(_share, shares) if share is not None),
    )


def _share(place: Place) -> Share | None:
    entry = place.entries(["with", "for", "basis"], ["read", "write", "never", "until_days"])
    if not isinstance(place.value, dict):
        return None
    kinds, organisations = _grantees(entry["with"]) if "with" in entry else ((), ())
    purposes = _words(entry["for"], Purpose, "unknown_purpose") if "for" in entry else ()
    basis = _basis(entry["basis"]) if "basis" in entry else None
    read, write = (_given(entry[key], basis) if key in entry else 0 for key in ("read", "write"))
    if write == HOLDERS_ALONE and not read:
        place.fault("shares_nothing")
    write &= ~HOLDERS_ALONE
    never = _forbidden(entry["never"]) if "never" in entry else 0
    until_days = entry["until_days"].number(1, LONGEST_UNTIL) if "until_days" in entry else None
    _require_sense(place, entry, never)
    return Share(
        kinds, organisations, purposes, read & ~never, write & ~never, never, basis or Basis.CONSENT, until_days
    )


def _require_sense(place: Place, entry: dict[str, Place], never: int) -> None:
    given = [name for key in ("read", "write") if key in entry for name in _strings(entry[key].value)]
    if "read" not in entry and "write" not in entry:
        place.fault("shares_nothing")
    # One field of a group may be forbidden; a name of which nothing is left contradicts itself.
    for name in sorted(set(given)):
        if _is_known(name) and mask_of([name]) and not mask_of([name]) & ~never:
            place.fault("given_and_forbidden", name=name)


def _grantees(place: Place) -> tuple[tuple[OrganisationKind, ...], tuple[str, ...]]:
    entry = place.entries([], ["kinds", "organisations"])
    if isinstance(place.value, dict) and not entry:
        place.fault("with_nobody")
    kinds = _words(entry["kinds"], OrganisationKind, "unknown_kind") if "kinds" in entry else ()
    return kinds, tuple(sorted(_slugs(entry["organisations"]))) if "organisations" in entry else ()


def _given(place: Place, basis: Basis | None) -> int:
    """Return the mask of the fields that `read` or `write` names."""
    mask = 0
    for name in _field_names(place):
        if name in GROUPS and not mask_of([name]):
            place.fault("group_covers_nothing", name=name, fields=", ".join(f.key for f in GROUPS[name]))
        elif basis is Basis.PUBLIC_TASK and mask_of([name]) & SENSITIVE:
            place.fault("sensitive_needs_consent", name=name)
        mask |= mask_of([name])
    return mask


def _forbidden(place: Place) -> int:
    mask = 0
    for name in _field_names(place):
        mask |= FIELD[name].mask if name in FIELD else group_mask(name)
    return mask


def _field_names(place: Place) -> list[str]:
    known = []
    for name in place.names("identity, contacts.phone"):
        if _is_known(name):
            known.append(name)
        else:
            group = name.partition(".")[0]
            members = [field.key for field in GROUPS.get(group, ())]
            place.fault("unknown_field", name=name, **instead_of(name, [*GROUPS, *FIELD], or_else=members or GROUPS))
    return known


def _is_known(name: str) -> bool:
    return name in FIELD or name in GROUPS


def _basis(place: Place) -> Basis | None:
    if place.value in list(Basis):
        return Basis(str(place.value))
    place.fault("unknown_basis", name=place.value, **instead_of(place.value, list(Basis)))
    return None


def _words(place: Place, vocabulary: type[Word], fault: str) -> tuple[Word, ...]:
    """Return the named members of a closed vocabulary, in its own order."""
    words = [str(word) for word in vocabulary]
    names = place.names(words[0])
    for name in names:
        if name not in words:
            place.fault(fault, name=name, **instead_of(name, words))
    return tuple(word for word in vocabulary if word in names)


def _slug(place: Place) -> str:
    if isinstance(place.value, str) and _is_slug(place.value):
        return place.value
    place.fault("bad_slug", name=place.value)
    return ""


def _slugs(place: Place) -> tuple[str, ...]:
    names = place.names("caritas-empoli")
    for name in names:
        if not _is_slug(name):
            place.fault("bad_slug", name=name)
    return tuple(name for name in names if _is_slug(name))


def _is_slug(name: str) -> bool:
    return len(name) <= LONGEST_SLUG and SLUG.fullmatch(name) is not None


def _strings(value: object) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list | tuple) else []

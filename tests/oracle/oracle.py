"""Who may read and write which field of which case: said again, plainly, without SQL and without Casbin."""

from dataclasses import dataclass, field

SPECIAL = {"status.disadvantage", "health.conditions", "health.disability", "health.addictions", "health.mental"}
COMMON = {
    *("identity.initials", "identity.birth_year", "contacts.email", "work.profile", "plan.goals", "plan.commitments"),
    *("identity.name", "contacts.municipality", "education.level", "assessment.scores", "plan.progress"),
    *("identity.birth", "identity.sex", "contacts.phone", "household.composition", "needs.macro", "interventions.log"),
    *("work.history", "education.languages", "housing.situation", "documents.list", "outcomes.results"),
}
CONFIDENTIAL = {
    *("identity.identity_code", "contacts.address", "household.members", "household.care_load", "status.citizenship"),
    *("status.residence_permit", "economic.income_band", "economic.isee_value", "economic.debts", "economic.benefits"),
    *("needs.detail", "assessment.notes", "interventions.detail", "interviews.log", "notes.team", "documents.content"),
}
JUDICIAL = {"justice.measures"}
ALL = COMMON | CONFIDENTIAL | SPECIAL | JUDICIAL
READS = {"volunteer": COMMON | CONFIDENTIAL, "operator": ALL - JUDICIAL, "case_manager": ALL, "coordinator": ALL}
WRITES = {"volunteer": COMMON, "operator": COMMON | CONFIDENTIAL, "case_manager": ALL, "coordinator": ALL}

TELLS = {
    "unemployment": set(),
    "debt": set(),
    "pregnancy": {"health.conditions"},
    "depression": {"health.mental"},
    "psychic": {"health.disability", "health.mental"},
    "gambling": {"health.addictions"},
    "detention": {"justice.measures"},
    "trafficking": {"status.disadvantage"},
    "permit_procedure": {"status.residence_permit"},
}
"""Some needs, and what each of them tells besides that there is one."""


@dataclass
class Organisation:
    slug: str
    kind: str
    bound: bool = True  # valid, and a party of the pact, today


@dataclass
class Authorisation:
    basis: str
    purposes: list[str]
    whom: list[str]  # slugs and kinds
    fields: list[str]
    holds: bool = True  # neither withdrawn nor expired


@dataclass
class Work:
    purpose: str
    offered: list[str]
    accepted: set[str] = field(default_factory=set)
    # On which authorisations of the case, by position, each partner's part stands; what has ended is taken out.
    stands_on: dict[str, set[int]] = field(default_factory=dict)
    aged: bool = False  # accepted longer ago than any clause lasts
    closed: bool = False


@dataclass
class Case:
    holder: str
    authorisations: list[Authorisation] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    protected: bool = False


def expanded(names: list[str], *, whole: bool = False) -> set[str]:
    """A group is its common and confidential fields; in a prohibition it is all of them."""
    covered = ALL if whole else COMMON | CONFIDENTIAL
    return {*ALL & {*names}} | {key for key in covered if key.partition(".")[0] in names}


def shared(shares: list[dict], who: Organisation, case: Case, act: str) -> set[str]:
    """What pact, authorisation and offer together give the organisation."""
    given: set[str] = set()
    for work in case.works:
        rules = [s for s in shares if work.purpose in s["for"] and {who.slug, who.kind} & set(s["whom"])]
        never = {key for rule in rules for key in expanded(rule["never"], whole=True)}
        for rule in rules if who.slug in work.accepted and not work.closed and who.bound else []:
            for one in (case.authorisations[n] for n in work.stands_on.get(who.slug, ())):
                named = work.purpose in one.purposes and {who.slug, who.kind} & set(one.whom)
                if one.holds and named and one.basis == rule["basis"] and not (work.aged and rule["until_days"]):
                    given |= (expanded(rule[act]) - never) & expanded(one.fields) & expanded(work.offered)
    # An address is written by the holder alone.
    return given - ({"contacts.address"} if act == "write" else set())


def accept(case: Case, work: Work, who: Organisation) -> None:
    """Whoever accepts stands on every authorisation that holds at that moment and names it for the purpose."""
    work.accepted.add(who.slug)
    for n, one in enumerate(case.authorisations):
        if one.holds and work.purpose in one.purposes and {who.slug, who.kind} & set(one.whom):
            work.stands_on.setdefault(who.slug, set()).add(n)


def attach(case: Case, work: Work, n: int, organisations: dict[str, Organisation]) -> None:
    """The holder lets a later authorisation count too, for whoever accepted, takes part still, and is named in it."""
    one = case.authorisations[n]
    for slug in work.accepted:
        who = organisations[slug]
        if who.bound and one.holds and work.purpose in one.purposes and {who.slug, who.kind} & set(one.whom):
            work.stands_on.setdefault(slug, set()).add(n)


def leave(cases: list[Case], slug: str) -> None:
    """Whoever leaves has lost for good what their part stood on, also if they are back later."""
    for case in cases:
        for work in case.works:
            work.stands_on.pop(slug, None)


def may(shares: list[dict], who: Organisation, role: str, case: Case, act: str) -> set[str]:
    """The fields of this case that this member may read or write."""
    granted = ALL if case.holder == who.slug else shared(shares, who, case, act)
    return granted & (READS if act == "read" else WRITES).get(role, set())


def as_if_empty(who: Organisation, case: Case) -> set[str]:
    """The fields that look to them as if nothing were written."""
    return {"contacts.address"} if case.protected and case.holder != who.slug else set()


def needs_shown(readable: set[str]) -> set[str]:
    """The needs, of those above, that are there for whoever reads these fields."""
    return {item for item, told in TELLS.items() if {"needs.macro"} | told <= readable}

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


@dataclass
class Organisation:
    slug: str
    kind: str
    bound: bool = True  # valid, and a party of the pact


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
            for one in case.authorisations:
                named = work.purpose in one.purposes and {who.slug, who.kind} & set(one.whom)
                if one.holds and named and one.basis == rule["basis"] and not (work.aged and rule["until_days"]):
                    given |= (expanded(rule[act]) - never) & expanded(one.fields) & expanded(work.offered)
    return given - ({"contacts.address"} if case.protected else set())


def may(shares: list[dict], who: Organisation, role: str, case: Case, act: str) -> set[str]:
    """The fields of this case that this member may read or write."""
    granted = ALL if case.holder == who.slug else shared(shares, who, case, act)
    return granted & (READS if act == "read" else WRITES).get(role, set())

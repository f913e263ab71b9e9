"""One demonstration case after another: who, where, what they live on, what they need, and how it is shared."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from authz.fields import FIELD
from authz.purposes import Purpose
from infra.clock import ROME, new_id
from tenants.cases.models import CaseStatus
from tenants.cases.names import words_of_name
from tenants.cases.need_fields import TOLD, told_mask
from tenants.demo import words
from tenants.demo.catalogue import Sharing
from tenants.demo.network import Network
from tenants.demo.people import Invented, invent, mailbox, street_address, telephone
from tenants.demo.rows import Rows
from tenants.demo.sharing import Share, Shared, draw_share, write_share

ADDICTIONS = FIELD["health.addictions"].bit
DISABILITY = FIELD["health.disability"].bit
CONDITIONS = FIELD["health.conditions"].bit
MENTAL = FIELD["health.mental"].bit
HEALTH = (
    (CONDITIONS, 0.16, words.CONDITIONS),
    (DISABILITY, 0.06, words.DISABILITIES),
    (ADDICTIONS, 0.03, words.ADDICTIONS),
    (MENTAL, 0.05, words.MENTAL),
)
UNDER_WAY = (CaseStatus.IN_CHARGE, CaseStatus.PLAN_ACTIVE, CaseStatus.MONITORING)
BEFORE = (CaseStatus.CONTACT, CaseStatus.LISTENING, CaseStatus.LISTENING, CaseStatus.ASSESSED, CaseStatus.AT_TABLE)
OPENED_WITHIN = 1_400


CODE_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No I, L, O or U: what is read aloud or copied by hand stays what it was."""
CODE_LENGTH = 5
SCATTER = 20_737_771
"""Odd, so that multiplying by it meets every code once before any comes again."""


def human_code(position: int) -> str:
    """Return the short code of a position; no two positions have the same, and neighbours look unlike."""
    rest = position * SCATTER % len(CODE_SIGNS) ** CODE_LENGTH
    signs = []
    for _ in range(CODE_LENGTH):
        rest, sign = divmod(rest, len(CODE_SIGNS))
        signs.append(CODE_SIGNS[sign])
    return "".join(signs)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the parts of one case have in common."""

    id: UUID
    position: int
    person: Invented
    opened_on: date
    today: date
    chance: Random
    sensitive_needs: list[str]


def add_case(rows: Rows, network: Network, position: int) -> None:
    """Draw the case of this position and gather its rows."""
    chance = network.chance(position)
    holder = network.holder_at(position, chance)
    share = draw_share(network, position, holder, chance)
    today = network.moment.astimezone(ROME).date()
    if share:
        opened_on = today - timedelta(days=share.days_ago + chance.randrange(2, 120))
    else:
        opened_on = today - timedelta(days=chance.randrange(OPENED_WITHIN))
    case = Drawn(new_id(), position, invent(chance, today, position), opened_on, today, chance, [])

    person_id, code = new_id(), human_code(position)
    rows.add("person", person_id, holder.id, f"P-{code}", True)
    status, closed_on, reason = _status(case, share)
    number = f"{opened_on.year}-{code}"
    rows.add(
        "case_file",
        *(case.id, number, holder.id, person_id, status, opened_on, closed_on, reason, holder.account_id, True),
    )
    _add_person(rows, case, holder.body.municipality, network.land.municipalities)
    _add_means(rows, case)
    _add_skills(rows, case)
    _add_health(rows, case, share)
    _add_needs(rows, case)
    if share:
        write_share(rows, network, Shared(case.id, holder), share, chance)


def _status(case: Drawn, share: Share | None) -> tuple[CaseStatus, date | None, str | None]:
    if share and share.sharing in (Sharing.LIVE, Sharing.EXPIRED, Sharing.WITHDRAWN):
        return case.chance.choice(UNDER_WAY), None, None
    age = (case.today - case.opened_on).days
    if not share and age > 200 and case.chance.random() < 0.4:
        closed_on = case.opened_on + timedelta(days=case.chance.randrange(90, age))
        return CaseStatus.CLOSED, closed_on, case.chance.choice(words.CLOSURES)
    return case.chance.choice(BEFORE), None, None


def _add_person(rows: Rows, case: Drawn, municipality: str, others: tuple[str, ...]) -> None:
    chance, person = case.chance, case.person
    born = person.born if person.knows_birth_date else None
    rows.add("case_identity", case.id, person.given_name, person.family_name, born, person.born.year, person.sex)
    for word in words_of_name(person.given_name, person.family_name):
        rows.add("case_name_word", case.id, word)
    if person.code:
        rows.add("case_identity_code", case.id, person.code, person.code_kind)
    home = municipality if chance.random() < 0.85 else chance.choice(others)
    email = mailbox(person) if chance.random() < 0.3 else None
    rows.add("case_contacts", case.id, home, telephone(chance), email)
    if chance.random() < 0.7:
        rows.add("case_address", case.id, street_address(chance), chance.random() < 0.03)
    rows.add("case_legal_status", case.id, person.citizenship, person.permit)


def _add_means(rows: Rows, case: Drawn) -> None:
    chance = case.chance
    band = chance.randrange(len(words.BANDS))
    debts = chance.choice(words.DEBTS) if chance.random() < 0.3 else None
    rows.add("case_economic", case.id, words.BANDS[band], debts, chance.choice(words.BENEFITS))
    if band < len(words.CEILINGS) and chance.random() < 0.8:
        floor = words.CEILINGS[band - 1] if band else 0
        cents = chance.randint(floor * 100 + bool(band), words.CEILINGS[band] * 100)
        rows.add("case_isee", case.id, Decimal(cents) / 100, date(case.today.year, 12, 31))


def _add_skills(rows: Rows, case: Drawn) -> None:
    chance = case.chance
    trade = chance.choice(words.TRADES)
    profile = f"{trade}; {chance.choice(words.LICENCES)}; {chance.choice(words.HOURS)}"
    history = f"{chance.randrange(1, 20)} anni in {trade}: {chance.choice(words.ENDINGS)}"
    rows.add("case_work", case.id, profile, history if chance.random() < 0.7 else None)
    if chance.random() < 0.7:
        rows.add("case_education", case.id, chance.choice(words.LEVELS), chance.choice(words.LANGUAGES))
    if chance.random() < 0.6:
        rows.add("case_housing", case.id, chance.choice(words.HOUSING))


def _add_health(rows: Rows, case: Drawn, share: Share | None) -> None:
    """Health is written of some, and of whoever takes the pathway of the health authority."""
    chance = case.chance
    on_pathway = share is not None and share.grounds[0].purpose is Purpose.HEALTH_SOCIAL_PATHWAY
    macros = {FIELD[items[None]].bit: name for name, items in TOLD.items() if items[None]}
    for bit, part, details in HEALTH:
        if chance.random() < part or (on_pathway and bit == CONDITIONS):
            rows.add("case_health", case.id, bit, chance.choice(details))
            if bit in macros:
                case.sensitive_needs.append(macros[bit])
    if chance.random() < 0.04:
        rows.add("case_justice", case.id, chance.choice(words.MEASURES))
        case.sensitive_needs.append("justice")
    if chance.random() < 0.05:
        rows.add("case_disadvantage", case.id, [chance.choice(words.STATUSES)])


def _add_needs(rows: Rows, case: Drawn) -> None:
    """One to three needs, the sensitive ones first; each carries the fields that it tells."""
    chance = case.chance
    macros = [*case.sensitive_needs[:2]]
    for macro in chance.sample(words.OFTEN, chance.randint(1, 3) - (len(macros) > 1)):
        if macro not in macros and len(macros) < 3:
            macros.append(macro)
    for macro in macros:
        need_id = new_id()
        item = chance.choice(words.NEEDS[macro])
        told = told_mask(macro, item)
        recorded_on = min(case.opened_on + timedelta(days=chance.randrange(0, 30)), case.today)
        rows.add("case_need", need_id, case.id, macro, told, recorded_on)
        note = chance.choice(words.NOTES) if chance.random() < 0.4 else None
        rows.add("case_need_detail", need_id, case.id, told, item, note)

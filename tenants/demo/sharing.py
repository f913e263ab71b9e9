"""How a demonstration case is shared: the consent, the joint intervention and the partners' answers, in six states."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from authz.clauses import Basis
from infra.clock import new_id
from tenants.demo.catalogue import Sharing
from tenants.demo.network import Ground, Network, Office
from tenants.demo.rows import Rows
from tenants.demo.words import CLOSED, DECLINED, MESSAGES, WITHDRAWN
from tenants.events.models import EventKind
from tenants.joint_work.models import Answer

PROPOSED_DAYS_AGO = {
    Sharing.LIVE: (2, 150),
    Sharing.PENDING: (0, 14),
    Sharing.DECLINED: (10, 200),
    Sharing.CLOSED: (60, 400),
    Sharing.WITHDRAWN: (30, 250),
    Sharing.EXPIRED: (400, 700),
}
HOW_OFTEN = {
    Sharing.LIVE: 0.84,
    Sharing.PENDING: 0.06,
    Sharing.DECLINED: 0.03,
    Sharing.CLOSED: 0.04,
    Sharing.WITHDRAWN: 0.015,
    Sharing.EXPIRED: 0.015,
}
SHARED = 0.6
"""The part of the cases that is shared in some way; with 84 in 100 live, half of all cases are."""
SHARED_WITH_FAVOURITE = 0.6
CONSENT_DAYS = 365
EXPIRED_AFTER = 180
A_MARGIN = 10
"""Days that what is live has still to run, at least."""


@dataclass(frozen=True, slots=True)
class Share:
    """What is to be written: with whom, how it stands, and when it was proposed."""

    grounds: tuple[Ground, ...]
    sharing: Sharing
    days_ago: int


@dataclass(frozen=True, slots=True)
class Shared:
    """The case that is shared, as far as sharing is concerned."""

    case_id: UUID
    holder: Office


def draw_share(network: Network, position: int, holder: Office, chance: Random) -> Share | None:
    """Return how a case is shared: as its scene says, else by chance; `None` keeps it to its holder."""
    scene = network.scene(position)
    if scene is not None:
        ground = network.ground_of(scene)
        return Share((ground,), scene.sharing, _days_ago(scene.sharing, ground, chance))
    favoured = network.ground_of_favourite(holder, chance)
    if favoured and chance.random() < SHARED_WITH_FAVOURITE:
        return Share((favoured,), Sharing.LIVE, _days_ago(Sharing.LIVE, favoured, chance))
    if chance.random() > SHARED or holder.body.slug not in network.partners:
        return None
    ground = network.ground(holder, chance)
    second = network.second_partner(ground, holder, chance) if chance.random() < 0.12 else None
    sharing = chance.choices(tuple(HOW_OFTEN), tuple(HOW_OFTEN.values()))[0]
    grounds = (ground, second) if second else (ground,)
    return Share(grounds, sharing, _days_ago(sharing, min(grounds, key=_duration), chance))


def _duration(ground: Ground) -> int:
    return min(CONSENT_DAYS, ground.until_days or CONSENT_DAYS)


def _days_ago(sharing: Sharing, ground: Ground, chance: Random) -> int:
    earliest, latest = PROPOSED_DAYS_AGO[sharing]
    if sharing is Sharing.LIVE:
        latest = max(earliest, min(latest, _duration(ground) - A_MARGIN))
    return chance.randint(earliest, latest)


def write_share(rows: Rows, network: Network, shared: Shared, share: Share, chance: Random) -> None:
    """Write the authorisation, the joint intervention and an answer of each partner."""
    proposed = network.moment - timedelta(days=share.days_ago, minutes=chance.randrange(60, 600))
    _write_authorisation(rows, shared, share, proposed, chance)
    work_id = new_id(proposed)
    offered = share.grounds[0].read_mask
    for ground in share.grounds[1:]:
        offered |= ground.read_mask
    is_closed = share.sharing is Sharing.CLOSED
    rows.add(
        "joint_intervention",
        work_id,
        shared.case_id,
        shared.holder.id,
        share.grounds[0].purpose,
        proposed,
        shared.holder.account_id,
        proposed + timedelta(days=share.days_ago // 2) if is_closed else None,
        shared.holder.account_id if is_closed else None,
        chance.choice(CLOSED) if is_closed else None,
    )
    rows.add(
        "joint_intervention_offer",
        work_id,
        shared.case_id,
        shared.holder.id,
        _without_one(offered, chance) if chance.random() < 0.2 else offered,
        MESSAGES[share.grounds[0].purpose],
    )
    for ground in share.grounds:
        _write_answer(rows, shared, work_id, ground.partner, share, proposed, chance)
        _write_suspension(rows, shared, work_id, ground.partner, share, proposed)


def _write_authorisation(rows: Rows, shared: Shared, share: Share, proposed: datetime, chance: Random) -> None:
    first, partners = share.grounds[0], [ground.partner for ground in share.grounds]
    mask = first.mask
    for ground in share.grounds[1:]:
        mask |= ground.mask
    given = proposed - timedelta(minutes=30)
    by_kind = chance.random() < 0.5
    expired, withdrawn = share.sharing is Sharing.EXPIRED, share.sharing is Sharing.WITHDRAWN
    days = EXPIRED_AFTER if expired else min(_duration(ground) for ground in share.grounds)
    rows.add(
        "authorisation",
        new_id(),
        shared.case_id,
        shared.holder.id,
        first.basis,
        [first.purpose],
        [] if by_kind else [partner.id for partner in partners],
        sorted({partner.body.kind for partner in partners}) if by_kind else [],
        _without_one(mask, chance) if first.basis == Basis.CONSENT and chance.random() < 0.15 else mask,
        given + timedelta(days=days),
        given,
        shared.holder.account_id,
        _withdrawn(share, proposed) if withdrawn else None,
        shared.holder.account_id if withdrawn else None,
        chance.choice(WITHDRAWN) if withdrawn else None,
    )


def _write_answer(
    rows: Rows, shared: Shared, work_id: UUID, partner: Office, share: Share, proposed: datetime, chance: Random
) -> None:
    answers = {Sharing.PENDING: Answer.INVITED, Sharing.DECLINED: Answer.DECLINED}
    answer = answers.get(share.sharing, Answer.ACCEPTED)
    answered = answer is not Answer.INVITED
    rows.add(
        "joint_intervention_partner",
        work_id,
        partner.id,
        shared.holder.id,
        shared.case_id,
        answer,
        proposed + timedelta(minutes=chance.randrange(5, 55)) if answered else None,
        partner.account_id if answered else None,
        chance.choice(DECLINED) if answer is Answer.DECLINED else None,
    )


def _write_suspension(
    rows: Rows, shared: Shared, work_id: UUID, partner: Office, share: Share, proposed: datetime
) -> None:
    """Write that the partner's part was suspended, which the worker would else note of today."""
    if share.sharing is Sharing.WITHDRAWN:
        ended = _withdrawn(share, proposed)
    elif share.sharing is Sharing.EXPIRED:
        ended = proposed + timedelta(days=EXPIRED_AFTER)
    else:
        return
    rows.add(
        "event",
        EventKind.JOINT_INTERVENTION_SUSPENDED,
        shared.holder.id,
        shared.holder.account_id,
        shared.holder.id,
        shared.case_id,
        work_id,
        partner.id,
        ended,
        "done",
    )


def _withdrawn(share: Share, proposed: datetime) -> datetime:
    """Return when a consent that is withdrawn was: half-way from the proposal to today."""
    return proposed + timedelta(days=share.days_ago // 2)


def _without_one(mask: int, chance: Random) -> int:
    """Return the mask less one of its fields, unless it is the last: partners do not all see the same."""
    bits = [bit for bit in range(mask.bit_length()) if mask >> bit & 1]
    return mask & ~(1 << chance.choice(bits)) if len(bits) > 1 else mask

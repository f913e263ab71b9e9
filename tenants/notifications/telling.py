"""Who is told of what, by kind of event: one table, from which the job, the timeline and the words are made.

It is asked when somebody is about to be told, and not when the thing happened: whoever is no member by then, whose
organisation has ended or left the pact, or for whom the matter is settled, is told nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from authz.actions import Action, action_mask
from authz.roles import MASKS
from infra.row_security import TERRITORY, is_current
from tenants.events.models import EventKind
from tenants.joint_work.lapsing import waits
from tenants.sharing.standing import sees_by, takes_part


@dataclass(frozen=True)
class Telling:
    """Of one kind of event: the organisations, whose members with which verb, and in which words.

    `organisations` is a query of their ids, in which `e` is the event. Whoever did it is not told, unless it came by
    itself.
    """

    organisations: str
    action: Action
    message: str
    came_by_itself: bool = False

    @property
    def roles(self) -> list[str]:
        """Return the roles that have the verb."""
        return [role.value for role, masks in MASKS.items() if masks.actions & action_mask([self.action])]


def partners(condition: str) -> str:
    """Return the query of the partners of the event's joint work for which a condition holds, if they take part."""
    return (
        "SELECT p.organisation_id FROM joint_intervention j JOIN joint_intervention_partner p "
        "ON p.territory_id = j.territory_id AND p.joint_intervention_id = j.id "
        "WHERE j.territory_id = e.territory_id AND j.id = e.joint_intervention_id "
        f"AND ({condition}) AND {takes_part('p')}"
    )


def holder(condition: str) -> str:
    """Return the query of the holder of the event's joint work, while it is not closed and a condition holds."""
    return (
        "SELECT j.holder_id FROM joint_intervention j WHERE j.territory_id = e.territory_id "
        f"AND j.id = e.joint_intervention_id AND j.closed_at IS NULL AND ({condition})"
    )


def holder_of_authorisation(condition: str) -> str:
    """Return the query of whoever holds the case of the event's authorisation, while a condition holds."""
    return (
        "SELECT a.holder_id FROM authorisation a WHERE a.territory_id = e.territory_id "
        f"AND a.id = e.authorisation_id AND ({condition})"
    )


UNANSWERED = f"p.status = 'invited' AND j.closed_at IS NULL AND {waits('j')}"
THE_ONE = "p.organisation_id = e.partner_id AND p.status = 'accepted' AND j.closed_at IS NULL"
NOBODY_ANSWERED = (
    "EXISTS (SELECT FROM joint_intervention_partner p WHERE p.territory_id = j.territory_id "
    "AND p.joint_intervention_id = j.id AND p.status = 'invited')"
)
ANSWER, PROPOSE, GIVE = Action.JOINT_INTERVENTION_ANSWER, Action.JOINT_INTERVENTION_PROPOSE, Action.AUTHORISATION_GIVE
TELLING: Mapping[EventKind, Telling] = {
    EventKind.JOINT_INTERVENTION_PROPOSED: Telling(
        partners(UNANSWERED), ANSWER, "notification.joint_intervention_proposed"
    ),
    EventKind.JOINT_INTERVENTION_WILL_LAPSE: Telling(
        partners(UNANSWERED), ANSWER, "notification.joint_intervention_will_lapse", came_by_itself=True
    ),
    EventKind.JOINT_INTERVENTION_LAPSED: Telling(
        holder(NOBODY_ANSWERED), PROPOSE, "notification.joint_intervention_lapsed", came_by_itself=True
    ),
    EventKind.JOINT_INTERVENTION_ACCEPTED: Telling(holder("true"), PROPOSE, "notification.joint_intervention_accepted"),
    EventKind.JOINT_INTERVENTION_DECLINED: Telling(holder("true"), PROPOSE, "notification.joint_intervention_declined"),
    EventKind.JOINT_INTERVENTION_SUSPENDED: Telling(
        partners(f"{THE_ONE} AND NOT {sees_by('p')}"),
        ANSWER,
        "notification.joint_intervention_suspended",
        came_by_itself=True,
    ),
    EventKind.JOINT_INTERVENTION_ATTACHED: Telling(
        partners(f"{THE_ONE} AND {sees_by('p')}"), ANSWER, "notification.joint_intervention_attached"
    ),
    EventKind.JOINT_INTERVENTION_CLOSED: Telling(
        partners(f"p.status = 'accepted' OR p.status = 'invited' AND {waits('j')}"),
        ANSWER,
        "notification.joint_intervention_closed",
    ),
    EventKind.AUTHORISATION_WITHDRAWN: Telling(
        holder_of_authorisation("true"), GIVE, "notification.authorisation_withdrawn"
    ),
    EventKind.AUTHORISATION_WILL_END: Telling(
        holder_of_authorisation("a.withdrawn_at IS NULL AND a.until > now()"),
        GIVE,
        "notification.authorisation_will_end",
        came_by_itself=True,
    ),
}


def tell(telling: Telling) -> str:
    """Return the statement that tells of the event $1 whoever has one of the roles $2 and is a member today."""
    others = "true" if telling.came_by_itself else "m.account_id <> e.account_id"
    return f"""
INSERT INTO notification (territory_id, organisation_id, account_id, event_id, kind, case_id, authorisation_id,
                          joint_intervention_id, at)
SELECT e.territory_id, m.organisation_id, m.account_id, e.id, e.kind, e.case_id, e.authorisation_id,
       e.joint_intervention_id, now()
  FROM event e
 CROSS JOIN LATERAL ({telling.organisations}) told (id)
  JOIN organisation o ON o.territory_id = e.territory_id AND o.id = told.id AND {is_current("o")}
  JOIN member m ON m.territory_id = o.territory_id AND m.organisation_id = o.id AND m.role = ANY ($2)
   AND {is_current("m")}
 WHERE e.territory_id = {TERRITORY} AND e.id = $1 AND {others}
ON CONFLICT (territory_id, event_id, organisation_id, account_id) DO NOTHING
"""


TELL: Mapping[EventKind, str] = {kind: tell(telling) for kind, telling in TELLING.items()}

"""What can be read of joint interventions."""

from enum import StrEnum

from authz.actions import Action, action_mask
from authz.purposes import Purpose
from tenants.joint_work.models import Answer
from tenants.reading.expressions import field_keys
from tenants.reading.shapes import Inline, Key, Kind, Leaf, Many, One, Shape, Source


class JointInterventionStatus(StrEnum):
    """Where joint work stands, computed from the answers that the reader may see."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CLOSED = "closed"


STATUS = """CASE WHEN {row}.closed_at IS NOT NULL THEN 'CLOSED' ELSE
 (SELECT CASE WHEN bool_or(p.status = 'accepted') THEN 'ACCEPTED' WHEN bool_and(p.status = 'declined') THEN 'DECLINED'
         ELSE 'PROPOSED' END
    FROM joint_intervention_partner p
   WHERE p.territory_id = {row}.territory_id AND p.joint_intervention_id = {row}.id) END"""


def can(name: str, action: Action, condition: str) -> Leaf:
    """One verb that the reader may do to this joint intervention now."""
    sql = f"({condition} AND {{row}}.closed_at IS NULL AND {{actions}} & {action_mask([action])} <> 0)"
    return Leaf(name, Kind.BOOLEAN, sql=sql, required=True)


INVITED = (
    "EXISTS (SELECT FROM joint_intervention_partner p WHERE p.territory_id = {row}.territory_id "
    "AND p.joint_intervention_id = {row}.id AND p.organisation_id = {organisation} AND p.status = 'invited')"
)

JOINT_INTERVENTION = Shape(
    "JointIntervention",
    "joint_intervention",
    (
        Leaf("id", Kind.ID, sql="'joint-intervention_' || {row}.id", required=True),
        Leaf("status", JointInterventionStatus, sql=STATUS, required=True),
        Leaf("purpose", Purpose, sql="upper({row}.purpose)", required=True),
        Leaf("message"),
        Leaf(
            "fields",
            sql=field_keys("{row}.offered_mask"),
            listed=True,
            required=True,
            note="Keys of the fields that the holder offers.",
        ),
        Leaf("proposed_at", Kind.DATETIME, required=True),
        Leaf("closed_at", Kind.DATETIME),
        Leaf("closing_reason"),
        One(
            "holder",
            "Organisation",
            "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.holder_id",
            required=True,
        ),
        One(
            "case",
            "Case",
            "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.case_id",
            note="Null for whoever may not see it.",
        ),
        Many(
            "partners",
            "JointInterventionPartner",
            "{child}.territory_id = {row}.territory_id AND {child}.joint_intervention_id = {row}.id",
            order="{child}.organisation_id",
            note="The holder sees all of them, a partner itself.",
        ),
        Inline(
            "viewer_can",
            "JointInterventionViewerCan",
            (
                can("answer", Action.JOINT_INTERVENTION_ANSWER, INVITED),
                can("close", Action.JOINT_INTERVENTION_CLOSE, "{row}.holder_id = {organisation}"),
            ),
        ),
    ),
    prefix="joint-intervention",
    cases="SELECT j.case_id FROM joint_intervention j WHERE j.territory_id = {territory} AND j.id = {id}",
    note="Work of several organisations on one case, for one purpose.",
)

PARTNER = Shape(
    "JointInterventionPartner",
    "joint_intervention_partner",
    (
        One(
            "organisation",
            "Organisation",
            "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.organisation_id",
            required=True,
        ),
        Leaf("status", Answer, sql="upper({row}.status)", required=True),
        Leaf("answered_at", Kind.DATETIME),
        Leaf("decline_reason"),
    ),
)

OF_CASE = Source(
    rows="FROM joint_intervention j WHERE j.territory_id = {territory} AND j.case_id = {row}.id",
    keys=(Key("id", "j.id", "uuid"),),
    alias="j",
)

# The two grounds are two indexes; a page takes the newest of both.
JOINT_INTERVENTIONS = Source(
    rows="FROM (SELECT i.id FROM joint_intervention i WHERE i.territory_id = {territory} "
    "AND i.holder_id = {organisation} UNION ALL SELECT p.joint_intervention_id "
    "FROM joint_intervention_partner p WHERE p.territory_id = {territory} AND p.organisation_id = {organisation}) j "
    "WHERE true",
    keys=(Key("id", "j.id", "uuid"),),
    filters={
        "waiting_for_us": "{value}::boolean = EXISTS (SELECT FROM joint_intervention_partner a "
        "JOIN joint_intervention w ON w.territory_id = a.territory_id AND w.id = a.joint_intervention_id "
        "WHERE a.territory_id = {territory} "
        "AND a.joint_intervention_id = j.id AND a.organisation_id = {organisation} AND a.status = 'invited' "
        "AND w.closed_at IS NULL)"
    },
    cases="SELECT i.case_id FROM joint_intervention i JOIN {shown} s ON s.id = i.id",
)

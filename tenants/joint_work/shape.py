"""What can be read of joint interventions."""

from authz.actions import Action, action_mask
from authz.purposes import Purpose
from infra.explained import Explained
from tenants.joint_work.lapsing import lapses_at, waits
from tenants.joint_work.reasons import ClosingReason, DeclineReason
from tenants.reading.expressions import field_keys
from tenants.reading.shapes import Inline, Key, Kind, Leaf, Many, One, Shape, Source
from tenants.sharing.standing import sees_by


class JointInterventionStatus(Explained):
    """Where joint work stands, computed from the answers that the reader may see."""

    PROPOSED = "proposed", "Nobody has accepted yet, and somebody still can."
    ACCEPTED = "accepted", "At least one partner takes part."
    SUSPENDED = "suspended", "Partners have accepted, and nothing that they see the case by is left."
    DECLINED = "declined", "Every partner has declined."
    LAPSED = "lapsed", "Nobody has accepted, and whoever has not declined let 30 days pass."
    CLOSED = "closed", "The holder has ended it."


class PartnerStatus(Explained):
    """Where one partner stands: its answer, and whether it sees the case by what it accepted."""

    INVITED = "invited", "Asked, and has not answered."
    ACCEPTED = "accepted", "Takes part: the case is shared with it."
    SUSPENDED = "suspended", "Takes part, but what it stood on has ended: it sees nothing until another is attached."
    DECLINED = "declined", "Does not take part, and sees nothing."
    LAPSED = "lapsed", "Has not answered for 30 days, and cannot any more."


def stands(part: str) -> str:
    """Return the expression whether a partner, of which the reader sees the row, sees the case by its part."""
    # A partner sees its own grounds; the holder asks a function, which takes much longer in a list.
    return (
        f"CASE WHEN {part}.organisation_id = {{organisation}} THEN {sees_by(part)} "
        f"ELSE stands({part}.joint_intervention_id, {part}.organisation_id) END"
    )


WAITS = waits("{row}")
STATUS = f"""CASE WHEN {{row}}.closed_at IS NOT NULL THEN 'CLOSED' ELSE
 (SELECT CASE WHEN bool_or(p.status = 'accepted' AND {stands("p")}) THEN 'ACCEPTED'
         WHEN bool_or(p.status = 'accepted') THEN 'SUSPENDED' WHEN bool_and(p.status = 'declined') THEN 'DECLINED'
         WHEN NOT {WAITS} THEN 'LAPSED' ELSE 'PROPOSED' END
    FROM joint_intervention_partner p
   WHERE p.territory_id = {{row}}.territory_id AND p.joint_intervention_id = {{row}}.id) END"""
# In work that is closed nobody stands any more: what is told of it is the answers.
OF_OPEN_WORK = (
    "EXISTS (SELECT FROM joint_intervention w WHERE w.territory_id = {row}.territory_id "
    "AND w.id = {row}.joint_intervention_id AND w.closed_at IS NULL"
)
PARTNER_STATUS = f"""CASE WHEN {{row}}.status = 'accepted'
 AND NOT ({stands("{row}")}) AND {OF_OPEN_WORK}) THEN 'SUSPENDED'
 WHEN {{row}}.status = 'invited' AND {OF_OPEN_WORK} AND NOT {waits("w")}) THEN 'LAPSED'
 ELSE upper({{row}}.status) END"""
OFFER = (
    "(SELECT {value} FROM joint_intervention_offer o WHERE o.territory_id = {{row}}.territory_id "
    "AND o.joint_intervention_id = {{row}}.id)"
)


def can(name: str, action: Action, condition: str, note: str) -> Leaf:
    """One verb that the reader may do to this joint intervention now."""
    sql = f"({condition} AND {{row}}.closed_at IS NULL AND {{actions}} & {action_mask([action])} <> 0)"
    return Leaf(name, Kind.BOOLEAN, sql=sql, required=True, note=note)


INVITED = (
    "EXISTS (SELECT FROM joint_intervention_partner p WHERE p.territory_id = {row}.territory_id "
    "AND p.joint_intervention_id = {row}.id AND p.organisation_id = {organisation} AND p.status = 'invited')"
)

# A partner sees its own answer alone: to it, this tells whether it has accepted itself.
SOMEBODY_ACCEPTED = (
    "EXISTS (SELECT FROM joint_intervention_partner p WHERE p.territory_id = {row}.territory_id "
    "AND p.joint_intervention_id = {row}.id AND p.status = 'accepted')"
)

JOINT_INTERVENTION = Shape(
    "JointIntervention",
    "joint_intervention",
    (
        Leaf("id", Kind.ID, sql="'joint-intervention_' || {row}.id", required=True, note="Stays the same for good."),
        Leaf(
            "status",
            JointInterventionStatus,
            sql=STATUS,
            required=True,
            note="Where it stands, as far as I see the partners' answers.",
        ),
        Leaf(
            "purpose",
            Purpose,
            sql="upper({row}.purpose)",
            required=True,
            note="What it is for; it decides which clause shares what.",
        ),
        Leaf(
            "message",
            sql=OFFER.format(value="o.message"),
            tells=True,
            note="The holder's own words; null for whoever sees nothing of the case by this joint work.",
        ),
        Leaf(
            "fields",
            sql=OFFER.format(value=field_keys("o.offered_mask")),
            listed=True,
            note="Keys of the fields that the holder offers; null for whoever sees nothing by this joint work.",
        ),
        Leaf("proposed_at", Kind.DATETIME, required=True, note="When the partners were invited."),
        Leaf(
            "lapses_at",
            Kind.DATETIME,
            sql=lapses_at("{row}"),
            required=True,
            note="Until when an invited organisation can answer: 30 days from the proposal.",
        ),
        Leaf("closed_at", Kind.DATETIME, note="When the holder ended it; null while it goes on."),
        Leaf(
            "closing_reason",
            ClosingReason,
            sql=f"CASE WHEN {{row}}.holder_id = {{organisation}} OR {SOMEBODY_ACCEPTED} "
            "THEN upper({row}.closing_reason) END",
            note="Why it was ended; for the holder, and for a partner that had accepted.",
        ),
        One(
            "holder",
            "Organisation",
            "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.holder_id",
            required=True,
            note="The organisation whose case it is about.",
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
                can(
                    "answer",
                    Action.JOINT_INTERVENTION_ANSWER,
                    f"{INVITED} AND {WAITS}",
                    note="Accept or decline, for my organisation, while the proposal waits.",
                ),
                can(
                    "close",
                    Action.JOINT_INTERVENTION_CLOSE,
                    "{row}.holder_id = {organisation}",
                    note="End it, as the holder.",
                ),
                can(
                    "attach",
                    Action.AUTHORISATION_GIVE,
                    f"{{row}}.holder_id = {{organisation}} AND {SOMEBODY_ACCEPTED}",
                    note="Put it on an authorisation by name, as the holder.",
                ),
            ),
            note="What I may do to joint work now.",
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
            note="Who was invited.",
        ),
        Leaf("status", PartnerStatus, sql=PARTNER_STATUS, required=True, note="Where it stands with its answer."),
        Leaf(
            "seen_at",
            Kind.DATETIME,
            sql="coalesce({row}.seen_at, {row}.answered_at)",
            note="When somebody of the organisation first opened the proposal; of whom is noted nowhere.",
        ),
        Leaf("answered_at", Kind.DATETIME, note="When it answered; null until then."),
        Leaf("decline_reason", DeclineReason, sql="upper({row}.decline_reason)", note="Why it declined."),
        Many(
            "authorisations",
            "Authorisation",
            "{child}.territory_id = {row}.territory_id AND EXISTS (SELECT FROM joint_intervention_authorisation s "
            "WHERE s.territory_id = {row}.territory_id AND s.joint_intervention_id = {row}.joint_intervention_id "
            "AND s.organisation_id = {row}.organisation_id AND s.authorisation_id = {child}.id "
            "AND s.ended_at IS NULL)",
            order="{child}.id",
            note="On which authorisations its part stands; the holder alone sees them.",
        ),
    ),
    note="An organisation that is invited, and its answer.",
)

OF_CASE = Source(
    rows="FROM joint_intervention j WHERE j.territory_id = {territory} AND j.case_id = {row}.id",
    keys=(Key("id", "j.id", "uuid"),),
    alias="j",
)

# The work of a row of the list, on which a filter asks something.
THIS = "FROM joint_intervention f WHERE f.territory_id = {territory} AND f.id = j.id"
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
        f"AND w.closed_at IS NULL AND {waits('w')})",
        "purpose": f"EXISTS (SELECT {THIS} AND f.purpose = {{value}})",
        "status": f"(SELECT {STATUS.replace('{row}', 'f')} {THIS}) = {{value}}",
    },
    cases="SELECT i.case_id FROM joint_intervention i JOIN {shown} s ON s.id = i.id",
)

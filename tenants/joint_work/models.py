"""Tables of joint interventions."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from tenants.rows import TenantRow


class Answer(StrEnum):
    """Where an invited partner stands."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class JointIntervention(TenantRow):
    """Work of several organisations on one case, for one purpose: the facts that every invited partner may know."""

    case_id = fields.UUIDField()
    holder_id = fields.UUIDField()
    purpose = fields.CharField(max_length=30)
    proposed_at = fields.DatetimeField()
    proposed_by = fields.UUIDField()
    closed_at = fields.DatetimeField(null=True)
    closed_by = fields.UUIDField(null=True)
    closing_reason = fields.CharField(max_length=20, null=True)

    class Meta:
        table = "joint_intervention"


class JointInterventionOffer(Model):
    """What the holder offers, and says in its own words: for whoever has a live ground by this joint work.

    The key is (territory, joint intervention).
    """

    joint_intervention_id = fields.UUIDField(primary_key=True)
    territory_id = fields.UUIDField()
    holder_id = fields.UUIDField()
    case_id = fields.UUIDField()
    offered_mask = fields.BigIntField()
    message = fields.CharField(max_length=8000, null=True)

    class Meta:
        table = "joint_intervention_offer"


class JointInterventionPartner(Model):
    """An invited organisation and its answer; the key is (territory, joint intervention, organisation)."""

    joint_intervention_id = fields.UUIDField(primary_key=True)
    territory_id = fields.UUIDField()
    organisation_id = fields.UUIDField()
    holder_id = fields.UUIDField()
    case_id = fields.UUIDField()
    status = fields.CharField(max_length=10, default=Answer.INVITED.value)
    answered_at = fields.DatetimeField(null=True)
    answered_by = fields.UUIDField(null=True)
    decline_reason = fields.CharField(max_length=20, null=True)
    seen_at = fields.DatetimeField(null=True)

    class Meta:
        table = "joint_intervention_partner"


class JointInterventionAuthorisation(TenantRow):
    """An authorisation on which a partner's part in joint work stands; what has ended has ended for good."""

    joint_intervention_id = fields.UUIDField()
    organisation_id = fields.UUIDField()
    authorisation_id = fields.UUIDField()
    holder_id = fields.UUIDField()
    case_id = fields.UUIDField()
    attached_at = fields.DatetimeField()
    attached_by = fields.UUIDField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "joint_intervention_authorisation"

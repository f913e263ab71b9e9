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
    """Work of several organisations on one case, for one purpose, with the fields that the holder offers."""

    case_id = fields.UUIDField()
    holder_id = fields.UUIDField()
    purpose = fields.CharField(max_length=30)
    offered_mask = fields.BigIntField()
    message = fields.CharField(max_length=8000, null=True)
    proposed_at = fields.DatetimeField()
    proposed_by = fields.UUIDField()
    closed_at = fields.DatetimeField(null=True)
    closed_by = fields.UUIDField(null=True)
    closing_reason = fields.CharField(max_length=2000, null=True)

    class Meta:
        table = "joint_intervention"


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
    decline_reason = fields.CharField(max_length=2000, null=True)

    class Meta:
        table = "joint_intervention_partner"

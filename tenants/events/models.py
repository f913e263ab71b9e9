"""Tables of events, and of which job has answered which."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from infra.explained import Explained
from tenants.rows import TenantRow


class EventKind(Explained):
    """What happened, or is about to."""

    CASE_OPENED = "case_opened", "The file was made."
    CASE_UPDATED = "case_updated", "Values were written; `fields` says which."
    CASE_STATUS_CHANGED = "case_status_changed", "It took a step on its path."
    AUTHORISATION_GIVEN = "authorisation_given", "A consent or a public task was recorded."
    AUTHORISATION_WITHDRAWN = "authorisation_withdrawn", "One was taken back before its last day."
    AUTHORISATION_WILL_END = "authorisation_will_end", "One will soon reach its last day."
    JOINT_INTERVENTION_PROPOSED = "joint_intervention_proposed", "Organisations were invited."
    JOINT_INTERVENTION_ACCEPTED = "joint_intervention_accepted", "One of them takes part."
    JOINT_INTERVENTION_DECLINED = "joint_intervention_declined", "One of them does not."
    JOINT_INTERVENTION_CLOSED = "joint_intervention_closed", "The joint work was ended."
    JOINT_INTERVENTION_ATTACHED = (
        "joint_intervention_attached",
        "The holder has put it on another authorisation: a partner sees the case again.",
    )
    JOINT_INTERVENTION_SUSPENDED = (
        "joint_intervention_suspended",
        "What it stood on has ended: a partner sees the case no more.",
    )
    JOINT_INTERVENTION_WILL_LAPSE = (
        "joint_intervention_will_lapse",
        "Nobody has answered for 25 days; in five more nobody can.",
    )
    JOINT_INTERVENTION_LAPSED = (
        "joint_intervention_lapsed",
        "A partner has not answered for 30 days, and cannot any more.",
    )


class Errand(StrEnum):
    """What a job is asked to do that happened to no case: nobody reads it anywhere."""

    INVITATION_MADE = "invitation_made"


class EventState(StrEnum):
    """Whether work is still to follow."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


class Event(TenantRow):
    """What `organisation_id` did to a case of `holder_id`, or about an invitation; without `due_at` it needs no job.

    Of what concerns one partner of joint work alone, `partner_id`, the other partners learn nothing.
    """

    kind = fields.CharField(max_length=40)
    organisation_id = fields.UUIDField()
    account_id = fields.UUIDField()
    holder_id = fields.UUIDField(null=True)
    case_id = fields.UUIDField(null=True)
    authorisation_id = fields.UUIDField(null=True)
    joint_intervention_id = fields.UUIDField(null=True)
    partner_id = fields.UUIDField(null=True)
    invitation_id = fields.UUIDField(null=True)
    fields_mask = fields.BigIntField(default=0)
    data: object = fields.JSONField()
    at = fields.DatetimeField()
    due_at = fields.DatetimeField(null=True)
    state = fields.CharField(max_length=10, default=EventState.PENDING.value)
    claimed_at = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0)
    last_error = fields.CharField(max_length=100, null=True)

    class Meta:
        table = "event"


class Processed(Model):
    """A job that has had its effect; the key is (territory, event, job), written with the effect."""

    event_id = fields.UUIDField(primary_key=True)
    territory_id = fields.UUIDField()
    job = fields.CharField(max_length=40)
    at = fields.DatetimeField()

    class Meta:
        table = "processed"

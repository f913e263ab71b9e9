"""The table of what members are told."""

from tortoise import fields

from tenants.rows import TenantRow


class Notification(TenantRow):
    """One thing told to one member; its words are made when it is read, in their language.

    `mailed_at` says since when it is among what a mail has said that it waits.
    """

    organisation_id = fields.UUIDField()
    account_id = fields.UUIDField()
    event_id = fields.UUIDField()
    kind = fields.CharField(max_length=40)
    case_id = fields.UUIDField()
    authorisation_id = fields.UUIDField(null=True)
    joint_intervention_id = fields.UUIDField(null=True)
    at = fields.DatetimeField()
    read_at = fields.DatetimeField(null=True)
    mailed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notification"

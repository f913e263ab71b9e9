"""The table of reads of other organisations' cases."""

from tortoise import fields

from tenants.rows import TenantRow


class AccessLogEntry(TenantRow):
    """One read: who, whose case, which fields, for what purpose and under which clause."""

    at = fields.DatetimeField()
    request_id = fields.UUIDField()
    organisation_id = fields.UUIDField()
    account_id = fields.UUIDField()
    holder_id = fields.UUIDField()
    case_id = fields.UUIDField()
    fields_mask = fields.BigIntField()
    purpose = fields.CharField(max_length=30, null=True)
    clause = fields.SmallIntField()
    authorisation_id = fields.UUIDField()

    class Meta:
        table = "access_log"

"""The table of reads of other organisations' cases."""

from tortoise import fields
from tortoise.models import Model

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
    seal = fields.IntField(null=True)

    class Meta:
        table = "access_log"


class AccessSeal(Model):
    """A batch of reads that nobody can change unnoticed; the key is (territory, number)."""

    number = fields.IntField(primary_key=True, generated=False)
    territory_id = fields.UUIDField()
    sealed_at = fields.DatetimeField()
    entries = fields.IntField()
    previous = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "access_seal"

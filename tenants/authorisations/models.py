"""Tables of authorisations."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField

from tenants.rows import TenantRow


class Authorisation(TenantRow):
    """What the person agreed to, or a public task requires: fields, purposes, partners, and until when."""

    case_id = fields.UUIDField()
    holder_id = fields.UUIDField()
    basis = fields.CharField(max_length=20)
    purposes = ArrayField(element_type="text")
    organisation_ids = ArrayField(element_type="uuid")
    kinds = ArrayField(element_type="text")
    field_mask = fields.BigIntField()
    until = fields.DatetimeField()
    given_at = fields.DatetimeField()
    given_by = fields.UUIDField()
    withdrawn_at = fields.DatetimeField(null=True)
    withdrawn_by = fields.UUIDField(null=True)
    withdrawal_reason = fields.CharField(max_length=2000, null=True)

    class Meta:
        table = "authorisation"

"""Tables of authorisations."""

from enum import StrEnum

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField

from tenants.rows import TenantRow


class Basis(StrEnum):
    """The legal ground on which a case is shared (GDPR articles 6 and 9)."""

    CONSENT = "consent"
    PUBLIC_TASK = "public_task"


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

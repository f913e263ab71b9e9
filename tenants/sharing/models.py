"""The table that says who sees what; only the database itself writes it."""

from tortoise import fields
from tortoise.models import Model


class CaseAccess(Model):
    """One ground on which an organisation sees a case, the holder's own included.

    Masks are cumulative: what the pact grants, of that what is authorised, of that what is offered (read).
    The key is (territory, organisation, case, source, clause, authorisation).
    """

    case_id = fields.UUIDField(primary_key=True)
    territory_id = fields.UUIDField()
    organisation_id = fields.UUIDField()
    source_id = fields.UUIDField()
    clause = fields.SmallIntField()
    authorisation_id = fields.UUIDField()
    purpose = fields.CharField(max_length=30, null=True)
    pact_mask = fields.BigIntField()
    authorised_mask = fields.BigIntField()
    read_mask = fields.BigIntField()
    write_mask = fields.BigIntField()
    until = fields.DatetimeField()
    opened_on = fields.DateField()
    holder_id = fields.UUIDField()

    class Meta:
        table = "case_access"

"""The table of reads of other organisations' cases."""

from tortoise import fields
from tortoise.models import Model

from infra.explained import Explained
from tenants.rows import TenantRow


class AccessKind(Explained):
    """How a case was read."""

    OPENED = "opened", "By itself, or with the joint work on it."
    LISTED = "listed", "In a list, beside others."
    SEARCHED = "searched", "By a search for what is in it: whoever gets an answer has learnt that it is."
    REFUSED = (
        "refused",
        "Not at all: somebody asked for it who may not know that it is there; once an hour an organisation.",
    )


class AccessLogEntry(TenantRow):
    """One request's reads of a case on one ground: who, which fields, for what purpose and under which clause."""

    at = fields.DatetimeField()
    request_id = fields.UUIDField()
    organisation_id = fields.UUIDField()
    account_id = fields.UUIDField()
    holder_id = fields.UUIDField()
    case_id = fields.UUIDField()
    source_id = fields.UUIDField()
    fields_mask = fields.BigIntField()
    purpose = fields.CharField(max_length=30, null=True)
    clause = fields.SmallIntField()
    authorisation_id = fields.UUIDField()
    kind = fields.CharField(max_length=10)
    reader_name = fields.CharField(max_length=800)
    reader_role = fields.CharField(max_length=30)
    session_id = fields.UUIDField(null=True)
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

"""The table of what idempotent requests already did."""

from tortoise import fields
from tortoise.models import Model


class Idempotency(Model):
    """The outcome of one request; the key is (territory, account, organisation, key)."""

    key = fields.CharField(primary_key=True, max_length=200)
    territory_id = fields.UUIDField()
    account_id = fields.UUIDField()
    organisation_id = fields.UUIDField()
    request_hash = fields.BinaryField()
    outcomes: object = fields.JSONField()
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "idempotency"

"""What every tenant table has: an id made here, and the territory that leads its keys."""

from tortoise import fields
from tortoise.models import Model

from infra.clock import new_id


class TenantRow(Model):
    """A row of one territory; row security decides which organisation sees it."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    territory_id = fields.UUIDField()

    class Meta:
        abstract = True

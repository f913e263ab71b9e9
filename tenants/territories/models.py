"""Tables of territories."""

from tortoise import fields
from tortoise.models import Model

from infra.clock import new_id


class Territory(Model):
    """A network with a pact; nothing refers across two of them."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    slug = fields.CharField(max_length=63, unique=True)
    name = fields.CharField(max_length=200)
    contact_name = fields.CharField(max_length=200, null=True)
    contact_role = fields.CharField(max_length=200, null=True)
    contact_email = fields.CharField(max_length=254, null=True)
    is_demo = fields.BooleanField(default=False)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "territory"

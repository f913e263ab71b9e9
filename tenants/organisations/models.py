"""Tables of organisations."""

from tortoise import fields

from tenants.rows import TenantRow


class Organisation(TenantRow):
    """One legal or ecclesial body: the tenant."""

    slug = fields.CharField(max_length=63)
    name = fields.CharField(max_length=200)
    kind = fields.CharField(max_length=40)
    is_lead = fields.BooleanField(default=False)
    valid_from = fields.DateField()
    valid_until = fields.DateField(null=True)
    successor_id = fields.UUIDField(null=True)
    is_demo = fields.BooleanField(default=False)

    class Meta:
        table = "organisation"

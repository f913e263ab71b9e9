"""Tables of persons."""

from tortoise import fields

from tenants.rows import TenantRow


class Person(TenantRow):
    """The thread that joins one organisation's cases about the same person; what is known stands in the case."""

    organisation_id = fields.UUIDField()
    reference = fields.CharField(max_length=20)
    is_demo = fields.BooleanField(default=False)

    class Meta:
        table = "person"

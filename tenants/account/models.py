"""Tables of what is written to accounts, and of the ways back to a password or a second factor that is lost."""

from tortoise import fields
from tortoise.models import Model

from infra.clock import new_id
from tenants.rows import TenantRow


class Letter(Model):
    """A mail about an account, which the worker writes; whether there is such an account is looked at then."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    kind = fields.CharField(max_length=30)
    email = fields.CharField(max_length=254)
    language = fields.CharField(max_length=2)
    member_territory_id = fields.UUIDField(null=True)
    member_id = fields.UUIDField(null=True)
    at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    attempts = fields.IntField(default=0)
    state = fields.CharField(max_length=10, default="pending")
    last_error = fields.CharField(max_length=100, null=True)

    class Meta:
        table = "letter"


class PasswordReset(Model):
    """A link for a new password, of which only the hash is kept."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    token_hash = fields.BinaryField()
    account_id = fields.UUIDField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "password_reset"


class FactorReset(TenantRow):
    """That a member's second factor is lost, as one person says and another one confirms."""

    organisation_id = fields.UUIDField()
    account_id = fields.UUIDField()
    asked_by = fields.UUIDField()
    asked_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    confirmed_by = fields.UUIDField(null=True)
    confirmed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "factor_reset"

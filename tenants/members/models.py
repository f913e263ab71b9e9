"""Tables of accounts, members, sessions and the slowing down of sign-in.

Only `member` is a tenant table. The others are reached through functions of the database alone.
"""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model

from infra.clock import new_id
from tenants.rows import TenantRow


class Account(Model):
    """A person who signs in; may be a member of several organisations."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    email = fields.CharField(max_length=254, unique=True)
    password_hash = fields.CharField(max_length=200)
    display_name = fields.CharField(max_length=800)
    language = fields.CharField(max_length=2, default="it")
    is_demo = fields.BooleanField(default=False)
    gets_news = fields.BooleanField(default=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "account"


class Member(TenantRow):
    """An account with a role in an organisation."""

    account_id = fields.UUIDField()
    organisation_id = fields.UUIDField()
    role = fields.CharField(max_length=30)
    role_since = fields.DatetimeField(auto_now_add=True)
    invited_by = fields.UUIDField(null=True)
    valid_from = fields.DateField()
    valid_until = fields.DateField(null=True)

    class Meta:
        table = "member"


class Session(Model):
    """A sign-in or a bearer token; only the hash of its secret is kept."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    token_hash = fields.BinaryField()
    kind = fields.CharField(max_length=10)
    account_id = fields.UUIDField(db_index=True)
    territory_id = fields.UUIDField()
    member_id = fields.UUIDField()
    created_at = fields.DatetimeField(auto_now_add=True)
    last_seen_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)
    browser = fields.CharField(max_length=40, default="")
    system = fields.CharField(max_length=40, default="")
    network = fields.CharField(max_length=45, default="")

    class Meta:
        table = "session"


class SecondFactor(Model):
    """What an account's codes are derived from, and which of them were used; until it is confirmed none is asked."""

    account_id = fields.UUIDField(primary_key=True)
    salt = fields.BinaryField()
    started_at = fields.DatetimeField()
    confirmed_at = fields.DatetimeField(null=True)
    last_step = fields.BigIntField(default=0)
    recovery_hashes = ArrayField(element_type="text", default=list)

    class Meta:
        table = "second_factor"


class KnownDevice(Model):
    """A browser in which an account has signed in with the password and the codes that it has now."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    account_id = fields.UUIDField()
    device_hash = fields.CharField(max_length=64)
    known_until = fields.DatetimeField()

    class Meta:
        table = "known_device"
        unique_together = (("account_id", "device_hash"),)


class SignInThrottle(Model):
    """When sign-ins failed for one key, as far as it still matters, the last one at the end."""

    key_hash = fields.CharField(primary_key=True, max_length=64)
    failed_at = ArrayField(element_type="timestamptz", default=list)

    class Meta:
        table = "sign_in_throttle"


class RoleMask(Model):
    """What each role may read, write and do, copied from authz by `win db migrate`."""

    role = fields.CharField(primary_key=True, max_length=30)
    read_mask = fields.BigIntField()
    write_mask = fields.BigIntField()
    actions = fields.BigIntField()

    class Meta:
        table = "role_mask"

"""Tables of territories, organisations, members and pacts."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

from infra.clock import new_id


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Account",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("email", fields.CharField(unique=True, max_length=254)),
                ("password_hash", fields.CharField(max_length=200)),
                ("display_name", fields.CharField(max_length=800)),
                ("language", fields.CharField(default="it", max_length=2)),
                ("is_demo", fields.BooleanField(default=False)),
                ("gets_news", fields.BooleanField(default=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={"table": "account", "app": "tenants", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Member",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("territory_id", fields.UUIDField()),
                ("account_id", fields.UUIDField()),
                ("organisation_id", fields.UUIDField()),
                ("role", fields.CharField(max_length=30)),
                ("role_since", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("invited_by", fields.UUIDField(null=True)),
                ("valid_from", fields.DateField()),
                ("valid_until", fields.DateField(null=True)),
            ],
            options={"table": "member", "app": "tenants", "pk_attr": "id"},
            bases=["TenantRow"],
        ),
        ops.CreateModel(
            name="Organisation",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("territory_id", fields.UUIDField()),
                ("slug", fields.CharField(max_length=63)),
                ("name", fields.CharField(max_length=200)),
                ("kind", fields.CharField(max_length=40)),
                ("is_lead", fields.BooleanField(default=False)),
                ("valid_from", fields.DateField()),
                ("valid_until", fields.DateField(null=True)),
                ("successor_id", fields.UUIDField(null=True)),
                ("is_demo", fields.BooleanField(default=False)),
            ],
            options={"table": "organisation", "app": "tenants", "pk_attr": "id"},
            bases=["TenantRow"],
        ),
        ops.CreateModel(
            name="PactClause",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("territory_id", fields.UUIDField()),
                ("pact_version_id", fields.UUIDField()),
                ("number", fields.IntField()),
                ("title_it", fields.CharField(max_length=200)),
                ("title_en", fields.CharField(max_length=200)),
                ("gives_it", fields.TextField(default="", unique=False)),
                ("gives_en", fields.TextField(default="", unique=False)),
                ("receives_it", fields.TextField(default="", unique=False)),
                ("receives_en", fields.TextField(default="", unique=False)),
                ("shares", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={"table": "pact_clause", "app": "tenants", "pk_attr": "id"},
            bases=["TenantRow"],
        ),
        ops.CreateModel(
            name="PactGrant",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("territory_id", fields.UUIDField()),
                ("pact_version_id", fields.UUIDField()),
                ("organisation_id", fields.UUIDField()),
                ("purpose", fields.CharField(max_length=30)),
                ("read_mask", fields.BigIntField()),
                ("write_mask", fields.BigIntField()),
            ],
            options={"table": "pact_grant", "app": "tenants", "pk_attr": "id"},
            bases=["TenantRow"],
        ),
        ops.CreateModel(
            name="PactParty",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("territory_id", fields.UUIDField()),
                ("pact_version_id", fields.UUIDField()),
                ("organisation_id", fields.UUIDField()),
                ("role", fields.CharField(max_length=20)),
                ("joined_on", fields.DateField()),
                ("left_on", fields.DateField(null=True)),
            ],
            options={"table": "pact_party", "app": "tenants", "pk_attr": "id"},
            bases=["TenantRow"],
        ),
        ops.CreateModel(
            name="PactTerm",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("territory_id", fields.UUIDField()),
                ("organisation_id", fields.UUIDField()),
                ("purpose", fields.CharField(max_length=30)),
                ("clause", fields.IntField()),
                ("basis", fields.CharField(max_length=20)),
                ("until_days", fields.IntField(null=True)),
                ("read_mask", fields.BigIntField()),
                ("write_mask", fields.BigIntField()),
            ],
            options={"table": "pact_term", "app": "tenants", "pk_attr": "id"},
            bases=["TenantRow"],
        ),
        ops.CreateModel(
            name="PactVersion",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("territory_id", fields.UUIDField()),
                ("version", fields.IntField()),
                ("title_it", fields.CharField(max_length=200)),
                ("title_en", fields.CharField(max_length=200)),
                ("preamble_it", fields.TextField(default="", unique=False)),
                ("preamble_en", fields.TextField(default="", unique=False)),
                ("digest", fields.CharField(max_length=80)),
                ("document", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("loaded_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("in_force_from", fields.DateField(null=True)),
                ("superseded_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "pact_version", "app": "tenants", "pk_attr": "id"},
            bases=["TenantRow"],
        ),
        ops.CreateModel(
            name="RoleMask",
            fields=[
                ("role", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=30)),
                ("read_mask", fields.BigIntField()),
                ("write_mask", fields.BigIntField()),
                ("actions", fields.BigIntField()),
            ],
            options={"table": "role_mask", "app": "tenants", "pk_attr": "role"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Session",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("token_hash", fields.BinaryField()),
                ("kind", fields.CharField(max_length=10)),
                ("account_id", fields.UUIDField(db_index=True)),
                ("territory_id", fields.UUIDField()),
                ("member_id", fields.UUIDField()),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("last_seen_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("browser", fields.CharField(default="", max_length=40)),
                ("system", fields.CharField(default="", max_length=40)),
                ("network", fields.CharField(default="", max_length=45)),
            ],
            options={"table": "session", "app": "tenants", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SignInThrottle",
            fields=[
                ("key_hash", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("failed_at", ArrayField(element_type="timestamptz", default=list)),
            ],
            options={"table": "sign_in_throttle", "app": "tenants", "pk_attr": "key_hash"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Territory",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("slug", fields.CharField(unique=True, max_length=63)),
                ("name", fields.CharField(max_length=200)),
                ("contact_name", fields.CharField(null=True, max_length=200)),
                ("contact_role", fields.CharField(null=True, max_length=200)),
                ("contact_email", fields.CharField(null=True, max_length=254)),
                ("is_demo", fields.BooleanField(default=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={"table": "territory", "app": "tenants", "pk_attr": "id"},
            bases=["Model"],
        ),
    ]

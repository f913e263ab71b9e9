"""What accounts keep beside their password: the browsers that they are known in."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from infra.clock import new_id
from infra.row_security import closed

STATEMENTS = [
    *closed("known_device"),
    "ALTER TABLE known_device ADD FOREIGN KEY (account_id) REFERENCES account (id)",
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0016_cases")]

    operations = [
        ops.CreateModel(
            name="KnownDevice",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("account_id", fields.UUIDField()),
                ("device_hash", fields.CharField(max_length=64)),
                ("known_until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "known_device",
                "app": "tenants",
                "unique_together": (("account_id", "device_hash"),),
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.RunSQL(STATEMENTS),
    ]

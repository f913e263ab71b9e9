"""What the holder's own program calls a case: once within the holder, and nobody else's business."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from authz.actions import Action, action_mask
from infra.row_security import ACTIONS, FIELD_MASK, ORGANISATION, Tenancy, mine

HOLDER = f"{mine('holder_id')} AND {FIELD_MASK} <> 0"
MAY_WRITE = f"{ACTIONS} & {action_mask([Action.CASE_OPEN, Action.CASE_UPDATE])} <> 0"
OF_MY_CASE = (
    "EXISTS (SELECT FROM case_file c WHERE c.territory_id = case_reference.territory_id "
    f"AND c.id = case_reference.case_id AND c.holder_id = {ORGANISATION})"
)

# Whether a reference is taken is asked within the holder alone: no partner's row can be met.
REFERENCE = Tenancy(
    "case_reference",
    key=("case_id",),
    refers={"case_id": "case_file", "holder_id": "organisation"},
    unique=[("holder_id", "reference")],
    select=HOLDER,
    insert=f"{HOLDER} AND {MAY_WRITE} AND {OF_MY_CASE}",
    delete=f"{HOLDER} AND {MAY_WRITE}",
)


class Migration(migrations.Migration):
    dependencies = [("tenants", "0017_identity")]

    operations = [
        ops.CreateModel(
            name="CaseReference",
            fields=[
                ("case_id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("territory_id", fields.UUIDField()),
                ("holder_id", fields.UUIDField()),
                ("reference", fields.CharField(max_length=400)),
            ],
            options={"table": "case_reference", "app": "tenants", "pk_attr": "case_id"},
            bases=["CaseGroup"],
        ),
        ops.RunSQL(REFERENCE.statements()),
    ]

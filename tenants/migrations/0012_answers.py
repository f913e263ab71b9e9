"""An answer to an invitation is given once, now, and in one's own name: the days of sharing are counted from it."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from infra.row_security import ACCOUNT, FIELD_MASK, IN_TERRITORY, mine

MINE = f"{IN_TERRITORY} AND {FIELD_MASK} <> 0 AND {mine()}"
OPEN = "status = 'invited'"
ANSWERED = f"status IN ('accepted', 'declined') AND answered_at = now() AND answered_by = {ACCOUNT}"
ALTER = "ALTER POLICY may_update ON joint_intervention_partner"


class Migration(migrations.Migration):
    dependencies = [("tenants", "0011_forgetting")]

    operations = [
        ops.RunSQL(
            [f"{ALTER} USING ({MINE} AND {OPEN}) WITH CHECK ({MINE} AND {ANSWERED})"],
            [f"{ALTER} USING ({MINE}) WITH CHECK ({MINE})"],
        ),
    ]

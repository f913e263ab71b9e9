"""How joint work stands: its two sides may know whether the partner sees the case by it now."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from infra.row_security import FIELD_MASK, ORGANISATION, TERRITORY, definer
from tenants.sharing.standing import sees_by

# The holder sees no row of `case_access` but its own.
STANDS = f"""
BEGIN
    RETURN EXISTS (
        SELECT FROM joint_intervention_partner p
         WHERE p.territory_id = {TERRITORY} AND p.joint_intervention_id = _joint_intervention
           AND p.organisation_id = _organisation AND {ORGANISATION} IN (p.organisation_id, p.holder_id)
           AND {FIELD_MASK} <> 0 AND {sees_by("p")});
END
"""

FUNCTIONS = definer("stands", "_joint_intervention uuid, _organisation uuid", "boolean", STANDS)


class Migration(migrations.Migration):
    dependencies = [("tenants", "0011_forgetting")]

    operations = [ops.RunSQL(FUNCTIONS)]

"""Whom to ask: the coordinators of one's own organisation, and for anybody the contact of each territory."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from authz.actions import Action, action_mask
from infra.row_security import ORGANISATION, TERRITORY, definer, is_current

MOST_NAMES, MOST_TERRITORIES = 5, 100

OWN_COORDINATORS = f"""
BEGIN
    RETURN ARRAY(
        SELECT a.display_name::text FROM member m
          JOIN account a ON a.id = m.account_id
          JOIN role_mask r ON r.role = m.role
         WHERE m.territory_id = {TERRITORY} AND m.organisation_id = {ORGANISATION}
           AND r.actions & {action_mask([Action.MEMBER_MANAGE])} <> 0 AND {is_current("m")}
         ORDER BY a.display_name LIMIT {MOST_NAMES});
END
"""

# Nobody is signed in who asks this, and each territory wants it to be known.
TERRITORY_CONTACTS = f"""
BEGIN
    RETURN QUERY SELECT t.name::text, t.contact_name::text, t.contact_role::text, t.contact_email::text
      FROM territory t WHERE t.contact_name IS NOT NULL ORDER BY t.name LIMIT {MOST_TERRITORIES};
END
"""
CONTACT = "TABLE (territory text, name text, role text, email text)"


class Migration(migrations.Migration):
    dependencies = [("tenants", "0020_notices")]

    operations = [
        ops.RunSQL(
            [
                *definer("own_coordinators", "", "text[]", OWN_COORDINATORS),
                *definer("territory_contacts", "", CONTACT, TERRITORY_CONTACTS),
            ]
        ),
    ]

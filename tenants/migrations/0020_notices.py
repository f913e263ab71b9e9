"""That a proposal was seen, and the mail in the morning which says that something waits."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from infra.row_security import ACCOUNT, FIELD_MASK, ORGANISATION, TERRITORY, definer, is_current
from tenants.notifications.concerning import concerns

# Of an organisation and not of a person: who of them has opened it is noted nowhere.
SEE_PROPOSAL = f"""
BEGIN
    UPDATE joint_intervention_partner p SET seen_at = now()
     WHERE p.territory_id = {TERRITORY} AND p.joint_intervention_id = _joint_intervention
       AND p.organisation_id = {ORGANISATION} AND {FIELD_MASK} <> 0 AND p.status = 'invited' AND p.seen_at IS NULL;
END
"""

GETS_NEWS = f"BEGIN RETURN (SELECT a.gets_news FROM account a WHERE a.id = {ACCOUNT}); END"
SET_NEWS = f"BEGIN UPDATE account a SET gets_news = _wanted WHERE a.id = {ACCOUNT}; END"

IS_READING = f"{is_current('m')} AND {is_current('o')} AND a.gets_news AND r.read_mask <> 0"
READERS = """member m
      JOIN organisation o ON o.territory_id = m.territory_id AND o.id = m.organisation_id
      JOIN account a ON a.id = m.account_id
      JOIN role_mask r ON r.role = m.role"""

# The letter and the mark that keeps it from being written twice are one statement.
GATHER = f"""
DECLARE
    _outside text := current_setting('win.territory_id', true);
    _letters int;
BEGIN
    PERFORM set_config('win.territory_id', _territory::text, true);
    WITH due AS (
        SELECT DISTINCT m.id, m.organisation_id, m.account_id, a.email, a.language
          FROM notification n
          JOIN {READERS}
            ON m.territory_id = n.territory_id AND m.organisation_id = n.organisation_id
           AND m.account_id = n.account_id
         WHERE n.territory_id = _territory AND n.read_at IS NULL AND n.mailed_at IS NULL AND n.at < _before
           AND {IS_READING}
    ), taken AS (
        UPDATE notification n SET mailed_at = now() FROM due d
         WHERE n.territory_id = _territory AND n.organisation_id = d.organisation_id AND n.account_id = d.account_id
           AND n.read_at IS NULL AND n.mailed_at IS NULL
        RETURNING d.id, d.email, d.language
    )
    INSERT INTO letter (kind, email, language, member_territory_id, member_id, at, due_at)
    SELECT DISTINCT 'news', t.email, t.language, _territory, t.id, now(), now() FROM taken t;
    GET DIAGNOSTICS _letters = ROW_COUNT;
    PERFORM set_config('win.territory_id', coalesce(_outside, ''), true);
    RETURN _letters;
END
"""

# Looked at when the letter is sent: nothing waits any more for whoever was removed meanwhile, or has read it all.
NEWS_OF = f"""
DECLARE
    _outside text := current_setting('win.territory_id', true);
BEGIN
    PERFORM set_config('win.territory_id', _territory::text, true);
    SELECT o.name::text, (SELECT count(*)::int FROM notification
             WHERE notification.territory_id = m.territory_id AND notification.organisation_id = m.organisation_id
               AND notification.account_id = m.account_id AND read_at IS NULL AND {concerns("notification")})
      INTO organisation, waiting
      FROM {READERS}
     WHERE m.territory_id = _territory AND m.id = _member AND {IS_READING};
    PERFORM set_config('win.territory_id', coalesce(_outside, ''), true);
    RETURN NEXT;
END
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0019_references")]

    operations = [
        ops.RunSQL(
            [
                "ALTER TABLE account ALTER COLUMN gets_news SET DEFAULT true",
                *definer("see_proposal", "_joint_intervention uuid", "void", SEE_PROPOSAL),
                *definer("gets_news", "", "boolean", GETS_NEWS),
                *definer("set_news_by_mail", "_wanted boolean", "void", SET_NEWS),
                *definer("gather_news", "_territory uuid, _before timestamptz", "int", GATHER, callers="win_steward"),
                *definer(
                    "news_of",
                    "_territory uuid, _member uuid",
                    "TABLE (organisation text, waiting int)",
                    NEWS_OF,
                    callers="",
                ),
            ]
        ),
    ]

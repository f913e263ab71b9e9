"""What partners are told besides: that a proposal was seen, that their part is suspended, that something waits."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from infra.row_security import ACCOUNT, FIELD_MASK, ORGANISATION, TERRITORY, definer, is_current
from tenants.events.models import EventKind
from tenants.notifications.concerning import concerns
from tenants.sharing.standing import sees_by

SUSPENDED = EventKind.JOINT_INTERVENTION_SUSPENDED
# Of an organisation and not of a person: who of them has opened it is noted nowhere.
SEE_PROPOSAL = f"""
BEGIN
    UPDATE joint_intervention_partner p SET seen_at = now()
     WHERE p.territory_id = {TERRITORY} AND p.joint_intervention_id = _joint_intervention
       AND p.organisation_id = {ORGANISATION} AND {FIELD_MASK} <> 0 AND p.status = 'invited' AND p.seen_at IS NULL;
END
"""

# Once for each time that a part began: an authorisation was withdrawn, or is over, or the partner has left the pact.
# A part that never stood on any authorisation has not lost one.
NOTE_SUSPENDED = f"""
BEGIN
    INSERT INTO event (territory_id, kind, organisation_id, account_id, holder_id, case_id, joint_intervention_id,
                       partner_id, at, due_at, state)
    SELECT j.territory_id, '{SUSPENDED}', j.holder_id, coalesce({ACCOUNT}, j.proposed_by), j.holder_id, j.case_id,
           j.id, p.organisation_id, now(), now(), 'pending'
      FROM joint_intervention j
      JOIN joint_intervention_partner p
        ON p.territory_id = j.territory_id AND p.joint_intervention_id = j.id AND p.status = 'accepted'
      JOIN LATERAL (
          SELECT max(s.attached_at) AS at FROM joint_intervention_authorisation s
           WHERE s.territory_id = p.territory_id AND s.joint_intervention_id = p.joint_intervention_id
             AND s.organisation_id = p.organisation_id) began ON began.at IS NOT NULL
     WHERE j.territory_id = {TERRITORY} AND j.closed_at IS NULL AND (_case IS NULL OR j.case_id = _case)
       AND ({ORGANISATION} IS NULL OR j.holder_id = {ORGANISATION})
       AND NOT {sees_by("p")}
       AND NOT EXISTS (
           SELECT FROM event e
            WHERE e.territory_id = p.territory_id AND e.case_id = p.case_id AND e.kind = '{SUSPENDED}'
              AND e.joint_intervention_id = p.joint_intervention_id AND e.partner_id = p.organisation_id
              AND e.at >= began.at);
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
                *definer("note_suspended", "_case uuid", "void", NOTE_SUSPENDED, callers="win_app, win_steward"),
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

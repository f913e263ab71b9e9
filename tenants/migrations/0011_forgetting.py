"""What is deleted because it is over: it is about people, and nothing needs it any more."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from infra.row_security import definer

DAYS_OF_SESSIONS, DAYS_OF_KEYS, DAYS_OF_INVITATIONS, DAYS_OF_COUNTS, DAYS_OF_FAILURES = 30, 30, 90, 1, 30
"""How long each is kept after its end; `docs/operating.md` tells."""

FORGET = f"""
DECLARE
    _outside text := current_setting('win.territory_id', true);
    _over uuid[];
    _rows int;
    _forgotten int := 0;
BEGIN
    PERFORM set_config('win.territory_id', _territory::text, true);

    DELETE FROM session s WHERE s.id = ANY (ARRAY(
        SELECT o.id FROM session o
         WHERE o.territory_id = _territory
           AND least(o.expires_at, o.revoked_at) < now() - interval '{DAYS_OF_SESSIONS} days' LIMIT _most));
    GET DIAGNOSTICS _rows = ROW_COUNT;
    _forgotten := _forgotten + _rows;

    DELETE FROM sign_in_throttle t WHERE t.key_hash = ANY (ARRAY(
        SELECT o.key_hash FROM sign_in_throttle o
         WHERE coalesce(o.failed_at[cardinality(o.failed_at)], '-infinity') < now() - interval '{DAYS_OF_COUNTS} day'
         LIMIT _most));
    GET DIAGNOSTICS _rows = ROW_COUNT;
    _forgotten := _forgotten + _rows;

    DELETE FROM password_reset r WHERE r.id = ANY (ARRAY(
        SELECT o.id FROM password_reset o WHERE o.expires_at < now() - interval '{DAYS_OF_COUNTS} day' LIMIT _most));
    GET DIAGNOSTICS _rows = ROW_COUNT;
    _forgotten := _forgotten + _rows;

    DELETE FROM letter l WHERE l.id = ANY (ARRAY(
        SELECT o.id FROM letter o
         WHERE o.state <> 'pending' AND o.at < now() - CASE o.state WHEN 'failed'
               THEN interval '{DAYS_OF_FAILURES} days' ELSE interval '{DAYS_OF_COUNTS} day' END LIMIT _most));
    GET DIAGNOSTICS _rows = ROW_COUNT;
    _forgotten := _forgotten + _rows;

    DELETE FROM known_device d WHERE d.id = ANY (ARRAY(
        SELECT o.id FROM known_device o WHERE o.known_until < now() LIMIT _most));
    GET DIAGNOSTICS _rows = ROW_COUNT;
    _forgotten := _forgotten + _rows;

    DELETE FROM idempotency i
     WHERE i.territory_id = _territory AND (i.account_id, i.organisation_id, i.key) IN (
           SELECT o.account_id, o.organisation_id, o.key FROM idempotency o
            WHERE o.territory_id = _territory
              AND o.created_at < now() - interval '{DAYS_OF_KEYS} days' LIMIT _most);
    GET DIAGNOSTICS _rows = ROW_COUNT;
    _forgotten := _forgotten + _rows;

    _over := ARRAY(
        SELECT i.id FROM invitation i
         WHERE i.territory_id = _territory
           AND least(i.expires_at, i.accepted_at, i.withdrawn_at) < now() - interval '{DAYS_OF_INVITATIONS} days'
         LIMIT _most);
    DELETE FROM processed p USING event e
     WHERE p.territory_id = _territory AND e.territory_id = _territory AND p.event_id = e.id
       AND e.invitation_id = ANY (_over);
    DELETE FROM event e WHERE e.territory_id = _territory AND e.invitation_id = ANY (_over);
    DELETE FROM invitation i WHERE i.territory_id = _territory AND i.id = ANY (_over);
    GET DIAGNOSTICS _rows = ROW_COUNT;
    _forgotten := _forgotten + _rows;

    PERFORM set_config('win.territory_id', coalesce(_outside, ''), true);
    RETURN _forgotten;
END
"""


class Migration(migrations.Migration):
    dependencies = [("tenants", "0010_members")]

    operations = [
        ops.RunSQL(definer("forget", "_territory uuid, _most int", "int", FORGET, callers="win_steward")),
    ]

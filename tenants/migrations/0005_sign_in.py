"""Sign-in: what the serving role may ask about accounts and sessions, which it cannot read."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from infra.row_security import definer

WHO = (
    "TABLE (account_id uuid, member_id uuid, territory_id uuid, territory_slug text, organisation_id uuid, "
    "organisation_slug text, organisation_kind text, is_lead boolean, role text, language text, "
    "display_name text, email text, session_id uuid, session_kind text)"
)

# The credential itself sets the context: an operation cannot act for anybody else.
ENTER = """
DECLARE
    _session session;
    _today date := (now() AT TIME ZONE 'Europe/Rome')::date;
BEGIN
    SELECT s.* INTO _session FROM session s
     WHERE s.token_hash = _token_hash AND s.revoked_at IS NULL AND s.expires_at > now()
       AND (s.kind <> 'cookie' OR s.last_seen_at > now() - interval '30 minutes');
    IF NOT FOUND THEN RETURN; END IF;
    PERFORM set_config('win.territory_id', _session.territory_id::text, true);
    SELECT m.account_id, m.id, t.id, t.slug, o.id, o.slug, o.kind, o.is_lead, m.role, a.language,
           a.display_name, a.email, _session.id, _session.kind,
           set_config('win.organisation_id', o.id::text, true),
           set_config('win.account_id', a.id::text, true),
           set_config('win.field_mask', r.read_mask::text, true),
           set_config('win.write_mask', r.write_mask::text, true)
      INTO account_id, member_id, territory_id, territory_slug, organisation_id, organisation_slug,
           organisation_kind, is_lead, role, language, display_name, email, session_id, session_kind
      FROM member m
      JOIN organisation o ON o.territory_id = m.territory_id AND o.id = m.organisation_id
      JOIN territory t ON t.id = m.territory_id
      JOIN account a ON a.id = m.account_id
      JOIN role_mask r ON r.role = m.role
     WHERE m.territory_id = _session.territory_id AND m.id = _session.member_id
       AND m.account_id = _session.account_id
       AND _today >= m.valid_from AND _today <= coalesce(m.valid_until, 'infinity')
       AND _today >= o.valid_from AND _today <= coalesce(o.valid_until, 'infinity');
    IF NOT FOUND THEN
        PERFORM set_config('win.territory_id', '', true);
        RETURN;
    END IF;
    IF _session.last_seen_at < now() - interval '1 minute' THEN
        UPDATE session s SET last_seen_at = now() WHERE s.id = _session.id;
    END IF;
    RETURN NEXT;
END
"""

ACCOUNT_FOR_SIGN_IN = """
BEGIN
    RETURN QUERY SELECT a.id, a.password_hash::text, a.language::text, a.display_name::text
      FROM account a WHERE a.email = lower(_email);
END
"""

MEMBERSHIPS_OF = """
DECLARE
    _outside text := current_setting('win.territory_id', true);
    _territory record;
    _today date := (now() AT TIME ZONE 'Europe/Rome')::date;
BEGIN
    FOR _territory IN SELECT t.id, t.slug, t.name FROM territory t ORDER BY t.slug LOOP
        PERFORM set_config('win.territory_id', _territory.id::text, true);
        RETURN QUERY
            SELECT _territory.id, _territory.slug::text, _territory.name::text, m.id, o.id, o.slug::text,
                   o.name::text, m.role::text
              FROM member m
              JOIN organisation o ON o.territory_id = m.territory_id AND o.id = m.organisation_id
             WHERE m.account_id = _account
               AND _today >= m.valid_from AND _today <= coalesce(m.valid_until, 'infinity')
               AND _today >= o.valid_from AND _today <= coalesce(o.valid_until, 'infinity')
             ORDER BY o.name;
    END LOOP;
    PERFORM set_config('win.territory_id', coalesce(_outside, ''), true);
END
"""

OPEN_SESSION = """
DECLARE
    _outside text := current_setting('win.territory_id', true);
    _belongs boolean;
BEGIN
    PERFORM set_config('win.territory_id', _territory::text, true);
    SELECT EXISTS (SELECT FROM member m WHERE m.territory_id = _territory AND m.id = _member
                      AND m.account_id = _account) INTO _belongs;
    PERFORM set_config('win.territory_id', coalesce(_outside, ''), true);
    IF _belongs THEN
        INSERT INTO session (id, token_hash, kind, account_id, territory_id, member_id,
                             created_at, last_seen_at, expires_at)
        VALUES (_id, _token_hash, _kind, _account, _territory, _member, now(), now(), _expires);
    END IF;
    RETURN _belongs;
END
"""

CLOSE_SESSION = """
BEGIN
    UPDATE session s SET revoked_at = now() WHERE s.token_hash = _token_hash AND s.revoked_at IS NULL;
    RETURN FOUND;
END
"""

# Ended ones too: what was being written in one is given back to the same member alone.
MEMBER_OF_SESSION = "BEGIN RETURN (SELECT s.member_id FROM session s WHERE s.token_hash = _token_hash); END"

SET_HASH_OF_ACCOUNT = """
BEGIN
    IF _hash NOT LIKE '$argon2id$%' THEN
        RAISE EXCEPTION 'not an argon2id hash' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE account a SET password_hash = _hash WHERE a.id = _account;
END
"""

SIGN_IN_WAIT = """
BEGIN
    RETURN (SELECT max(t.blocked_until) FROM sign_in_throttle t
             WHERE t.key_hash = ANY (_keys) AND t.blocked_until > _at);
END
"""

# A key that failed nothing for a day starts again at zero; no wait is longer than its cap.
SIGN_IN_FAILED = """
BEGIN
    INSERT INTO sign_in_throttle AS t (key_hash, failures, last_failure_at) VALUES (_key, 1, _at)
    ON CONFLICT (key_hash) DO UPDATE
       SET failures = CASE WHEN t.last_failure_at < _at - interval '1 day' THEN 1 ELSE t.failures + 1 END,
           last_failure_at = _at;
    UPDATE sign_in_throttle t
       SET blocked_until = CASE WHEN t.failures >= _free
                           THEN _at + least(_cap, interval '1 second' * power(2, least(t.failures - _free, 20)))
                           END
     WHERE t.key_hash = _key;
END
"""

SIGN_IN_SUCCEEDED = """
BEGIN
    DELETE FROM sign_in_throttle t WHERE t.key_hash = ANY (_keys);
END
"""

TERRITORY_IDS = "BEGIN RETURN QUERY SELECT t.id, t.slug::text FROM territory t ORDER BY t.slug; END"

MEMBERSHIP = (
    "TABLE (territory_id uuid, territory_slug text, territory_name text, member_id uuid, organisation_id uuid, "
    "organisation_slug text, organisation_name text, role text)"
)

FUNCTIONS = [
    ("enter", "_token_hash bytea", WHO, ENTER),
    (
        "account_for_sign_in",
        "_email text",
        "TABLE (account_id uuid, password_hash text, language text, display_name text)",
        ACCOUNT_FOR_SIGN_IN,
    ),
    ("memberships_of", "_account uuid", MEMBERSHIP, MEMBERSHIPS_OF),
    (
        "open_session",
        "_id uuid, _token_hash bytea, _kind text, _account uuid, _member uuid, _territory uuid, _expires timestamptz",
        "boolean",
        OPEN_SESSION,
    ),
    ("member_of_session", "_token_hash bytea", "uuid", MEMBER_OF_SESSION),
    ("close_session", "_token_hash bytea", "boolean", CLOSE_SESSION),
    ("set_account_password", "_account uuid, _hash text", "void", SET_HASH_OF_ACCOUNT),
    ("sign_in_wait", "_keys text[], _at timestamptz", "timestamptz", SIGN_IN_WAIT),
    ("sign_in_failed", "_key text, _free int, _cap interval, _at timestamptz", "void", SIGN_IN_FAILED),
    ("sign_in_succeeded", "_keys text[]", "void", SIGN_IN_SUCCEEDED),
    ("territory_ids", "", "TABLE (territory_id uuid, slug text)", TERRITORY_IDS),
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_sharing")]

    operations = [
        ops.RunSQL([statement for function in FUNCTIONS for statement in definer(*function)]),
    ]

"""Sign-in: what the serving role may ask about accounts and sessions, which it cannot read."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from infra.row_security import ACCOUNT, ORGANISATION, TERRITORY, definer, is_current

HOURS = 12
"""After so many a session that began with a password ends, whatever is done in it."""
MINUTES = 30
"""After so many without a request it ends too."""

IS_OPEN = (
    "s.revoked_at IS NULL AND s.expires_at > now() "
    f"AND (s.kind <> 'cookie' OR s.last_seen_at > now() - interval '{MINUTES} minutes')"
)

WHO = (
    "TABLE (account_id uuid, member_id uuid, territory_id uuid, territory_slug text, organisation_id uuid, "
    "organisation_slug text, organisation_kind text, is_lead boolean, role text, language text, "
    "display_name text, email text, session_id uuid, session_kind text, is_stale boolean)"
)

# The credential itself sets the context: an operation cannot act for anybody else.
ENTER = f"""
DECLARE
    _session session;
BEGIN
    SELECT s.* INTO _session FROM session s
     WHERE s.token_hash = _token_hash AND {IS_OPEN};
    IF NOT FOUND THEN RETURN; END IF;
    PERFORM set_config('win.territory_id', _session.territory_id::text, true);
    SELECT m.account_id, m.id, t.id, t.slug, o.id, o.slug, o.kind, o.is_lead, m.role, a.language,
           a.display_name, a.email, _session.id, _session.kind,
           set_config('win.organisation_id', o.id::text, true),
           set_config('win.account_id', a.id::text, true),
           set_config('win.field_mask', r.read_mask::text, true),
           set_config('win.write_mask', r.write_mask::text, true),
           set_config('win.actions', r.actions::text, true)
      INTO account_id, member_id, territory_id, territory_slug, organisation_id, organisation_slug,
           organisation_kind, is_lead, role, language, display_name, email, session_id, session_kind
      FROM member m
      JOIN organisation o ON o.territory_id = m.territory_id AND o.id = m.organisation_id
      JOIN territory t ON t.id = m.territory_id
      JOIN account a ON a.id = m.account_id
      JOIN role_mask r ON r.role = m.role
     WHERE m.territory_id = _session.territory_id AND m.id = _session.member_id
       AND m.account_id = _session.account_id
       AND {is_current("m")} AND {is_current("o")};
    IF NOT FOUND THEN
        PERFORM set_config('win.territory_id', '', true);
        RETURN;
    END IF;
    is_stale := _session.last_seen_at < now() - interval '1 minute';
    RETURN NEXT;
END
"""

# Once a minute and by itself: an operation that held the row would have others wait for it.
NOTE_USE = f"""
BEGIN
    UPDATE session s SET last_seen_at = now() WHERE s.token_hash = _token_hash AND {IS_OPEN};
END
"""

# Whoever had to wait in an operation is looked at again before it is kept: a removal, another role or the end of the
# session may have come first. Rows are locked in the order in which a removal locks them, so that nobody waits in a
# circle; from here to the commit nothing else is waited for. NULL for what the operation itself has given up.
STILL_ENTERED = f"""
BEGIN
    IF _role IS NOT NULL THEN
        PERFORM FROM member m
          WHERE m.territory_id = {TERRITORY} AND m.organisation_id = {ORGANISATION} AND m.account_id = {ACCOUNT}
            AND m.role = _role AND {is_current("m")}
            FOR SHARE;
        IF NOT FOUND OR NOT EXISTS (
            SELECT FROM organisation o
             WHERE o.territory_id = {TERRITORY} AND o.id = {ORGANISATION} AND {is_current("o")}) THEN
            RETURN false;
        END IF;
    END IF;
    IF _token_hash IS NOT NULL THEN
        PERFORM FROM session s WHERE s.token_hash = _token_hash AND s.account_id = {ACCOUNT} AND {IS_OPEN} FOR SHARE;
        RETURN FOUND;
    END IF;
    RETURN true;
END
"""

# The recipe of a password is its price and its salt, which tell nothing of it. An address without an account has one
# too, always the same, so that whoever asks cannot tell the two apart.
RECIPE_OF = """
DECLARE
    _stored text;
    _first text;
BEGIN
    SELECT a.password_hash INTO _stored FROM account a WHERE a.email = _email AND a.password_hash LIKE '$argon2id$%';
    IF NOT FOUND THEN
        SELECT a.password_hash INTO _first FROM account a
         WHERE a.password_hash LIKE '$argon2id$%' ORDER BY a.id LIMIT 1;
        _stored := regexp_replace(_first, '[^$]*[$][^$]*$', '')
                   || rtrim(encode(sha256(convert_to(_first || _email, 'UTF8')), 'base64'), '=') || '$';
    END IF;
    RETURN regexp_replace(_stored, '[$][^$]*$', '');
END
"""

# What is kept is a hash of the proof: whoever reads the database has no proof to show.
IS_PROVED = """
BEGIN
    RETURN EXISTS (SELECT FROM account a
                    WHERE a.id = _account AND a.password_hash LIKE '$argon2id$%'
                      AND split_part(a.password_hash, '$', 6) = rtrim(encode(sha256(_proof), 'base64'), '='));
END
"""

PROVE = """
BEGIN
    RETURN QUERY
        SELECT a.id, EXISTS (SELECT FROM second_factor f WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL)
          FROM account a WHERE a.email = _email AND is_proved(a.id, _proof);
END
"""

# Held to the end of the transaction: of a change of the password at the same moment one is first.
HOLD_ACCOUNT = """
BEGIN
    PERFORM FROM account a WHERE a.id = _account FOR SHARE;
    RETURN is_proved(_account, _proof);
END
"""

MEMBERSHIPS_OF = f"""
DECLARE
    _outside text := current_setting('win.territory_id', true);
    _territory record;
BEGIN
    FOR _territory IN SELECT t.id, t.slug, t.name FROM territory t ORDER BY t.slug LOOP
        PERFORM set_config('win.territory_id', _territory.id::text, true);
        RETURN QUERY
            SELECT _territory.id, _territory.slug::text, _territory.name::text, m.id, o.id, o.slug::text,
                   o.name::text, m.role::text
              FROM member m
              JOIN organisation o ON o.territory_id = m.territory_id AND o.id = m.organisation_id
             WHERE m.account_id = _account AND {is_current("m")} AND {is_current("o")}
             ORDER BY o.name;
    END LOOP;
    PERFORM set_config('win.territory_id', coalesce(_outside, ''), true);
END
"""

OWN_MEMBERSHIPS = f"BEGIN RETURN QUERY SELECT * FROM memberships_of({ACCOUNT}); END"

PROVED_MEMBERSHIPS = """
BEGIN
    IF is_proved(_account, _proof) THEN RETURN QUERY SELECT * FROM memberships_of(_account); END IF;
END
"""

# A session needs a password that was proved, or the session that it takes the place of.
OPEN_SESSION = f"""
BEGIN
    IF NOT hold_account(_account, _proof)
       OR NOT EXISTS (SELECT FROM memberships_of(_account) o WHERE o.member_id = _member) THEN
        RETURN NULL;
    END IF;
    PERFORM close_session(_replaced);
    INSERT INTO session (id, token_hash, kind, account_id, territory_id, member_id, created_at, last_seen_at,
                         expires_at, browser, system, network)
    SELECT _id, _token_hash, 'cookie', _account, o.territory_id, o.member_id, now(), now(),
           now() + interval '{HOURS} hours', _browser, _system, _network
      FROM memberships_of(_account) o WHERE o.member_id = _member;
    RETURN now() + interval '{HOURS} hours';
END
"""

# It ends when the one before would have: no number of changes makes a session longer.
SWITCH_SESSION = f"""
DECLARE
    _before session;
BEGIN
    PERFORM FROM account a WHERE a.id = {ACCOUNT} FOR SHARE;
    UPDATE session s SET revoked_at = now()
     WHERE s.token_hash = _replaced AND s.account_id = {ACCOUNT} AND s.kind = 'cookie' AND {IS_OPEN}
    RETURNING s.* INTO _before;
    IF NOT FOUND THEN RETURN NULL; END IF;
    INSERT INTO session (id, token_hash, kind, account_id, territory_id, member_id, created_at, last_seen_at,
                         expires_at, browser, system, network)
    SELECT _id, _token_hash, 'cookie', {ACCOUNT}, o.territory_id, o.member_id, _before.created_at, now(),
           _before.expires_at, _before.browser, _before.system, _before.network
      FROM memberships_of({ACCOUNT}) o WHERE o.member_id = _member;
    IF NOT FOUND THEN RAISE EXCEPTION 'not a membership of this account' USING ERRCODE = 'check_violation'; END IF;
    RETURN _before.expires_at;
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

# The moment from which a key has fewer than its most failures in any such span; the key that is free last counts.
SIGN_IN_WAIT = """
BEGIN
    RETURN (SELECT max(counted.failed[counted.most] + _span)
              FROM (SELECT asked.most, ARRAY(SELECT one FROM unnest(t.failed_at) one
                                              WHERE one > _at - _span ORDER BY one DESC) AS failed
                      FROM unnest(_keys, _most) asked (key, most)
                      JOIN sign_in_throttle t ON t.key_hash = asked.key) counted);
END
"""

# The rows are taken in one order, so that nobody waits in a circle; of guesses at once each finds those before it.
SIGN_IN_FAILED = """
DECLARE
    _until timestamptz;
BEGIN
    INSERT INTO sign_in_throttle (key_hash) SELECT one FROM unnest(_keys) one ORDER BY one ON CONFLICT DO NOTHING;
    PERFORM FROM sign_in_throttle t WHERE t.key_hash = ANY (_keys) ORDER BY t.key_hash FOR UPDATE;
    _until := sign_in_wait(_keys, _most, _span, _at);
    IF _until IS NULL THEN
        UPDATE sign_in_throttle t
           SET failed_at = ARRAY(SELECT one FROM unnest(t.failed_at || _at) one WHERE one > _at - _span ORDER BY one)
         WHERE t.key_hash = ANY (_keys);
    END IF;
    RETURN _until;
END
"""

SIGN_IN_PASSED = """
BEGIN
    PERFORM FROM sign_in_throttle t WHERE t.key_hash = ANY (_forgotten || _taken_back) ORDER BY t.key_hash FOR UPDATE;
    DELETE FROM sign_in_throttle t WHERE t.key_hash = ANY (_forgotten);
    UPDATE sign_in_throttle t
       SET failed_at = t.failed_at[:array_position(t.failed_at, _at) - 1]
                       || t.failed_at[array_position(t.failed_at, _at) + 1:]
     WHERE t.key_hash = ANY (_taken_back) AND _at = ANY (t.failed_at);
END
"""

IS_KNOWN_DEVICE = """
BEGIN
    RETURN EXISTS (SELECT FROM known_device d JOIN account a ON a.id = d.account_id
                    WHERE a.email = _email AND d.device_hash = _device AND d.known_until > _at);
END
"""

KNOW_DEVICE = """
BEGIN
    IF NOT hold_account(_account, _proof) THEN RETURN; END IF;
    INSERT INTO known_device (id, account_id, device_hash, known_until)
    VALUES (time_ordered_id(), _account, _device, _until)
    ON CONFLICT (account_id, device_hash) DO UPDATE SET known_until = EXCLUDED.known_until;
END
"""

TERRITORY_IDS = "BEGIN RETURN QUERY SELECT t.id, t.slug::text FROM territory t ORDER BY t.slug; END"

MEMBERSHIP = (
    "TABLE (territory_id uuid, territory_slug text, territory_name text, member_id uuid, organisation_id uuid, "
    "organisation_slug text, organisation_name text, role text)"
)

HIDDEN = [
    ("is_proved", "_account uuid, _proof bytea", "boolean", IS_PROVED),
    ("memberships_of", "_account uuid", MEMBERSHIP, MEMBERSHIPS_OF),
]
FUNCTIONS = [
    ("enter", "_token_hash bytea", WHO, ENTER),
    ("still_entered", "_token_hash bytea, _role text", "boolean", STILL_ENTERED),
    ("note_use", "_token_hash bytea", "void", NOTE_USE),
    ("password_recipe", "_email text", "text", RECIPE_OF),
    ("prove_password", "_email text, _proof bytea", "TABLE (account_id uuid, has_factor boolean)", PROVE),
    ("hold_account", "_account uuid, _proof bytea", "boolean", HOLD_ACCOUNT),
    ("own_memberships", "", MEMBERSHIP, OWN_MEMBERSHIPS),
    ("proved_memberships", "_account uuid, _proof bytea", MEMBERSHIP, PROVED_MEMBERSHIPS),
    ("close_session", "_token_hash bytea", "boolean", CLOSE_SESSION),
    (
        "open_session",
        "_id uuid, _token_hash bytea, _account uuid, _proof bytea, _member uuid, _replaced bytea, _browser text, "
        "_system text, _network text",
        "timestamptz",
        OPEN_SESSION,
    ),
    (
        "switch_session",
        "_id uuid, _token_hash bytea, _member uuid, _replaced bytea",
        "timestamptz",
        SWITCH_SESSION,
    ),
    ("member_of_session", "_token_hash bytea", "uuid", MEMBER_OF_SESSION),
    ("sign_in_wait", "_keys text[], _most int[], _span interval, _at timestamptz", "timestamptz", SIGN_IN_WAIT),
    ("sign_in_failed", "_keys text[], _most int[], _span interval, _at timestamptz", "timestamptz", SIGN_IN_FAILED),
    ("sign_in_passed", "_forgotten text[], _taken_back text[], _at timestamptz", "void", SIGN_IN_PASSED),
    ("is_known_device", "_email text, _device text, _at timestamptz", "boolean", IS_KNOWN_DEVICE),
    ("know_device", "_account uuid, _proof bytea, _device text, _until timestamptz", "void", KNOW_DEVICE),
    ("territory_ids", "", "TABLE (territory_id uuid, slug text)", TERRITORY_IDS),
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_sharing")]

    operations = [
        ops.RunSQL(
            [
                *(statement for function in HIDDEN for statement in definer(*function, callers="")),
                *(statement for function in FUNCTIONS for statement in definer(*function)),
            ]
        ),
    ]

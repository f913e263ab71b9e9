"""A member's own account: its sessions, its password and its language, and how each may be changed.

Whose account it is, the credential said when it entered the context: no function here is told.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

from infra.row_security import ACCOUNT, definer

IS_OPEN = (
    "s.revoked_at IS NULL AND s.expires_at > now() "
    "AND (s.kind <> 'cookie' OR s.last_seen_at > now() - interval '30 minutes')"
)

OWN_SESSIONS = f"""
BEGIN
    RETURN QUERY SELECT s.id, s.kind::text, s.created_at, s.last_seen_at, s.expires_at, s.browser::text,
                        s.system::text, s.network::text
      FROM session s WHERE s.account_id = {ACCOUNT} AND {IS_OPEN};
END
"""

END_SESSION = f"""
BEGIN
    UPDATE session s SET revoked_at = now() WHERE s.id = _id AND s.account_id = {ACCOUNT} AND {IS_OPEN};
    RETURN FOUND;
END
"""

# Whoever opens a session holds the account first: none is opened between the lock and the end of the others.
END_OTHER_SESSIONS = f"""
BEGIN
    PERFORM FROM account a WHERE a.id = {ACCOUNT} FOR NO KEY UPDATE;
    UPDATE session s SET revoked_at = now()
     WHERE s.account_id = {ACCOUNT} AND s.id IS DISTINCT FROM _kept AND s.revoked_at IS NULL;
END
"""

# The browsers that an account is known in are those of the password and the codes that it has now.
FORGET_DEVICES = "BEGIN DELETE FROM known_device d WHERE d.account_id = _account; END"

DEMAND_HASH = """
BEGIN
    IF _hash NOT LIKE '$argon2id$%' OR length(split_part(_hash, '$', 6)) <> 43 THEN
        RAISE EXCEPTION 'not the hash of a proof' USING ERRCODE = 'check_violation';
    END IF;
END
"""

# The present proof is compared and the new hash set under one lock: of two changes at once the second is refused.
CHANGE_PASSWORD = f"""
DECLARE
    _until timestamptz;
BEGIN
    PERFORM demand_hash(_new);
    PERFORM FROM account a WHERE a.id = {ACCOUNT} FOR NO KEY UPDATE;
    IF NOT is_proved({ACCOUNT}, _proof) THEN RETURN NULL; END IF;
    UPDATE account a SET password_hash = _new WHERE a.id = {ACCOUNT};
    UPDATE password_reset r SET used_at = now() WHERE r.account_id = {ACCOUNT} AND r.used_at IS NULL;
    PERFORM write_to('password_changed', {ACCOUNT});
    PERFORM forget_devices({ACCOUNT});
    PERFORM end_other_sessions(_kept);
    UPDATE session s SET token_hash = _token_hash
     WHERE s.id = _kept AND s.account_id = {ACCOUNT} AND s.revoked_at IS NULL RETURNING s.expires_at INTO _until;
    RETURN _until;
END
"""

RENEW_HASH = """
BEGIN
    PERFORM demand_hash(_new);
    PERFORM FROM account a WHERE a.id = _account FOR NO KEY UPDATE;
    IF NOT is_proved(_account, _proof) THEN RETURN false; END IF;
    UPDATE account a SET password_hash = _new WHERE a.id = _account;
    RETURN FOUND;
END
"""

SET_LANGUAGE = f"""
BEGIN
    IF _language NOT IN ('it', 'en') THEN
        RAISE EXCEPTION 'not a language' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE account a SET language = _language WHERE a.id = {ACCOUNT};
END
"""

OWN_SESSION = (
    "TABLE (id uuid, kind text, opened_at timestamptz, last_used_at timestamptz, ends_at timestamptz, browser text, "
    "system text, network text)"
)
HIDDEN = [
    ("forget_devices", "_account uuid", "void", FORGET_DEVICES),
    ("demand_hash", "_hash text", "void", DEMAND_HASH),
]
FUNCTIONS = [
    ("own_sessions", "", OWN_SESSION, OWN_SESSIONS),
    ("end_session", "_id uuid", "boolean", END_SESSION),
    ("end_other_sessions", "_kept uuid", "void", END_OTHER_SESSIONS),
    (
        "change_password",
        "_kept uuid, _proof bytea, _new text, _token_hash bytea",
        "timestamptz",
        CHANGE_PASSWORD,
    ),
    ("renew_password", "_account uuid, _proof bytea, _new text", "boolean", RENEW_HASH),
    ("set_language", "_language text", "void", SET_LANGUAGE),
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0007_events")]

    operations = [
        ops.RunSQL(
            [
                *(statement for function in HIDDEN for statement in definer(*function, callers="")),
                *(statement for function in FUNCTIONS for statement in definer(*function)),
            ]
        ),
    ]

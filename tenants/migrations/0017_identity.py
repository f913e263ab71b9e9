"""Known browsers, links for a forgotten password, letters about accounts, and the way back to a lost second factor."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from authz.actions import Action, action_mask
from infra.clock import new_id
from infra.row_security import ACCOUNT, ORGANISATION, TERRITORY, Tenancy, closed, definer, is_current

MINUTES = 30
"""How long a link for a new password works, from when it was made."""
DAYS = 7
"""How long somebody else can confirm that a second factor is lost."""

IS_CURRENT = is_current("m")
OF_MINE = f"m.territory_id = {TERRITORY} AND m.organisation_id = {ORGANISATION}"
IS_MANAGING = f"r.actions & {action_mask([Action.MEMBER_MANAGE])} <> 0"

# The same for every address, whether or not it has an account: that is looked at when the letter is sent.
ASK_LINK = """
BEGIN
    INSERT INTO letter (kind, email, language, at, due_at)
    VALUES ('password_reset', _email, _language, now(), now());
END
"""

SEND_LINK = f"""
BEGIN
    IF managing_role() IS NULL THEN RETURN false; END IF;
    INSERT INTO letter (kind, email, language, at, due_at)
    SELECT 'password_reset', a.email, a.language, now(), now()
      FROM member m JOIN account a ON a.id = m.account_id WHERE {OF_MINE} AND m.id = _member AND {IS_CURRENT};
    RETURN FOUND;
END
"""

WRITE_TO = """
BEGIN
    INSERT INTO letter (kind, email, language, at, due_at)
    SELECT _kind, a.email, a.language, now(), now() FROM account a WHERE a.id = _account;
END
"""

# Whoever has no account, or works for nobody any more, is sent nothing; that is decided now, and not when it was asked.
# To be claimed is no attempt: a worker that is killed over a letter has not failed to send it.
CLAIM_LETTER = """
DECLARE
    _letter letter;
BEGIN
    UPDATE letter l SET due_at = clock_timestamp() + _claim
     WHERE l.id = (SELECT w.id FROM letter w WHERE w.state = 'pending' AND w.due_at <= clock_timestamp()
                    ORDER BY w.due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING l.* INTO _letter;
    IF NOT FOUND THEN RETURN; END IF;
    RETURN QUERY
        SELECT _letter.id, _letter.kind::text, _letter.email::text, coalesce(a.language, _letter.language)::text,
               _letter.attempts, coalesce(EXISTS (SELECT FROM memberships_of(a.id)), false)
                                 AND (_letter.kind <> 'news' OR coalesce(w.waiting, 0) > 0),
               w.organisation, w.waiting
          FROM (VALUES (1)) one
          LEFT JOIN account a ON a.email = _letter.email
          LEFT JOIN LATERAL news_of(_letter.member_territory_id, _letter.member_id) w ON _letter.kind = 'news';
END
"""

ADD_RESET = f"""
BEGIN
    INSERT INTO password_reset (token_hash, account_id, expires_at)
    SELECT _token_hash, a.id, now() + interval '{MINUTES} minutes' FROM account a WHERE a.email = _email;
    RETURN FOUND;
END
"""

LETTER_SENT = """
BEGIN
    UPDATE letter l SET state = 'done', last_error = NULL WHERE l.id = _id AND l.state = 'pending';
    IF FOUND AND _token_hash IS NOT NULL THEN
        PERFORM add_reset(l.email::text, _token_hash) FROM letter l WHERE l.id = _id;
    END IF;
END
"""

LETTER_FAILED = """
BEGIN
    UPDATE letter l SET last_error = _error, attempts = l.attempts + 1, due_at = clock_timestamp() + _wait,
                        state = CASE WHEN _last THEN 'failed' ELSE l.state END
     WHERE l.id = _id AND l.state = 'pending';
END
"""

# To whom they are is not an operator's to know.
FAILED_LETTERS = """
BEGIN
    RETURN QUERY SELECT l.id, l.kind::text, l.attempts, l.last_error::text, l.at FROM letter l
                  WHERE l.state = 'failed' ORDER BY l.id;
END
"""

# As events are counted. To be claimed, or to be put off, is to be due later than now.
LETTERS_AT_WORK = """
BEGIN
    RETURN QUERY
    SELECT count(*) FILTER (WHERE l.state = 'failed'),
           count(*) FILTER (WHERE l.state = 'pending' AND l.due_at <= clock_timestamp()),
           count(*) FILTER (WHERE l.state = 'pending' AND l.due_at > clock_timestamp()),
           greatest(0, extract(epoch FROM clock_timestamp() - min(l.due_at) FILTER (WHERE l.state = 'pending')))::float8
      FROM letter l WHERE l.state <> 'done';
END
"""

RETRY_LETTER = """
BEGIN
    UPDATE letter l SET state = 'pending', attempts = 0, due_at = clock_timestamp()
     WHERE l.id = _id AND l.state = 'failed';
    RETURN FOUND;
END
"""

RESET_OF_LINK = """
BEGIN
    RETURN QUERY SELECT a.email::text, a.display_name::text FROM password_reset r JOIN account a ON a.id = r.account_id
                  WHERE r.token_hash = _token_hash AND r.used_at IS NULL AND r.expires_at > now();
END
"""

# The account is held first: of two links at once the second finds that all of them are used up.
RESET = """
DECLARE
    _account uuid := (SELECT r.account_id FROM password_reset r WHERE r.token_hash = _token_hash);
BEGIN
    PERFORM demand_hash(_new);
    PERFORM FROM account a WHERE a.id = _account FOR NO KEY UPDATE;
    UPDATE password_reset r SET used_at = now()
     WHERE r.token_hash = _token_hash AND r.used_at IS NULL AND r.expires_at > now();
    IF NOT FOUND THEN RETURN NULL; END IF;
    UPDATE password_reset r SET used_at = now() WHERE r.account_id = _account AND r.used_at IS NULL;
    UPDATE account a SET password_hash = _new WHERE a.id = _account;
    UPDATE session s SET revoked_at = now() WHERE s.account_id = _account AND s.revoked_at IS NULL;
    PERFORM forget_devices(_account);
    PERFORM write_to('password_changed', _account);
    RETURN _account;
END
"""

# It waits as long as the lost factor is the one that there is, its owner is a member still, and who asked could ask.
IS_WAITING = f"""
    q.territory_id = {TERRITORY} AND q.confirmed_at IS NULL AND q.expires_at > now()
    AND EXISTS (SELECT FROM second_factor f WHERE f.account_id = q.account_id AND f.confirmed_at <= q.asked_at)
    AND EXISTS (SELECT FROM member m WHERE m.territory_id = q.territory_id AND m.organisation_id = q.organisation_id
                       AND m.account_id = q.account_id AND {IS_CURRENT})
    AND EXISTS (SELECT FROM member m JOIN role_mask r ON r.role = m.role
                 WHERE m.territory_id = q.territory_id AND m.organisation_id = q.organisation_id
                   AND m.account_id = q.asked_by AND {IS_CURRENT} AND {IS_MANAGING})
"""
# Whoever manages the organisation's members sees it, and whoever coordinates the territory.
IS_SEEN = f"(q.organisation_id = {ORGANISATION} OR gives_role('territory_coordinator'))"

# Somebody, whoever invited them, whoever invited these, and so on: any of them may be one person with two addresses.
LET_IN_BY = f"""
BEGIN
    RETURN QUERY
        WITH RECURSIVE chain (account_id) AS (
            SELECT _account
             UNION
            SELECT m.invited_by FROM chain c
              JOIN member m ON m.territory_id = {TERRITORY} AND m.account_id = c.account_id
             WHERE m.invited_by IS NOT NULL)
        SELECT c.account_id FROM chain c;
END
"""

# Nor is it whoever was given the role since it was asked: whoever asked could give it to an address of their own.
IS_SECOND_PERSON = f"""
BEGIN
    RETURN _lost_by <> {ACCOUNT}
       AND EXISTS (SELECT FROM member m WHERE {OF_MINE} AND m.account_id = {ACCOUNT} AND m.role_since <= _asked_at)
       AND NOT EXISTS (
           SELECT FROM let_in_by({ACCOUNT}) mine JOIN let_in_by(_asked_by) theirs ON theirs.id = mine.id);
END
"""

# Whoever manages the member's organisation asks. What another organisation has asked is not told here.
ASK_FACTOR_RESET = f"""
DECLARE
    _account uuid;
BEGIN
    IF managing_role() IS NULL THEN RETURN QUERY SELECT NULL::uuid, 'forbidden'; RETURN; END IF;
    SELECT m.account_id INTO _account FROM member m WHERE {OF_MINE} AND m.id = _member AND {IS_CURRENT};
    IF _account IS NULL THEN RETURN QUERY SELECT NULL::uuid, 'absent'; RETURN; END IF;
    IF _account = {ACCOUNT} THEN RETURN QUERY SELECT NULL::uuid, 'own'; RETURN; END IF;
    IF NOT EXISTS (SELECT FROM second_factor f WHERE f.account_id = _account AND f.confirmed_at IS NOT NULL) THEN
        RETURN QUERY SELECT NULL::uuid, 'off'; RETURN;
    END IF;
    PERFORM FROM account a WHERE a.id = _account FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM factor_reset q
                WHERE q.organisation_id = {ORGANISATION} AND q.account_id = _account AND {IS_WAITING}) THEN
        RETURN QUERY SELECT NULL::uuid, 'asked'; RETURN;
    END IF;
    INSERT INTO factor_reset AS q (territory_id, organisation_id, account_id, asked_by, asked_at, expires_at)
    VALUES ({TERRITORY}, {ORGANISATION}, _account, {ACCOUNT}, now(), now() + interval '{DAYS} days')
    RETURNING q.id INTO request_id;
    PERFORM write_to('factor_reset_asked', _account);
    RETURN NEXT;
END
"""

FACTOR_RESETS = f"""
BEGIN
    IF managing_role() IS NULL THEN RETURN; END IF;
    RETURN QUERY
        SELECT q.territory_id, q.id, whose.display_name::text, o.name::text, asker.display_name::text, q.asked_at,
               q.expires_at, is_second_person(q.asked_by, q.asked_at, q.account_id)
          FROM factor_reset q
          JOIN account whose ON whose.id = q.account_id
          JOIN account asker ON asker.id = q.asked_by
          JOIN organisation o ON o.territory_id = q.territory_id AND o.id = q.organisation_id
         WHERE {IS_SEEN} AND {IS_WAITING};
END
"""

# Of two at once the second finds that it is confirmed.
CONFIRM_FACTOR_RESET = f"""
DECLARE
    _taken factor_reset;
BEGIN
    IF managing_role() IS NULL THEN RETURN QUERY SELECT NULL::text, 'forbidden'; RETURN; END IF;
    SELECT q.* INTO _taken FROM factor_reset q WHERE q.id = _request AND {IS_SEEN} AND {IS_WAITING} FOR UPDATE;
    IF NOT FOUND THEN RETURN QUERY SELECT NULL::text, 'absent'; RETURN; END IF;
    IF NOT is_second_person(_taken.asked_by, _taken.asked_at, _taken.account_id) THEN
        RETURN QUERY SELECT NULL::text, 'same'; RETURN;
    END IF;
    IF NOT lose_factor(_taken.account_id, _taken.asked_at, 'factor_ended') THEN
        RETURN QUERY SELECT NULL::text, 'absent'; RETURN;
    END IF;
    UPDATE factor_reset q SET confirmed_at = now(), confirmed_by = {ACCOUNT}
     WHERE q.territory_id = {TERRITORY} AND q.id = _request;
    RETURN QUERY SELECT a.email::text, NULL::text FROM account a WHERE a.id = _taken.account_id;
END
"""

REQUEST_ROW = (
    "TABLE (territory_id uuid, id uuid, display_name text, organisation text, asked_by text, asked_at timestamptz, "
    "expires_at timestamptz, may_confirm boolean)"
)
LETTER = (
    "TABLE (id uuid, kind text, email text, language text, attempts int, is_to_be_sent boolean, organisation text, "
    "waiting int)"
)
SECOND = "_asked_by uuid, _asked_at timestamptz, _lost_by uuid"
WORK = "TABLE (failed bigint, waiting bigint, trying bigint, oldest float8)"
FAILED_LETTER = "TABLE (id uuid, kind text, attempts int, last_error text, at timestamptz)"
FACTOR_RESET = Tenancy("factor_reset", refers={"organisation_id": "organisation"}, index=[("account_id",)])
FUNCTIONS = [
    *definer("write_to", "_kind text, _account uuid", "void", WRITE_TO, callers=""),
    *definer("let_in_by", "_account uuid", "TABLE (id uuid)", LET_IN_BY, callers=""),
    *definer("is_second_person", SECOND, "boolean", IS_SECOND_PERSON, callers=""),
    *definer("add_reset", "_email text, _token_hash bytea", "boolean", ADD_RESET, callers=""),
    *definer("ask_password_reset", "_email text, _language text", "void", ASK_LINK),
    *definer("send_password_reset", "_member uuid", "boolean", SEND_LINK),
    *definer("claim_letter", "_claim interval", LETTER, CLAIM_LETTER, callers="win_steward"),
    *definer("letter_sent", "_id uuid, _token_hash bytea", "void", LETTER_SENT, callers="win_steward"),
    *definer(
        "letter_failed",
        "_id uuid, _error text, _last boolean, _wait interval",
        "void",
        LETTER_FAILED,
        callers="win_steward",
    ),
    *definer("failed_letters", "", FAILED_LETTER, FAILED_LETTERS, callers="win_steward"),
    *definer("letters_at_work", "", WORK, LETTERS_AT_WORK, callers="win_steward"),
    *definer("retry_letter", "_id uuid", "boolean", RETRY_LETTER, callers="win_steward"),
    *definer("reset_of_link", "_token_hash bytea", "TABLE (email text, display_name text)", RESET_OF_LINK),
    *definer("reset_password", "_token_hash bytea, _new text", "uuid", RESET),
    *definer("ask_factor_reset", "_member uuid", "TABLE (request_id uuid, refused text)", ASK_FACTOR_RESET),
    *definer("factor_resets", "", REQUEST_ROW, FACTOR_RESETS),
    *definer("confirm_factor_reset", "_request uuid", "TABLE (email text, refused text)", CONFIRM_FACTOR_RESET),
]
STATEMENTS = [
    *(line for table in ("known_device", "letter", "password_reset") for line in closed(table)),
    *FACTOR_RESET.statements(),
    "ALTER TABLE known_device ADD FOREIGN KEY (account_id) REFERENCES account (id)",
    "ALTER TABLE password_reset ADD FOREIGN KEY (account_id) REFERENCES account (id)",
    "CREATE INDEX ON password_reset (account_id)",
    "CREATE UNIQUE INDEX ON password_reset (token_hash)",
    "ALTER TABLE password_reset ALTER COLUMN id SET DEFAULT time_ordered_id()",
    "CREATE INDEX ON letter (due_at) WHERE state = 'pending'",
    "ALTER TABLE letter ALTER COLUMN id SET DEFAULT time_ordered_id()",
    "ALTER TABLE letter ALTER COLUMN attempts SET DEFAULT 0",
    "ALTER TABLE letter ALTER COLUMN state SET DEFAULT 'pending'",
    "ALTER TABLE factor_reset ADD CHECK (asked_by <> account_id)",
    "ALTER TABLE factor_reset ADD CHECK (confirmed_by NOT IN (asked_by, account_id))",
    *FUNCTIONS,
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0016_cases")]

    operations = [
        ops.CreateModel(
            name="KnownDevice",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("account_id", fields.UUIDField()),
                ("device_hash", fields.CharField(max_length=64)),
                ("known_until", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "known_device",
                "app": "tenants",
                "unique_together": (("account_id", "device_hash"),),
                "pk_attr": "id",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Letter",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("kind", fields.CharField(max_length=30)),
                ("email", fields.CharField(max_length=254)),
                ("language", fields.CharField(max_length=2)),
                ("member_territory_id", fields.UUIDField(null=True)),
                ("member_id", fields.UUIDField(null=True)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("attempts", fields.IntField(default=0)),
                ("state", fields.CharField(default="pending", max_length=10)),
                ("last_error", fields.CharField(null=True, max_length=100)),
            ],
            options={"table": "letter", "app": "tenants", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PasswordReset",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("token_hash", fields.BinaryField()),
                ("account_id", fields.UUIDField()),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "password_reset", "app": "tenants", "pk_attr": "id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="FactorReset",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("territory_id", fields.UUIDField()),
                ("organisation_id", fields.UUIDField()),
                ("account_id", fields.UUIDField()),
                ("asked_by", fields.UUIDField()),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("confirmed_by", fields.UUIDField(null=True)),
                ("confirmed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "factor_reset", "app": "tenants", "pk_attr": "id"},
            bases=["TenantRow"],
        ),
        ops.RunSQL(STATEMENTS),
    ]

"""The second factor: what it is derived from, which codes were used, and the functions that use one up."""

from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.migrations import operations as ops

from infra.row_security import ACCOUNT, closed, definer

# Whoever opens a session holds the account and looks here afterwards: the account is locked first here too.
START = f"""
BEGIN
    IF NOT hold_account({ACCOUNT}, _proof) THEN RETURN false; END IF;
    INSERT INTO second_factor AS f (account_id, salt, started_at)
    SELECT a.id, _salt, now() FROM account a WHERE a.id = {ACCOUNT}
    ON CONFLICT (account_id) DO UPDATE SET salt = EXCLUDED.salt, started_at = now() WHERE f.confirmed_at IS NULL;
    RETURN FOUND;
END
"""

# The salt alone makes no code, and is told to none but whoever is asked one.
FACTOR_BEGUN = f"""
BEGIN
    RETURN QUERY
        SELECT CASE WHEN f.confirmed_at IS NULL THEN f.salt END, f.confirmed_at IS NOT NULL FROM second_factor f
         WHERE f.account_id = {ACCOUNT}
           AND (f.confirmed_at IS NOT NULL OR f.started_at > now() - interval '30 minutes');
END
"""

PROVED_FACTOR = """
BEGIN
    RETURN (SELECT f.salt FROM second_factor f
             WHERE f.account_id = _account AND f.confirmed_at IS NOT NULL AND is_proved(_account, _proof));
END
"""

CONFIRM = f"""
BEGIN
    PERFORM FROM account a WHERE a.id = {ACCOUNT} FOR NO KEY UPDATE;
    UPDATE second_factor f SET confirmed_at = now(), last_step = _step, recovery_hashes = _recovery_hashes
     WHERE f.account_id = {ACCOUNT} AND f.salt = _salt AND f.confirmed_at IS NULL;
    IF NOT FOUND THEN RETURN false; END IF;
    DELETE FROM known_device d WHERE d.account_id = {ACCOUNT} AND d.device_hash IS DISTINCT FROM _device;
    PERFORM end_other_sessions(_kept);
    RETURN true;
END
"""

# A step is used with all before it, so no code is accepted a second time, nor one that was shown earlier.
USE_CODE_OF_STEP = """
BEGIN
    UPDATE second_factor f SET last_step = _step
     WHERE f.account_id = _account AND f.salt = _salt AND f.confirmed_at IS NOT NULL AND f.last_step < _step
       AND is_proved(_account, _proof);
    RETURN FOUND;
END
"""

USE_RECOVERY_CODE = """
BEGIN
    UPDATE second_factor f SET recovery_hashes = array_remove(f.recovery_hashes, _hash)
     WHERE f.account_id = _account AND f.confirmed_at IS NOT NULL AND _hash = ANY (f.recovery_hashes)
       AND is_proved(_account, _proof);
    RETURN FOUND;
END
"""

END = f"""
BEGIN
    IF NOT hold_account({ACCOUNT}, _proof) THEN RETURN false; END IF;
    DELETE FROM second_factor f WHERE f.account_id = {ACCOUNT};
    PERFORM forget_devices({ACCOUNT});
    RETURN true;
END
"""

# Somebody else says that it is lost: the one that there was then. Every sign-in ends, and the person is told.
LOSE = """
BEGIN
    PERFORM FROM account a WHERE a.id = _account FOR NO KEY UPDATE;
    DELETE FROM second_factor f WHERE f.account_id = _account AND f.confirmed_at <= _at;
    IF NOT FOUND THEN RETURN false; END IF;
    PERFORM forget_devices(_account);
    UPDATE session s SET revoked_at = now() WHERE s.account_id = _account AND s.revoked_at IS NULL;
    PERFORM write_to(_letter, _account);
    RETURN true;
END
"""

OWN = f"""
BEGIN
    RETURN QUERY SELECT f.confirmed_at, cardinality(f.recovery_hashes) FROM second_factor f
      WHERE f.account_id = {ACCOUNT} AND f.confirmed_at IS NOT NULL;
END
"""

FUNCTIONS = [
    ("start_second_factor", "_proof bytea, _salt bytea", "boolean", START),
    ("second_factor_begun", "", "TABLE (salt bytea, is_on boolean)", FACTOR_BEGUN),
    ("proved_factor", "_account uuid, _proof bytea", "bytea", PROVED_FACTOR),
    (
        "confirm_second_factor",
        "_kept uuid, _salt bytea, _step bigint, _recovery_hashes text[], _device text",
        "boolean",
        CONFIRM,
    ),
    ("use_code_of_step", "_account uuid, _proof bytea, _salt bytea, _step bigint", "boolean", USE_CODE_OF_STEP),
    ("use_recovery_code", "_account uuid, _proof bytea, _hash text", "boolean", USE_RECOVERY_CODE),
    ("end_second_factor", "_proof bytea", "boolean", END),
    ("own_second_factor", "", "TABLE (since timestamptz, recovery_codes_left int)", OWN),
]
STATEMENTS = [
    *closed("second_factor"),
    *definer("lose_factor", "_account uuid, _at timestamptz, _letter text", "boolean", LOSE, callers=""),
    "ALTER TABLE second_factor ADD FOREIGN KEY (account_id) REFERENCES account (id)",
    "ALTER TABLE second_factor ALTER COLUMN last_step SET DEFAULT 0",
    "ALTER TABLE second_factor ALTER COLUMN recovery_hashes SET DEFAULT '{}'",
    *(statement for function in FUNCTIONS for statement in definer(*function)),
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0008_account")]

    operations = [
        ops.CreateModel(
            name="SecondFactor",
            fields=[
                ("account_id", fields.UUIDField(primary_key=True, unique=True, db_index=True)),
                ("salt", fields.BinaryField()),
                ("started_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("confirmed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("last_step", fields.BigIntField(default=0)),
                ("recovery_hashes", ArrayField(element_type="text", default=list)),
            ],
            options={"table": "second_factor", "app": "tenants", "pk_attr": "account_id"},
            bases=["Model"],
        ),
        ops.RunSQL(STATEMENTS),
    ]

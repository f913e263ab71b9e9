"""Seals: the log of reads in batches, each with a hash over its entries and over the seal before it."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from infra.row_security import Tenancy, definer

MOST = 10_000
"""So many entries at most are under one seal: a statement has to end in the time that is given to statements."""

# Everything of an entry, as one line of text that does not depend on any setting.
CANONICAL = (
    "concat_ws('|', l.id, (extract(epoch FROM l.at) * 1000000)::bigint, l.request_id, l.organisation_id, "
    "l.account_id, l.holder_id, l.case_id, l.fields_mask, coalesce(l.purpose, ''), l.clause, l.authorisation_id)"
)

HASH = f"""
BEGIN
    RETURN (SELECT encode(sha256(convert_to(
                _previous || '|' || _number || '|' || count(*) || E'\\n' ||
                coalesce(string_agg({CANONICAL}, E'\\n' ORDER BY l.id), ''), 'UTF8')), 'hex')
              FROM access_log l WHERE l.territory_id = _territory AND l.seal = _number);
END
"""

SEAL = f"""
DECLARE
    _outside text := current_setting('win.territory_id', true);
    _last access_seal;
    _entries int;
    _hash text;
BEGIN
    PERFORM set_config('win.territory_id', _territory::text, true);
    PERFORM pg_advisory_xact_lock(hashtextextended('seal ' || _territory::text, 0));
    SELECT s.* INTO _last FROM access_seal s WHERE s.territory_id = _territory ORDER BY s.number DESC LIMIT 1;
    UPDATE access_log l SET seal = coalesce(_last.number, 0) + 1
     WHERE l.territory_id = _territory AND l.seal IS NULL AND l.id = ANY (ARRAY(
           SELECT u.id FROM access_log u WHERE u.territory_id = _territory AND u.seal IS NULL ORDER BY u.id
            LIMIT {MOST}));
    GET DIAGNOSTICS _entries = ROW_COUNT;
    IF _entries > 0 THEN
        _hash := hash_of_seal(_territory, coalesce(_last.number, 0) + 1, coalesce(_last.hash, ''));
        INSERT INTO access_seal (territory_id, number, sealed_at, entries, previous, hash)
        VALUES (_territory, coalesce(_last.number, 0) + 1, now(), _entries, coalesce(_last.hash, ''), _hash);
    END IF;
    PERFORM set_config('win.territory_id', coalesce(_outside, ''), true);
    RETURN _entries;
END
"""

# Rows come out in order; the first bad one tells where somebody changed something.
BROKEN = """
DECLARE
    _outside text := current_setting('win.territory_id', true);
    _seal access_seal;
    _expected int := 1;
    _previous text := '';
BEGIN
    PERFORM set_config('win.territory_id', _territory::text, true);
    FOR _seal IN SELECT s.* FROM access_seal s WHERE s.territory_id = _territory ORDER BY s.number LOOP
        IF _seal.number <> _expected OR _seal.previous <> _previous
           OR _seal.hash <> hash_of_seal(_territory, _seal.number, _previous) THEN
            number := _seal.number;
            RETURN NEXT;
        END IF;
        _expected := _seal.number + 1;
        _previous := _seal.hash;
    END LOOP;
    PERFORM set_config('win.territory_id', coalesce(_outside, ''), true);
END
"""

STATEMENTS = [
    # With the id, which grows, every new entry goes to the same end of it.
    "CREATE INDEX access_log_unsealed ON access_log (territory_id, id) WHERE seal IS NULL",
    "CREATE INDEX access_log_sealed ON access_log (territory_id, seal) WHERE seal IS NOT NULL",
    *Tenancy("access_seal", key=("number",)).statements(),
    "REVOKE INSERT, UPDATE, DELETE ON access_seal FROM win_steward",
    "REVOKE INSERT, UPDATE, DELETE ON access_log FROM win_steward",
    *definer("hash_of_seal", "_territory uuid, _number int, _previous text", "text", HASH, callers=""),
    *definer("seal_access_log", "_territory uuid", "int", SEAL, callers="win_steward"),
    *definer("broken_seals", "_territory uuid", "TABLE (number int)", BROKEN, callers="win_steward"),
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0005_sign_in")]

    operations = [
        ops.AddField(model_name="AccessLogEntry", name="seal", field=fields.IntField(null=True)),
        ops.CreateModel(
            name="AccessSeal",
            fields=[
                ("number", fields.IntField(primary_key=True, generated=False, unique=True, db_index=True)),
                ("territory_id", fields.UUIDField()),
                ("sealed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("entries", fields.IntField()),
                ("previous", fields.CharField(max_length=64)),
                ("hash", fields.CharField(max_length=64)),
            ],
            options={"table": "access_seal", "app": "tenants", "pk_attr": "number"},
            bases=["Model"],
        ),
        ops.RunSQL(STATEMENTS),
    ]

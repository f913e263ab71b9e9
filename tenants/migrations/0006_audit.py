"""Seals: the log of reads in batches, each with a hash over its entries and over the seal before it."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from infra.row_security import Tenancy, definer

MOST = 10_000
"""So many entries at most are under one seal: a statement has to end in the time that is given to statements."""

# Everything of an entry, as one line of text that does not depend on any setting.
CANONICAL = (
    "concat_ws('|', l.id, (extract(epoch FROM l.at) * 1000000)::bigint, l.request_id, l.organisation_id, "
    "l.account_id, l.holder_id, l.case_id, l.source_id, l.fields_mask, coalesce(l.purpose, ''), l.clause, "
    "l.authorisation_id, l.kind, to_json(l.reader_name), l.reader_role, coalesce(l.session_id::text, ''))"
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

ONLY_GROWS = """
BEGIN
    RAISE EXCEPTION 'an entry of the log of reads only grows' USING ERRCODE = 'restrict_violation';
END
"""

# Whoever asks for a case or joint work that is hidden from them is written down for the holder, once an hour. What
# is absent takes the same steps and the same flush to the disk, so that no clock tells it from what is hidden.
LOG_REFUSED = """
DECLARE
    _territory uuid := nullif(current_setting('win.territory_id', true), '')::uuid;
    _organisation uuid := nullif(current_setting('win.organisation_id', true), '')::uuid;
    _account uuid := nullif(current_setting('win.account_id', true), '')::uuid;
    _mask bigint := nullif(current_setting('win.field_mask', true), '')::bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('refused ' || _organisation::text, 0));
    INSERT INTO access_log (territory_id, at, request_id, organisation_id, account_id, holder_id, case_id, source_id,
                            fields_mask, clause, authorisation_id, kind, reader_name, reader_role, session_id)
    SELECT _territory, now(), _request, _organisation, _account, c.holder_id, c.id, c.id, 0, 0, c.id, 'refused',
           who.display_name, member.role, _session
      FROM (SELECT f.id FROM case_file f WHERE f.territory_id = _territory AND f.id = ANY (_ids)
            UNION
            SELECT j.case_id FROM joint_intervention j
             WHERE j.territory_id = _territory AND j.id = ANY (_ids)
               AND NOT EXISTS (SELECT FROM joint_intervention_partner p
                                WHERE p.territory_id = _territory AND p.joint_intervention_id = j.id
                                  AND p.organisation_id = _organisation)
            UNION
            SELECT a.case_id FROM authorisation a WHERE a.territory_id = _territory AND a.id = ANY (_ids)) asked
      JOIN case_file c ON c.territory_id = _territory AND c.id = asked.id AND c.holder_id <> _organisation
      JOIN account who ON who.id = _account
      JOIN member ON member.territory_id = _territory AND member.account_id = _account
       AND member.organisation_id = _organisation
     WHERE NOT EXISTS (SELECT FROM case_access g WHERE g.territory_id = _territory AND g.case_id = c.id
                          AND g.organisation_id = _organisation AND g.until > now() AND g.read_mask & _mask <> 0)
       AND NOT EXISTS (SELECT FROM access_log l WHERE l.territory_id = _territory AND l.case_id = c.id
                          AND l.at > now() - interval '1 hour' AND l.organisation_id = _organisation
                          AND l.kind = 'refused');
    PERFORM pg_logical_emit_message(true, 'win', '');
END
"""

STATEMENTS = [
    *definer("entry_only_grows", "", "trigger", ONLY_GROWS, callers=""),
    "CREATE TRIGGER only_grows BEFORE UPDATE ON access_log FOR EACH ROW WHEN (current_user = 'win_app' "
    "AND OLD.fields_mask & ~NEW.fields_mask <> 0) EXECUTE FUNCTION entry_only_grows()",
    *definer("log_refused", "_ids uuid[], _request uuid, _session uuid", "void", LOG_REFUSED),
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

"""Who sees what: `case_access` is derived here and kept by triggers, so no code path can forget it."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from authz.fields import ALL_FIELDS
from infra.row_security import definer
from tenants.sharing.grounds import STANDINGS, grounds_from

# Joined in the order it is written, each step through an index: so the work grows with the touched cases and with
# nothing else, even in a session whose plans were made while the tables were still empty.
IN_THIS_ORDER = (
    "SET join_collapse_limit = 1 SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off"
)

GROUND = (
    "TABLE (organisation_id uuid, case_id uuid, source_id uuid, clause smallint, authorisation_id uuid, purpose text, "
    "pact_mask bigint, authorised_mask bigint, read_mask bigint, write_mask bigint, until timestamptz, "
    "opened_on date, holder_id uuid)"
)

GROUNDS = f"""
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT c.holder_id, c.id, c.id, 0::smallint, c.id, NULL::text,
           {ALL_FIELDS}::bigint, {ALL_FIELDS}::bigint, {ALL_FIELDS}::bigint, {ALL_FIELDS}::bigint,
           'infinity'::timestamptz, c.opened_on, c.holder_id
      FROM case_file c
     WHERE c.territory_id = _territory AND c.id = ANY (_cases);
    RETURN QUERY {grounds_from(STANDINGS)};
END
"""

# A change for everybody waits until the changes of single cases are done, and these wait for it.
IN_TURN = "PERFORM pg_advisory_xact_lock_shared(hashtextextended('sharing in ' || _territory::text, 0))"

DERIVE = f"""
DECLARE
    _outside text := current_setting('win.territory_id', true);
BEGIN
    -- Row security holds for the owner too: it sees the one territory that it names.
    PERFORM set_config('win.territory_id', _territory::text, true);
    {IN_TURN};
    -- Two changes of one case take turns here, and the second then sees what the first has done.
    PERFORM FROM case_file c WHERE c.territory_id = _territory AND c.id = ANY (_cases) ORDER BY c.id FOR NO KEY UPDATE;
    WITH wanted AS MATERIALIZED (
        SELECT * FROM grounds_of_cases(_territory, _cases)
    ), gone AS (
        DELETE FROM case_access x
         WHERE x.territory_id = _territory AND x.case_id = ANY (_cases)
           AND NOT EXISTS (SELECT FROM wanted w
                            WHERE (w.organisation_id, w.case_id, w.source_id, w.clause, w.authorisation_id) =
                                  (x.organisation_id, x.case_id, x.source_id, x.clause, x.authorisation_id))
    )
    INSERT INTO case_access AS x (territory_id, organisation_id, case_id, source_id, clause, authorisation_id,
                                  purpose, pact_mask, authorised_mask, read_mask, write_mask, until,
                                  opened_on, holder_id)
    SELECT _territory, w.* FROM wanted w
    ON CONFLICT (territory_id, case_id, organisation_id, source_id, clause, authorisation_id) DO UPDATE
       SET pact_mask = EXCLUDED.pact_mask, authorised_mask = EXCLUDED.authorised_mask,
           read_mask = EXCLUDED.read_mask, write_mask = EXCLUDED.write_mask, until = EXCLUDED.until
     WHERE (x.pact_mask, x.authorised_mask, x.read_mask, x.write_mask, x.until) IS DISTINCT FROM
           (EXCLUDED.pact_mask, EXCLUDED.authorised_mask, EXCLUDED.read_mask, EXCLUDED.write_mask, EXCLUDED.until);
    PERFORM set_config('win.territory_id', coalesce(_outside, ''), true);
END
"""


# Who is just being let in is not to be seen yet: so a change for everybody first lets everybody finish.
ALONE = """PERFORM pg_advisory_xact_lock(hashtextextended('sharing in ' || t.territory_id::text, 0))
           FROM (SELECT DISTINCT territory_id FROM changed) t;"""


def kept_by(table: str, verb: str, cases: str) -> list[str]:
    """Return a statement trigger on `table` that derives anew the cases that the changed rows touch.

    `cases` is a query over the rows `changed`, giving (territory_id, case_id).
    """
    name = f"derive_after_{verb}_of_{table}"
    rows = "OLD TABLE" if verb == "delete" else "NEW TABLE"
    alone = ALONE if cases in (OF_PARTNER, OF_ORGANISATION) else ""
    body = f"""
    DECLARE
        _touched record;
    BEGIN
        {alone}
        FOR _touched IN
            SELECT t.territory_id, array_agg(DISTINCT t.case_id) AS cases FROM ({cases}) t GROUP BY t.territory_id
        LOOP
            PERFORM derive_case_access(_touched.territory_id, _touched.cases);
        END LOOP;
        RETURN NULL;
    END
    """
    return [
        *definer(name, "", "trigger", body, callers=""),
        f"CREATE TRIGGER {name} AFTER {verb.upper()} ON {table} REFERENCING {rows} AS changed "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    ]


ROWS = "SELECT territory_id, case_id FROM changed"
FILES = "SELECT territory_id, id AS case_id FROM changed"
OPEN_WORK = (
    "SELECT p.territory_id, p.case_id FROM joint_intervention_partner p "
    "WHERE p.status = 'accepted' AND EXISTS (SELECT FROM changed c WHERE c.territory_id = p.territory_id AND {match})"
)
OF_PARTNER = OPEN_WORK.format(match="c.organisation_id = p.organisation_id")
OF_ORGANISATION = OPEN_WORK.format(match="c.id = p.organisation_id")

TRIGGERS = [
    ("case_file", "insert", FILES),
    ("case_address", "insert", ROWS),
    ("case_address", "update", ROWS),
    ("authorisation", "insert", ROWS),
    ("authorisation", "update", ROWS),
    ("authorisation", "delete", ROWS),
    ("joint_intervention", "update", ROWS),
    ("joint_intervention_partner", "insert", ROWS),
    ("joint_intervention_partner", "update", ROWS),
    ("joint_intervention_partner", "delete", ROWS),
    ("pact_term", "insert", OF_PARTNER),
    ("pact_term", "update", OF_PARTNER),
    ("pact_term", "delete", OF_PARTNER),
    ("pact_grant", "insert", OF_PARTNER),
    ("pact_grant", "update", OF_PARTNER),
    ("pact_grant", "delete", OF_PARTNER),
    ("pact_party", "update", OF_PARTNER),
    ("pact_party", "delete", OF_PARTNER),
    ("organisation", "update", OF_ORGANISATION),
]

IMMUTABLE = """
BEGIN
    IF TG_TABLE_NAME = 'pact_version' AND TG_OP = 'UPDATE' AND to_jsonb(OLD) ->> 'in_force_from' IS NOT NULL
       AND (to_jsonb(NEW) - 'superseded_at') = (to_jsonb(OLD) - 'superseded_at') THEN
        RETURN NEW;
    END IF;
    IF EXISTS (SELECT FROM pact_version v
                WHERE v.territory_id = OLD.territory_id AND v.in_force_from IS NOT NULL AND v.id =
                      (CASE TG_TABLE_NAME WHEN 'pact_version' THEN to_jsonb(OLD) ->> 'id'
                       ELSE to_jsonb(OLD) ->> 'pact_version_id' END)::uuid) THEN
        RAISE EXCEPTION 'a pact version in force cannot be changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
"""

TOUCH = f"""
DECLARE
    _territory uuid := nullif(current_setting('win.territory_id', true), '')::uuid;
    _new int;
BEGIN
    -- In the same order as where sharing is derived: a turn first, then the case.
    {IN_TURN};
    UPDATE case_file c SET version = c.version + 1
     WHERE c.territory_id = _territory AND c.id = _case AND c.version = _expected
       AND EXISTS (SELECT FROM case_access a
                    WHERE a.territory_id = c.territory_id AND a.case_id = c.id AND a.until > now()
                      AND a.organisation_id = nullif(current_setting('win.organisation_id', true), '')::uuid
                      AND a.write_mask & nullif(current_setting('win.write_mask', true), '')::bigint <> 0)
    RETURNING c.version INTO _new;
    RETURN _new;
END
"""

STATEMENTS = [
    *definer("grounds_of_cases", "_territory uuid, _cases uuid[]", GROUND, GROUNDS, callers="", settings=IN_THIS_ORDER),
    *definer("derive_case_access", "_territory uuid, _cases uuid[]", "void", DERIVE, callers="win_steward"),
    *(line for table, verb, cases in TRIGGERS for line in kept_by(table, verb, cases)),
    *definer("pact_is_immutable", "", "trigger", IMMUTABLE, callers=""),
    *(
        f"CREATE TRIGGER immutable BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION pact_is_immutable()"
        for table, verbs in [("pact_version", "UPDATE OR DELETE"), ("pact_clause", "UPDATE OR DELETE")]
    ),
    *definer("touch_case", "_case uuid, _expected int", "int", TOUCH),
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_tenancy")]

    operations = [ops.RunSQL(STATEMENTS)]

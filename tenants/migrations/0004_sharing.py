"""Who sees what: `case_access` is derived here and kept by triggers, so no code path can forget it."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from authz.fields import ALL_FIELDS
from infra.row_security import definer
from tenants.joint_work.lapsing import lapses_at
from tenants.sharing.grounds import STANDINGS, grounds_from
from tenants.sharing.row_security import IN_TURN
from tenants.sharing.standing import stood_on, takes_part

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

# What has ended does not begin again by itself: whoever is back has to be given the authorisation anew.
END = f"""
BEGIN
    UPDATE joint_intervention_authorisation s SET ended_at = least(j.closed_at, a.withdrawn_at, now())
      FROM joint_intervention j, authorisation a
     WHERE s.territory_id = _territory AND s.case_id = ANY (_cases) AND s.ended_at IS NULL
       AND j.territory_id = s.territory_id AND j.id = s.joint_intervention_id
       AND a.territory_id = s.territory_id AND a.id = s.authorisation_id
       AND (j.closed_at IS NOT NULL OR a.withdrawn_at IS NOT NULL OR NOT {takes_part("s")});
END
"""

# Two changes of one case take turns here, and the second then sees what the first has done.
IN_TURN_ON_CASES = f"""{IN_TURN};
    PERFORM FROM case_file c WHERE c.territory_id = _territory AND c.id = ANY (_cases)
      ORDER BY c.id FOR NO KEY UPDATE"""

DERIVE = f"""
DECLARE
    _outside text := current_setting('win.territory_id', true);
BEGIN
    -- Row security holds for the owner too: it sees the one territory that it names.
    PERFORM set_config('win.territory_id', _territory::text, true);
    {IN_TURN_ON_CASES};
    PERFORM end_attached(_territory, _cases);
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
ALONE = "PERFORM pg_advisory_xact_lock(hashtextextended('sharing in ' || _territory::text, 0));"


def territory_by_territory(body: str, rows: str = "changed") -> str:
    """Return the body of a statement trigger that does this in each territory of the changed rows, naming it first.

    Row security holds for the owner too, and whoever changes the rows may have named no territory, or another.
    """
    return f"""
    DECLARE
        _outside text := current_setting('win.territory_id', true);
        _territory uuid;
        _cases uuid[];
    BEGIN
        FOR _territory IN SELECT DISTINCT territory_id FROM {rows} ORDER BY 1 LOOP
            PERFORM set_config('win.territory_id', _territory::text, true);
            {body}
        END LOOP;
        PERFORM set_config('win.territory_id', coalesce(_outside, ''), true);
        RETURN NULL;
    END
    """


def kept_by(table: str, verb: str, cases: str) -> list[str]:
    """Return a statement trigger on `table` that derives anew the cases that the changed rows touch.

    `cases` is a query over the rows `changed`, giving (territory_id, case_id).
    """
    name = f"derive_after_{verb}_of_{table}"
    rows = "OLD TABLE" if verb == "delete" else "NEW TABLE"
    body = f"""
            {ALONE if cases in (OF_PARTNER, OF_ORGANISATION) else ""}
            SELECT array_agg(DISTINCT t.case_id) INTO _cases FROM ({cases}) t WHERE t.territory_id = _territory;
            IF _cases IS NOT NULL THEN PERFORM derive_case_access(_territory, _cases); END IF;"""
    return [
        *definer(name, "", "trigger", territory_by_territory(body), callers=""),
        f"CREATE TRIGGER {name} AFTER {verb.upper()} ON {table} REFERENCING {rows} AS changed "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    ]


# Whoever takes part stands on what was authorised at that moment; what comes later, the holder attaches by name.
ATTACH = f"""
            SELECT array_agg(DISTINCT t.case_id) INTO _cases FROM accepted t WHERE t.territory_id = _territory;
            {IN_TURN_ON_CASES};
            INSERT INTO joint_intervention_authorisation
                   (territory_id, joint_intervention_id, organisation_id, authorisation_id, holder_id, case_id,
                    attached_at, attached_by)
            SELECT p.territory_id, p.joint_intervention_id, p.organisation_id, a.id, p.holder_id, p.case_id,
                   p.answered_at, p.answered_by
              FROM accepted p
              JOIN joint_intervention j ON j.territory_id = p.territory_id AND j.id = p.joint_intervention_id
              JOIN organisation o ON o.territory_id = p.territory_id AND o.id = p.organisation_id
              JOIN authorisation a ON a.territory_id = p.territory_id AND a.case_id = p.case_id
               AND {stood_on("j.purpose", "p.answered_at")}
             WHERE p.territory_id = _territory AND p.status = 'accepted'
            ON CONFLICT DO NOTHING;"""
# The verb has looked too; here it is looked at in turn with whatever closes the work or ends the partner's part.
REFUSE = f"""
            IF EXISTS (SELECT FROM accepted p
                         JOIN joint_intervention j ON j.territory_id = p.territory_id AND j.id = p.joint_intervention_id
                        WHERE p.territory_id = _territory
                          AND (j.closed_at IS NOT NULL OR p.answered_at >= {lapses_at("j")}
                               OR NOT {takes_part("p")})) THEN
                RAISE EXCEPTION 'whoever takes part has to be a party of the pact, and the work to be open still'
                      USING ERRCODE = 'insufficient_privilege';
            END IF;"""


def attached_by(verb: str) -> list[str]:
    """Return the trigger that notes what an acceptance stands on; its name puts it before the one that derives."""
    name, accepted = f"attach_after_{verb}", "SELECT * FROM changed WHERE status = 'accepted'"
    rows = "NEW TABLE AS changed"
    if verb == "update":
        rows += " OLD TABLE AS former"
        accepted += (
            " AND (joint_intervention_id, organisation_id) IN (SELECT joint_intervention_id, organisation_id "
            "FROM former WHERE status <> 'accepted')"
        )
    steps = (ATTACH if verb == "insert" else ATTACH + REFUSE).replace("FROM accepted", f"FROM ({accepted})")
    return [
        *definer(name, "", "trigger", territory_by_territory(steps, f"({accepted}) t"), callers=""),
        f"CREATE TRIGGER {name} AFTER {verb.upper()} ON joint_intervention_partner REFERENCING {rows} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    ]


# Looks before the change: whoever was out until now does not take up again, by being back, what they had.
END_BEFORE = f"""
DECLARE
    _outside text := current_setting('win.territory_id', true);
    _territory uuid := OLD.territory_id;
    _organisation uuid := coalesce(to_jsonb(OLD) ->> 'organisation_id',
                                   CASE TG_TABLE_NAME WHEN 'organisation' THEN to_jsonb(OLD) ->> 'id' END)::uuid;
    _cases uuid[];
BEGIN
    PERFORM set_config('win.territory_id', _territory::text, true);
    SELECT array_agg(DISTINCT s.case_id) INTO _cases FROM joint_intervention_authorisation s
     WHERE s.territory_id = _territory AND s.ended_at IS NULL
       AND (_organisation IS NULL OR s.organisation_id = _organisation) AND NOT {takes_part("s")};
    IF _cases IS NOT NULL THEN
        {ALONE}
        PERFORM end_attached(_territory, _cases);
    END IF;
    PERFORM set_config('win.territory_id', coalesce(_outside, ''), true);
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
"""
LOOKED_AT_BEFORE = [
    ("organisation", "UPDATE", "true"),
    ("pact_party", "UPDATE OR DELETE", "true"),
    ("pact_version", "UPDATE", "OLD.in_force_from IS NOT NULL AND OLD.superseded_at IS NULL"),
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
    ("authorisation", "update", ROWS),
    ("joint_intervention", "update", ROWS),
    ("joint_intervention_authorisation", "insert", ROWS),
    ("joint_intervention_authorisation", "delete", ROWS),
    ("joint_intervention_offer", "insert", ROWS),
    ("joint_intervention_partner", "insert", ROWS),
    ("joint_intervention_partner", "update", ROWS),
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

STATEMENTS = [
    *definer("grounds_of_cases", "_territory uuid, _cases uuid[]", GROUND, GROUNDS, callers="", settings=IN_THIS_ORDER),
    *definer("end_attached", "_territory uuid, _cases uuid[]", "void", END, callers="", settings=IN_THIS_ORDER),
    *definer("derive_case_access", "_territory uuid, _cases uuid[]", "void", DERIVE, callers="win_steward"),
    *(line for verb in ("insert", "update") for line in attached_by(verb)),
    *(line for table, verb, cases in TRIGGERS for line in kept_by(table, verb, cases)),
    *definer("end_before", "", "trigger", END_BEFORE, callers=""),
    *(
        f"CREATE TRIGGER end_before BEFORE {verbs} ON {table} FOR EACH ROW WHEN ({which}) EXECUTE FUNCTION end_before()"
        for table, verbs, which in LOOKED_AT_BEFORE
    ),
    *definer("pact_is_immutable", "", "trigger", IMMUTABLE, callers=""),
    *(
        f"CREATE TRIGGER immutable BEFORE {verbs} ON {table} FOR EACH ROW EXECUTE FUNCTION pact_is_immutable()"
        for table, verbs in [("pact_version", "UPDATE OR DELETE"), ("pact_clause", "UPDATE OR DELETE")]
    ),
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_tenancy")]

    operations = [ops.RunSQL(STATEMENTS)]

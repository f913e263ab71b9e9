"""What somebody would see if something were done: the text that grants, asked about what is only supposed."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from infra.row_security import definer
from tenants.joint_work.lapsing import waits
from tenants.sharing.grounds import STANDINGS, grounds_from
from tenants.sharing.standing import stood_on, takes_part

ARGUMENTS = (
    "_case uuid, _purpose text, _offered bigint, _partners uuid[], _accepted uuid[], _withdrawn uuid, "
    "_attached_to uuid, _attached uuid"
)
PROPOSED = "00000000-0000-0000-0000-000000000000"
"""Stands for joint work that is not there yet."""
SUPPOSED = (
    "TABLE (organisation_id uuid, source_id uuid, answer text, later boolean, clause smallint, purpose text, "
    "pact_mask bigint, authorised_mask bigint, read_mask bigint, until timestamptz)"
)

# Of what is there everybody sees their own part; to suppose anything but one's own answer is for the holder alone.
WOULD_STAND = f"""
    SELECT r.* FROM ({STANDINGS}) r WHERE NOT (_mine AND r.authorisation_id IS NOT DISTINCT FROM _withdrawn)
    UNION ALL
    SELECT i.territory_id, _case, i.source_id, i.organisation_id, i.purpose, i.offered_mask, i.accepted_at, a.id
      FROM (SELECT j.territory_id, j.id AS source_id, p.organisation_id, j.purpose::text AS purpose, f.offered_mask,
                   CASE p.status WHEN 'invited' THEN now() ELSE p.answered_at END AS accepted_at,
                   CASE p.status WHEN 'accepted' THEN _attached END AS named
              FROM joint_intervention j
              JOIN joint_intervention_offer f ON f.territory_id = j.territory_id AND f.joint_intervention_id = j.id
              JOIN joint_intervention_partner p
                ON p.territory_id = j.territory_id AND p.joint_intervention_id = j.id
             WHERE j.territory_id = _territory AND j.case_id = _case AND j.closed_at IS NULL
               AND (p.status = 'invited' AND {waits("j")} AND j.id = ANY (_accepted)
                    OR p.status = 'accepted' AND j.id = _attached_to AND _mine)
            UNION ALL
            SELECT _territory, '{PROPOSED}', n.id, _purpose, _offered, now(), NULL
              FROM unnest(_partners) n (id) WHERE _mine) i
      JOIN organisation o ON o.territory_id = i.territory_id AND o.id = i.organisation_id
      JOIN authorisation a ON a.territory_id = i.territory_id AND a.case_id = _case
       AND a.id = coalesce(i.named, a.id) AND {stood_on("i.purpose", "now()")}
     WHERE {takes_part("i")}
"""

# One row for each that is concerned, with what the pact lets it have: so those who get nothing are there too.
CONCERNED = f"""
    SELECT i.organisation_id, i.source_id, i.answer, true AS later, NULL::smallint AS clause, i.purpose,
           coalesce((SELECT g.read_mask FROM pact_grant g WHERE g.territory_id = _territory
                        AND g.organisation_id = i.organisation_id AND g.purpose = i.purpose
                        AND {takes_part("g")}), 0) AS pact_mask,
           0::bigint AS authorised_mask, 0::bigint AS read_mask, 'infinity'::timestamptz AS until
      FROM (SELECT p.organisation_id, j.id AS source_id, p.status::text AS answer, j.purpose::text AS purpose
              FROM joint_intervention j
              JOIN joint_intervention_partner p
                ON p.territory_id = j.territory_id AND p.joint_intervention_id = j.id
             WHERE j.territory_id = _territory AND j.case_id = _case AND j.closed_at IS NULL
               AND (p.status = 'accepted'
                    OR p.status = 'invited' AND {waits("j")} AND j.id = ANY (_accepted))
            UNION ALL
            SELECT p.id, '{PROPOSED}', 'invited', _purpose
              FROM unnest(_partners) p (id) WHERE _mine) i
"""

SHARING_IF = f"""
#variable_conflict use_column
DECLARE
    _territory uuid := nullif(current_setting('win.territory_id', true), '')::uuid;
    _me uuid := nullif(current_setting('win.organisation_id', true), '')::uuid;
    _cases uuid[] := ARRAY[_case];
    _mine boolean;
BEGIN
    SELECT c.holder_id = _me INTO _mine FROM case_file c
     WHERE c.territory_id = _territory AND c.id = _case
       AND nullif(current_setting('win.field_mask', true), '')::bigint <> 0;
    IF _mine IS NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH concerned AS MATERIALIZED ({CONCERNED}),
    found AS (
        SELECT x.organisation_id, x.source_id, false AS later, x.clause, x.purpose::text AS purpose, x.pact_mask,
               x.authorised_mask, x.read_mask, x.until
          FROM case_access x
         WHERE x.territory_id = _territory AND x.case_id = _case AND x.organisation_id <> x.holder_id
        UNION ALL
        SELECT w.organisation_id, w.source_id, true, w.clause, w.purpose, w.pact_mask,
               w.authorised_mask, w.read_mask, w.until
          FROM ({grounds_from(WOULD_STAND)}) w
    )
    SELECT f.organisation_id, f.source_id, (SELECT c.answer FROM concerned c
             WHERE c.organisation_id = f.organisation_id AND c.source_id = f.source_id), f.later, f.clause, f.purpose,
           f.pact_mask, f.authorised_mask, f.read_mask, f.until
      FROM found f
     WHERE f.until > now() AND (_mine OR f.organisation_id = _me)
    UNION ALL
    SELECT c.organisation_id, c.source_id, c.answer, c.later, c.clause, c.purpose, c.pact_mask, c.authorised_mask,
           c.read_mask, c.until
      FROM concerned c
     WHERE _mine OR c.organisation_id = _me;
END
"""

STATEMENTS = [
    *definer("sharing_if", ARGUMENTS, SUPPOSED, SHARING_IF),
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0013_standing")]

    operations = [ops.RunSQL(STATEMENTS)]

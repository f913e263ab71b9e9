"""Words that names are found by, who changed what of a case last, and the steps of a case."""

from uuid import uuid4

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from authz.actions import Action, action_mask
from authz.fields import FIELD
from infra.row_security import (
    ACCOUNT,
    ACTIONS,
    FIELD_MASK,
    ORGANISATION,
    TERRITORY,
    TODAY,
    WRITE_MASK,
    Tenancy,
    definer,
)
from tenants.cases.catalogues import CLOSURE_REASONS
from tenants.cases.models import CaseStatus
from tenants.cases.steps import STEPS
from tenants.joint_work.reasons import ClosingReason
from tenants.sharing.row_security import HOLDERS, IN_TURN, readable, writable

NAME = str(FIELD["identity.name"].mask)
# Whoever reads all the fields that a change is of may know of it; one of no field is known to all who see the case.
KNOWN = """
(SELECT x.mask <> 0 AND (x.mask | x.holders) & {change}.fields_mask = {change}.fields_mask
   FROM (SELECT bit_or(a.read_mask) & {role} AS mask, CASE WHEN bool_or(a.clause = 0) THEN {holders} ELSE 0 END holders
           FROM case_access a
          WHERE a.territory_id = {change}.territory_id AND a.case_id = {change}.case_id
            AND a.organisation_id = {organisation} AND a.until > now()) x)
"""


def known(change: str) -> str:
    """Return the condition that the acting member may know of a change."""
    return KNOWN.format(change=change, role=FIELD_MASK, organisation=ORGANISATION, holders=str(HOLDERS))


HIGHEST = (
    f"(SELECT coalesce(max(v.version), 1) FROM case_change v WHERE v.territory_id = {TERRITORY} AND v.case_id = _case"
)
LATER = f"v.territory_id = {TERRITORY} AND v.case_id = _case AND v.part = _part AND v.version > _expected"

# The counter of a case is the highest version of its changes. Nobody but these functions knows it whole.
COUNT = f"""
BEGIN
    actual := {HIGHEST} AND {known("v")});
    SELECT bit_or(v.fields_mask) INTO changed FROM case_change v WHERE {LATER} AND {known("v")};
    passed := changed IS NULL AND coalesce(_expected, 1) BETWEEN 1 AND actual;
    IF passed THEN
        INSERT INTO case_change (territory_id, case_id, part, fields_mask, version, at, account_id, organisation_id)
        SELECT {TERRITORY}, _case, _part, m.mask, {HIGHEST}) + 1, now(), {ACCOUNT}, {ORGANISATION}
          FROM (SELECT DISTINCT unnest(_masks)) m (mask)
        ON CONFLICT (territory_id, case_id, part, fields_mask) DO UPDATE
           SET version = EXCLUDED.version, at = EXCLUDED.at, account_id = EXCLUDED.account_id,
               organisation_id = EXCLUDED.organisation_id;
    ELSE
        SELECT coalesce(CASE WHEN v.organisation_id = {ORGANISATION} THEN w.display_name END, o.name), v.at
          INTO changed_by, changed_at
          FROM case_change v
          JOIN organisation o ON o.territory_id = v.territory_id AND o.id = v.organisation_id
          LEFT JOIN account w ON w.id = v.account_id
         WHERE {LATER} AND {known("v")} ORDER BY v.version DESC LIMIT 1;
    END IF;
    changed := coalesce(changed, 0);
    RETURN NEXT;
END
"""
COUNTED = "TABLE (passed boolean, actual int, changed bigint, changed_by text, changed_at timestamptz)"

TOUCH = f"""
DECLARE
    _territory uuid := {TERRITORY};
BEGIN
    -- In the same order as where sharing is derived: a turn first, then the case.
    {IN_TURN};
    PERFORM FROM case_file c
      WHERE c.territory_id = _territory AND c.id = _case
        AND (SELECT (bit_or(a.write_mask) & {WRITE_MASK}) | CASE WHEN bool_or(a.clause = 0) THEN {HOLDERS} ELSE 0 END
               FROM case_access a
              WHERE a.territory_id = c.territory_id AND a.case_id = c.id AND a.until > now()
                AND a.organisation_id = {ORGANISATION}) & ALL_OF_THEM = ALL_OF_THEM
        FOR NO KEY UPDATE;
    IF FOUND AND 0 <> ALL (_masks) THEN
        RETURN QUERY SELECT * FROM count_change(_case, _part, _expected, _masks);
    END IF;
END
""".replace("ALL_OF_THEM", "(SELECT coalesce(bit_or(m), 0) FROM unnest(_masks) m)")

ALLOWED = ", ".join(f"('{before}', '{after}')" for before, following in STEPS.items() for after in following)
REASONS = ", ".join(f"'{reason}'" for reason in CLOSURE_REASONS)
MAY_CLOSE, MAY_UPDATE = action_mask([Action.CASE_CLOSE]), action_mask([Action.CASE_UPDATE])

# The end of a case ends the joint work on it: nobody goes on seeing what nobody works on any more.
CHANGE_STATUS = f"""
DECLARE
    _territory uuid := {TERRITORY};
    _before text;
BEGIN
    {IN_TURN};
    SELECT c.status INTO _before FROM case_file c
     WHERE c.territory_id = _territory AND c.id = _case AND c.holder_id = {ORGANISATION} AND {FIELD_MASK} <> 0
       FOR NO KEY UPDATE;
    IF NOT FOUND OR (_before, _status) NOT IN (VALUES {ALLOWED})
       OR (_status = '{CaseStatus.CLOSED}') IS DISTINCT FROM (_reason IS NOT NULL)
       OR coalesce(_reason NOT IN ({REASONS}), false)
       OR coalesce({ACTIONS}, 0) & (CASE WHEN '{CaseStatus.CLOSED}' IN (_before, _status) THEN {MAY_CLOSE}
                                    ELSE {MAY_UPDATE} END) = 0 THEN
        RETURN;
    END IF;
    SELECT * INTO passed, actual, changed, changed_by, changed_at
      FROM count_change(_case, 'status', _expected, '{{0}}');
    ended := '{{}}';
    IF passed THEN
        UPDATE case_file c
           SET status = _status, closure_reason = _reason,
               closed_on = CASE WHEN _reason IS NOT NULL THEN {TODAY} END
         WHERE c.territory_id = _territory AND c.id = _case;
        WITH stopped AS (
            UPDATE joint_intervention j
               SET closed_at = now(), closed_by = {ACCOUNT}, closing_reason = '{ClosingReason.CASE_CLOSED}'
             WHERE j.territory_id = _territory AND j.case_id = _case AND j.closed_at IS NULL AND _reason IS NOT NULL
         RETURNING j.id)
        SELECT coalesce(array_agg(t.id), '{{}}') INTO ended FROM stopped t;
    END IF;
    RETURN NEXT;
END
"""
CHANGED = COUNTED.replace(")", ", ended uuid[])")

ARGUMENTS = "_case uuid, _part text, _expected int, _masks bigint[]"
STEP = "_case uuid, _status text, _reason text, _expected int"

WORDS = Tenancy(
    "case_name_word",
    key=("case_id", "word"),
    refers={"case_id": "case_file"},
    index=[("word", "case_id")],
    select=readable("case_name_word", NAME),
    insert=writable("case_name_word", NAME),
    delete=writable("case_name_word", NAME),
)
CHANGE = Tenancy(
    "case_change",
    key=("case_id", "part", "fields_mask"),
    refers={"case_id": "case_file", "organisation_id": "organisation"},
    select=known("case_change"),
)


class Migration(migrations.Migration):
    dependencies = [("tenants", "0014_preview")]

    operations = [
        ops.CreateModel(
            name="CaseChange",
            fields=[
                ("case_id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("territory_id", fields.UUIDField()),
                ("part", fields.CharField(max_length=20)),
                ("fields_mask", fields.BigIntField()),
                ("version", fields.IntField()),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("account_id", fields.UUIDField()),
                ("organisation_id", fields.UUIDField()),
            ],
            options={"table": "case_change", "app": "tenants", "pk_attr": "case_id"},
            bases=["CaseGroup"],
        ),
        ops.CreateModel(
            name="CaseNameWord",
            fields=[
                ("case_id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("territory_id", fields.UUIDField()),
                ("word", fields.CharField(max_length=40)),
            ],
            options={"table": "case_name_word", "app": "tenants", "pk_attr": "case_id"},
            bases=["CaseGroup"],
        ),
        ops.RunSQL(
            [
                # Signs in the order of their numbers: so that what begins with a word is one stretch of the index.
                'ALTER TABLE case_name_word ALTER COLUMN word TYPE varchar(40) COLLATE "C"',
                *WORDS.statements(),
                *CHANGE.statements(),
                *definer("count_change", ARGUMENTS, COUNTED, COUNT, callers=""),
                *definer("touch_case", ARGUMENTS, COUNTED, TOUCH),
                *definer("change_case_status", STEP, CHANGED, CHANGE_STATUS),
                "ALTER TABLE case_file ADD CONSTRAINT closed_with_a_day_and_a_reason CHECK "
                f"((status = '{CaseStatus.CLOSED}') = (closed_on IS NOT NULL) "
                "AND (closed_on IS NULL) = (closure_reason IS NULL))",
            ]
        ),
    ]

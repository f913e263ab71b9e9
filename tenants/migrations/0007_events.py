"""Events, which job has answered which, and notifications."""

from json import loads

from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

from infra.clock import new_id
from infra.row_security import ACCOUNT, FIELD_MASK, ORGANISATION, Tenancy, definer, mine
from tenants.notifications.concerning import concerns

SEES_CASES = f"{FIELD_MASK} <> 0"
SAME = "{alias}.territory_id = event.territory_id AND {alias}.{id} = event.{column}"

# A partner sees what the holder and they themselves did in joint work that they are invited to; of others nothing.
OF_MY_JOINT_WORK = (
    f"(organisation_id = {ORGANISATION} OR organisation_id = holder_id AND coalesce(partner_id, {ORGANISATION}) = "
    f"{ORGANISATION}) AND EXISTS ("
    "SELECT FROM joint_intervention_partner p WHERE "
    + SAME.format(alias="p", id="joint_intervention_id", column="joint_intervention_id")
    + f" AND p.organisation_id = {ORGANISATION})"
)
ABOUT_A_CASE = (
    "joint_intervention_id IS NULL AND EXISTS (SELECT FROM case_file c WHERE "
    + SAME.format(alias="c", id="id", column="case_id")
    + " AND c.holder_id = event.holder_id)"
)
ABOUT_JOINT_WORK = (
    "EXISTS (SELECT FROM joint_intervention j WHERE "
    + SAME.format(alias="j", id="id", column="joint_intervention_id")
    + " AND j.case_id = event.case_id AND j.holder_id = event.holder_id)"
)
ABOUT_MY_AUTHORISATION = (
    "authorisation_id IS NULL OR EXISTS (SELECT FROM authorisation a WHERE "
    + SAME.format(alias="a", id="id", column="authorisation_id")
    + " AND a.case_id = event.case_id AND a.holder_id = event.holder_id)"
)

# Only a partner answers, and only the holder does the rest; what is only to come are the warnings of an end.
IN_ITS_PART = (
    "(kind IN ('joint_intervention_accepted', 'joint_intervention_declined')) = "
    "(joint_intervention_id IS NOT NULL AND organisation_id <> holder_id) "
    "AND (at = now() OR kind IN ('authorisation_will_end', 'joint_intervention_will_lapse', "
    "'joint_intervention_lapsed') AND at BETWEEN now() AND now() + interval '6 years')"
)

EVENT = Tenancy(
    "event",
    refers={"case_id": "case_file", "organisation_id": "organisation"},
    index=[("case_id", "at", "id")],
    select=f"{SEES_CASES} AND (fields_mask = 0 OR fields_mask & {FIELD_MASK} <> 0) "
    f"AND ({mine('holder_id')} OR ({OF_MY_JOINT_WORK}))",
    insert=f"{SEES_CASES} AND {mine()} AND account_id = {ACCOUNT} "
    "AND state = CASE WHEN due_at IS NULL THEN 'done' ELSE 'pending' END "
    f"AND (({ABOUT_A_CASE}) OR {ABOUT_JOINT_WORK}) AND ({ABOUT_MY_AUTHORISATION}) AND {IN_ITS_PART}",
    insert_columns=(
        *("territory_id", "kind", "organisation_id", "account_id", "holder_id", "case_id", "authorisation_id"),
        *("joint_intervention_id", "partner_id", "fields_mask", "data", "at", "due_at", "state"),
    ),
)
PROCESSED = Tenancy("processed", key=("event_id", "job"), refers={"event_id": "event"})
NOTIFICATION = Tenancy(
    "notification",
    refers={"event_id": "event", "organisation_id": "organisation", "case_id": "case_file"},
    unique=[("event_id", "organisation_id", "account_id")],
    index=[("organisation_id", "account_id", "id")],
    select=f"{mine()} AND account_id = {ACCOUNT} AND {SEES_CASES} AND {concerns('notification')}",
    update=f"{mine()} AND account_id = {ACCOUNT} AND {SEES_CASES} AND read_at IS NULL",
    updated=f"{mine()} AND account_id = {ACCOUNT} AND read_at = now()",
    update_columns=("read_at",),
)
# Row security holds for the owner too: it sees the one territory that it names. One statement looks at all of them.
IN_EACH_TERRITORY = """
DECLARE
    _outside text := current_setting('win.territory_id', true);
    _territory uuid;
BEGIN
    FOR _territory IN SELECT t.id FROM territory t ORDER BY t.id LOOP
        PERFORM set_config('win.territory_id', _territory::text, true);
        {look}
    END LOOP;
    PERFORM set_config('win.territory_id', coalesce(_outside, ''), true);
END
"""
DUE = """
        IF EXISTS (SELECT FROM event e
                    WHERE e.territory_id = _territory AND e.state = 'pending' AND e.due_at <= clock_timestamp()
                      AND (e.claimed_at IS NULL OR e.claimed_at <= clock_timestamp() - _claim)) THEN
            RETURN NEXT _territory;
        END IF;
"""
COUNTED = """
        RETURN QUERY
        SELECT (SELECT count(*) FROM event e WHERE e.territory_id = _territory AND e.state = 'failed'),
               count(*) FILTER (WHERE e.due_at <= clock_timestamp() AND e.claimed_at IS NULL),
               count(*) FILTER (WHERE e.claimed_at IS NOT NULL OR e.due_at > clock_timestamp() AND e.attempts > 0),
               greatest(0, extract(epoch FROM clock_timestamp() - min(e.due_at)))::float8
          FROM event e WHERE e.territory_id = _territory AND e.state = 'pending';
"""
WORK = "TABLE (failed bigint, waiting bigint, trying bigint, oldest float8)"
LOOKS = [
    ("territories_with_work", "_claim interval", "SETOF uuid", IN_EACH_TERRITORY.format(look=DUE)),
    ("work_in_each_territory", "", WORK, IN_EACH_TERRITORY.format(look=COUNTED)),
]
STATEMENTS = [
    *EVENT.statements(),
    *PROCESSED.statements(),
    *NOTIFICATION.statements(),
    "ALTER TABLE event ALTER COLUMN attempts SET DEFAULT 0",
    "ALTER TABLE event ALTER COLUMN fields_mask SET DEFAULT 0",
    "ALTER TABLE event ALTER COLUMN data SET DEFAULT '{}'",
    "ALTER TABLE event ADD CHECK (state IN ('pending', 'done', 'failed'))",
    "ALTER TABLE event ADD FOREIGN KEY (territory_id, joint_intervention_id, partner_id) "
    "REFERENCES joint_intervention_partner",
    "CREATE INDEX notification_unread ON notification (territory_id, organisation_id, account_id) "
    "WHERE read_at IS NULL",
    "CREATE INDEX notification_to_mail ON notification (territory_id, at) WHERE read_at IS NULL AND mailed_at IS NULL",
    "CREATE INDEX event_due ON event (territory_id, due_at) WHERE state = 'pending'",
    "CREATE INDEX event_failed ON event (territory_id, id) WHERE state = 'failed'",
    *(line for look in LOOKS for line in definer(*look, callers="win_steward")),
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0006_audit")]

    operations = [
        ops.CreateModel(
            name="Event",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("territory_id", fields.UUIDField()),
                ("kind", fields.CharField(max_length=40)),
                ("organisation_id", fields.UUIDField()),
                ("account_id", fields.UUIDField()),
                ("holder_id", fields.UUIDField()),
                ("case_id", fields.UUIDField()),
                ("authorisation_id", fields.UUIDField(null=True)),
                ("joint_intervention_id", fields.UUIDField(null=True)),
                ("partner_id", fields.UUIDField(null=True)),
                ("fields_mask", fields.BigIntField(default=0)),
                ("data", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("state", fields.CharField(default="pending", max_length=10)),
                ("claimed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("attempts", fields.IntField(default=0)),
                ("last_error", fields.CharField(null=True, max_length=100)),
            ],
            options={"table": "event", "app": "tenants", "pk_attr": "id"},
            bases=["TenantRow"],
        ),
        ops.CreateModel(
            name="Processed",
            fields=[
                ("event_id", fields.UUIDField(primary_key=True, unique=True, db_index=True)),
                ("territory_id", fields.UUIDField()),
                ("job", fields.CharField(max_length=40)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "processed", "app": "tenants", "pk_attr": "event_id"},
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Notification",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True)),
                ("territory_id", fields.UUIDField()),
                ("organisation_id", fields.UUIDField()),
                ("account_id", fields.UUIDField()),
                ("event_id", fields.UUIDField()),
                ("kind", fields.CharField(max_length=40)),
                ("case_id", fields.UUIDField()),
                ("authorisation_id", fields.UUIDField(null=True)),
                ("joint_intervention_id", fields.UUIDField(null=True)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("read_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("mailed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "notification", "app": "tenants", "pk_attr": "id"},
            bases=["TenantRow"],
        ),
        ops.RunSQL(STATEMENTS),
    ]

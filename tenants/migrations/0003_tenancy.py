"""Keys led by the territory, row security and grants of every table: one entry a table."""

from collections.abc import Iterable, Sequence

from tortoise import migrations
from tortoise.migrations import operations as ops

from authz.actions import Action
from authz.fields import ALL_FIELDS, FIELD, SENSITIVE
from infra.row_security import (
    ACCOUNT,
    FIELD_MASK,
    ORGANISATION,
    TERRITORY,
    TODAY,
    WRITE_MASK,
    Tenancy,
    closed,
    definer,
    mine,
)
from tenants.cases.need_security import NEED_CHECKS, NEEDS
from tenants.joint_work.reasons import ClosingReason, DeclineReason
from tenants.sharing.row_security import (
    may,
    readable,
    readable_unless_sealed,
    shared_by,
    writable,
    writable_by_holder,
)

HOLDER = mine("holder_id")
SEES_CASES = f"{FIELD_MASK} <> 0"
WRITES_CASES = f"{WRITE_MASK} <> 0"
ADDRESS = str(FIELD["contacts.address"].mask)
OWN_BIT = "(1::bigint << field_bit)"
# What is written about a case names a case that I hold: with a foreign key alone, one could be claimed or guessed.
OF_MY_CASE = (
    "EXISTS (SELECT FROM case_file c WHERE c.territory_id = {table}.territory_id "
    f"AND c.id = {{table}}.case_id AND c.holder_id = {ORGANISATION})"
)
OF_MY_WORK = (
    "EXISTS (SELECT FROM joint_intervention j WHERE j.territory_id = {table}.territory_id "
    f"AND j.id = {{table}}.joint_intervention_id AND j.case_id = {{table}}.case_id AND j.holder_id = {ORGANISATION} "
    "AND j.closed_at IS NULL)"
)
OF_AN_AUTHORISATION_IN_FORCE = (
    "EXISTS (SELECT FROM authorisation a WHERE a.territory_id = {table}.territory_id "
    "AND a.id = {table}.authorisation_id AND a.case_id = {table}.case_id "
    "AND a.withdrawn_at IS NULL AND a.until > now())"
)
READ_BY_ME_NOW = f"{mine()} AND account_id = {ACCOUNT} AND at = now()"
OWN_NAME = f"BEGIN RETURN (SELECT a.display_name FROM account a WHERE a.id = {ACCOUNT}); END"
IN_MY_NAME = (
    "reader_name = (SELECT own_name()) AND reader_role = (SELECT m.role FROM member m "
    f"WHERE m.territory_id = {TERRITORY} AND m.organisation_id = {ORGANISATION} AND m.account_id = {ACCOUNT})"
)
A_READ = "kind IN ('opened', 'listed', 'searched')"
ON_A_LIVE_GROUND = (
    f"EXISTS (SELECT FROM case_access a WHERE a.territory_id = {TERRITORY} AND a.organisation_id = {ORGANISATION} "
    "AND a.case_id = access_log.case_id AND a.source_id = access_log.source_id AND a.clause = access_log.clause "
    "AND a.authorisation_id = access_log.authorisation_id AND a.holder_id = access_log.holder_id AND a.until > now() "
    f"AND access_log.fields_mask & ~(a.read_mask & {FIELD_MASK}) = 0)"
)
PARTNER = (
    "EXISTS (SELECT FROM joint_intervention_partner p WHERE p.territory_id = joint_intervention.territory_id "
    f"AND p.joint_intervention_id = joint_intervention.id AND p.organisation_id = {ORGANISATION})"
)


def quoted(items: Iterable[str]) -> str:
    """Return the items as a list of SQL."""
    return ", ".join(f"'{item}'" for item in items)


def group(table: str, columns: str, *names: str) -> Tenancy:
    """One row a case, all of whose fields are of one sensitivity; whose case it is never changes."""
    bits = str(sum({FIELD[name].mask for name in names}))
    return rows_of_case(table, bits, ("case_id",), update_columns=columns.split())


def rows_of_case(
    table: str,
    bits: str,
    key: tuple[str, ...],
    *,
    removable: bool = False,
    update_columns: Sequence[str] = (),
) -> Tenancy:
    """Rows of a case that are seen and written through a live ground whose mask meets their bits."""
    may_write = writable(table, bits)
    return Tenancy(
        table,
        key=key,
        refers={"case_id": "case_file"},
        select=readable(table, bits),
        insert=may_write,
        update=may_write,
        delete=may_write if removable else "",
        update_columns=update_columns,
    )


ORGANISATIONS = [
    Tenancy("organisation", refers={"successor_id": "organisation"}, unique=[("slug",)], select="true"),
    Tenancy(
        "member",
        refers={"organisation_id": "organisation"},
        unique=[("account_id", "organisation_id")],
        index=[("organisation_id",)],
        select=f"{mine()} OR account_id = {ACCOUNT}",
    ),
    Tenancy("pact_version", unique=[("version",)], select="true"),
    Tenancy(
        "pact_clause",
        refers={"pact_version_id": "pact_version"},
        unique=[("pact_version_id", "number")],
        select="true",
    ),
    Tenancy(
        "pact_party",
        refers={"pact_version_id": "pact_version", "organisation_id": "organisation"},
        unique=[("pact_version_id", "organisation_id")],
        select="true",
    ),
    Tenancy(
        "pact_grant",
        refers={"pact_version_id": "pact_version", "organisation_id": "organisation"},
        unique=[("organisation_id", "purpose")],
        select="true",
    ),
    Tenancy(
        "pact_term",
        refers={"organisation_id": "organisation"},
        index=[("organisation_id", "purpose")],
        select="true",
    ),
]

CASES = [
    Tenancy(
        "person",
        refers={"organisation_id": "organisation"},
        unique=[("organisation_id", "reference"), ("organisation_id", "id")],
        # What joins an organisation's cases about one person is its own: a partner sees cases, one by one.
        select=f"{mine()} AND {SEES_CASES}",
        insert=f"{mine()} AND {WRITES_CASES} AND {may(Action.CASE_OPEN)}",
        insert_columns=("territory_id", "organisation_id", "reference", "is_demo"),
    ),
    Tenancy(
        "case_file",
        refers={"holder_id": "organisation"},
        unique=[("holder_id", "number")],
        index=[("person_id",)],
        # The holder's own row of case_access is made after the insert, which has to return the new id already.
        select=f"({HOLDER} AND {SEES_CASES}) OR {readable('case_file', '-1', case_column='id')}",
        insert=f"{HOLDER} AND {WRITES_CASES} AND {may(Action.CASE_OPEN)} AND status <> 'closed' "
        f"AND opened_on = {TODAY} AND opened_by = {ACCOUNT}",
        insert_columns=(
            *("territory_id", "number", "holder_id", "person_id", "status", "opened_on", "opened_by", "is_demo"),
        ),
    ),
    group(
        "case_identity",
        "given_name family_name birth_date birth_year sex",
        "identity.initials",
        "identity.name",
        "identity.birth_year",
        "identity.birth",
        "identity.sex",
    ),
    group("case_identity_code", "code kind", "identity.identity_code"),
    group(
        "case_contacts",
        "municipality phone phone_note email",
        "contacts.municipality",
        "contacts.phone",
        "contacts.email",
    ),
    # A partner who could write an address would learn from a protected one that it is there.
    Tenancy(
        "case_address",
        key=("case_id",),
        refers={"case_id": "case_file"},
        select=readable_unless_sealed("case_address", ADDRESS, "protected"),
        insert=writable_by_holder("case_address", ADDRESS),
        update=writable_by_holder("case_address", ADDRESS),
        update_columns=("address", "protected"),
    ),
    group("case_legal_status", "citizenship residence_permit", "status.citizenship", "status.residence_permit"),
    group("case_disadvantage", "statuses", "status.disadvantage"),
    group("case_economic", "income_band debts benefits", "economic.income_band", "economic.debts", "economic.benefits"),
    group("case_isee", "isee_value valid_until", "economic.isee_value"),
    group("case_work", "profile history", "work.profile", "work.history"),
    group("case_education", "level languages", "education.level", "education.languages"),
    group("case_housing", "situation", "housing.situation"),
    group("case_justice", "measures", "justice.measures"),
    rows_of_case("case_health", OWN_BIT, ("case_id", "field_bit"), removable=True, update_columns=("detail",)),
    *NEEDS,
]

WORK = [
    Tenancy(
        "authorisation",
        refers={"case_id": "case_file", "holder_id": "organisation"},
        index=[("case_id",), ("holder_id", "id")],
        select=f"{HOLDER} AND {SEES_CASES}",
        insert=f"{HOLDER} AND {SEES_CASES} AND {OF_MY_CASE.format(table='authorisation')} "
        f"AND {may(Action.AUTHORISATION_GIVE)} AND given_at = now() AND given_by = {ACCOUNT} AND until > now()",
        insert_columns=(
            *("territory_id", "case_id", "holder_id", "basis", "purposes", "organisation_ids", "kinds"),
            *("field_mask", "until", "given_at", "given_by"),
        ),
        update=f"{HOLDER} AND {SEES_CASES} AND {may(Action.AUTHORISATION_WITHDRAW)} AND withdrawn_at IS NULL",
        updated=f"{HOLDER} AND withdrawn_at = now() AND withdrawn_by = {ACCOUNT} AND withdrawal_reason <> ''",
        update_columns=("withdrawn_at", "withdrawn_by", "withdrawal_reason"),
    ),
    Tenancy(
        "joint_intervention",
        refers={"case_id": "case_file", "holder_id": "organisation"},
        unique=[("id", "holder_id", "case_id")],
        index=[("case_id", "id"), ("holder_id", "id")],
        select=f"{SEES_CASES} AND ({HOLDER} OR {PARTNER})",
        insert=f"{SEES_CASES} AND {HOLDER} AND {OF_MY_CASE.format(table='joint_intervention')} "
        f"AND {may(Action.JOINT_INTERVENTION_PROPOSE)} AND proposed_at = now() AND proposed_by = {ACCOUNT}",
        insert_columns=("territory_id", "case_id", "holder_id", "purpose", "proposed_at", "proposed_by"),
        update=f"{SEES_CASES} AND {HOLDER} AND {may(Action.JOINT_INTERVENTION_CLOSE)} AND closed_at IS NULL",
        updated=f"{HOLDER} AND closed_at = now() AND closed_by = {ACCOUNT} AND closing_reason IS NOT NULL",
        update_columns=("closed_at", "closed_by", "closing_reason"),
    ),
    # Apart from the facts that every invited partner may know, so that row security hides it from who sees no case.
    Tenancy(
        "joint_intervention_offer",
        key=("joint_intervention_id",),
        index=[("case_id",)],
        select=f"{SEES_CASES} AND ({HOLDER} OR {shared_by('joint_intervention_offer')})",
        insert=f"{SEES_CASES} AND {HOLDER} AND {may(Action.JOINT_INTERVENTION_PROPOSE)} "
        f"AND {OF_MY_WORK.format(table='joint_intervention_offer')}",
        insert_columns=(*("territory_id", "joint_intervention_id", "holder_id", "case_id", "offered_mask", "message"),),
    ),
    Tenancy(
        "joint_intervention_partner",
        key=("joint_intervention_id", "organisation_id"),
        refers={"organisation_id": "organisation"},
        index=[("organisation_id", "joint_intervention_id"), ("case_id",)],
        select=f"{SEES_CASES} AND ({mine()} OR {HOLDER})",
        insert=f"{SEES_CASES} AND {HOLDER} AND {may(Action.JOINT_INTERVENTION_PROPOSE)}",
        insert_columns=("territory_id", "joint_intervention_id", "organisation_id", "holder_id", "case_id"),
        update=f"{SEES_CASES} AND {mine()} AND {may(Action.JOINT_INTERVENTION_ANSWER)} AND status = 'invited'",
        # The days of sharing are counted from the answer.
        updated=f"{mine()} AND status IN ('accepted', 'declined') AND answered_at = now() AND answered_by = {ACCOUNT} "
        "AND (status = 'declined') = (decline_reason IS NOT NULL)",
        update_columns=("status", "answered_at", "answered_by", "decline_reason"),
    ),
    Tenancy(
        "joint_intervention_authorisation",
        refers={"authorisation_id": "authorisation"},
        index=[("case_id",), ("authorisation_id",), ("organisation_id",)],
        select=f"{SEES_CASES} AND {HOLDER}",
        insert=f"{SEES_CASES} AND {HOLDER} AND {may(Action.AUTHORISATION_GIVE)} AND attached_at = now() "
        f"AND attached_by = {ACCOUNT} AND {OF_MY_WORK.format(table='joint_intervention_authorisation')} "
        f"AND {OF_AN_AUTHORISATION_IN_FORCE.format(table='joint_intervention_authorisation')}",
        insert_columns=(
            *("territory_id", "joint_intervention_id", "organisation_id", "authorisation_id", "holder_id", "case_id"),
            *("attached_at", "attached_by"),
        ),
    ),
    Tenancy(
        "case_access",
        # Row security asks this index alone, for nearly every row of the others that anybody reads.
        key=("case_id", "organisation_id", "source_id", "clause", "authorisation_id"),
        include=("until", "read_mask"),
        refers={"organisation_id": "organisation", "case_id": "case_file"},
        select=f"{mine()} AND {SEES_CASES}",
    ),
    Tenancy(
        "access_log",
        # Written at every read, from rows of case_access that have these keys: checking them again took a third of it.
        refers_to_territory=False,
        index=[("case_id", "at")],
        unique=[("request_id", "case_id", "source_id", "clause", "authorisation_id")],
        # Whoever asked in vain is not told so: only what is there for somebody else leaves an entry.
        select=f"{HOLDER} OR ({mine()} AND kind <> 'refused')",
        insert=f"{READ_BY_ME_NOW} AND {IN_MY_NAME} AND {A_READ} AND {ON_A_LIVE_GROUND}",
        insert_columns=(
            *("territory_id", "at", "request_id", "organisation_id", "account_id", "holder_id", "case_id", "source_id"),
            *("fields_mask", "purpose", "clause", "authorisation_id", "kind", "reader_name", "reader_role"),
            "session_id",
        ),
        # Of one request there is one entry, which grows while the request lasts, and only grows: see 0006.
        update=READ_BY_ME_NOW,
        updated=f"{READ_BY_ME_NOW} AND {A_READ} AND {ON_A_LIVE_GROUND}",
        update_columns=("fields_mask", "kind"),
    ),
    Tenancy(
        "idempotency",
        key=("account_id", "organisation_id", "key"),
        refers={"organisation_id": "organisation"},
        select=f"{mine()} AND account_id = {ACCOUNT}",
        insert=f"{mine()} AND account_id = {ACCOUNT} AND created_at = now()",
    ),
]

# RFC 9562, version 7. PostgreSQL has it from 18 on; before, it is put together.
TIME_ORDERED_ID = """
DO $do$
BEGIN
    IF current_setting('server_version_num')::int >= 180000 THEN
        CREATE FUNCTION time_ordered_id() RETURNS uuid LANGUAGE sql VOLATILE AS 'SELECT pg_catalog.uuidv7()';
    ELSE
        CREATE FUNCTION time_ordered_id() RETURNS uuid LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp
        AS $body$
        SELECT encode(set_bit(set_bit(
                 overlay(uuid_send(gen_random_uuid())
                         PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                         FROM 1 FOR 6),
                 52, 1), 53, 1), 'hex')::uuid
        $body$;
    END IF;
END
$do$
"""

IDS = [
    TIME_ORDERED_ID,
    "REVOKE ALL ON FUNCTION time_ordered_id() FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION time_ordered_id() TO win_app, win_steward",
]

SHARED = [
    *(
        f"ALTER TABLE {table} ALTER COLUMN is_demo SET DEFAULT false"
        for table in ("territory", "account", "organisation", "person", "case_file")
    ),
    "ALTER TABLE member ALTER COLUMN role_since SET DEFAULT clock_timestamp()",
    "ALTER TABLE sign_in_throttle ALTER COLUMN failed_at SET DEFAULT '{}'",
    *(f"ALTER TABLE session ALTER COLUMN {column} SET DEFAULT ''" for column in ("browser", "system", "network")),
    # A case is about a person of its holder, and only the holder of joint work invites to it: these are keys,
    # because a policy that asked the other table would go round in a circle.
    "ALTER TABLE case_file ADD FOREIGN KEY (territory_id, holder_id, person_id) "
    "REFERENCES person (territory_id, organisation_id, id)",
    "ALTER TABLE joint_intervention_partner ADD FOREIGN KEY (territory_id, joint_intervention_id, holder_id, case_id) "
    "REFERENCES joint_intervention (territory_id, id, holder_id, case_id)",
    "ALTER TABLE joint_intervention_offer ADD FOREIGN KEY (territory_id, joint_intervention_id, holder_id, case_id) "
    "REFERENCES joint_intervention (territory_id, id, holder_id, case_id)",
    "ALTER TABLE joint_intervention_authorisation ADD FOREIGN KEY (territory_id, joint_intervention_id, "
    "organisation_id) REFERENCES joint_intervention_partner",
    "ALTER TABLE joint_intervention_authorisation ADD FOREIGN KEY (territory_id, joint_intervention_id, holder_id, "
    "case_id) REFERENCES joint_intervention (territory_id, id, holder_id, case_id)",
    "CREATE UNIQUE INDEX joint_intervention_authorisation_live ON joint_intervention_authorisation (territory_id, "
    "joint_intervention_id, organisation_id, authorisation_id) WHERE ended_at IS NULL",
    "ALTER TABLE joint_intervention_partner ADD CHECK (organisation_id <> holder_id)",
    f"ALTER TABLE joint_intervention_partner ADD CHECK (decline_reason IN ({quoted(DeclineReason)}))",
    f"ALTER TABLE joint_intervention ADD CHECK (closing_reason IN ({quoted(ClosingReason)}))",
    "ALTER TABLE case_file ADD CHECK ((status = 'closed') = (closed_on IS NOT NULL))",
    # Five years and a day or two: summer time, and the last day, which counts to its end.
    "ALTER TABLE authorisation ADD CHECK (until <= given_at + interval '5 years 2 days')",
    f"ALTER TABLE authorisation ADD CHECK (field_mask & ~{ALL_FIELDS} = 0 "
    f"AND (basis = 'consent' OR basis = 'public_task' AND field_mask & {SENSITIVE} = 0))",
    "ALTER TABLE case_file ALTER COLUMN opened_at SET DEFAULT now()",
    "ALTER TABLE case_address ALTER COLUMN protected SET DEFAULT false",
    "ALTER TABLE joint_intervention_partner ALTER COLUMN status SET DEFAULT 'invited'",
    "ALTER TABLE case_access ALTER COLUMN until SET DEFAULT 'infinity'",
    "ALTER TABLE territory ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE territory FORCE ROW LEVEL SECURITY",
    "CREATE POLICY kept ON territory TO win_owner, win_steward USING (true) WITH CHECK (true)",
    f"CREATE POLICY may_select ON territory FOR SELECT TO win_app USING (id = {TERRITORY})",
    "GRANT SELECT ON territory TO win_app, win_steward",
    # A date of birth says the year too, so the two cannot disagree.
    "ALTER TABLE case_identity ADD CONSTRAINT birth_year_is_that_of_the_date CHECK "
    "(birth_date IS NULL OR coalesce(birth_year = extract(year FROM birth_date), false))",
    "CREATE UNIQUE INDEX session_token_hash ON session (token_hash)",
    # Two cases of one person are found by the code.
    "CREATE INDEX case_identity_code_code ON case_identity_code (territory_id, code)",
    # Reads of a list stream over this index alone: order, mask and expiry are all in it.
    "CREATE INDEX case_access_list ON case_access (territory_id, organisation_id, opened_on, case_id) "
    "INCLUDE (read_mask, until, holder_id)",
    *NEED_CHECKS,
    f"ALTER TABLE case_health ADD CHECK ((1::bigint << field_bit) & "
    f"{sum(field.mask for field in FIELD.values() if field.group == 'health')} <> 0)",
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_cases")]

    operations = [
        ops.RunSQL(
            [
                *IDS,
                *definer("own_name", "", "text", OWN_NAME),
                *(line for table in [*ORGANISATIONS, *CASES, *WORK] for line in table.statements()),
                *(line for name in ["account", "session", "sign_in_throttle", "role_mask"] for line in closed(name)),
                *SHARED,
            ]
        )
    ]

"""Keys led by the territory, row security and grants of every table: one entry a table."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from authz.fields import FIELD, mask_of
from infra.row_security import ACCOUNT, FIELD_MASK, ORGANISATION, TERRITORY, Tenancy, closed, mine
from tenants.sharing.row_security import readable, writable

HOLDER = mine("holder_id")
OWN_BIT = "(1::bigint << field_bit)"
PARTNER = (
    "EXISTS (SELECT FROM joint_intervention_partner p WHERE p.territory_id = joint_intervention.territory_id "
    f"AND p.joint_intervention_id = joint_intervention.id AND p.organisation_id = {ORGANISATION})"
)


def group(table: str, *names: str, **extra: object) -> Tenancy:
    """One row a case, all of whose fields are of one sensitivity."""
    return rows_of_case(table, str(sum({FIELD[name].mask for name in names})), ("case_id",), **extra)


def rows_of_case(table: str, bits: str, key: tuple[str, ...], *, removable: bool = False, **extra: object) -> Tenancy:
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
        **extra,  # type: ignore[arg-type]
    )


ORGANISATIONS = [
    Tenancy("organisation", refers={"successor_id": "organisation"}, unique=[("slug",)], select="true"),
    Tenancy(
        "member",
        refers={"organisation_id": "organisation"},
        unique=[("account_id", "organisation_id")],
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
        unique=[("organisation_id", "reference")],
        select=f"{mine()} OR EXISTS (SELECT FROM case_file c WHERE c.territory_id = person.territory_id "
        "AND c.person_id = person.id)",
        insert=mine(),
    ),
    Tenancy(
        "case_file",
        refers={"holder_id": "organisation", "person_id": "person"},
        unique=[("holder_id", "number")],
        index=[("person_id",)],
        select=readable("case_file", "-1", case_column="id"),
        insert=HOLDER,
        update=HOLDER,
        update_columns=("status", "closed_on", "closure_reason"),
    ),
    group(
        "case_identity", "identity.initials", "identity.name", "identity.birth_year", "identity.birth", "identity.sex"
    ),
    group("case_identity_code", "identity.identity_code"),
    group("case_contacts", "contacts.municipality", "contacts.phone", "contacts.email"),
    group("case_address", "contacts.address"),
    group("case_legal_status", "status.citizenship", "status.residence_permit"),
    group("case_disadvantage", "status.disadvantage"),
    group("case_economic", "economic.income_band", "economic.debts", "economic.benefits"),
    group("case_isee", "economic.isee_value"),
    group("case_work", "work.profile", "work.history"),
    group("case_education", "education.level", "education.languages"),
    group("case_housing", "housing.situation"),
    group("case_justice", "justice.measures"),
    rows_of_case("case_health", OWN_BIT, ("case_id", "field_bit"), removable=True),
    rows_of_case("case_need", OWN_BIT, ("id",), removable=True, index=[("case_id",)]),
    rows_of_case("case_need_detail", OWN_BIT, ("need_id",), removable=True),
]

WORK = [
    Tenancy(
        "authorisation",
        refers={"case_id": "case_file", "holder_id": "organisation"},
        index=[("case_id",)],
        select=f"{HOLDER} AND {FIELD_MASK} <> 0",
        insert=f"{HOLDER} AND {FIELD_MASK} <> 0",
        update=f"{HOLDER} AND {FIELD_MASK} <> 0",
        update_columns=("withdrawn_at", "withdrawn_by", "withdrawal_reason"),
    ),
    Tenancy(
        "joint_intervention",
        refers={"case_id": "case_file", "holder_id": "organisation"},
        index=[("case_id",), ("holder_id", "proposed_at")],
        select=f"{FIELD_MASK} <> 0 AND ({HOLDER} OR {PARTNER})",
        insert=f"{FIELD_MASK} <> 0 AND {HOLDER}",
        update=f"{FIELD_MASK} <> 0 AND {HOLDER}",
        update_columns=("closed_at", "closed_by", "closing_reason"),
    ),
    Tenancy(
        "joint_intervention_partner",
        key=("joint_intervention_id", "organisation_id"),
        refers={
            "joint_intervention_id": "joint_intervention",
            "organisation_id": "organisation",
            "holder_id": "organisation",
            "case_id": "case_file",
        },
        index=[("organisation_id", "joint_intervention_id"), ("case_id",)],
        select=f"{FIELD_MASK} <> 0 AND ({mine()} OR {HOLDER})",
        insert=f"{FIELD_MASK} <> 0 AND {HOLDER}",
        update=f"{FIELD_MASK} <> 0 AND {mine()}",
        update_columns=("status", "answered_at", "answered_by", "decline_reason"),
    ),
    Tenancy(
        "case_access",
        key=("organisation_id", "case_id", "source_id", "clause", "authorisation_id"),
        refers={"organisation_id": "organisation", "case_id": "case_file"},
        index=[("case_id",)],
        select=mine(),
    ),
    Tenancy(
        "access_log",
        refers={"organisation_id": "organisation", "holder_id": "organisation"},
        index=[("case_id", "at")],
        select=f"{HOLDER} OR {mine()}",
        insert=mine(),
    ),
    Tenancy(
        "idempotency",
        key=("account_id", "organisation_id", "key"),
        refers={"organisation_id": "organisation"},
        select=f"{mine()} AND account_id = {ACCOUNT}",
        insert=f"{mine()} AND account_id = {ACCOUNT}",
        update=f"{mine()} AND account_id = {ACCOUNT}",
        update_columns=("outcomes",),
    ),
]

SHARED = [
    "ALTER TABLE territory ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE territory FORCE ROW LEVEL SECURITY",
    "CREATE POLICY kept ON territory TO win_owner, win_steward USING (true) WITH CHECK (true)",
    f"CREATE POLICY may_select ON territory FOR SELECT TO win_app USING (id = {TERRITORY})",
    "GRANT SELECT ON territory TO win_app, win_steward",
    "CREATE UNIQUE INDEX session_token_hash ON session (token_hash)",
    # Reads of a list stream over this index alone: order, mask and expiry are all in it.
    "CREATE INDEX case_access_list ON case_access (territory_id, organisation_id, opened_on, case_id) "
    "INCLUDE (read_mask, until, holder_id)",
    f"ALTER TABLE case_need ADD CHECK (field_bit BETWEEN 0 AND 62 AND (1::bigint << field_bit) & "
    f"{mask_of(FIELD)} <> 0)",
    f"ALTER TABLE case_health ADD CHECK ((1::bigint << field_bit) & "
    f"{sum(field.mask for field in FIELD.values() if field.group == 'health')} <> 0)",
]


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_cases")]

    operations = [
        ops.RunSQL(statement)
        for statement in [
            *(line for table in [*ORGANISATIONS, *CASES, *WORK] for line in table.statements()),
            *(line for name in ["account", "session", "sign_in_throttle", "role_mask"] for line in closed(name)),
            *SHARED,
        ]
    ]

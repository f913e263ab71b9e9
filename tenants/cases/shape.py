"""What can be read of a case: one line a value, with the field of the registry that it belongs to."""

from authz.actions import Action, action_mask
from authz.fields import FIELD
from tenants.cases.disclosure import disclosure_rows
from tenants.cases.models import CaseStatus, ClosureReason
from tenants.cases.steps import STEPS
from tenants.events.shape import TIMELINE
from tenants.joint_work.shape import OF_CASE
from tenants.reading.expressions import field_keys
from tenants.reading.shapes import Inline, Key, Kind, Leaf, Many, One, Pages, Shape, Source
from tenants.sharing.shape import reader_rows

NEED_BITS = sum(
    FIELD[key].mask
    for key in ("needs.macro", "justice.measures", "health.addictions", "health.disability", "health.conditions")
)

SHOWN_NEED = "{mask} & (1::bigint << {child}.field_bit) <> 0"

DISADVANTAGE, ISEE = "case_disadvantage", "case_isee"


def health(name: str) -> Leaf:
    """Each health field is a row of its own, so that the database hides each by itself."""
    field = FIELD[f"health.{name}"]
    return Leaf(
        name,
        sql="(SELECT h.detail FROM case_health h WHERE h.territory_id = {row}.territory_id "
        f"AND h.case_id = {{row}}.id AND h.field_bit = {field.bit})",
        field=field.key,
    )


def need_detail(column: str) -> str:
    """Return the expression of a column of a need's details, where its own field is readable."""
    return (
        f"(SELECT d.{column} FROM case_need_detail d WHERE d.territory_id = {{row}}.territory_id "
        "AND d.need_id = {row}.id AND {mask} & (1::bigint << d.field_bit) <> 0)"
    )


def can(name: str, action: Action, condition: str, note: str) -> Leaf:
    """One verb that the reader may do to this case now."""
    sql = f"({condition} AND {{actions}} & {action_mask([action])} <> 0)"
    return Leaf(name, Kind.BOOLEAN, sql=sql, public=True, required=True, note=note)


PERSON = Inline(
    "person",
    "Person",
    (
        Leaf(
            "reference",
            sql="(SELECT p.reference FROM person p WHERE p.territory_id = {row}.territory_id "
            "AND p.id = {row}.person_id)",
            public=True,
            note="The holder's own reference of the person, by which its cases belong together; nobody else sees it.",
        ),
        Inline(
            "identity",
            "Identity",
            (
                Leaf(
                    "initials",
                    # In capitals: of "de" and "d'" no more is told than of any other name.
                    sql="nullif(concat(upper(left({of}.given_name, 1)) || '.', "
                    "upper(left({of}.family_name, 1)) || '.'), '')",
                    table="case_identity",
                    field="identity.initials",
                ),
                Leaf("given_name", table="case_identity", field="identity.name"),
                Leaf("family_name", table="case_identity", field="identity.name"),
                Leaf("born_on", Kind.DATE, sql="{of}.birth_date", table="case_identity", field="identity.birth"),
                Leaf("birth_year", Kind.INT, table="case_identity", field="identity.birth_year"),
                Leaf("sex", sql="{of}.sex", table="case_identity", field="identity.sex", note="F or M."),
                Leaf("identity_code", sql="{of}.code", table="case_identity_code", field="identity.identity_code"),
            ),
        ),
        Inline(
            "contacts",
            "Contacts",
            (
                Leaf("municipality", table="case_contacts", field="contacts.municipality", note="ISTAT code."),
                Leaf("phone", table="case_contacts", field="contacts.phone", note="E.164."),
                Leaf(
                    "phone_note",
                    table="case_contacts",
                    field="contacts.phone",
                    note="What belongs to the number: an extension, a second number, when to call.",
                ),
                Leaf("email", table="case_contacts", field="contacts.email"),
                Leaf("address", table="case_address", field="contacts.address"),
                Leaf(
                    "address_protected",
                    Kind.BOOLEAN,
                    sql="{of}.protected",
                    table="case_address",
                    field="contacts.address",
                    note="Never shared with others, whatever pact and consent say.",
                ),
            ),
        ),
    ),
)

GROUPS = (
    Inline(
        "legal_status",
        "LegalStatus",
        (
            Leaf("citizenship", table="case_legal_status", field="status.citizenship"),
            Leaf("residence_permit", table="case_legal_status", field="status.residence_permit"),
            Leaf(
                "disadvantage", sql="{of}.statuses", table="case_disadvantage", field="status.disadvantage", listed=True
            ),
        ),
    ),
    Inline(
        "economic",
        "Economic",
        (
            Leaf("income_band", table="case_economic", field="economic.income_band"),
            Leaf(
                "isee_value", Kind.DECIMAL, sql="{of}.isee_value::text", table="case_isee", field="economic.isee_value"
            ),
            Leaf("isee_valid_until", Kind.DATE, sql="{of}.valid_until", table=ISEE, field="economic.isee_value"),
            Leaf("debts", table="case_economic", field="economic.debts"),
            Leaf("benefits", table="case_economic", field="economic.benefits"),
        ),
    ),
    Inline(
        "work",
        "Work",
        (
            Leaf("profile", table="case_work", field="work.profile"),
            Leaf("history", table="case_work", field="work.history"),
        ),
    ),
    Inline(
        "education",
        "Education",
        (
            Leaf("level", table="case_education", field="education.level"),
            Leaf("languages", table="case_education", field="education.languages"),
        ),
    ),
    Inline("housing", "Housing", (Leaf("situation", table="case_housing", field="housing.situation"),)),
    Inline("health", "Health", tuple(health(name) for name in ("conditions", "disability", "addictions", "mental"))),
    Inline("justice", "Justice", (Leaf("measures", table="case_justice", field="justice.measures"),)),
)

NEXT = ", ".join(
    f"('{before}', '{after.name}', {place}, "
    f"{action_mask([Action.CASE_CLOSE if CaseStatus.CLOSED in (before, after) else Action.CASE_UPDATE])}::bigint)"
    for before, following in STEPS.items()
    for place, after in enumerate(following)
)
NEXT_STATUSES = (
    f"(SELECT coalesce(json_agg(s.after ORDER BY s.place), '[]') FROM (VALUES {NEXT}) s (before, after, place, verb) "
    "WHERE {own} AND s.before = {row}.status AND {actions} & s.verb <> 0)"
)

VIEWER_CAN = Inline(
    "viewer_can",
    "CaseViewerCan",
    (
        can("update", Action.CASE_UPDATE, "{writing} <> 0", "Write at least one field of it."),
        can("give_authorisation", Action.AUTHORISATION_GIVE, "{own}", "Record a consent or a public task."),
        can("withdraw_authorisation", Action.AUTHORISATION_WITHDRAW, "{own}", "Withdraw one."),
        can("propose_joint_intervention", Action.JOINT_INTERVENTION_PROPOSE, "{own}", "Propose joint work on it."),
        can("read_access_log", Action.ACCESS_LOG_READ, "{own}", "See who read it."),
        Leaf(
            "change_status_to",
            CaseStatus,
            sql=NEXT_STATUSES,
            public=True,
            listed=True,
            required=True,
            note="The states that they may move it to now.",
        ),
        Leaf(
            "write_fields",
            sql=field_keys("{writing}"),
            public=True,
            listed=True,
            required=True,
            note="Keys of the fields that they may write, in groups of which they read something.",
        ),
    ),
    note="What the reader may do to this case.",
)

CASE = Shape(
    "Case",
    "case_file",
    (
        Leaf("id", Kind.ID, sql="'case_' || {row}.id", public=True, required=True),
        Leaf("number", public=True, required=True, note="The number that people use; unique within the holder."),
        Leaf("status", CaseStatus, sql="upper({row}.status)", public=True, required=True),
        Leaf("opened_on", Kind.DATE, public=True, required=True),
        Leaf("closed_on", Kind.DATE, public=True),
        Leaf("closure_reason", ClosureReason, sql="upper({row}.closure_reason)", public=True),
        Leaf(
            "version",
            Kind.INT,
            sql="(SELECT coalesce(max(v.version), 1) FROM case_change v WHERE v.territory_id = {row}.territory_id "
            "AND v.case_id = {row}.id AND {mask} & v.fields_mask = v.fields_mask)",
            public=True,
            required=True,
            note="Send it back as `expectedVersion`. It counts the changes that the reader may know of.",
        ),
        Leaf(
            "is_own", Kind.BOOLEAN, sql="{own}", public=True, required=True, note="Held by the reader's organisation."
        ),
        One(
            "holder",
            "Organisation",
            "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.holder_id",
            required=True,
        ),
        PERSON,
        *GROUPS,
        Many(
            "needs",
            "Need",
            "{child}.territory_id = {row}.territory_id AND {child}.case_id = {row}.id AND " + SHOWN_NEED,
            order="{child}.recorded_on, {child}.id",
            bits=NEED_BITS,
            note="Null if no need may be read.",
        ),
        Pages("joint_interventions", "JointIntervention", OF_CASE, note="Those that the reader takes part in."),
        Pages("events", "Event", TIMELINE, note="What happened to it, newest first; to partners, of their joint work."),
        Many(
            "authorisations",
            "Authorisation",
            "{child}.territory_id = {row}.territory_id AND {child}.case_id = {row}.id",
            order="{child}.given_at, {child}.id",
            note="For the holder alone; others see none.",
        ),
        Many(
            "disclosure",
            "Disclosure",
            "true",
            order="{child}.position",
            rows=disclosure_rows,
            note="For every field: its state, and why.",
        ),
        Many(
            "seen_by",
            "CaseReader",
            "true",
            order="{child}.status, {child}.organisation_id, {child}.source_id",
            rows=reader_rows,
            note="Who else sees it, and by what; for the holder alone, others see none.",
        ),
        VIEWER_CAN,
    ),
    prefix="case",
    grounded=True,
    action=Action.CASE_READ,
    cases="SELECT {id}",
    note="The unit of work that is shared under the pact.",
)

NEED = Shape(
    "Need",
    "case_need",
    (
        Leaf("id", Kind.ID, sql="'need_' || {row}.id", required=True),
        Leaf("macro", sql="upper({row}.macro)", required=True),
        Leaf("item", sql=need_detail("item")),
        Leaf("note", sql=need_detail("note")),
        Leaf("recorded_on", Kind.DATE, required=True),
    ),
    prefix="need",
    of_case="case_id",
    reached=SHOWN_NEED,
    bits=NEED_BITS,
    cases="SELECT n.case_id FROM case_need n WHERE n.territory_id = {territory} AND n.id = {id}",
)


def if_readable(table: str, test: str, field: str) -> str:
    """Return a condition on a value of a case; it asks only of the cases whose value the reader may know.

    A filter is a question too, so its field stands under `tested` besides.
    """
    return (
        f"EXISTS (SELECT FROM {table} x JOIN case_access m ON m.territory_id = x.territory_id "
        "AND m.case_id = x.case_id WHERE x.territory_id = a.territory_id AND x.case_id = a.case_id "
        f"AND {test} AND m.organisation_id = {{organisation}} AND m.until > now() "
        f"AND m.read_mask & {{field_mask}} & {FIELD[field].mask} <> 0)"
    )


# Row security shows the words of names that the reader may know, and no others.
NAMED = (
    "a.case_id IN (SELECT w.case_id FROM string_to_table({value}, '|') WITH ORDINALITY asked (runs, place) "
    "CROSS JOIN string_to_table(asked.runs, ' ') run "
    "JOIN case_name_word w ON w.territory_id = {territory} AND w.word >= run AND w.word < run || '~' "
    "GROUP BY w.case_id HAVING count(DISTINCT asked.place) = cardinality(string_to_array({value}, '|')))"
)

# The index case_access_list holds all of this: a page costs the same however many cases there are.
CASES = Source(
    rows="FROM case_access a WHERE a.territory_id = {territory} AND a.organisation_id = {organisation} "
    "AND a.until > now()",
    keys=(Key("opened_on", "a.opened_on", "date"), Key("id", "a.case_id", "uuid")),
    group="GROUP BY a.opened_on, a.case_id HAVING bit_or(a.read_mask) & {field_mask} <> 0",
    mask="bit_or(a.read_mask) & {field_mask}",
    filters={
        "status": "EXISTS (SELECT FROM case_file f WHERE f.territory_id = a.territory_id AND f.id = a.case_id "
        "AND f.status = {value})",
        "number": "EXISTS (SELECT FROM case_file f WHERE f.territory_id = a.territory_id AND f.id = a.case_id "
        "AND f.number = upper({value}))",
        "holder": "a.holder_id = (SELECT o.id FROM organisation o WHERE o.territory_id = {territory} "
        "AND o.slug = {value})",
        "opened_from": "a.opened_on >= {value}::date",
        "opened_to": "a.opened_on <= {value}::date",
        "municipality": if_readable("case_contacts", "x.municipality = {value}", "contacts.municipality"),
        "name": NAMED,
    },
    tested={"municipality": FIELD["contacts.municipality"].mask, "name": FIELD["identity.name"].mask},
    cases="SELECT id FROM {shown}",
)

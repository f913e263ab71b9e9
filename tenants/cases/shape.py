"""What can be read of a case: one line a value, with the field of the registry that it belongs to."""

from authz.actions import Action
from authz.fields import FIELD
from tenants.cases.catalogues import Sex
from tenants.cases.disclosure import disclosure_rows
from tenants.cases.models import CaseStatus, ClosureReason
from tenants.cases.need_shape import SHOWN_NEED
from tenants.cases.viewer_can import VIEWER_CAN
from tenants.events.shape import TIMELINE
from tenants.joint_work.shape import OF_CASE
from tenants.reading.shapes import Inline, Kind, Leaf, Many, One, Pages, Shape
from tenants.sharing.row_security import HOLDERS
from tenants.sharing.shape import reader_rows

KNOWN_CHANGES = (
    "FROM case_change v WHERE v.territory_id = {row}.territory_id AND v.case_id = {row}.id "
    f"AND ({{mask}} | CASE WHEN {{own}} THEN {HOLDERS} ELSE 0 END) & v.fields_mask = v.fields_mask"
)
"""Those that the reader may know of."""

DISADVANTAGE, ISEE = "case_disadvantage", "case_isee"


def health(name: str) -> Leaf:
    """Each health field is a row of its own, so that the database hides each by itself."""
    field = FIELD[f"health.{name}"]
    return Leaf(
        name,
        sql="(SELECT h.detail FROM case_health h WHERE h.territory_id = {row}.territory_id "
        f"AND h.case_id = {{row}}.id AND h.field_bit = {field.bit})",
        field=field.key,
        note="In words, at most 4000 characters; a special field by itself.",
    )


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
                    note="Of given and family name, for whoever must not know the name.",
                ),
                Leaf(
                    "given_name",
                    table="case_identity",
                    field="identity.name",
                    note="As people write it, at most 100 characters.",
                ),
                Leaf(
                    "family_name",
                    table="case_identity",
                    field="identity.name",
                    note="As people write it, at most 100 characters.",
                ),
                Leaf(
                    "born_on",
                    Kind.DATE,
                    sql="{of}.birth_date",
                    table="case_identity",
                    field="identity.birth",
                    note="The day of birth, from 1900 on.",
                ),
                Leaf(
                    "birth_year",
                    Kind.INT,
                    table="case_identity",
                    field="identity.birth_year",
                    note="The year of birth; where the day is known it agrees with it.",
                ),
                Leaf(
                    "sex",
                    Sex,
                    sql="{of}.sex",
                    table="case_identity",
                    field="identity.sex",
                    note="As registers of the population write it.",
                ),
                Leaf(
                    "identity_code",
                    sql="{of}.code",
                    table="case_identity_code",
                    field="identity.identity_code",
                    note="The codice fiscale, or an STP or ENI code, in capitals; its control character is right.",
                ),
            ),
            note="Who the person is.",
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
                Leaf(
                    "email",
                    table="case_contacts",
                    field="contacts.email",
                    note="An address that mail can be sent to, at most 254 characters.",
                ),
                Leaf(
                    "address",
                    sql="CASE WHEN {own} OR NOT {of}.protected THEN {of}.address END",
                    table="case_address",
                    field="contacts.address",
                    sealable=True,
                    note="Street, number and place, at most 300 characters; to others, a protected one is as if none "
                    "were written.",
                ),
                Leaf(
                    "address_protected",
                    Kind.BOOLEAN,
                    sql="CASE WHEN {own} THEN coalesce({of}.protected, false) END",
                    table="case_address",
                    field="contacts.address",
                    aside=True,
                    note="Never shared with others, whatever pact and consent say; null for them, protected or not.",
                ),
            ),
            note="How to reach the person.",
        ),
    ),
    note="Whom a case is about.",
)

GROUPS = (
    Inline(
        "legal_status",
        "LegalStatus",
        (
            Leaf(
                "citizenship",
                table="case_legal_status",
                field="status.citizenship",
                note="ISO 3166-1 alpha-2, XX for a stateless person: `catalogue(name: CITIZENSHIP)`.",
            ),
            Leaf(
                "residence_permit",
                table="case_legal_status",
                field="status.residence_permit",
                note="Its kind as it is written on it, at most 100 characters.",
            ),
            Leaf(
                "disadvantage",
                sql="{of}.statuses",
                table="case_disadvantage",
                field="status.disadvantage",
                listed=True,
                note="Conditions by law, which have to be documented: `catalogue(name: DISADVANTAGE)`.",
            ),
        ),
        note="Citizenship, and conditions by law.",
    ),
    Inline(
        "economic",
        "Economic",
        (
            Leaf(
                "income_band",
                table="case_economic",
                field="economic.income_band",
                note="Of the ISEE indicator: `catalogue(name: INCOME_BAND)`.",
            ),
            Leaf(
                "isee_value",
                Kind.DECIMAL,
                sql="{of}.isee_value::text",
                table="case_isee",
                field="economic.isee_value",
                note="Euros, to the cent, below ten million.",
            ),
            Leaf(
                "isee_valid_until",
                Kind.DATE,
                sql="{of}.valid_until",
                table=ISEE,
                field="economic.isee_value",
                note="The last day of the ISEE declaration.",
            ),
            Leaf("debts", table="case_economic", field="economic.debts", note="In words, at most 1000 characters."),
            Leaf(
                "benefits",
                table="case_economic",
                field="economic.benefits",
                note="What the household already receives, in words, at most 1000 characters.",
            ),
        ),
        note="Income, debts and benefits.",
    ),
    Inline(
        "work",
        "Work",
        (
            Leaf(
                "profile",
                table="case_work",
                field="work.profile",
                note="What the person can do and when, in words, at most 2000 characters.",
            ),
            Leaf(
                "history",
                table="case_work",
                field="work.history",
                note="What they have done before, at most 4000 characters.",
            ),
        ),
        note="What the person can do, and has done.",
    ),
    Inline(
        "education",
        "Education",
        (
            Leaf(
                "level",
                table="case_education",
                field="education.level",
                note="The highest qualification, by ISTAT's codes: `catalogue(name: EDUCATION_LEVEL)`.",
            ),
            Leaf(
                "languages",
                table="case_education",
                field="education.languages",
                note="In words, at most 500 characters.",
            ),
        ),
        note="Schooling and languages.",
    ),
    Inline(
        "housing",
        "Housing",
        (
            Leaf(
                "situation", table="case_housing", field="housing.situation", note="In words, at most 2000 characters."
            ),
        ),
        note="How the person lives.",
    ),
    Inline(
        "health",
        "Health",
        tuple(health(name) for name in ("conditions", "disability", "addictions", "mental")),
        note="Special data: each value is shared by itself, and only with consent.",
    ),
    Inline(
        "justice",
        "Justice",
        (
            Leaf(
                "measures",
                table="case_justice",
                field="justice.measures",
                note="Of a court, in words, at most 4000 characters; a judicial field.",
            ),
        ),
        note="Judicial data, shared only with consent.",
    ),
)

CASE = Shape(
    "Case",
    "case_file",
    (
        Leaf("id", Kind.ID, sql="'case_' || {row}.id", public=True, required=True, note="Stays the same for good."),
        Leaf("number", public=True, required=True, note="The number that people use; unique within the holder."),
        Leaf(
            "status",
            CaseStatus,
            sql="upper({row}.status)",
            public=True,
            required=True,
            note="Where it stands on its path.",
        ),
        Leaf("opened_on", Kind.DATE, public=True, required=True, note="The day of the first contact."),
        Leaf("closed_on", Kind.DATE, public=True, note="The day on which it was closed; null while it is open."),
        Leaf(
            "closure_reason",
            ClosureReason,
            sql="upper({row}.closure_reason)",
            public=True,
            note="Why it was closed; null while it is open.",
        ),
        Leaf(
            "version",
            Kind.INT,
            sql=f"(SELECT coalesce(max(v.version), 1) {KNOWN_CHANGES})",
            public=True,
            required=True,
            note="Send it back as `expectedVersion`. It counts the changes that the reader may know of.",
        ),
        Leaf(
            "updated_at",
            Kind.DATETIME,
            sql=f"greatest({{row}}.opened_at, (SELECT max(v.at) {KNOWN_CHANGES}))",
            public=True,
            required=True,
            note="When it was opened, or last changed in what the reader may know of.",
        ),
        Leaf(
            "external_reference",
            sql="(SELECT r.reference FROM case_reference r WHERE r.territory_id = {row}.territory_id "
            "AND r.case_id = {row}.id)",
            public=True,
            note="What the holder's own program calls it: unique within the holder, which alone reads it.",
        ),
        Leaf(
            "is_own", Kind.BOOLEAN, sql="{own}", public=True, required=True, note="Held by the reader's organisation."
        ),
        One(
            "holder",
            "Organisation",
            "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.holder_id",
            required=True,
            note="Whose case it is: alone it gives authorisations and invites others.",
        ),
        PERSON,
        *GROUPS,
        Many(
            "needs",
            "Need",
            "{child}.territory_id = {row}.territory_id AND {child}.case_id = {row}.id AND " + SHOWN_NEED,
            order="{child}.recorded_on, {child}.id",
            field="needs.macro",
            note="Those of whose fields all may be read; null where `needs.macro` may not.",
        ),
        Many(
            "possible_duplicates",
            "Case",
            f"{{own}} AND {{mask}} & {FIELD['identity.identity_code'].mask} <> 0 "
            "AND {child}.territory_id = {row}.territory_id AND {child}.holder_id = {organisation} "
            "AND {child}.id IN (SELECT o.case_id FROM case_identity_code c JOIN case_identity_code o "
            "ON o.territory_id = c.territory_id AND o.code = c.code AND o.case_id <> c.case_id "
            "WHERE c.territory_id = {row}.territory_id AND c.case_id = {row}.id)",
            order="{child}.opened_on, {child}.id",
            note="Other cases of the same organisation with the same identity code; none of them for others, nor for "
            "whoever may not read the code.",
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

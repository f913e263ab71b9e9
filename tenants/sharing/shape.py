"""What can be read of who sees a case, and of who would: names of fields with their grounds, never a value."""

from typing import TYPE_CHECKING

from authz.explain import CONDITIONS, Reason
from authz.fields import FIELD
from authz.purposes import Purpose
from infra.explained import Explained
from tenants.cases.disclosure import IN_FORCE, held_fields
from tenants.joint_work.shape import PartnerStatus
from tenants.reading.expressions import last_day
from tenants.reading.shapes import Kind, Leaf, Many, One, Shape

if TYPE_CHECKING:
    from tenants.reading.rendering import Rendering, Scope

SUPPOSED = {
    "case": "uuid",
    "purpose": "text",
    "offered": "bigint",
    "partners": "uuid[]",
    "accepted": "uuid[]",
    "withdrawn": "uuid",
    "attached_to": "uuid",
    "attached": "uuid",
    "shown": "uuid[]",
}
"""What may be supposed: the arguments of the function `sharing_if`, and whom to show; null shows everybody."""

PREVIEWS = """(
  SELECT {territory} AS territory_id, g.organisation_id, {case} AS case_id, jsonb_agg(g) AS grounds
    FROM sharing_if({case}, {purpose}, {offered}, {partners}, {accepted}, {withdrawn}, {attached_to}, {attached}) g
   WHERE {shown} IS NULL OR g.organisation_id = ANY ({shown})
   GROUP BY g.organisation_id)"""

READERS = """(
  SELECT {territory} AS territory_id, {row}.id AS case_id, g.organisation_id, g.source_id,
         CASE WHEN min(g.answer) = 'accepted' AND NOT stands(g.source_id, g.organisation_id)
              THEN 'SUSPENDED' ELSE upper(min(g.answer)) END AS status, upper(min(g.purpose)) AS purpose,
         jsonb_agg(g) AS grounds
    FROM sharing_if({row}.id, NULL, NULL, '{{}}', (SELECT array_agg(j.id) FROM joint_intervention j
                     WHERE j.territory_id = {territory} AND j.case_id = {row}.id), NULL, NULL, NULL) g
   WHERE {own}
   GROUP BY g.organisation_id, g.source_id)"""

FIELDS = """(
  SELECT f.position, f.key AS field, {territory} AS territory_id, m.before & f.bit <> 0 AND NOT {sealed} AS before,
         s.clause, s.until, s.purpose,
         CASE WHEN m.authorised_mask & f.bit <> 0 AND {sealed} THEN '{protected}' {denials} ELSE '{shared}' END
         AS reason
    FROM (VALUES {fields}) f (position, key, bit)
    CROSS JOIN (
         SELECT coalesce(bit_or(g.read_mask) FILTER (WHERE NOT g.later), 0) AS before,
                coalesce(bit_or(g.pact_mask) FILTER (WHERE g.later AND g.clause IS NOT NULL),
                         bit_or(g.pact_mask) FILTER (WHERE g.later), 0) AS pact_mask,
                coalesce(bit_or(g.authorised_mask) FILTER (WHERE g.later), 0) AS authorised_mask,
                coalesce(bit_or(g.read_mask) FILTER (WHERE g.later), 0) AS read_mask
           FROM {grounds}) m
    LEFT JOIN LATERAL (
         SELECT g.clause, g.until, upper(g.purpose) AS purpose FROM {grounds}
          WHERE g.later AND g.read_mask & f.bit <> 0 AND NOT {sealed}
          ORDER BY g.until DESC, g.clause LIMIT 1) s ON true)"""


GROUNDS = (
    "jsonb_to_recordset({row}.grounds) g (later boolean, clause smallint, purpose text, pact_mask bigint, "
    "authorised_mask bigint, read_mask bigint, until timestamptz)"
)


class PreviewReason(Explained):
    """Why a partner sees a field, or would not: without the role, which is each member's own."""

    SHARED = "SHARED", "Pact, authorisation and offer would allow it."
    NOT_IN_PACT = "NOT_IN_PACT", "No clause shares it with them for this purpose."
    NOT_AUTHORISED = "NOT_AUTHORISED", "A clause would, but no authorisation covers it."
    NOT_OFFERED = "NOT_OFFERED", "Clause and authorisation would, but it is not offered."
    PROTECTED = "PROTECTED", "The address is protected: nobody but the holder ever sees it."


# Only who may read the address sees the row, so to everybody else nothing is protected.
SEALED = (
    f"(f.bit = {FIELD['contacts.address'].mask} AND EXISTS (SELECT FROM case_address x "
    "WHERE x.territory_id = {territory} AND x.case_id = {row}.case_id AND x.protected))"
)


def preview_rows(rendering: "Rendering", scope: "Scope") -> str:
    """Return the rows (field, before, reason, clause, purpose, until): one for each field that a case can hold."""
    fields = [f"({field.bit}, '{field.key}', {field.mask}::bigint)" for field in held_fields(rendering.shapes)]
    denials = " ".join(
        f"WHEN m.{column} & f.bit = 0 THEN '{reason.value}'" for reason, column in CONDITIONS if reason != Reason.ROLE
    )
    return rendering.fill(
        FIELDS,
        scope,
        fields=", ".join(fields),
        grounds=rendering.fill(GROUNDS, scope),
        sealed=rendering.fill(SEALED, scope),
        denials=denials,
        shared=PreviewReason.SHARED.value,
        protected=PreviewReason.PROTECTED.value,
    )


def reader_rows(rendering: "Rendering", scope: "Scope") -> str:
    """Return the rows (organisation, joint work, answer, purpose, grounds) of whoever sees the case or is invited."""
    return rendering.fill(READERS, scope)


ORGANISATION = One(
    "organisation",
    "Organisation",
    "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.organisation_id",
    required=True,
    note="Whose members see it, each as far as their role allows.",
)

FIELD_PREVIEW = Shape(
    "FieldPreview",
    "",
    (
        Leaf("field", required=True, note="Key of the field, such as `work.profile`."),
        Leaf("before", Kind.BOOLEAN, required=True, note="Whether the organisation sees it as things are now."),
        Leaf("reason", PreviewReason, required=True, note="`SHARED` if the organisation then sees it; else why not."),
        One(
            "clause",
            "PactClause",
            f"{{child}}.territory_id = {{territory}} AND {{child}}.pact_version_id = {IN_FORCE} "
            "AND {child}.number = {row}.clause",
            note="The clause that then lets it be seen longest.",
        ),
        Leaf("purpose", Purpose, note="The purpose of the joint work by which it is then seen."),
        Leaf("until", Kind.DATE, sql=last_day("{row}.until"), note="The last day on which it is then seen, in Italy."),
    ),
    note="One field as an organisation would find it; whether the case has a value in it is not told.",
)

PARTNER_PREVIEW = Shape(
    "PartnerPreview",
    "",
    (
        ORGANISATION,
        Many(
            "fields",
            "FieldPreview",
            "({child}.reason = 'SHARED' OR {row}.organisation_id <> {organisation})",
            order="{child}.position",
            rows=preview_rows,
            note="Every field that a case can hold, for the holder; for the organisation itself, those it would see.",
        ),
    ),
    note="What one organisation would see of a case.",
)

READER = Shape(
    "CaseReader",
    "",
    (
        ORGANISATION,
        One(
            "joint_intervention",
            "JointIntervention",
            "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.source_id",
            note="The joint work by which it sees the case.",
        ),
        Leaf(
            "status",
            PartnerStatus,
            required=True,
            note="`INVITED`: it does not see the case yet, and `fields` is what it would; `SUSPENDED`: no more.",
        ),
        Leaf("purpose", Purpose, required=True, note="What the joint work is for."),
        Many(
            "fields",
            "FieldPreview",
            "{child}.reason = 'SHARED'",
            order="{child}.position",
            rows=preview_rows,
            note="What it sees by this joint work, or would see; empty if nothing.",
        ),
    ),
    note="An organisation that sees a case of mine by one joint work, or that is invited to it.",
)

"""What can be read of what happened to a case."""

from tenants.events.models import EventKind
from tenants.reading.expressions import field_keys
from tenants.reading.shapes import Key, Kind, Leaf, One, Shape, Source

EVENT = Shape(
    "Event",
    "event",
    (
        Leaf("id", Kind.ID, sql="'event_' || {row}.id", required=True),
        Leaf("kind", EventKind, sql="upper({row}.kind)", required=True),
        Leaf("at", Kind.DATETIME, required=True),
        One(
            "organisation",
            "Organisation",
            "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.organisation_id",
            required=True,
            note="Whoever did it.",
        ),
        Leaf(
            "fields",
            sql=field_keys("({row}.fields_mask & {field_mask})"),
            listed=True,
            required=True,
            note="Keys of the fields that were written; never their values.",
        ),
        One(
            "joint_intervention",
            "JointIntervention",
            "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.joint_intervention_id",
        ),
    ),
    note="One thing that happened to a case.",
)

# What is only to come is not shown yet, and an end that was forestalled by a withdrawal never.
TIMELINE = Source(
    rows="FROM event e WHERE e.territory_id = {territory} AND e.case_id = {row}.id AND e.at <= now() "
    "AND NOT (e.kind = 'authorisation_will_end' AND EXISTS (SELECT FROM authorisation w "
    "WHERE w.territory_id = e.territory_id AND w.id = e.authorisation_id AND w.withdrawn_at <= e.at))",
    keys=(Key("at", "e.at", "timestamptz"), Key("id", "e.id", "uuid")),
)

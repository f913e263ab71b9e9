"""What can be read of what happened to a case."""

from tenants.events.models import EventKind
from tenants.reading.expressions import field_keys
from tenants.reading.shapes import Key, Kind, Leaf, One, Shape, Source


def happened(event: str) -> str:
    """Return the condition that an event is told: not what is to come, nor what something else had forestalled.

    An authorisation that was withdrawn does not end, and a proposal that was answered or closed does not lapse.
    """
    return (
        f"{event}.at <= now() AND CASE {event}.kind WHEN 'authorisation_will_end' THEN NOT EXISTS "
        f"(SELECT FROM authorisation w WHERE w.territory_id = {event}.territory_id "
        f"AND w.id = {event}.authorisation_id AND w.withdrawn_at <= {event}.at) "
        f"WHEN 'joint_intervention_will_lapse' THEN {_waited(event)} "
        f"WHEN 'joint_intervention_lapsed' THEN {_waited(event)} ELSE true END"
    )


def _waited(event: str) -> str:
    return (
        "EXISTS (SELECT FROM joint_intervention w JOIN joint_intervention_partner x "
        "ON x.territory_id = w.territory_id AND x.joint_intervention_id = w.id "
        f"WHERE w.territory_id = {event}.territory_id AND w.id = {event}.joint_intervention_id "
        f"AND coalesce(w.closed_at, 'infinity') > {event}.at AND coalesce(x.answered_at, 'infinity') > {event}.at)"
    )


EVENT = Shape(
    "Event",
    "event",
    (
        Leaf("id", Kind.ID, sql="'event_' || {row}.id", required=True, note="Stays the same for good."),
        Leaf("kind", EventKind, sql="upper({row}.kind)", required=True, note="What happened."),
        Leaf("at", Kind.DATETIME, required=True, note="When it happened."),
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
            note="The joint work that it is about, where there is one that I may see.",
        ),
    ),
    prefix="event",
    of_case="case_id",
    reached=happened("{child}"),
    cases="SELECT v.case_id FROM event v WHERE v.territory_id = {territory} AND v.id = {id}",
    note="One thing that happened to a case.",
)

TIMELINE = Source(
    rows="FROM event e WHERE e.territory_id = {territory} AND e.case_id = {row}.id AND " + happened("e"),
    keys=(Key("at", "e.at", "timestamptz"), Key("id", "e.id", "uuid")),
)

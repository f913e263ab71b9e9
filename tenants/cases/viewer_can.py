"""What the reader may do to a case: asked of the database, never worked out from roles."""

from authz.actions import Action, action_mask
from tenants.cases.models import CaseStatus
from tenants.cases.steps import STEPS
from tenants.reading.expressions import field_keys
from tenants.reading.shapes import Inline, Kind, Leaf


def can(name: str, action: Action, condition: str, note: str) -> Leaf:
    """One verb that the reader may do to this case now."""
    sql = f"({condition} AND {{actions}} & {action_mask([action])} <> 0)"
    return Leaf(name, Kind.BOOLEAN, sql=sql, public=True, required=True, note=note)


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
    note="What I may do to a case now; never work it out from roles.",
)

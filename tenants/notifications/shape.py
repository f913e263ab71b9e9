"""What a member reads of what they are told."""

from infra.messages import MESSAGES
from tenants.events.models import EventKind
from tenants.joint_work.lapsing import lapses_at
from tenants.notifications.telling import TELLING
from tenants.reading.expressions import last_day
from tenants.reading.shapes import Key, Kind, Leaf, One, Shape, Source

# Only what whoever is told may see at the moment of reading gets into the words.
VALUES = {
    "organisation": "(SELECT o.name FROM event e JOIN organisation o ON o.territory_id = e.territory_id "
    "AND o.id = e.organisation_id WHERE e.territory_id = {row}.territory_id AND e.id = {row}.event_id)",
    "case": "(SELECT c.number FROM case_file c WHERE c.territory_id = {row}.territory_id AND c.id = {row}.case_id)",
    "until": f"(SELECT to_char({last_day('u.until')}, 'DD/MM/YYYY') FROM authorisation u "
    "WHERE u.territory_id = {row}.territory_id AND u.id = {row}.authorisation_id)",
    "lapses": f"(SELECT to_char({lapses_at('l')} AT TIME ZONE 'Europe/Rome', 'DD/MM/YYYY') FROM joint_intervention l "
    "WHERE l.territory_id = {row}.territory_id AND l.id = {row}.joint_intervention_id)",
}
TOLD = {kind: telling.message for kind, telling in TELLING.items()}
UNREAD = (
    "(SELECT count(*) FROM notification n WHERE n.territory_id = {territory} AND n.organisation_id = {organisation} "
    "AND n.account_id = {account} AND n.read_at IS NULL)"
)


def sentence(message: str, language: int) -> str:
    """Return the expression of a message in one language; a value that is hidden by now is a dash."""
    text = "'" + MESSAGES[message][language].replace("'", "''").replace("{", "{{").replace("}", "}}") + "'"
    for name, value in VALUES.items():
        if f"{{{name}}}" in MESSAGES[message][language]:
            text = f"replace({text}, '{{{{{name}}}}}', coalesce({value}, '–'))"
    return text


def words() -> str:
    """Return the expression of what a notification says, in the reader's language."""
    cases = " ".join(
        f"WHEN '{kind}' THEN CASE {{language}} WHEN 'en' THEN {sentence(message, 1)} ELSE {sentence(message, 0)} END"
        for kind, message in TOLD.items()
    )
    return f"coalesce(CASE {{row}}.kind {cases} END, '')"


NOTIFICATION = Shape(
    "Notification",
    "notification",
    (
        Leaf("id", Kind.ID, sql="'notification_' || {row}.id", required=True, note="Stays the same for good."),
        Leaf("kind", EventKind, sql="upper({row}.kind)", required=True, note="What I am told of."),
        Leaf("text", sql=words(), required=True, note="In the reader's language."),
        Leaf("at", Kind.DATETIME, required=True, note="When it happened."),
        Leaf("read_at", Kind.DATETIME, note="When I said that I have read it; null until then."),
        Leaf(
            "case_id",
            Kind.ID,
            sql="(SELECT 'case_' || c.id FROM case_file c WHERE c.territory_id = {row}.territory_id "
            "AND c.id = {row}.case_id)",
            note="Null for whoever may not see it.",
        ),
        One(
            "joint_intervention",
            "JointIntervention",
            "{child}.territory_id = {row}.territory_id AND {child}.id = {row}.joint_intervention_id",
            note="The joint work that it is about; null for whoever may not see it.",
        ),
    ),
    prefix="notification",
    cases="SELECT n.case_id FROM notification n WHERE n.territory_id = {territory} AND n.id = {id}",
    note="One thing that I am told.",
)

NOTIFICATIONS = Source(
    rows="FROM notification n WHERE n.territory_id = {territory} AND n.organisation_id = {organisation} "
    "AND n.account_id = {account}",
    keys=(Key("id", "n.id", "uuid"),),
    filters={"unread_only": "({value} <> 'true' OR n.read_at IS NULL)"},
    cases="SELECT n.case_id FROM notification n JOIN {shown} s ON s.id = n.id WHERE n.territory_id = {territory}",
)

"""Whether what somebody was told is still their organisation's business."""

from tenants.sharing.standing import takes_part


def concerns(row: str) -> str:
    """Return the predicate of a notification: a partner that has left the pact is told no more, the holder is.

    It is asked both when notifications are shown and when a mail says that they wait.
    """
    return (
        f"({row}.joint_intervention_id IS NULL OR EXISTS (SELECT FROM joint_intervention j "
        f"WHERE j.territory_id = {row}.territory_id AND j.id = {row}.joint_intervention_id "
        f"AND (j.holder_id = {row}.organisation_id OR {takes_part(row)})))"
    )

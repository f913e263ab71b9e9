"""What whoever manages members reads of invitations."""

from authz.roles import Role
from tenants.reading.shapes import Key, Kind, Leaf, Shape, Source

# A function of the database, which gives no row to whoever does not manage the organisation's members.
INVITATION = Shape(
    "Invitation",
    "managed_invitations()",
    (
        Leaf("id", Kind.ID, sql="'invitation_' || {row}.id", required=True, note="Stays the same for good."),
        Leaf("email", required=True, note="Where the link was sent; it works for this address alone."),
        Leaf("display_name", required=True, note="As the inviter wrote it; whoever accepts may write it otherwise."),
        Leaf(
            "role",
            Role,
            sql="upper({row}.role)",
            required=True,
            note="What they will be from the day on which they accept.",
        ),
        Leaf("invited_by", required=True, note="The name of whoever invited."),
        Leaf("invited_at", Kind.DATETIME, required=True, note="When they were asked."),
        Leaf("expires_at", Kind.DATETIME, required=True, note="When the link stops working."),
        Leaf("sent_at", Kind.DATETIME, note="When the mail went out; null until then."),
        Leaf("accepted_at", Kind.DATETIME, note="When they became a member; null until then."),
        Leaf("withdrawn_at", Kind.DATETIME, note="When it was taken back; null if it was not."),
    ),
    prefix="invitation",
    note="Somebody who is asked to become a member of my organisation.",
)

INVITATIONS = Source(
    rows="FROM managed_invitations() i WHERE i.territory_id = {territory} AND i.is_pending",
    keys=(Key("id", "i.id", "uuid"),),
)

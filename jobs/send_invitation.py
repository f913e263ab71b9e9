"""Sends the link of an invitation, which is made here and now: nobody but whoever gets the mail ever has it.

The mail goes first and the hash of its link is stored afterwards, so that no row is locked while a mail server is
waited for. If the worker is killed in between, another mail with another link follows, and the first link is dead.
"""

from infra.clock import ROME, now
from infra.database import Connection
from infra.mail import send
from infra.messages import say
from infra.row_security import TERRITORY
from infra.settings import public_address
from jobs.job import Happened, Job
from tenants.members.secrets import hash_of, new_link

SECONDS = 12.0
WORDS = ("mail.invitation_subject", "mail.invitation_text")
LETTER = "SELECT * FROM invitation_to_send($1)"
# One that was withdrawn while the mail was on its way keeps no link.
SENT = f"""
UPDATE invitation SET token_hash = $2, sent_at = $3
 WHERE territory_id = {TERRITORY} AND id = $1 AND accepted_at IS NULL AND withdrawn_at IS NULL
"""


async def run(connection: Connection, event: Happened) -> None:
    """Send it, unless it was withdrawn meanwhile or is past its end."""
    letter = await connection.fetchrow(LETTER, event.invitation_id)
    if letter is None:
        return
    link = new_link()
    values = {
        "organisation": letter["organisation"],
        "invited_by": letter["invited_by"],
        "until": f"{letter['expires_at'].astimezone(ROME):%d/%m/%Y, %H:%M}",
        "address": f"{public_address()}/invitations/{link}",
    }
    subject, text = (say(letter["language"], message, **values) for message in WORDS)
    await send(letter["email"], subject, text)
    await connection.execute(SENT, event.invitation_id, hash_of(link), now())


SEND_INVITATION = Job("send_invitation", SECONDS, run)

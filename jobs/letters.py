"""Sends letters to members: links for new passwords, word of what was changed, and that something waits.

As with invitations the link is made here and now, the mail goes first, and the hash of its link is stored afterwards.
A letter that a worker was killed over is claimed anew, and its link is another.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from infra.database import transaction
from infra.log import logger
from infra.mail import send
from infra.messages import say
from infra.settings import public_address
from jobs.outbox import SECONDS_OF_LOOKING, Pace, may_go_on
from tenants.members.secrets import hash_of, new_link

SECONDS = 12.0
CLAIM = "SELECT * FROM claim_letter($1)"
SENT = "SELECT letter_sent($1, $2)"
FAILED = "SELECT letter_failed($1, $2, $3, $4)"
WITH_LINK = "password_reset"
PLACES = {"news": "notifications"}


async def post(context: dict[str, Any]) -> None:
    """Send what is due, until nothing is or it is time to be looked for again."""
    pace: Pace = context["pace"]
    until = time.monotonic() + SECONDS_OF_LOOKING
    while may_go_on(context, until):
        async with transaction() as connection:
            letter = await connection.fetchrow(CLAIM, pace.claim)
        if letter is None:
            return
        await _post(letter, pace)


async def _post(letter: Mapping[str, Any], pace: Pace) -> None:
    """Send one, or note that it could not be sent: by the kind of error, whose words might name a person."""
    try:
        async with asyncio.timeout(SECONDS):
            link = await write(letter)
    except Exception as error:
        kind, attempts = type(error).__name__, letter["attempts"] + 1
        last = attempts >= pace.attempts
        logger().error("a letter failed", kind=letter["kind"], id=str(letter["id"]), error=kind, last=last)
        async with transaction() as connection:
            await connection.execute(FAILED, letter["id"], kind, last, pace.wait(attempts))
        return
    async with transaction() as connection:
        await connection.execute(SENT, letter["id"], None if link is None else hash_of(link))


async def write(letter: Mapping[str, Any]) -> str | None:
    """Write to whom it is for, if there is anybody; return the secret of the link in it."""
    if not letter["is_to_be_sent"]:
        return None
    link = new_link() if letter["kind"] == WITH_LINK else None
    place = f"reset/{link}" if link else PLACES.get(letter["kind"], "account")
    values = {
        "address": f"{public_address()}/{place}",
        "organisation": letter["organisation"],
        "count": letter["waiting"],
    }
    parts = (f"mail.{letter['kind']}_{part}" for part in ("subject", "text"))
    subject, text = (say(letter["language"], message, **values) for message in parts)
    await send(letter["email"], subject, text)
    return link

"""Sends letters to members: links for new passwords, word of what was changed, and that something waits.

As with invitations the link is made here and now, the mail goes first, and the hash of its link is stored afterwards.
A letter that a worker was killed over is claimed anew, and its link is another.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from infra.database import Connection, transaction
from infra.log import logger
from infra.mail import send
from infra.messages import say
from infra.settings import public_address
from tenants.members.secrets import hash_of, new_link

CLAIM_FOR = timedelta(seconds=60)
MOST_ATTEMPTS = 6
FIRST_WAIT = timedelta(seconds=10)
IN_A_ROW = 20
CLAIM = "SELECT * FROM claim_letter($1)"
SENT = "SELECT letter_sent($1, $2)"
FAILED = "SELECT letter_failed($1, $2, $3, $4)"
WITH_LINK = "password_reset"
PLACES = {"news": "notifications"}


async def post(context: dict[str, Any]) -> None:
    """Send what is due, until nothing is or the worker is told to stop."""
    for _ in range(IN_A_ROW):
        if context["is_stopping"]():
            return
        async with transaction() as connection:
            letter = await connection.fetchrow(CLAIM, CLAIM_FOR)
        if letter is None:
            return
        await _post(letter)


async def _post(letter: Mapping[str, Any]) -> None:
    """Send one, or note that it could not be sent: by the kind of error, whose words might name a person."""
    try:
        link = await write(letter)
    except Exception as error:
        last = letter["attempts"] >= MOST_ATTEMPTS
        kind = type(error).__name__
        logger().error("a letter failed", kind=letter["kind"], id=str(letter["id"]), error=kind, last=last)
        async with transaction() as connection:
            await _note(connection, letter, kind, last=last)
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


async def _note(connection: Connection, letter: Mapping[str, Any], error: str, *, last: bool) -> None:
    await connection.execute(FAILED, letter["id"], error, last, FIRST_WAIT * 2 ** (letter["attempts"] - 1))

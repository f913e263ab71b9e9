"""The log of sign-ins: what was tried and came of it; of whom, only as far as two lines can be told to be alike.

An account and a network stand in it as keyed hashes: whoever has the log alone cannot try addresses on it.
"""

from enum import StrEnum

from infra.keys import keyed_hash
from infra.log import logger


class SignInEvent(StrEnum):
    """What can be noted."""

    CODE_ASKED = "code asked"
    FACTOR_ENDED = "second factor ended"
    FACTOR_RESET_ASKED = "end of second factor asked"
    FACTOR_STARTED = "second factor started"
    LINK_ASKED = "link asked"
    OPENED = "opened"
    PASSWORD_CHANGED = "password changed"  # noqa: S105 - the name of an event
    PASSWORD_RESET = "password reset"  # noqa: S105 - the name of an event
    THROTTLED = "throttled"
    WRONG_CODE = "wrong code"
    WRONG_PASSWORD = "wrong password"  # noqa: S105 - the name of an event


def note(event: SignInEvent, email: str, network: str = "", **facts: bool) -> None:
    """Write one line; `facts` are yes or no, and never a text."""
    given = {"network": pseudonym("network", network)} if network else {}
    logger().info("sign-in", outcome=event.value, account=pseudonym("account", email), **given, **facts)


def pseudonym(kind: str, text: str) -> str:
    """Return what stands for an address or a network in the log: the same for the same, and nothing else."""
    return keyed_hash("log of sign-ins", kind, text)[:16]

"""E-mail addresses as they are typed, and as they are stored."""

import re

from infra.errors import ProblemCode
from tenants.checks import Wrong
from tenants.signs import seen

LONGEST = 254
# What mail servers take; quotes and comments, which nobody's address has, are left out on purpose. So is what begins
# a coded word (RFC 2047): a mail would be delivered to what it decodes to, which is another address than this.
ADDRESS = re.compile(
    r"(?!.*=\?)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9-]+\.)+[a-z0-9-]{2,}"
)


def address(value: object) -> str | None:
    """Return the check's address as accounts have it, in small letters; an empty one is none."""
    if not isinstance(value, str):
        raise Wrong(ProblemCode.INVALID_FORMAT, "problem.address")
    text = seen(value).strip().lower()
    if len(text) > LONGEST:
        raise Wrong(ProblemCode.TOO_LONG, most=LONGEST)
    if text and not ADDRESS.fullmatch(text):
        raise Wrong(ProblemCode.INVALID_FORMAT, "problem.address")
    return text or None

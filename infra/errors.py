"""Every error that WIN raises on purpose, as one small closed tree.

WinError                      has a code, a message id and values; shown to the caller in their language
├── Unauthenticated           nobody is signed in, or the session has ended
├── Refused                   signed in, visible, but not this verb
├── NotFound                  absent, or hidden: the two look the same
├── Conflict                  somebody changed it first
├── IdempotencyConflict       the same key came with another request
├── Invalid                   problems that the person can mend
├── BadRequest                the request is not well formed
├── LimitExceeded             the document asks too much at once
├── MethodNotAllowed          this address is asked by another method
├── PersistedQueryNotSupported  only the hash of a document came, and none is kept
├── TooManyAttempts           sign-in is slowed down for a while
└── Unavailable               a part we depend on does not answer
SetupError                    for the operator: one sentence, exit code 2
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from infra.explained import Explained


class ErrorCode(StrEnum):
    """The closed list of `extensions.code`; each is documented in docs/errors.md."""

    BAD_REQUEST = "BAD_REQUEST"
    CONFLICT = "CONFLICT"
    FORBIDDEN = "FORBIDDEN"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    INTERNAL = "INTERNAL"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    NOT_FOUND = "NOT_FOUND"
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
    TOO_MANY_ATTEMPTS = "TOO_MANY_ATTEMPTS"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    UNAVAILABLE = "UNAVAILABLE"


class ProblemCode(Explained):
    """What can be wrong with an input that a person can mend."""

    ALREADY_ANSWERED = "ALREADY_ANSWERED", "It was answered before; an answer is given once."
    INVALID_FORMAT = "INVALID_FORMAT", "It is not written as such a value is."
    INVALID_IDENTITY_CODE = "INVALID_IDENTITY_CODE", "Its signs or its control character cannot be right."
    IN_THE_FUTURE = "IN_THE_FUTURE", "It has to have happened already."
    IN_THE_PAST = "IN_THE_PAST", "It has to be still to come."
    NEEDS_CONSENT = "NEEDS_CONSENT", "A special or judicial field is shared by consent alone."
    NOT_SHAREABLE = "NOT_SHAREABLE", "No clause of the pact shares it so."
    REQUIRED = "REQUIRED", "Something has to be given."
    TAKEN = "TAKEN", "Something else of the organisation has it, and only one can."
    TOO_FAR = "TOO_FAR", "It is too many years away to be meant."
    TOO_LONG = "TOO_LONG", "It has more characters than there is room for; the message says how many."
    TOO_MANY = "TOO_MANY", "More items than may be given at once."
    TOO_OBVIOUS = "TOO_OBVIOUS", "A password that others try first."
    TOO_SHORT = "TOO_SHORT", "A password of fewer characters than it needs."
    UNKNOWN_FIELD = "UNKNOWN_FIELD", "No field and no group has this key."
    UNKNOWN_ITEM = "UNKNOWN_ITEM", "The catalogue has no such code."
    UNKNOWN_ORGANISATION = "UNKNOWN_ORGANISATION", "No organisation of the territory can be meant."
    WRONG_CODE = "WRONG_CODE", "The code is not right, or not any more."
    WRONG_PASSWORD = "WRONG_PASSWORD", "It is not the present password."
    WRONG_STATE = "WRONG_STATE", "What it is about is past that."


@dataclass(frozen=True)
class Problem:
    """One thing to mend: its code, where it is in the input, and the message id with its values."""

    code: ProblemCode
    path: tuple[str, ...]
    text: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def message_id(self) -> str:
        return self.text or f"problem.{self.code.lower()}"


class WinError(Exception):
    """A refusal raised on purpose; `text` is an id of infra/messages.py."""

    code = ErrorCode.INTERNAL
    language: str = ""
    """The caller's, once they are known."""
    location: tuple[int, int] | None = None
    """Line and column of the document, if it is the document that is wrong."""

    def __init__(self, text: str = "", **values: str | int) -> None:
        self.text = text or f"error.{self.code.lower()}"
        self.values = {name: str(value) for name, value in values.items()}
        super().__init__(self.text)

    def extensions(self) -> dict[str, Any]:
        """Return the machine-readable part of the answer."""
        return {"code": self.code.value}


class Unauthenticated(WinError):
    """Nobody is signed in, or the session has ended."""

    code = ErrorCode.UNAUTHENTICATED


class Refused(WinError):
    """The caller may see the thing but not do this to it."""

    code = ErrorCode.FORBIDDEN

    def __init__(self, text: str = "", *, action: str = "", **values: str | int) -> None:
        super().__init__(text, action=action, **values)
        self.action = action

    def extensions(self) -> dict[str, Any]:
        return {"code": self.code.value, **({"action": self.action} if self.action else {})}


class NotFound(WinError):
    """Absent or hidden: the caller cannot tell which."""

    code = ErrorCode.NOT_FOUND


@dataclass(frozen=True)
class Collision:
    """One value that somebody changed first: theirs and yours, as the API writes them."""

    name: str
    field: str
    theirs: Any
    yours: Any
    is_given: bool
    """Whether you wanted to change it too."""
    is_told: bool
    """Whether theirs is told here."""

    def told(self) -> dict[str, Any]:
        """Return it for a machine; what is not told and what was not given is left out."""
        return {
            "name": camel(self.name),
            "field": self.field,
            **({"theirs": self.theirs} if self.is_told else {}),
            **({"yours": self.yours} if self.is_given else {}),
        }


def camel(name: str) -> str:
    """Return a name as the API spells it."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


class Conflict(WinError):
    """Somebody changed the same part of the case first; both versions are told, and both values of what collides."""

    code = ErrorCode.CONFLICT

    def __init__(
        self,
        expected: int,
        actual: int,
        by: str | None = None,
        at: datetime | None = None,
        collisions: Sequence[Collision] = (),
    ) -> None:
        super().__init__("error.conflict_with" if by else "", expected=expected, actual=actual, by=by or "")
        self.expected, self.actual, self.by, self.at, self.collisions = expected, actual, by, at, tuple(collisions)

    def extensions(self) -> dict[str, Any]:
        return {
            "code": self.code.value,
            "expectedVersion": self.expected,
            "actualVersion": self.actual,
            "conflict": {
                "by": self.by,
                "at": self.at.isoformat() if self.at else None,
                "values": [collision.told() for collision in self.collisions],
            },
        }


class IdempotencyConflict(WinError):
    """The same Idempotency-Key came with another request."""

    code = ErrorCode.IDEMPOTENCY_CONFLICT


class Invalid(WinError):
    """The input has problems that a person can mend; nothing was changed."""

    code = ErrorCode.BAD_REQUEST

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


class BadRequest(WinError):
    """The request is not well formed; `text` says where."""

    code = ErrorCode.BAD_REQUEST


class LimitExceeded(WinError):
    """The document asks more than one request may."""

    code = ErrorCode.LIMIT_EXCEEDED


class MethodNotAllowed(WinError):
    """This address is asked by another method; `allowed` names those that it takes."""

    code = ErrorCode.METHOD_NOT_ALLOWED

    def __init__(self, allowed: str) -> None:
        super().__init__(allowed=allowed)
        self.allowed = allowed


class PersistedQueryNotSupported(WinError):
    """Only the hash of a document came; clients know the words of the message, and send the document."""

    code = ErrorCode.PERSISTED_QUERY_NOT_SUPPORTED


class TooManyAttempts(WinError):
    """Sign-in is slowed down; `retry_after` is in seconds."""

    code = ErrorCode.TOO_MANY_ATTEMPTS

    def __init__(self, retry_after: int) -> None:
        super().__init__(seconds=retry_after)
        self.retry_after = retry_after

    def extensions(self) -> dict[str, Any]:
        return {"code": self.code.value, "retryAfter": self.retry_after}


class Unavailable(WinError):
    """A part that we depend on does not answer; `retry_after` is in seconds."""

    code = ErrorCode.UNAVAILABLE

    def __init__(self, text: str = "", *, retry_after: int = 2) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class SetupError(Exception):
    """Something the operator must mend; the message is one clear sentence."""

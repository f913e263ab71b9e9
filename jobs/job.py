"""What a job is: a name, a time limit, and an effect that stands in one transaction with the word that it happened."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from infra.database import Connection


@dataclass(frozen=True)
class Happened:
    """The event that a job answers: something about a case, or about an invitation."""

    id: UUID
    kind: str
    organisation_id: UUID
    holder_id: UUID | None
    case_id: UUID | None
    authorisation_id: UUID | None
    joint_intervention_id: UUID | None
    invitation_id: UUID | None
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Job:
    """`run` is given the steward's connection in the event's territory; what it writes is done once or not at all."""

    name: str
    seconds: float
    run: Callable[[Connection, Happened], Awaitable[None]]

"""How a mutation runs its verb: in a savepoint, once for its idempotency key, problems told instead of thrown."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import TYPE_CHECKING, Any
from uuid import UUID

import strawberry
from graphql import GraphQLResolveInfo
from strawberry.utils.str_converters import to_camel_case

from api.reading.answer import Asking, read_one
from api.reading.types import TYPES
from infra.database import connection
from infra.errors import Invalid, ProblemCode
from infra.messages import say

if TYPE_CHECKING:
    ProblemCodes = ProblemCode
else:
    ProblemCodes = TYPES.enum(ProblemCode)


@strawberry.type(description="Something in the input that a person can mend.")
class Problem:
    code: ProblemCodes = strawberry.field(description="What is wrong, for programs.")
    path: list[str] = strawberry.field(description="Where it is in the input, names and positions.")
    message: str = strawberry.field(
        description="What is wrong and what to do, for people, in the language of the caller."
    )


@dataclass(frozen=True)
class Outcome:
    """What a verb came to: the id of the row it made or changed, or problems. It is what a repeated request gets."""

    row: UUID | None
    problems: tuple[Mapping[str, Any], ...] = ()

    def stored(self) -> dict[str, Any]:
        return {"row": str(self.row) if self.row else None, "problems": list(self.problems)}

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> "Outcome":
        return cls(UUID(stored["row"]) if stored["row"] else None, tuple(stored["problems"]))


async def do(info: strawberry.Info, verb: Callable[[], Awaitable[UUID | None]]) -> Outcome:
    """Run the verb, or take up what it came to the first time this request was made."""
    asking: Asking = info.context
    key = str(info.path.key)
    if asking.replayed is not None:
        return Outcome.restored(asking.replayed[key])
    try:
        async with connection().transaction():
            outcome = Outcome(await verb())
    except Invalid as invalid:
        outcome = Outcome(None, problems_of(invalid))
    asking.outcomes[key] = outcome.stored()
    return outcome


def problems_of(invalid: Invalid) -> tuple[Mapping[str, Any], ...]:
    """Return problems as an outcome keeps them."""
    return tuple(
        {
            "code": problem.code.name,
            "path": [to_camel_case(part) for part in problem.path],
            "text": problem.message_id,
            "values": dict(problem.values),
        }
        for problem in invalid.problems
    )


def told(outcome: Outcome, info: strawberry.Info) -> list[Problem]:
    """Return the problems of an outcome in the caller's language."""
    language = info.context.viewer.actor.language
    return [
        Problem(
            code=problem["code"],
            path=problem["path"],
            message=say(language, problem["text"], **problem["values"]),
        )
        for problem in outcome.problems
    ]


def payload(name: str, noun: str, shape: str) -> Any:
    """Make a mutation's payload type: the noun as it is afterwards, and the problems."""

    async def read(self: Any, info: strawberry.Info) -> Any:
        raw: GraphQLResolveInfo[Any] = info._raw_info
        return await read_one(raw, shape, self.outcome.row) if self.outcome.row else None

    async def problems(self: Any, info: strawberry.Info) -> list[Problem]:
        return told(self.outcome, info)

    cls: Any = type(name, (), {"__annotations__": {"outcome": strawberry.Private[Outcome]}})
    setattr(cls, noun, strawberry.field(resolver=read, graphql_type=TYPES.classes[shape] | None))
    cls.problems = strawberry.field(resolver=problems, description="Empty when it was done.")
    return strawberry.type(cls)


def given(source: Any, *left_out: str) -> dict[str, Any]:
    """Return the members of an input that the caller gave; one given as null is there, with `None`."""
    return {
        item.name: value.value if isinstance(value := getattr(source, item.name), Enum) else value
        for item in fields(source)
        if item.name not in left_out and getattr(source, item.name) is not strawberry.UNSET
    }

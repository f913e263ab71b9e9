"""How the values that a caller writes are read, one scalar at a time; what cannot be read is the caller's to mend."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import wraps
from typing import Any

import strawberry
from graphql import GraphQLError, GraphQLScalarType, GraphQLSchema
from strawberry.types.scalar import ScalarDefinition

LONGEST_NUMBER = 40
NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?", re.ASCII)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)


def read_decimal(value: object) -> Decimal:
    """Return an exact number from text or a whole number; a floating one has lost its cents already."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    # Neither an exponent nor the digits of another script: both are slips of a program, not of a person.
    if len(text) > LONGEST_NUMBER or not NUMBER.fullmatch(text):
        raise GraphQLError('Decimal is given as text, such as "4210.55".')
    return Decimal(text)


def read_date(value: object) -> date:
    """Return a calendar day (ISO 8601, YYYY-MM-DD)."""
    try:
        if isinstance(value, str) and DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise GraphQLError("Date is given as YYYY-MM-DD.")


def read_instant(value: object) -> datetime:
    """Return an instant (ISO 8601, with its distance from UTC)."""
    try:
        if isinstance(value, str) and INSTANT.fullmatch(value):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    raise GraphQLError("DateTime is given as 2026-05-07T09:30:00Z.")


# Answers are text already: PostgreSQL wrote them.
SCALARS: Mapping[object, ScalarDefinition] = {
    date: strawberry.scalar(
        name="Date",
        serialize=str,
        parse_value=read_date,
        description="A calendar day in Italy, YYYY-MM-DD.",
        specified_by_url="https://scalars.graphql.org/andimarek/local-date.html",
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        serialize=str,
        parse_value=read_instant,
        description="An instant, ISO 8601 with its distance from UTC, which is 0 in every answer.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time.html",
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        serialize=str,
        parse_value=read_decimal,
        description=f"An exact number, as text of at most {LONGEST_NUMBER} signs without an exponent. "
        "A floating number would lose cents.",
        specified_by_url="https://www.w3.org/TR/xmlschema-2/#decimal",
    ),
}


def refuse_what_cannot_be_read(schema: GraphQLSchema) -> None:
    """Let no scalar raise anything but its own refusal: whatever else goes wrong with a value is the value's fault.

    Python's own conversions fail in many ways, such as with a number of more than 4300 digits.
    """
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLScalarType):
            for name in ("coerce_input_value", "coerce_input_literal", "parse_value", "parse_literal"):
                read = getattr(kind, name)
                if read is not None and not hasattr(read, "refuses"):
                    setattr(kind, name, refusing(kind.name, read))


def refusing(name: str, read: Callable[..., Any]) -> Callable[..., Any]:
    """Return the reader with a refusal for whatever it raises."""

    @wraps(read)
    def careful(*arguments: Any) -> Any:
        try:
            return read(*arguments)
        except GraphQLError:
            raise
        except Exception:
            raise GraphQLError(f"This is no value that {name} can hold.") from None

    careful.refuses = True  # type: ignore[attr-defined]
    return careful

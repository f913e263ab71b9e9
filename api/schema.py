"""The schema: every noun's queries and mutations, merged."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types
from strawberry.types.scalar import ScalarDefinition

from api import access_log, account, authorisations, cases, joint_work, members, notifications, territory
from api.reading.reference import resolve_from_rows
from api.reading.types import TYPES


def read_decimal(value: object) -> Decimal:
    """Return an exact number from text or a whole number; a floating one has lost its cents already."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise GraphQLError('Decimal is given as text, such as "4210.55".')
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise GraphQLError('Decimal is given as text, such as "4210.55".') from None
    if not number.is_finite():
        raise GraphQLError("Decimal is a finite number.")
    return number


def read_date(value: object) -> date:
    """Return a calendar day (ISO 8601, YYYY-MM-DD)."""
    try:
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise GraphQLError("Date is given as YYYY-MM-DD.")


# Answers are text already: PostgreSQL wrote them.
SCALARS: Mapping[object, ScalarDefinition] = {
    date: strawberry.scalar(
        name="Date", serialize=str, parse_value=read_date, description="A calendar day, YYYY-MM-DD."
    ),
    datetime: strawberry.scalar(
        name="DateTime", serialize=str, parse_value=str, description="An instant, ISO 8601, in UTC."
    ),
    Decimal: strawberry.scalar(
        name="Decimal", serialize=str, parse_value=read_decimal, description="An exact number, as text."
    ),
}

Query = merge_types(
    "Query",
    (territory.Query, cases.Query, joint_work.Query, access_log.Query, notifications.Query, members.Query),
)
Mutation = merge_types(
    "Mutation",
    (
        *(cases.Mutation, authorisations.Mutation, joint_work.Mutation, notifications.Mutation),
        *(members.Mutation, account.Mutation),
    ),
)

schema = strawberry.Schema(
    Query,
    Mutation,
    types=[kind for name, kind in TYPES.classes.items() if not name.endswith(("Connection", "Edge"))],
    config=StrawberryConfig(disable_field_suggestions=True, scalar_map=SCALARS),
)
resolve_from_rows(schema._schema)

"""The schema: every noun's queries and mutations, merged."""

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from api import (
    access_log,
    account,
    authorisations,
    cases,
    catalogues,
    joint_work,
    members,
    nodes,
    notifications,
    recovery,
    sharing,
    territory,
)
from api.describing import describe_what_follows
from api.reading.reference import resolve_from_rows
from api.reading.types import TYPES
from api.scalars import SCALARS, refuse_what_cannot_be_read

Query = merge_types(
    "Query",
    (
        *(territory.Query, cases.Query, nodes.Query, joint_work.Query, sharing.Query, access_log.Query),
        *(authorisations.Query, notifications.Query, members.Query, recovery.Query, catalogues.Query),
    ),
)
Mutation = merge_types(
    "Mutation",
    (
        *(cases.Mutation, authorisations.Mutation, joint_work.Mutation, notifications.Mutation),
        *(members.Mutation, account.Mutation, recovery.Mutation),
    ),
)

schema = strawberry.Schema(
    Query,
    Mutation,
    types=[kind for name, kind in TYPES.classes.items() if not name.endswith(("Connection", "Edge"))],
    config=StrawberryConfig(disable_field_suggestions=True, scalar_map=SCALARS),
)
resolve_from_rows(schema._schema)
refuse_what_cannot_be_read(schema._schema)
describe_what_follows(schema._schema)

"""The query of who read a case."""

from typing import Any

import strawberry
from strawberry import UNSET

from api.ids import row_id
from api.reading.answer import alone, read_page
from api.reading.types import TYPES, After, Before, First, Last
from authz.actions import Action
from tenants.access_log.shape import ACCESS_LOG
from tenants.cases.queries import demand_own_case


@strawberry.type
class Query:
    @strawberry.field(
        graphql_type=TYPES.classes["AccessLogEntryConnection"] | None,
        description="Reads of a case that I hold by other organisations, newest first.",
    )
    async def access_log(
        self,
        info: strawberry.Info,
        case_id: strawberry.ID,
        first: First = UNSET,
        after: After = UNSET,
        last: Last = UNSET,
        before: Before = UNSET,
    ) -> Any:
        case = row_id("case", case_id)
        await alone(info._raw_info, lambda: demand_own_case(case))
        info.context.viewer.actor.require(Action.ACCESS_LOG_READ)
        return await read_page(
            info._raw_info,
            "AccessLogEntry",
            ACCESS_LOG,
            first=first,
            after=after,
            last=last,
            before=before,
            filters={"case_id": str(case)},
        )

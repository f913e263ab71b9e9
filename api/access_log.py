"""The query of who read a case."""

from typing import Annotated, Any

import strawberry

from api.ids import row_id
from api.reading.answer import alone, read_page
from api.reading.types import page_of
from authz.actions import Action
from tenants.access_log.shape import ACCESS_LOG
from tenants.cases.queries import demand_own_case


@strawberry.type
class Query:
    @page_of("AccessLogEntry", "Reads of a case that I hold by other organisations, newest first.")
    async def access_log(
        self,
        info: strawberry.Info,
        case_id: Annotated[
            strawberry.ID, strawberry.argument(description="The `id` of a case that my organisation holds.")
        ],
        **paging: Any,
    ) -> Any:
        case = row_id("case", case_id)
        await alone(info._raw_info, lambda: demand_own_case(case))
        info.context.viewer.actor.require(Action.ACCESS_LOG_READ)
        return await read_page(info._raw_info, "AccessLogEntry", ACCESS_LOG, filters={"case_id": str(case)}, **paging)

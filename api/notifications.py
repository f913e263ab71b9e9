"""The query and the mutation of notifications."""

from typing import Annotated, Any

import strawberry

from api.ids import row_id
from api.reading.answer import read_page
from api.reading.types import page_of
from api.verbs import do, payload
from infra.errors import BadRequest
from tenants.notifications import service
from tenants.notifications.shape import NOTIFICATIONS

Marked = payload("MarkNotificationReadPayload", "notification", "Notification")


@strawberry.input(description="Which notification I have read.")
class MarkNotificationReadInput:
    notification_id: strawberry.ID


SeveralMarked = payload("MarkNotificationsReadPayload", "viewer", "Viewer")
MOST = 100


@strawberry.input(description="Which notifications I have read.")
class MarkNotificationsReadInput:
    notification_ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET, description="Which ones, 100 at most; left out, all of mine."
    )


@strawberry.type
class Query:
    @page_of("Notification", "What I am told, as a member of my organisation, newest first.")
    async def notifications(
        self,
        info: strawberry.Info,
        unread_only: Annotated[bool, strawberry.argument(description="Leave out what I have marked as read.")] = False,
        **paging: Any,
    ) -> Any:
        filters = {"unread_only": "true"} if unread_only else {}
        return await read_page(info._raw_info, "Notification", NOTIFICATIONS, filters=filters, **paging)


@strawberry.type
class Mutation:
    @strawberry.mutation(graphql_type=Marked, description="Say that I have read it; once more changes nothing.")
    async def mark_notification_read(self, info: strawberry.Info, input: MarkNotificationReadInput) -> Any:  # noqa: A002
        row = row_id("notification", input.notification_id)
        return Marked(outcome=await do(info, lambda: service.mark_read(info.context.viewer.actor, row)))

    @strawberry.mutation(
        graphql_type=SeveralMarked,
        description="Say that I have read several, or all that I am told as a member of this organisation.",
    )
    async def mark_notifications_read(self, info: strawberry.Info, input: MarkNotificationsReadInput) -> Any:  # noqa: A002
        given = input.notification_ids or [] if input.notification_ids is not strawberry.UNSET else None
        if given is not None and len(given) > MOST:
            raise BadRequest
        rows = None if given is None else [row_id("notification", one) for one in given]
        return SeveralMarked(outcome=await do(info, lambda: service.mark_all_read(info.context.viewer.actor, rows)))

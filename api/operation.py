"""One operation is one transaction: from the request's body to its answer.

    BEGIN → enter(credential) → execute → COMMIT, or ROLLBACK if a mutation's result carries any error

Every verb of a mutation and every read of its payload stand in it, the log of reads too.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from graphql import (
    ExecutionResult,
    GraphQLError,
    OperationType,
    execute,
    get_operation_ast,
)
from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental

from api.account import is_secret
from api.attempts import Attempts, begin
from api.counting import code_of, count_refusal, count_result
from api.documents import Prepared, demand_affordable, prepare, roots
from api.identity import Credentials, Standing, Viewer, demand_still_entered, enter, not_overtaken, note_use
from api.reading.answer import Asking
from api.schema import schema
from api.soundness import PACTS
from infra.database import OUTDATED, again, connection, transaction
from infra.errors import BadRequest, ErrorCode, MethodNotAllowed, NotFound, Refused, Unauthenticated, WinError
from infra.log import logger
from tenants.account.service import Renewed
from tenants.members.noting import pseudonym
from tenants.operations.service import remember, remembered


@dataclass(frozen=True)
class Ask:
    """What a caller sent."""

    document: str
    variables: Mapping[str, Any]
    operation_name: str | None
    idempotency_key: str | None = None
    network_address: str = ""
    device: str = ""
    """The mark of the browser, if it has one."""
    read_only: bool = False
    """Whether it stands in an address, which may ask and never change."""

    @property
    def hash(self) -> bytes:
        """Return what makes two requests the same."""
        body = [self.document, dict(self.variables), self.operation_name]
        return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).digest()


@dataclass(frozen=True)
class Answered:
    """What came of it, in which language, and the caller's session if it now has another secret."""

    result: ExecutionResult
    language: str
    renewed: Renewed | None = None


class RolledBack(Exception):
    """Carries the result of a mutation that failed out of its transaction."""

    def __init__(self, result: ExecutionResult) -> None:
        self.result = result


class CompiledExecutor(ExecutorThrowingOnIncremental):
    """graphql-core's executor, to which a value that PostgreSQL completed is complete."""

    def complete_value(self, return_type, field_details_list, info, path, result, position_context):  # type: ignore[no-untyped-def]
        if isinstance(result, orjson.Fragment):
            return result
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)


async def answer(ask: Ask, credentials: Credentials, request_id: UUID, *, language: str | None = None) -> Answered:
    """Return the result, in the caller's language or the one asked for. Raises `WinError` if nothing was executed."""
    attempts = begin(request_id)
    try:
        answered = await not_overtaken(lambda: again(lambda: _answer(ask, credentials, attempts, language)))
        attempts.is_in_vain |= any(code_of(error) == ErrorCode.NOT_FOUND for error in answered.result.errors or ())
        await attempts.log()
    except Exception as error:
        count_refusal(error)
        raise
    count_result(roots(ask.document, ask.operation_name), answered.result)
    return answered


async def _answer(ask: Ask, credentials: Credentials, attempts: Attempts, language: str | None) -> Answered:
    is_stale, viewer = False, None
    try:
        async with transaction() as opened:
            viewer = await enter(opened, credentials.token_hash)
            if viewer is None:
                raise Unauthenticated
            is_stale = viewer.is_stale
            viewer = viewer.speaking(language or viewer.actor.language)
            language = viewer.actor.language
            attempts.context, attempts.session_id = viewer.context, viewer.session_id
            asking = Asking(viewer, attempts.request_id, ask.operation_name)
            asking.network_address, asking.device = ask.network_address, ask.device
            asking.standing = Standing(credentials.token_hash, str(viewer.actor.role))
            try:
                PACTS.demand(viewer.actor.territory_id)
                result = await _execute(ask, asking)
            except WinError as error:
                if error.text == "request.syntax" and is_secret(ask.document):
                    location, error = error.location, BadRequest()  # what cannot be read is quoted in the other
                    error.location = location
                error.language = language
                raise error from None
            note_refusals(result, viewer, attempts.request_id)
            # Where this ends without an error, it was committed: only then is a new secret one.
            answered = Answered(quieted(ask.document, result), language, asking.renewed)
    except RolledBack as rolled_back:
        note_refusals(rolled_back.result, viewer, attempts.request_id)
        answered = Answered(quieted(ask.document, rolled_back.result), language or "it")
    if is_stale:
        await note_use(credentials.token_hash)
    return answered


def note_refusals(result: ExecutionResult, viewer: Viewer | None, request_id: UUID) -> None:
    """Log what was refused, to which role and for which verb: no field's value, and nobody's name."""
    for error in result.errors or ():
        cause = cause_of(error)
        if isinstance(cause, Refused | NotFound) and viewer is not None:
            given = {"role": str(viewer.actor.role), "account": pseudonym("account", viewer.email)}
            verb = getattr(cause, "action", "")
            logger().info("refused", code=cause.code.value, action=verb, request_id=str(request_id), **given)


def quieted(document: str, result: ExecutionResult) -> ExecutionResult:
    """Return the result of a document that may carry a password without what graphql-core quotes of its values."""
    if not result.errors or not is_secret(document):
        return result
    errors = [
        GraphQLError("", error.nodes, path=error.path, original_error=BadRequest())
        if cause_of(error) is None
        else error
        for error in result.errors
    ]
    return ExecutionResult(result.data, errors)


async def _execute(ask: Ask, asking: Asking) -> ExecutionResult:
    prepared = prepare(ask.document)
    if prepared.errors:
        return ExecutionResult(None, list(prepared.errors))
    operation = get_operation_ast(prepared.document, ask.operation_name)
    if operation is None:
        raise BadRequest("error.which_operation")
    if ask.read_only and operation.operation is not OperationType.QUERY:
        raise MethodNotAllowed("POST")
    demand_affordable(ask.document, ask.operation_name, ask.variables)
    asking.document, asking.varying = prepared.key, prepared.varying
    if operation.operation is OperationType.MUTATION:
        return await _mutate(ask, prepared, asking)
    result = await _run(ask, prepared, asking)
    if any(not is_foreseen(error) for error in result.errors or ()):
        # The transaction may be lost, and with it the log of what the other roots read: so they are not shown.
        raise RolledBack(ExecutionResult(None, result.errors))
    return result


def is_foreseen(error: GraphQLError) -> bool:
    """Tell whether the error was raised on purpose, by us or by graphql-core."""
    return isinstance(cause_of(error), WinError | None)


def cause_of(error: GraphQLError) -> BaseException | None:
    """Return what graphql-core has wrapped; nothing, if the words are its own."""
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


async def _mutate(ask: Ask, prepared: Prepared, asking: Asking) -> ExecutionResult:
    actor, key = asking.viewer.actor, ask.idempotency_key
    if key is not None:
        if is_secret(ask.document):
            # What is kept of a request is a plain hash: with a password in it, a way to guess that at leisure.
            raise BadRequest("error.idempotency_secret")
        asking.replayed = await remembered(actor, key, ask.hash)
    result = await _run(ask, prepared, asking)
    if result.errors:
        raise RolledBack(result)
    if key is not None and asking.replayed is None:
        await remember(actor, key, ask.hash, asking.outcomes)
    await demand_still_entered(connection(), asking.standing)
    return result


async def _run(ask: Ask, prepared: Prepared, asking: Asking) -> ExecutionResult:
    result = execute(
        schema._schema,
        prepared.document,
        context_value=asking,
        variable_values=dict(ask.variables),
        operation_name=ask.operation_name,
        executor_class=CompiledExecutor,
        hide_suggestions=True,
    )
    result = result if isinstance(result, ExecutionResult) else await result
    for error in result.errors or ():
        if isinstance(cause := cause_of(error), OUTDATED):
            raise cause
    return result

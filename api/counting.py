"""What is counted of requests and operations: by route template and root field, never by a word of the caller's."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

from graphql import DocumentNode, ExecutionResult, OperationDefinitionNode, OperationType
from starlette.types import Scope

from api.limits import Reader, fragments_of
from api.refusals import told_as
from infra.errors import BadRequest, ErrorCode, LimitExceeded
from infra.metrics import FIELDS, NONE, REFUSED, REQUESTS, RUNNING, SECONDS

METHODS = frozenset(("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"))
OTHER_METHOD, DONE = "OTHER", "OK"


class Answered:
    """What a request came to; 0 until an answer has begun."""

    status = 0


@dataclass(frozen=True)
class Roots:
    """The kind of an operation, and its root fields by their keys in the answer."""

    operation: OperationType
    fields: Mapping[str, str]


@contextmanager
def counted(scope: Scope) -> Iterator[Answered]:
    """Count one request, and how long it took."""
    answered, begun = Answered(), perf_counter()
    with RUNNING.track_inprogress():
        try:
            yield answered
        finally:
            method = scope["method"] if scope["method"] in METHODS else OTHER_METHOD
            # The router leaves here which of its routes fits: its template, and not the path that was asked for.
            route = getattr(scope.get("route"), "path", NONE)
            status = f"{answered.status // 100}xx" if answered.status else NONE
            REQUESTS.labels(method, route, status).inc()
            SECONDS.labels(method, route).observe(perf_counter() - begun)


def count_limit(error: LimitExceeded) -> None:
    """Count what went beyond a limit, by the name of the limit."""
    REFUSED.labels(error.text.removeprefix("limit.")).inc()


def count_refusal(error: Exception) -> None:
    """Count an operation of which nothing was executed."""
    if isinstance(error, LimitExceeded):
        count_limit(error)
    FIELDS.labels(NONE, NONE, code_of(error)).inc()


def count_result(roots: Roots | None, result: ExecutionResult) -> None:
    """Count each root field of an operation once for each way it ended; a document that is not valid has none."""
    if roots is None:
        count_refusal(BadRequest())
        return
    codes = dict.fromkeys(roots.fields, DONE)
    as_one = result.data is None or roots.operation is OperationType.MUTATION
    for error in result.errors or ():
        reached = roots.fields if as_one or not error.path else [str(error.path[0])]
        codes |= dict.fromkeys(reached, code_of(error))
    for field, code in {(roots.fields[key], code) for key, code in codes.items()}:
        FIELDS.labels(roots.operation.value, field, code).inc()


def roots_of(document: DocumentNode, operation: OperationDefinitionNode) -> Roots:
    """Return the root fields of an operation; in a document that is valid each is a name of the schema's."""
    nodes = Reader(fragments_of(document)).opened(operation.selection_set)
    return Roots(operation.operation, {(node.alias or node.name).value: node.name.value for node in nodes})


def code_of(error: Exception) -> str:
    """Return the code that a caller is told of an error."""
    told = told_as(error)
    return (ErrorCode.BAD_REQUEST if told is None else told.code).value

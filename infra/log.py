"""Log lines as JSON: what happened and where, never whose data it happened to."""

import logging
import sys
import traceback
from typing import Any

import structlog

from infra.settings import settings

QUIET = ("arq", "casbin", "redis", "tortoise", "uvicorn")  # below warnings they tell every request, job and statement
INNERMOST = 8


def configure() -> None:
    """Send every line, uvicorn's and arq's too, through one JSON formatter (a readable one on a terminal)."""
    level = getattr(logging, settings().log_level.upper())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_words,
    ]
    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove, renderer]))
    handler.addFilter(name_errors)
    root = logging.getLogger()
    root.handlers, root.level = [handler], level
    for chatty in QUIET:
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))


def logger() -> structlog.stdlib.BoundLogger:
    """Return the logger; give it events and ids, never names, values or statements."""
    made: structlog.stdlib.BoundLogger = structlog.get_logger()
    return made


def without_words(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Tell an exception by its kinds and places: its words may quote a statement, a value, a person."""
    raised = event.pop("exc_info", None)
    error = raised[1] if isinstance(raised, tuple) else raised if isinstance(raised, BaseException) else None
    if raised is True:
        error = sys.exc_info()[1]
    if error is None:
        return event
    frames = traceback.extract_tb(error.__traceback__)[-INNERMOST:]
    event["kinds"] = kinds(error)
    event["places"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def kinds(error: BaseException | None) -> list[str]:
    """Return the names of an exception and of those that led to it."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return [type(link).__name__ for link in chain]


def name_errors(record: logging.LogRecord) -> bool:
    """Take the words of exceptions out of other libraries' lines."""
    if isinstance(record.args, tuple):
        record.args = tuple(type(one).__name__ if isinstance(one, BaseException) else one for one in record.args)
    if record.name == "asyncio" and isinstance(record.msg, str):
        record.msg = record.msg.partition("\n")[0]  # what follows shows a task with its exception
    return True

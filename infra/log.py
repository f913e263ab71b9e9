"""Log lines as JSON: what happened and where, never whose data it happened to."""

import logging
import sys
from typing import Any

import structlog

from infra.settings import settings


def configure() -> None:
    """Send every line, uvicorn's and arq's too, through one JSON formatter (a readable one on a terminal)."""
    level = getattr(logging, settings().log_level.upper())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
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
    root = logging.getLogger()
    root.handlers, root.level = [handler], level
    for chatty in ("casbin", "uvicorn", "arq", "tortoise"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))


def logger() -> structlog.stdlib.BoundLogger:
    """Return the logger; give it events and ids, never names, values or statements."""
    made: structlog.stdlib.BoundLogger = structlog.get_logger()
    return made

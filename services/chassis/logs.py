"""Structured logs: one JSON object a line, with case and event ids, without personal data, also under a flood."""

import logging
import re
import sys
from contextlib import AbstractContextManager
from typing import Final

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from services.chassis.metrics import release
from services.chassis.thinning import Thinning

CLIENTS: Final = ("aiokafka", "faust", "mode", "kafka")
"""Libraries that log hundreds of lines a second while the broker is away, and whole messages at DEBUG."""
TEXT_CHARACTERS_MAX: Final = 4_000

_IDENTITY: Final = re.compile(r"(?<![0-9A-Za-z])([1-9]\d{5})(?:18|19|20)\d{9}[\dXx](?![0-9A-Za-z])")
_MOBILE: Final = re.compile(r"(?<![0-9A-Za-z.])(?:\+?86[- ]?)?(1[3-9]\d)[- ]?\d{4}[- ]?\d{4}(?![0-9A-Za-z])")
_SECRET: Final = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}|://([^:/@\s]+):[^@/\s]+@")


def masked(text: str) -> str:
    """Return `text` without phone numbers, identity numbers and credentials, and not longer than a line should be."""
    if len(text) > TEXT_CHARACTERS_MAX:
        text = text[:TEXT_CHARACTERS_MAX] + "…"
    text = _IDENTITY.sub(r"\1************", text)
    text = _MOBILE.sub(r"\1********", text)
    return _SECRET.sub(lambda found: f"{found[1]} ***" if found[1] else f"://{found[2]}:***@", text)


def bound(**ids: object) -> AbstractContextManager[None]:
    """Put `case_id`, `event_id` and the like into every line logged inside the block."""
    return structlog.contextvars.bound_contextvars(**{name: str(value) for name, value in ids.items()})


def configure_logs(service: str, level: str = "INFO") -> None:
    """Send structlog and the standard library's loggers to stdout as JSON; call once, at the start of the process."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(allow=()),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.addFilter(Thinning(CLIENTS))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _named(service),
                _mask,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in CLIENTS:
        enforce_information_level(logging.getLogger(name), level)


def enforce_information_level(logger: logging.Logger, level: str) -> None:
    """Keep a client library at INFO or above: at DEBUG it prints keys and values."""
    logger.setLevel(max(logging.INFO, logging.getLevelNamesMapping()[level]))
    logger.propagate = True
    logger.handlers.clear()


def _named(service: str) -> Processor:
    version = release()

    def add(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["service"] = service
        event["version"] = version
        return event

    return add


def _mask(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = masked(value)
        elif value is not None and not isinstance(value, bool | int | float):
            event[name] = masked(str(value))
    return event

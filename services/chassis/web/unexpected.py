"""What a caller is told about an error nobody expected: an outage, or nothing but the request's id."""

import random

import structlog

from services.chassis.outages import is_transient
from services.chassis.web.problems import Problem, of_status, unavailable

_log = structlog.get_logger("whistle.web")


def problem_of(error: Exception) -> Problem:
    """Return what the caller is told about an error nobody expected: an outage (503) or nothing but an id (500)."""
    if isinstance(error, Problem):
        return error
    if is_transient(error):
        _log.warning("outage while answering", error=repr(error)[:300])
        return unavailable(retry_after_seconds=random.randint(5, 30))  # noqa: S311 -- spreads the repeats
    _log.error("unexpected error while answering", error=repr(error)[:500], exc_info=error)
    return of_status(500)

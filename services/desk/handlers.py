"""Acts asked for at the desk: performed by the ledger, refused in words the caller can act on."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from services.chassis.group_commit import TooManyWaitingError
from services.chassis.outages import is_transient
from services.chassis.web.acts import etag_of
from services.chassis.web.problems import Problem, of_status, unavailable
from services.desk.metrics import DeskMetrics, Outcome
from services.desk.ports import Ledger
from services.ledger.domain.acts import RefusedError
from services.ledger.store.acting import (
    ActAnswer,
    Asking,
    ClockStoppedError,
    KeyReusedError,
    NoSuchCaseError,
    StaleRevisionError,
    UnknownTokenError,
)

AT_ONCE_MAX: Final = 32
"""Cases of one bulk call worked on at the same time: half of what goes together, the rest is for others."""

_log = structlog.get_logger("whistle.desk.acts")


def nobody() -> Problem:
    """Return the 401: no token, or one that opens nothing."""
    return Problem(
        "token-required",
        "A valid token is required",
        401,
        "Send it as `Authorization: Bearer …`, nowhere else.",
        headers={"WWW-Authenticate": 'Bearer realm="whistle"'},
    )


def no_such_case() -> Problem:
    """Return the 404 of a case that is not there or not theirs to see: the same for both."""
    return of_status(404)


def refusal_of(error: Exception) -> tuple[Outcome, Problem] | None:
    """Return how an act's error counts and what its caller is told; None for one nobody expected."""
    if isinstance(error, RefusedError):
        return _refused(error)
    if isinstance(error, StaleRevisionError):
        return "stale", _stale(error.revision)
    if type(error) in _PLAIN:
        outcome, problem = _PLAIN[type(error)]
        return outcome, problem()
    return ("unavailable", unavailable()) if is_transient(error) else None


def _refused(error: RefusedError) -> tuple[Outcome, Problem]:
    if error.slug == "not-yours-to-do":
        return "not_yours", Problem(error.slug, "Not yours to do", 403, error.detail)
    return "refused", Problem(error.slug, "The act is refused", 409, error.detail)


def _stale(revision: int) -> Problem:
    return Problem(
        "stale-revision",
        "The case has changed meanwhile",
        412,
        "Look at it again; nothing of this act took effect.",
        headers={"ETag": etag_of(revision)},
        revision=revision,
    )


def _key_reused() -> Problem:
    told = "Take a new Idempotency-Key for another act."
    return Problem("idempotency-key-reused", "The key was used for another act", 422, told)


def _clock_stopped() -> Problem:
    return unavailable("The clocks disagree; acts wait until an operator has confirmed the time.", 30)


_PLAIN: Final[dict[type[Exception], tuple[Outcome, Callable[[], Problem]]]] = {
    NoSuchCaseError: ("not_found", no_such_case),
    UnknownTokenError: ("nobody", nobody),
    KeyReusedError: ("key_reused", _key_reused),
    ClockStoppedError: ("stopped", _clock_stopped),
    TooManyWaitingError: ("unavailable", unavailable),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformActs:
    """Let acts take effect, one by one or many in one call."""

    ledger: Ledger
    metrics: DeskMetrics
    seconds_max: float = 10.0

    async def one(self, asking: Asking) -> ActAnswer:
        """Return where the case stands after the act.

        Raises:
            Problem: refused, or unknown whether it took effect (503: repeat it with the same key).
        """
        kind = str(asking.act.__struct_config__.tag)
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self.seconds_max):
                answer = await self.ledger.perform(asking)
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            outcome, problem = refusal
            self.metrics.acts.labels(kind, outcome).inc()
            if outcome in {"not_found", "not_yours", "unavailable"}:
                _log.warning("act not performed", act=kind, outcome=outcome, case_id=str(asking.case_id))
            raise problem from error
        self.metrics.act_seconds.observe(time.perf_counter() - began)
        self.metrics.acts.labels(kind, "replayed" if answer.replayed else "done").inc()
        return answer

    async def many(self, asked: Sequence[Asking]) -> list[ActAnswer | Problem]:
        """Return an answer or a problem for each, in their order; acts on one case happen in the order given."""
        results: dict[int, ActAnswer | Problem] = {}
        cases: dict[object, list[int]] = {}
        for index, asking in enumerate(asked):
            cases.setdefault(asking.case_id, []).append(index)
        at_once = asyncio.Semaphore(AT_ONCE_MAX)

        async def work(indices: list[int]) -> None:
            async with at_once:
                for index in indices:
                    results[index] = await self._result(asked[index])

        await asyncio.gather(*(work(indices) for indices in cases.values()))
        return [results[index] for index in range(len(asked))]

    async def _result(self, asking: Asking) -> ActAnswer | Problem:
        try:
            return await self.one(asking)
        except Problem as problem:
            return problem

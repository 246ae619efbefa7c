"""What a refusal looks like from outside, and how it is counted."""

from collections.abc import Callable, Mapping
from typing import Final

from prometheus_client import Counter

from services.chassis.group_commit import TooManyWaitingError
from services.chassis.pictures import NotAPictureError
from services.chassis.web.problems import Problem, invalid, of_status, unavailable
from services.chassis.web.unexpected import problem_of
from services.intake.domain.lanes import Advice
from services.intake.domain.refusals import OtherBodyError, RefusedError, StateSecretError, UndecidedError
from services.intake.handlers.attaching import TooManyPicturesError
from services.intake.handlers.following_up import AlreadyDoneError
from services.intake.handlers.tracking import NoSuchReportError
from services.reference.versions.cache import NothingPublishedError

RETRY_SECONDS: Final = 2


class TooFastError(RuntimeError):
    """An address asks too often; `seconds` later it may again."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


class BacklogError(RuntimeError):
    """Too much waits to be sent."""


class NoTokenError(RuntimeError):
    """The token is missing where one is needed, or it is not good (any more)."""


def _refused(error: Exception) -> Problem:
    if not isinstance(error, RefusedError):
        return of_status(422)
    if error.field == "attachments" and error.reason.startswith("at most"):
        return Problem("too-many-attachments", "Too many attachments", 413, error.reason)
    return invalid([{"field": error.field, "reason": error.reason}])


def _state_secret(error: Exception) -> Problem:
    told = (
        "Nothing was kept. Hand it over in person or by confidential post to the office for the protection of secrets."
    )
    advice = getattr(error, "advice", None)
    if isinstance(advice, Advice):
        told = f"{advice.en} {advice.zh}"
    return Problem("state-secret", "This may be a state secret and must not be sent over the internet", 422, told)


def _other_body(_: Exception) -> Problem:
    told = "Send a new key with a new body, or the first body again."
    return Problem("idempotency-key-reused", "Idempotency-Key was used for another body", 422, told)


def _undecided(_: Exception) -> Problem:
    told = "The first request with this key is not decided yet; repeat it."
    return Problem(
        "idempotency-key-undecided", "Still undecided", 409, told, headers={"Retry-After": str(RETRY_SECONDS)}
    )


def _too_fast(error: Exception) -> Problem:
    seconds = error.seconds if isinstance(error, TooFastError) else RETRY_SECONDS
    told = f"Nothing was kept. Send it again in {seconds} s; emergencies are never held back."
    return Problem("too-fast", "Too many requests from your address", 429, told, headers={"Retry-After": str(seconds)})


def _no_token(_: Exception) -> Problem:
    return Problem("token", "A valid staff token is needed", 401, headers={"WWW-Authenticate": "Bearer"})


def _busy(_: Exception) -> Problem:
    return unavailable("Nothing was kept; repeat it with the same Idempotency-Key.", RETRY_SECONDS)


def _backlog(_: Exception) -> Problem:
    return unavailable("Reports cannot be passed on at the moment. Nothing was kept; repeat it later.", 30)


def _unpublished(_: Exception) -> Problem:
    return unavailable("No reference version is in force yet. Nothing was kept; repeat it later.", 30)


def _no_report(_: Exception) -> Problem:
    told = "Check number and code; after repeated mistakes a number is closed for a quarter of an hour."
    return Problem("no-such-report", "No such report", 404, told)


def _already(_: Exception) -> Problem:
    return Problem("already-done", "A withdrawal comes once only, a rating once for each result", 409)


def _no_picture(error: Exception) -> Problem:
    return Problem("not-a-picture", "The picture cannot be taken", 422, str(error))


ANSWERS: Final[Mapping[type[Exception], tuple[str, Callable[[Exception], Problem]]]] = {
    RefusedError: ("invalid", _refused),
    StateSecretError: ("state_secret", _state_secret),
    OtherBodyError: ("other_body", _other_body),
    UndecidedError: ("key_undecided", _undecided),
    TooFastError: ("too_fast", _too_fast),
    NoTokenError: ("no_token", _no_token),
    TooManyWaitingError: ("busy", _busy),
    TooManyPicturesError: ("busy", _busy),
    BacklogError: ("backlog", _backlog),
    NothingPublishedError: ("outage", _unpublished),
    NoSuchReportError: ("invalid", _no_report),
    AlreadyDoneError: ("invalid", _already),
    NotAPictureError: ("invalid", _no_picture),
}


def refusal_of(error: Exception, refused: Counter) -> Problem:
    """Return the problem that answers an error, counted by its reason."""
    reason, answer = ANSWERS.get(type(error), ("", problem_of))
    problem = answer(error)
    if not reason:
        reason = "outage" if problem.status >= 500 else "invalid"
    refused.labels(reason).inc()
    return problem

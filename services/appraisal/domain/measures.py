"""As what a case counts in a period. Each measure is dated by its own event, and asks one question.

A case left out by review counts as nothing, so it leaves numerator and denominator alike (X-12). One that was refused,
or that an emergency line took, never was a case. A terminated one was reported but neither closed nor due.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from services.appraisal.domain.periods import Period
from services.appraisal.domain.record import Record
from services.contracts.events.life import FollowUpAnswer
from services.reference.model.appraising import Measure

VALID: Final[frozenset[FollowUpAnswer]] = frozenset({"satisfied", "basically_satisfied", "unsatisfied"})
"""`no_answer` is no valid answer (domain §2.4)."""
OF_RATING: Final[Mapping[int, Measure]] = {5: "very_satisfied", 4: "satisfied", 3: "basically_satisfied"}
OF_ANSWER: Final[Mapping[str, Measure]] = {"satisfied": "satisfied", "basically_satisfied": "basically_satisfied"}


def measures_of(record: Record, period: Period) -> frozenset[Measure]:
    """Return everything the case counts as in the period, as known at the period's end."""
    if not record.counts:
        return frozenset()
    return frozenset(measure for part in PARTS for measure in part(record, period))


def _as_reported(record: Record, period: Period) -> set[Measure]:
    """受理 and 办结: what was reported in the period, and what of it was closed by its end."""
    if not period.holds(record.snapshot.accepted_at):
        return set()
    return {"reported", "closed"} if record.ending == "closed" else {"reported"}


def _as_due(record: Record, period: Period) -> set[Measure]:
    """应结案: a promise came due in the period, whenever it was made; 按期 when each of them was kept."""
    due = [promise for promise in record.promises if period.holds(promise.due_at) and promise.how != "terminated"]
    if not due:
        return set()
    if all(promise.kept for promise in due):
        return {"due", "closed_in_time"}
    return {"due", "left_overdue"} if due[-1].stopped_at is None else {"due"}


def _as_response(record: Record, period: Period) -> set[Measure]:
    """响应: the reporter can be reached; somebody talked to them before the first promise came due."""
    if not record.snapshot.has_contact or not record.promises:
        return set()
    first = record.promises[0]
    if not period.holds(first.due_at) or first.how == "terminated":
        return set()
    in_time = record.contacted_at is not None and record.contacted_at <= first.due_at
    return {"due_for_response", "contacted_in_time"} if in_time else {"due_for_response"}


def _as_answered(record: Record, period: Period) -> set[Measure]:
    """满意: the reporter's last word in the period, by the follow-up call or by their own rating."""
    said = _last_word(record, period)
    if said is None:
        return set()
    of_it = OF_RATING.get(said) if isinstance(said, int) else OF_ANSWER.get(said)
    return {"answered"} if of_it is None else {"answered", of_it}


def _as_followed_up(record: Record, period: Period) -> set[Measure]:
    """解决: asked in the period; solved when satisfied, partly when basically so, else not."""
    said = _last_word(record, period)
    if said is None:
        return set()
    if said in {"satisfied", 4, 5}:
        return {"followed_up", "solved"}
    return {"followed_up", "partly_solved"} if said in {"basically_satisfied", 3} else {"followed_up"}


def _last_word(record: Record, period: Period) -> FollowUpAnswer | int | None:
    words: list[tuple[datetime, FollowUpAnswer | int]] = [
        *((at, answer) for at, answer in record.answers if answer in VALID and period.holds(at)),
        *((at, rating) for at, rating in record.ratings if period.holds(at)),
    ]
    return max(words, key=lambda word: word[0])[1] if words else None


PARTS: Final[tuple[Callable[[Record, Period], set[Measure]], ...]] = (
    _as_reported,
    _as_due,
    _as_response,
    _as_answered,
    _as_followed_up,
)

"""A little oracle: which steps a clock owes by an instant, from its start, limit and urgency, by its own arithmetic."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from functools import cache
from typing import Any, Final

from tests.builders import REFERENCE

ZONE: Final = timezone(timedelta(hours=8))
HOURS: Final = ((8, 12), (14, 18))
DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
OF_A_DAY: Final = 8
FIRST: Final = date(2026, 2, 24)
DAYS: Final = 600

Share = float
Later = str
Moment = Share | Later
OVERDUE: Final[dict[str, tuple[Moment, ...]]] = {
    "reminder": (0.8,),
    "limit": (1.0,),
    "letter": ("1wd",),
    "supervision": ("3wd", 2.0),
    "bulletin_proposal": ("5wd",),
    "interview_proposal": ("10wd",),
    "express": ("15wd",),
}
"""Design §8: a share of the limit, or so long after the due date; of several the earliest counts."""
EMERGENCY: Final[dict[str, tuple[Moment, ...]]] = {
    "reminder": (0.5,),
    "limit": (1.0,),
    "letter": (1.5,),
    "supervision": (2.0,),
    "bulletin_proposal": (4.0,),
    "interview_proposal": (8.0,),
    "express": (12.0,),
}
"""Domain §6.4: of an emergency all steps are shares of the limit, so minutes and hours."""
URGE: Final[dict[str, tuple[Moment, ...]]] = {"urge": (1.0,), "letter": ("1wd",)}
EMERGENCY_URGE: Final[dict[str, tuple[Moment, ...]]] = {"urge": (1.0,), "letter": (2.0,)}
Ladders = Mapping[str, Mapping[str, tuple[Moment, ...]]]
LADDERS: Final[Ladders] = {
    "promise": OVERDUE,
    "handling": OVERDUE,
    "sign_in": URGE,
    "verification": URGE,
    "follow_up": URGE,
    "review": URGE,
    "result": URGE,
    "dispatch": URGE,
    "report_in": {"no_show": (1.0,)},
    "tier": {"step_up": ("evening", 1.0)},
    "stage": {"reminder": (0.8,), "limit": (1.0,), "letter": ("1wd",)},
}
OF_EMERGENCIES: Final[Ladders] = {
    **LADDERS,
    **dict.fromkeys(("promise", "handling"), EMERGENCY),
    **dict.fromkeys(("sign_in", "verification", "follow_up", "review", "dispatch"), EMERGENCY_URGE),
}


def owed(clock: Mapping[str, Any], by: datetime) -> dict[str, datetime]:
    """Return each step that the clock owed by `by` and until it stopped, with its instant."""
    end = min(by, clock["stopped_at"] or by)
    return {step: at for step, at in steps_of(clock).items() if at <= end}


def steps_of(clock: Mapping[str, Any]) -> Mapping[str, datetime]:
    """Return the steps of the clock's ladder; none is owed before the one below it."""
    return _steps(clock["kind"], clock["started_at"], clock["allowed"], is_emergency=clock["urgency"] == "emergency")


def due(clock: Mapping[str, Any]) -> datetime:
    """Return when a clock that nothing moved is due."""
    return after(clock["started_at"], clock["allowed"])


@cache
def _steps(kind: str, start: datetime, allowed: str, *, is_emergency: bool) -> Mapping[str, datetime]:
    steps, floor = {}, start
    ladders = OF_EMERGENCIES if is_emergency else LADDERS
    for step, moments in ladders[kind].items():
        floor = max(floor, min(_instant(start, allowed, moment) for moment in moments))
        steps[step] = floor
    return steps


def _instant(start: datetime, allowed: str, moment: Moment) -> datetime:
    if moment == "evening":
        return next(closes for _, closes in _shifts() if closes.hour == HOURS[-1][1] and closes > start)
    if isinstance(moment, str):
        return after(after(start, allowed), moment)
    return after(start, allowed, moment)


@cache
def after(start: datetime, limit: str, share: float = 1.0) -> datetime:
    """Return the instant at which a share of the limit is over; closing time still counts as open."""
    amount, unit = float(limit.rstrip("uwhd")), limit.lstrip("0123456789.")
    left = HOUR * (amount * share)
    match unit:
        case "uh":
            return start + left
        case "d":
            return start + 24 * left
        case "wd":
            left *= OF_A_DAY
        case _:
            assert unit == "wh"
    for opens, closes in _shifts():
        begins = max(opens, start)
        if closes > begins:
            if closes - begins >= left:
                return begins + left
            left -= closes - begins
    raise AssertionError(f"{limit} after {start} lies beyond this oracle's days")


@cache
def _shifts() -> tuple[tuple[datetime, datetime], ...]:
    return tuple((_at(day, opens), _at(day, closes)) for day in _working_days() for opens, closes in HOURS)


def _at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


def _working_days() -> Iterator[date]:
    holidays, makeups = set(), set()
    for path in (REFERENCE / "calendars").glob("*.json"):
        year = json.loads(path.read_text(encoding="utf-8"))
        holidays |= set(year["holidays"])
        makeups |= set(year["makeup_workdays"])
    for number in range(DAYS):
        day = FIRST + number * DAY
        if day.isoformat() in makeups or (day.weekday() < 5 and day.isoformat() not in holidays):
            yield day

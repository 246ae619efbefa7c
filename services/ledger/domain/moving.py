"""A reference version comes into force: what is pending on a case moves with it (design §7)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

from services.contracts.events.moves import Moved
from services.contracts.events.progress import ClockKind
from services.ledger.domain.city import City, Mode
from services.ledger.domain.clocks import reached
from services.ledger.domain.deriving import derive, mode_limit_of
from services.ledger.domain.ladder import rung_of
from services.ledger.domain.settling import settle
from services.ledger.domain.state import ClockRow
from services.ledger.domain.successors import replace_ended
from services.ledger.domain.taken import SYSTEM, TakenCase

DATED: Final[frozenset[ClockKind]] = frozenset({"resume"})
"""Clocks whose due date is a date somebody named, not a limit that runs."""
Because = Literal["calendar", "mode", "units"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A version on the way from the one a case has applied to the one in force."""

    city: City
    active_from: datetime


def catch_up(case: TakenCase, now: datetime, applied: City, coming: Sequence[Coming]) -> City:
    """Settle up to each version's `active_from` by the one before it, move, and settle up to `now`.

    Returns the city in force, by which whatever happens next is judged.
    """
    city = applied
    for version in coming:
        if differ(city, version.city):
            settle(case, now, city, until=version.active_from)
            _move(case, city, version, now)
        city = version.city
        case.case.applied_version = city.number
    settle(case, now, city)
    return city


def knowing_years(city: City, coming: Sequence[Coming]) -> tuple[City, tuple[Coming, ...]]:
    """Return a case's city and those on the way, each counting years it does not know as the last of them says.

    A step that falls due in a year which nobody had published when the case began can take effect by no other version,
    and what cannot settle cannot move.
    """
    if not coming:
        return city, ()
    last = coming[-1].city.calendar

    def known(one: City) -> City:
        calendar = one.calendar.with_later_years_of(last)
        return one if calendar is one.calendar else replace(one, calendar=calendar)

    return known(city), tuple(replace(version, city=known(version.city)) for version in coming)


def differ(old: City, new: City) -> tuple[Because, ...]:
    """Return which of the things that move an open case differ between two cities."""
    moving: list[Because] = []
    if old.calendar != new.calendar:
        moving.append("calendar")
    if old.modes != new.modes:
        moving.append("mode")
    if old.units - new.units:
        moving.append("units")
    return tuple(moving)


def _move(case: TakenCase, old: City, version: Coming, now: datetime) -> None:
    new = version.city
    because = differ(old, new)
    if because == ("mode",) and not any(_concerns(mode, case) for mode in (*old.modes, *new.modes)):
        return
    replaced = replace_ended(case, old, new, now) if "units" in because else ()
    moved = False
    if because != ("units",):
        for clock in case.clocks:
            if clock.stopped_at is None and clock.kind not in DATED:
                moved = _move_clock(clock, case, version) or moved
    if moved or replaced:
        fact = Moved(
            version=new.number,
            active_from=version.active_from,
            because=because,
            modes=tuple(dict.fromkeys(mode.profile for mode in new.modes if _concerns(mode, case))),
            units=replaced,
        )
        case.case.applied_version = new.number
        case.state_fact(fact, SYSTEM, now)


def _concerns(mode: Mode, case: TakenCase) -> bool:
    row = case.case
    return mode.area in (None, row.subdistrict) and row.item in mode.limits


def _move_clock(clock: ClockRow, case: TakenCase, version: Coming) -> bool:
    """Compute the clock again; a due date that has passed stays, and none is moved to before `active_from`."""
    city, at = version.city, version.active_from
    before = (clock.due_at, clock.allowed, clock.usual, clock.next_at)
    found = derive(clock, mode_limit_of(clock.kind, case.case, case.decision.limits, city), city)
    clock.due_at = max(found.due_at, min(clock.due_at, at))
    clock.allowed, clock.usual, clock.counted_from = found.allowed, found.usual, found.counted_from
    if clock.next_step is not None and clock.next_at is not None:
        rung = rung_of(city.policies.ladders[clock.ladder], clock.next_step)
        clock.next_at = max(at, reached(clock, rung, city))
    if before == (clock.due_at, clock.allowed, clock.usual, clock.next_at):
        return False
    clock.calendar = city.number
    case.touch(clock)
    _follow(clock, case)
    return True


def _follow(clock: ClockRow, case: TakenCase) -> None:
    """Let the rows that repeat a clock's due date say the same."""
    if clock.kind == "handling":
        for part in case.open_assignments():
            if part.unit == clock.unit:
                part.due_at = clock.due_at
                case.touch(part)
    call = case.call(clock.cycle, clock.unit) if clock.kind == "report_in" else None
    if call is not None:
        call.due_at = clock.due_at
        case.touch(call)

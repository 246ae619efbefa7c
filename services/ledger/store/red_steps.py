"""How many red steps a unit drew this month: asked only before another one takes effect (domain §6.4)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from services.ledger.domain.schedules import month_begins
from services.ledger.domain.taken import TakenCase
from services.ledger.store.cities import Cities
from services.ledger.store.taking import Taken

RED: Final = frozenset({"supervision", "no_show", "bulletin_proposal", "interview_proposal", "express"})
"""Steps that policies may count."""
LATE: Final = timedelta(minutes=1)
"""A clock that was not looked at for longer may owe a red step behind the one it names."""
LOCK: Final = "select ledger.lock_reds($1)"
REDS: Final = "select unit, reds from ledger.reds_of($1, $2, $3)"


async def count_reds(connection: Any, taken: Taken, cities: Cities) -> None:
    """Give the taken cases one count of the month's red steps for each unit that may draw one now.

    Two statements where a red step is owed, none otherwise. The units' lock is held until the transaction ends, so that
    exactly one step is the third; the count is read after it, in a statement of its own.
    """
    owing = [case for case in taken.cases if any(_may_draw(case, taken.now))]
    if not owing:
        return
    newest = max((case.case for case in owing), key=lambda row: row.reference_version)
    repeated = (await cities.of(newest.reference_version, newest.applied_version)).policies.repeated_reds
    if repeated is None:
        return
    units = sorted({unit for case in owing for unit in _may_draw(case, taken.now)})
    await connection.execute(LOCK, units)
    rows = await connection.fetch(REDS, units, list(repeated.steps), month_begins(taken.now))
    reds = {**dict.fromkeys(units, 0), **{row["unit"]: row["reds"] for row in rows}}
    for case in owing:
        case.reds = reds


def _may_draw(case: TakenCase, now: datetime) -> Iterator[str]:
    for clock in case.clocks:
        if not clock.unit or clock.next_at is None or clock.next_at > now:
            continue
        if clock.next_step in RED or now - clock.next_at > LATE:
            yield clock.unit

"""Cases whose reporter says nothing new: merged into the one that is open, as they are opened or when it is (X-11)."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.contracts.events import ReportFacts
from services.ledger.domain.life.merging import Merging, merge
from services.ledger.domain.taken import SYSTEM
from services.ledger.store.cities import Cities
from services.ledger.store.settling import settle_all
from services.ledger.store.taking import take
from services.ledger.store.writing import write

SURVIVORS: Final = "select * from ledger.survivors_of($1)"
KEEP: Final = "select ledger.keep_repeat($1, $2, $3)"


class NotKnownYetError(LookupError):
    """The case that is repeated has not come: order is not promised by the transport."""


async def join_repeat(connection: Any, cities: Cities, report: ReportFacts) -> None:
    """Merge a case just opened into the case that goes on for the report it repeats.

    Raises:
        NotKnownYetError: that case is not open yet.
        RefusedError: it has ended, or is of another lane, or accuses others by now.
    """
    if report.repeats is None:
        return
    survivors = await connection.fetch(SURVIVORS, [report.repeats])
    into: UUID = survivors[0][0] if survivors else report.repeats
    taken = await take(connection, (report.case_id, into))
    repeat, survivor = (None, None) if taken is None else (taken.case(report.case_id), taken.case(into))
    if taken is None or repeat is None or survivor is None:
        raise NotKnownYetError
    await settle_all(connection, taken, cities)
    merge(repeat, survivor, Merging(actor=SYSTEM, now=taken.now, share=1.0, repeats=True))
    await write(connection, taken.cases)


async def keep_for_later(connection: Any, report: ReportFacts, now: datetime) -> None:
    """Write down that the two are one thing: the look behind the route merges them when both are known."""
    await connection.execute(KEEP, report.case_id, report.repeats, now)

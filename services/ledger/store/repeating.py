"""Cases whose reporters say nothing new, a batch at once: merged into those that are open, or later (X-11)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.contracts.events import CaseDispatched
from services.ledger.domain.life.repeating import Repeats
from services.ledger.domain.taken import TakenCase
from services.ledger.store.aside import CannotSettleError
from services.ledger.store.cities import Cities
from services.ledger.store.settling import settle_all
from services.ledger.store.taking import Taken, take
from services.ledger.store.writing import write

GOES_ON_FOR: Final = "select known, survivor from ledger.goes_on_for($1)"
KEEP: Final = "select ledger.keep_repeats($1, $2, $3)"


async def take_repeated(
    connection: Any, cities: Cities, decisions: Iterable[CaseDispatched], epoch: int
) -> tuple[Repeats, datetime | None]:
    """Lock and settle the cases that go on for what these repeat; also return the instant after the lock.

    Cases that cannot be settled stay as they are; whoever repeats them waits.
    """
    named = {one.report.case_id for one in decisions} | {one.report.repeats for one in decisions}
    rows = await connection.fetch(GOES_ON_FOR, [case_id for case_id in named if case_id is not None])
    survivors = {_plain(row["known"]): _plain(row["survivor"]) for row in rows}
    taken = await _settled(connection, cities, survivors, decisions)
    cases: Mapping[UUID, TakenCase] = {} if taken is None else {case.case.case_id: case for case in taken.cases}
    return Repeats(epoch=epoch, survivors=survivors, taken=cases), None if taken is None else taken.now


async def join_and_write(connection: Any, repeats: Repeats, now: datetime) -> None:
    """Merge what was just opened, and keep which pairs the look behind the route merges once both are known."""
    await write(connection, repeats.join(now))
    if repeats.later:
        await connection.execute(KEEP, list(repeats.later), list(repeats.later.values()), now)


async def _settled(
    connection: Any, cities: Cities, survivors: Mapping[UUID, UUID], decisions: Iterable[CaseDispatched]
) -> Taken | None:
    new = (one.report.repeats for one in decisions if one.report.case_id not in survivors)
    wanted = {survivors[repeated] for repeated in new if repeated is not None and repeated in survivors}
    while wanted:
        taken = await take(connection, wanted)
        if taken is None:
            return None
        try:
            await settle_all(connection, taken, cities)
        except CannotSettleError as error:
            wanted.discard(error.case_id)
        else:
            return taken
    return None


def _plain(value: UUID) -> UUID:
    # asyncpg's own subclass is slower to hash and to compare than the one it came from.
    return UUID(int=value.int)

"""The rows of the queue as the page shows them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.desk.domain.cards import worst_card
from services.desk.domain.queue import FoundTask, Narrowing, QueuePlace, QueueTask, shown
from services.desk.domain.work_left import WorkLeft, work_left
from services.desk.pages.parts import PageParts
from services.desk.pages.queue.asked import QueueAddress
from services.desk.pages.visit import Visit
from services.desk.ports import Versions
from services.desk.queries.queue import place_of, tasks_of
from services.desk.store.inside import Holder, as_person, holders_of
from services.desk.store.vault import cases_with_tail

TAIL_PURPOSE = "search by phone tail"


@dataclass(frozen=True, slots=True)
class QueueView:
    """One page of rows."""

    at: datetime
    rows: Sequence[QueueTask]
    holders: dict[tuple[UUID, str], Holder]
    following: str
    """The cursor of the next page, or nothing."""
    left: dict[tuple[UUID, str, datetime], WorkLeft] = field(default_factory=dict)
    """Working time until a due time of a case in a unit; nothing where the limit runs day and night."""

    def work_left(self, row: QueueTask, due_at: datetime) -> WorkLeft | None:
        return self.left.get((row.case_id, row.unit, due_at))

    def holder(self, row: QueueTask) -> Holder | None:
        return self.holders.get((row.case_id, row.handling_unit)) or self.holders.get((row.case_id, row.unit))

    @property
    def overdue(self) -> int:
        return sum(row.expected_by < self.at for row in self.rows)


async def read_queue(parts: PageParts, visit: Visit, asked: QueueAddress, size: int) -> QueueView:
    """Read one page of the visitor's queue."""
    desk, filtered = parts.desk, asked.filter()
    narrowed = await _narrowed(parts, visit, asked)
    async with desk.reading(visit.session, "queue") as asking:
        scope = f"queue page/{asking.asker.person_id}/{asked.but()}"
        after = desk.cursors.open(asked.cursor, scope, QueuePlace) if asked.cursor else None
        found = await tasks_of(asking, filtered, after, size + 1, narrowed)
        tasks = found.tasks[:size]
        holders = await holders_of(asking.connection, {task.case_id for task in tasks})
    rows = [
        shown(task, worst_card(task.clocks(), (await desk.versions.of(task.reference_version)).policies))
        for task in tasks
    ]
    following = ""
    if len(found.tasks) > size:
        place = place_of(tasks[-1])
        following = desk.cursors.seal((place.due_at, place.case_id, place.part), scope)
    return QueueView(found.at, rows, _by_case(holders), following, await _left(desk.versions, tasks, found.at))


async def _left(
    versions: Versions, tasks: Iterable[FoundTask], at: datetime
) -> dict[tuple[UUID, str, datetime], WorkLeft]:
    # Arithmetic on calendars that are in memory: no row costs the database anything more.
    left = {}
    for task in tasks:
        for clock in task.clocks():
            if clock.due_at in {task.due_at, task.expected_by()}:
                worked = work_left(clock, (await versions.of(clock.calendar)).calendar, at)
                if worked is not None:
                    left[task.case_id, task.unit, clock.due_at] = worked
    return left


async def _narrowed(parts: PageParts, visit: Visit, asked: QueueAddress) -> Narrowing:
    near = parts.names.near(asked.q) if asked.q and not asked.looks_like_a_number else ()
    if not asked.tail:
        return Narrowing(near=near)
    async with as_person(parts.desk.pool, visit.session) as connection:
        cases = await cases_with_tail(connection, parts.keys, visit.visitor.units, asked.tail[-4:], TAIL_PURPOSE)
    return Narrowing(near=near, cases=cases)


def _by_case(holders: Iterable[Holder]) -> dict[tuple[UUID, str], Holder]:
    return {(holder.case_id, holder.unit): holder for holder in holders}

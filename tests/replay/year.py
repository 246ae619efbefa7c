"""The reports lived through: time steps up to the next due date, everybody acts at once, the facts come back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from aiokafka import AIOKafkaConsumer

from deploy.demo.city.plans import Planned
from deploy.demo.city.quiet import Quiet, all_partitions
from deploy.demo.city.stepped_clock import SteppedClock
from services.contracts.codec import decode
from services.contracts.events import CaseProgressed
from services.contracts.events.progress import StepTaken
from tests.replay.acting import Acting
from tests.replay.reporting import Reporting
from tests.replay.watching import Watched
from tests.replay.windows import Windows

NEXT_OWED: Final = """
    select least((select min(next_at) from ledger.clocks),
        (select min(next_at) from ledger.schedules where settled_at is null))
"""
LAST_DUE: Final = "select max(due_at) from ledger.clocks where kind = 'promise'"
LATER: Final = timedelta(days=10)
"""After the last report. What is left then has limits of weeks: time may move in larger steps."""
LARGER: Final = 8
TOLD: Final = [partition for partition in all_partitions() if partition.topic == CaseProgressed.TYPE]


@dataclass(slots=True, kw_only=True)
class Year:
    """Everybody and everything of one replay."""

    clock: SteppedClock
    connection: Any
    consumer: AIOKafkaConsumer
    settled: Quiet
    """Nothing owed, pending or undecided: who tells of it may still be telling."""
    quiet: Quiet
    reporting: Reporting
    acting: Acting
    reactions: Watched
    windows: Windows
    slack: timedelta
    ends_at: datetime
    closed_in_all: int
    """Enough are closed."""
    progress: Callable[["Year"], None]
    facts: int = 0
    steps: int = 0
    _last_report_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._last_report_at = max(report.at for report in self.reporting.reports)

    async def live(self) -> None:
        """Live until enough are closed and every promise has come due; nothing is owed or under way then."""
        self.consumer.assign(TOLD)
        await self.consumer.seek_to_beginning()
        for report in self.reporting.reports:
            self.windows.add(Planned(at=report.at, serial=report.serial, turn=0, door="report"))
        while not self._is_enough() and (tick := await self._next_step()) is not None:
            await self._live_through(tick)
        await self._live_through(max(await self.connection.fetchval(LAST_DUE), self.clock.at))
        await self.quiet.wait()

    def _is_enough(self) -> bool:
        return self.reactions.closed >= self.closed_in_all and self._all_reported

    @property
    def _all_reported(self) -> bool:
        return len(self.reporting.serials) == len(self.reporting.reports)

    async def _next_step(self) -> datetime | None:
        owed = await self.connection.fetchval(NEXT_OWED)
        instants = [self.windows.latest(), owed + self.windows.slack if owed else None]
        step = min((at for at in instants if at is not None), default=None)
        return max(step, self.clock.at) if step is not None and step <= self.ends_at else None

    async def _live_through(self, tick: datetime) -> None:
        """Acts need not wait for what is owed by then: whatever acts on a case lets its steps take effect first."""
        await self.clock.jump(tick)
        due = list(self.windows.due(by=tick))
        await self.reporting.hand_in([planned for planned in due if planned.door == "report"])
        await self.acting.carry_out([planned for planned in due if planned.door == "act"])
        await self.settled.wait()
        for event in sorted(await self._new_facts(), key=lambda event: (event.number, event.version)):
            self._goes_on(event)
        self.reactions.look_again(tick)
        if tick > self._last_report_at + LATER:
            self.windows.slack = self.slack * LARGER
        self.steps += 1
        self.progress(self)

    def _goes_on(self, event: CaseProgressed) -> None:
        """React as of the instant for which the act was planned: what is carried out a little later delays nobody."""
        serial = self.reporting.serials[event.number]
        self.facts += 1
        self.acting.sees(serial, event)
        at = None if isinstance(event.what, StepTaken) else self.acting.planned_at(serial, event.version)
        self.reactions.on(event if at is None else msgspec.structs.replace(event, at=at), serial)

    async def _new_facts(self) -> list[CaseProgressed]:
        """Read the bus up to its present end."""
        ends = await self.settled.ends(TOLD)
        events: list[CaseProgressed] = []
        while any([await self.consumer.position(partition) < end for partition, end in ends.items()]):
            for records in (await self.consumer.getmany(timeout_ms=200)).values():
                events += [decode(record.value, CaseProgressed) for record in records]
        return events

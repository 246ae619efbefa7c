"""The simulated week: time jumps to the next act or owed step, the city acts, and rests until it is quiet."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition

from deploy.demo.city.doors import Doors, RefusedError
from deploy.demo.city.people import People
from deploy.demo.city.plans import GRID, Planned, Plans, on_the_grid
from deploy.demo.city.quiet import Quiet, all_partitions
from deploy.demo.city.reactions import Reactions
from deploy.demo.city.reporters import address_of, form_of, token_of_reporter
from deploy.demo.city.stepped_clock import SteppedClock
from deploy.demo.reports import DemoReport
from services.contracts.codec import decode
from services.contracts.events import CaseProgressed

NEXT_OWED: Final = """
    select least((select min(next_at) from ledger.clocks),
        (select min(next_at) from ledger.schedules where settled_at is null))
"""
AT_ONCE_MAX: Final = 16
"""Cases that people act on at the same time."""
EXPECTED: Final = frozenset({403, 404, 409, 412})
"""Refusals that belong to city life: somebody else was first, or the case has gone on."""


@dataclass(slots=True, kw_only=True)
class SimulatedWeek:
    """Everybody and everything of one run."""

    reports: Sequence[DemoReport]
    ends_at: datetime
    clock: SteppedClock
    quiet: Quiet
    consumer: AIOKafkaConsumer
    connection: Any
    operator: Any
    doors: Doors
    people: People
    reactions: Reactions
    plans: Plans
    progress: Callable[[datetime], None]
    grid: timedelta = GRID
    """Time moves in steps of this."""
    enough: Callable[[], bool] = lambda: False
    """Whether the run may end before its time."""
    refused: list[str] = field(default_factory=list)
    _by_number: dict[str, int] = field(default_factory=dict)
    _codes: dict[int, str] = field(default_factory=dict)
    _cases: dict[int, UUID] = field(default_factory=dict)
    _lanes: dict[int, str] = field(default_factory=dict)
    _merged: set[int] = field(default_factory=set)
    """Another case goes on for these: nobody works on them."""

    async def run(self) -> None:
        """Live the week; returns at its end, with everything settled that is owed by then."""
        self.consumer.assign(_told())
        await self.consumer.seek_to_beginning()
        for report in self.reports:
            self.plans.add(Planned(at=report.at, serial=report.serial, turn=0, door="report"))
        while not self.enough() and (tick := await self._next_tick()) is not None:
            await self._live_through(tick)
        if not self.enough():
            await self._live_through(self.ends_at)

    @property
    def all_reported(self) -> bool:
        """Whether every report was handed in."""
        return len(self._by_number) == len(self.reports)

    def serial_of(self, number: str) -> int:
        """Return which report was given this number."""
        return self._by_number[number]

    async def _next_tick(self) -> datetime | None:
        owed = await self.connection.fetchval(NEXT_OWED)
        instants = [at for at in (self.plans.next_at(), owed) if at is not None]
        tick = on_the_grid(min(instants), self.grid) if instants else None
        return tick if tick is not None and tick <= self.ends_at else None

    async def _live_through(self, tick: datetime) -> None:
        await self.clock.jump(tick)
        await self._rest()
        due = list(self.plans.due(by=tick))
        repeated = [planned for planned in due if self._repeats(planned)]
        if due:
            await self._act([planned for planned in due if not self._repeats(planned)])
            await self._rest()
        # One after another: which case goes on for which must not hang on who knocks first.
        for planned in repeated:
            await self._do(planned)
            await self._rest()
        self.progress(tick)

    def _repeats(self, planned: Planned) -> bool:
        return planned.door == "report" and self.reports[planned.serial - 1].duplicate_of is not None

    async def _rest(self) -> None:
        await self.quiet.wait()
        events = sorted(await self._new_facts(), key=lambda event: (event.number, event.version))
        for event in events:
            serial = self._by_number[event.number]
            self._cases[serial], self._lanes[serial] = event.case_id, event.lane
            if event.state == "merged":
                self._merged.add(serial)
            self.reactions.on(event, serial)

    async def _new_facts(self) -> list[CaseProgressed]:
        """Read the bus up to its present end."""
        ends = await self.quiet.ends(_told())
        events: list[CaseProgressed] = []
        while any([await self.consumer.position(partition) < end for partition, end in ends.items()]):
            for records in (await self.consumer.getmany(timeout_ms=200)).values():
                events += [decode(record.value, CaseProgressed) for record in records]
        return events

    async def _act(self, due: Sequence[Planned]) -> None:
        """Do what is planned: what concerns one report in order, different reports beside each other."""
        gate = asyncio.Semaphore(AT_ONCE_MAX)

        async def one_after_another(plans: Sequence[Planned]) -> None:
            async with gate:
                for planned in plans:
                    await self._do(planned)

        by_serial = sorted(due, key=lambda planned: (planned.serial, planned.at, planned.turn))
        groups = [list(group) for _, group in groupby(by_serial, key=lambda planned: planned.serial)]
        await asyncio.gather(*(one_after_another(group) for group in groups))

    async def _do(self, planned: Planned) -> None:
        try:
            match planned.door:
                case "report":
                    await self._report(planned)
                case "rate":
                    await self._rate(planned)
                case "act":
                    await self._act_on_case(planned)
        except RefusedError as refused:
            if refused.status not in EXPECTED:
                raise
            self.refused.append(f"{planned.key} {type(planned.act).__name__}: {refused}")

    async def _report(self, planned: Planned) -> None:
        report = self.reports[planned.serial - 1]
        token = token_of_reporter(report, self.people)
        receipt = await self.doors.report(
            form_of(report), key=planned.key, address=address_of(planned.serial), token=token
        )
        self._by_number[receipt.number] = planned.serial
        self._codes[planned.serial] = receipt.tracking_code

    async def _rate(self, planned: Planned) -> None:
        code = self._codes[planned.serial]
        address = address_of(planned.serial)
        await self.doors.rate(code, planned.rating, planned.reason, key=planned.key, address=address)

    async def _act_on_case(self, planned: Planned) -> None:
        if planned.act is None or planned.serial in self._merged:
            return
        roles = planned.roles
        turn, lane = planned.serial, self._lanes[planned.serial]
        token = (
            self.people.token(planned.unit, *roles, turn=turn, lane=lane)
            if roles
            else self.people.works_in(planned.unit, turn, lane)
        )
        case_id = self._cases[planned.serial]
        revision = (await self.doors.case(case_id, token=token))["revision"]
        await self.doors.act(case_id, planned.act, token=token, revision=revision, key=planned.key)


def _told() -> list[TopicPartition]:
    """Return the partitions that tell what happens to cases."""
    return [partition for partition in all_partitions() if partition.topic == CaseProgressed.TYPE]

"""A running city in a test's hand: real processes, real doors, a stepped clock."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final
from uuid import UUID

import httpx2
from aiokafka import AIOKafkaConsumer

from deploy.demo.city.doors import CALL_SECONDS_MAX, Doors, Receipt
from deploy.demo.city.people import People
from deploy.demo.city.quiet import Quiet
from deploy.demo.city.stepped_clock import SteppedClock
from deploy.demo.living import SUPERUSER, WORKERS, connected
from deploy.embedded.running import System
from services.ledger.domain.acts import Act
from services.ledger.domain.state import CENTER
from services.worktime.calendar import SHANGHAI
from tests.builders import the_calendar
from tests.waiting import eventually

MORNING: Final = timedelta(hours=9)
QUIET_SECONDS_MAX: Final = 180.0
"""Nothing is shown by this bound: a machine may be slow and stand still for seconds."""
_serial: Final = count(1)


@dataclass(frozen=True, slots=True)
class Filed:
    """A report that became a case."""

    receipt: Receipt
    case_id: UUID


@dataclass(slots=True, kw_only=True)
class RunningCity:
    """What people of the city do, said as a test says it."""

    system: System
    clock: SteppedClock
    quiet: Quiet
    doors: Doors
    people: People
    superuser: Any

    async def report(self, text: str, **form: Any) -> Filed:
        """Report as a resident with a phone does, and wait until the case is open."""
        serial = next(_serial)
        # Another resident each time: who says the same again is told the progress, and opens no case.
        contact = {"phone": f"1390000{serial % 10_000:04d}", "reply_channel": "sms"}
        body = {"text": text, "channel": "one_key", "contact": contact, **form}
        receipt = await self.doors.report(body, key=f"journey-{serial}", address=f"10.9.0.{serial % 250}")
        return Filed(receipt, await self.opened(receipt.number))

    async def opened(self, number: str) -> UUID:
        """Wait until the report's case is open and return its id."""
        return await eventually(lambda: self.case_of(number), within_seconds=60)

    async def case_of(self, number: str) -> UUID | None:
        found: UUID | None = await self.superuser.fetchval("select case_id from ledger.cases where number = $1", number)
        return found

    async def act(self, filed: Filed, unit: str, act: Act, *roles: str) -> dict[str, Any]:
        """Let somebody of `unit` act on the case, as the page they see allows."""
        token = self.people.token(unit, *roles) if roles else self.people.works_in(unit)
        revision = (await self.doors.case(filed.case_id, token=token))["revision"]
        return await self.doors.act(filed.case_id, act, token=token, revision=revision, key=f"act-{next(_serial)}")

    async def seen_by(self, unit: str, filed: Filed) -> dict[str, Any]:
        """Return the case as somebody of `unit` reads it."""
        return await self.doors.case(filed.case_id, token=self.people.works_in(unit))

    async def in_queue_of(self, unit: str, filed: Filed) -> Mapping[str, Any]:
        """Wait until the case stands in the queue of `unit` and return its line."""

        async def line() -> Mapping[str, Any] | None:
            queue = await self.doors.queue(token=self.people.works_in(unit), q=filed.receipt.number)
            return next((each for each in queue if each["case_id"] == str(filed.case_id)), None)

        return await eventually(line, within_seconds=60)

    async def due_at(self, filed: Filed, kind: str, unit: str = "") -> datetime:
        """Return when a running clock of the case is due."""
        sql = """
            select due_at from ledger.clocks
            where case_id = $1 and kind = $2 and unit = $3 and stopped_at is null order by cycle desc limit 1
        """
        found: datetime = await self.superuser.fetchval(sql, filed.case_id, kind, unit)
        return found

    async def pass_time(self, *, until: datetime) -> None:
        """Let time pass, and the city come to rest."""
        await self.clock.jump(until)
        await self.quiet.wait()

    async def next_working_morning(self) -> None:
        """Go on to nine o'clock of the next working day, so that a test begins with a fresh day."""
        local = self.clock.at.astimezone(SHANGHAI)
        day = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        while not the_calendar().is_working_day(day.date()):
            day += timedelta(days=1)
        await self.pass_time(until=(day + MORNING).astimezone(self.clock.at.tzinfo))

    async def facts_of(self, filed: Filed) -> list[str]:
        """Return what was stated about the case, in order."""
        sql = "select convert_from(body, 'UTF8')::jsonb #>> '{what,type}' from ledger.facts where case_id = $1 "
        rows = await self.superuser.fetch(sql + "and topic = 'case.progressed.v1' order by version", filed.case_id)
        return [row[0] for row in rows]

    async def calls_of(self, filed: Filed) -> dict[str, tuple[str, bool]]:
        """Return each called department's state, and whether it was late."""
        sql = "select unit, state, reported_in_at > due_at as late from ledger.whistle_calls where case_id = $1"
        rows = await self.superuser.fetch(sql, filed.case_id)
        return {row["unit"]: (row["state"], bool(row["late"])) for row in rows}

    def a_grid(self, subdistrict: str) -> Mapping[str, str]:
        """Return the place of some grid in the subdistrict, as a report's form says it."""
        number = subdistrict.removeprefix("sub-")
        return {"community": f"com-{number}01"}

    @property
    def center(self) -> str:
        return CENTER


@asynccontextmanager
async def city_of(system: System, at: datetime) -> AsyncIterator[RunningCity]:
    """Connect to a system whose stepped clock stands at `at`."""
    async with AsyncExitStack() as stack:
        superuser = await connected(stack, system.postgres.dsn(SUPERUSER), seconds_max=60)
        operator = await connected(stack, system.postgres.dsn("operator"), seconds_max=60)
        http = await stack.enter_async_context(httpx2.AsyncClient(timeout=CALL_SECONDS_MAX, trust_env=False))
        consumer = AIOKafkaConsumer(bootstrap_servers=system.values["WHISTLE_KAFKA"], enable_auto_commit=False)
        await consumer.start()
        stack.push_async_callback(consumer.stop)
        yield RunningCity(
            system=system,
            clock=SteppedClock(superuser, await superuser.fetchval("select clock.now()") or at),
            quiet=Quiet(superuser, consumer, http, {name: system.url(name) for name in WORKERS}, QUIET_SECONDS_MAX),
            doors=Doors(http, system.url("intake-api"), system.url("desk")),
            people=await People.of(operator),
            superuser=superuser,
        )

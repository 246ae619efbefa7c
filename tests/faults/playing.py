"""Plays one scenario: load, faults, healing, recovery, quiet, and what the checker found."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from typing import Any, Final

import httpx2

from deploy.demo.city.doors import CALL_SECONDS_MAX, Doors
from deploy.demo.district import sample_district
from deploy.demo.reports import Week
from tests.faults.acts import ACTS
from tests.faults.checker import Findings, check
from tests.faults.ground import Ground, until
from tests.faults.load import History, Load
from tests.faults.schedule import Fault, Scenario, Schedule, hour_passes
from tests.faults.work import Departments
from tests.waiting import eventually

HEALED_SECONDS: Final = 120.0
SETTLED_SECONDS: Final = 240.0
LOADED_SECONDS: Final = 120.0
REPAIRS: Final = "whistle_reconciler_repairs_total"
OPENED: Final = "select case_id from ledger.cases where number = $1"
TOLD: Final = "select exists (select from notify.messages where case_id = $1)"


@dataclass(frozen=True, slots=True)
class Recovery:
    """Seconds from the end of the last fault until a new report is accepted, in a queue, and told."""

    accepted: float
    queued: float
    told: float

    def __str__(self) -> str:
        return f"{self.accepted:.1f} / {self.queued:.1f} / {self.told:.1f} s"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scenario has shown."""

    recovery: Recovery
    wrong: dict[str, Any]
    """What the checker found that was not there before."""
    history: History
    departments: list[str]
    """What departments were refused that they should not have been."""

    def complaints(self, scenario: Scenario) -> dict[str, Any]:
        """Return everything that is not as it must be; empty: the scenario is survived."""
        found = dict(self.wrong)
        buried = found.pop("dead_letters", [])
        if len(buried) != scenario.dead_letters:
            found["dead_letters"] = buried[:5]
        if scenario.may_repair:
            found.pop("repaired", None)
        if self.recovery.told > scenario.recovers_within:
            found["late"] = str(self.recovery)
        clients = {"refused": self.history.refused, "rude": self.history.rude, "departments": self.departments}
        return found | {name: texts[:5] for name, texts in clients.items() if texts}


async def play(ground: Ground, scenario: Scenario, faults: Schedule | None = None) -> Outcome:
    """Play a scenario, or another schedule in its place."""
    repairs = await ground.metric("reconciler", REPAIRS)
    ground.seen.clear()
    if not ground.history.accepted:
        ground.known = await _findings(ground)  # whoever was here before is not ours to blame
    async with ground.stack:
        return await _played(ground, scenario, scenario.faults if faults is None else faults, repairs)


async def _played(ground: Ground, scenario: Scenario, faults: Schedule, repairs: float) -> Outcome:
    async with _life(ground, scenario) as (load, departments):
        await _break(ground, faults)
        recovery = await _recovered(ground, load)
        await _reported(load, scenario.reports_min)
    await asyncio.to_thread(ground.system.wait_ready, within_seconds=HEALED_SECONDS)
    await until(ground.is_settled, SETTLED_SECONDS)
    async with ACTS["jump"](ground, hour_passes(0, minutes=30)):
        await until(ground.is_settled, SETTLED_SECONDS)
    await scenario.also(ground)
    findings = await _findings(ground)
    findings.repaired += _grown(repairs, await ground.metric("reconciler", REPAIRS))
    wrong, ground.known = _new(findings, ground.known), findings
    return Outcome(recovery, wrong, load.history, departments.refused)


@asynccontextmanager
async def _life(ground: Ground, scenario: Scenario) -> AsyncIterator[tuple[Load, Departments]]:
    """Let residents report and departments work while the block runs."""
    name = f"s{scenario.number}-{next(ground.turns)}"
    load = Load(
        intake=ground.system.url("intake-api"),
        week=Week(sample_district(), 100 + scenario.number),
        per_second=scenario.per_second,
        name=name,
        _serials=ground.serials,
    )
    ground.load = load
    enough = asyncio.Event()
    async with httpx2.AsyncClient(timeout=CALL_SECONDS_MAX, trust_env=False) as http:
        doors = Doors(http, ground.system.url("intake-api"), ground.system.url("desk"))
        people = await ground.people()
        dsn = ground.system.postgres.dsn("postgres")
        departments = Departments(dsn=dsn, doors=doors, people=people, name=name)
        living = asyncio.gather(load.run(enough), departments.run(enough))
        try:
            yield load, departments
        finally:
            enough.set()
            await living
            ground.history.accepted |= load.history.accepted


async def _break(ground: Ground, faults: Schedule) -> None:
    """Break what the schedule says, when it says it; returns when every fault has ended."""
    try:
        async with asyncio.TaskGroup() as breaking:
            for fault in faults:
                breaking.create_task(_one(ground, fault))
    finally:
        ground.clear_up()


async def _one(ground: Ground, fault: Fault) -> None:
    await asyncio.sleep(fault.at)
    async with ACTS[fault.what](ground, fault):
        await asyncio.sleep(fault.seconds)


async def _recovered(ground: Ground, load: Load) -> Recovery:
    """Follow the first report that is accepted from now on."""
    began = time.monotonic()
    known = set(load.history.accepted)

    def fresh() -> str | None:
        return next((number for key, number in load.history.accepted.items() if key not in known), None)

    number = await eventually(fresh, within_seconds=HEALED_SECONDS)
    accepted = time.monotonic() - began
    case = await eventually(lambda: ground.look(OPENED, number), within_seconds=SETTLED_SECONDS)
    queued = time.monotonic() - began
    await eventually(lambda: ground.look(TOLD, case), within_seconds=SETTLED_SECONDS)
    return Recovery(accepted, queued, time.monotonic() - began)


async def _reported(load: Load, at_least: int) -> None:
    await eventually(lambda: len(load.history.accepted) >= at_least, within_seconds=LOADED_SECONDS)


async def _findings(ground: Ground) -> Findings:
    reference = await ground.reference()
    async with ground.superuser() as connection:
        now = await connection.fetchval("select clock.now()")
        return await check(connection, list(ground.history.accepted.values()), reference, now)


def _grown(before: float, after: float) -> int:
    """Return by how much a counter grew; one that is smaller was begun anew."""
    return int(after - before if after >= before else after)


def _new(found: Findings, known: Findings) -> dict[str, Any]:
    """Return what is wrong now and was not before."""
    wrong: dict[str, Any] = {}
    for each in fields(Findings):
        now, before = getattr(found, each.name), getattr(known, each.name)
        if isinstance(now, list):
            more = list((Counter(now) - Counter(before)).elements())
            wrong |= {each.name: more} if more else {}
        elif now > before:
            wrong[each.name] = now - before
    return wrong

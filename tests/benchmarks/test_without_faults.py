"""20,000 cases while nothing breaks: nothing is repaired, nothing is put aside, nobody sees anything twice."""

import re
import shutil
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any, Final

import asyncpg
import httpx2
import pytest

from deploy.demo.preparing import load_district
from deploy.embedded.running import System
from deploy.embedded.state import State
from deploy.embedded.system import Settings, running_system
from services.reconciler.hops import HOPS
from tests.benchmarks.load.bodies import bodies
from tests.benchmarks.load.wrk import require_wrk, wrk
from tests.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(1_800)]

CASES: Final = 20_000
ROUND_SECONDS: Final = 5.0
DRAINED_SECONDS: Final = 180.0
COMPARED_SECONDS: Final = 300.0
VALUES: Final = {"WHISTLE_TRUSTED_PROXIES": "127.0.0.1"}
"""Every report comes from an address of its own, told as a proxy would."""
ACCEPTED: Final = "select count(*) from intake.reports"
ON_THE_WAY: Final = """
    select exists (select from intake.pending) or exists (select from ledger.pending)
        or (select count(*) from intake.reports) <> (select count(*) from ledger.cases)
        or (select count(*) from ledger.facts where topic = 'case.progressed.v1')
            > (select count(distinct (case_id, version)) from notify.messages where version > 0)
"""
TOLD_TWICE: Final = """
    select count(*) from (
        select from notify.messages group by case_id, version, recipient having count(*) > 1) m
"""
PUT_ASIDE: Final = "select (select count(*) from delivery.dead_letters) + (select count(*) from delivery.crashes)"
MISSED: Final = "select count(*) from reconciler.missing"
WITHOUT_ONE_LEAD: Final = """
    select count(*) from ledger.cases c where c.closed_at is null and c.duplicate_of is null and 1 <> (
        select count(*) from ledger.assignments a
        where a.case_id = c.case_id and a.role = 'lead' and a.ended_at is null)
"""
REPAIRS: Final = "whistle_reconciler_repairs_total"
COMPARISONS: Final = "whistle_reconciler_comparisons_total"
REPEATS: Final = {
    "notify": "whistle_notify_repeats_total",
    "ledger": "whistle_ledger_duplicates_dropped_total",
}


@pytest.fixture
def quiet_system(session_state: State) -> Iterator[System]:
    """The whole system on free ports and on real time; nothing will be killed."""
    folder = session_state.folder / "quiet"
    folder.mkdir()
    with running_system(Settings.on_free_ports(State(folder), values=VALUES, prepare=load_district)) as running:
        yield running
    shutil.rmtree(folder, ignore_errors=True)


async def test_in_twenty_thousand_cases_nothing_is_repaired_put_aside_or_seen_twice(quiet_system: System) -> None:
    system = quiet_system
    connection = await asyncpg.connect(system.postgres.dsn("postgres"))
    try:
        await _report(system, connection)
        await _until(partial(_arrived, connection), DRAINED_SECONDS)
        await _compared(system)
        found = {
            "repairs": await _total(system, "reconciler", REPAIRS),
            "missed": await connection.fetchval(MISSED),
            "put aside": await connection.fetchval(PUT_ASIDE),
            "told twice": await connection.fetchval(TOLD_TWICE),
            "without one lead": await connection.fetchval(WITHOUT_ONE_LEAD),
            **{f"seen twice by {name}": await _total(system, name, metric) for name, metric in REPEATS.items()},
        }
    finally:
        await connection.close()

    assert found == dict.fromkeys(found, 0)
    ended = {name: _last_words(system, name) for name in system.names if system.restarts(name)}
    assert ended == {}


def _last_words(system: System, name: str) -> list[str]:
    """Return what a service that ended said about it."""
    lines = (system.state.logs / f"{name}.log").read_text(encoding="utf-8", errors="replace").splitlines()
    return [line[:500] for line in lines if "critical" in line or "Error" in line][-5:]


async def _report(system: System, connection: Any) -> None:
    require_wrk()
    forms = bodies()
    while await connection.fetchval(ACCEPTED) < CASES:
        load = await wrk(system.url("intake-api"), forms, seconds=ROUND_SECONDS, folder=system.state.folder)
        assert (load.refused, load.broken) == (0, 0)
        await _until(partial(_arrived, connection), DRAINED_SECONDS)


async def _until(check: Callable[[], Awaitable[bool]], seconds: float) -> None:
    came: bool = await eventually(check, within_seconds=seconds)
    assert came


async def _arrived(connection: Any) -> bool:
    return not await connection.fetchval(ON_THE_WAY)


async def _compared(system: System) -> None:
    """Return when the reconciler has begun and ended a comparison of every hop after everything had arrived."""
    before = await _by_hop(system)

    async def twice_more() -> bool:
        now = await _by_hop(system)
        return all(now[hop.name] >= before[hop.name] + 2 for hop in HOPS)

    await _until(twice_more, COMPARED_SECONDS)


async def _by_hop(system: System) -> dict[str, float]:
    told = await _metrics(system, "reconciler")
    return {
        hop: float(value) for hop, value in re.findall(rf'^{COMPARISONS}{{hop="(.*?)"}} (\S+)$', told, re.MULTILINE)
    }


async def _total(system: System, service: str, metric: str) -> int:
    values = re.findall(rf"^{metric}(?:{{.*?}})? (\S+)$", await _metrics(system, service), re.MULTILINE)
    assert values, f"{service} does not show {metric}"
    return int(sum(map(float, values)))


async def _metrics(system: System, service: str) -> str:
    async with httpx2.AsyncClient(timeout=10.0, trust_env=False) as http:
        return (await http.get(f"{system.url(service)}/metrics")).text

"""Whole lives of cases: sign in, whistle, report in, handle, verify and close, over HTTP, with all their events."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from services.ledger.domain.acts import Act, Handle, SignIn, Verify
from services.ledger.domain.whistle.acts import Blow, ReportIn
from tests.benchmarks import cpu
from tests.benchmarks.load.wrk import wrk_acts
from tests.benchmarks.measuring.bulk import import_reports
from tests.benchmarks.product import OPERATOR_UNIT, Bench

CONNECTIONS: Final = 32
TOLD_SECONDS_MAX: Final = 60.0

CASES: Final = """
    select c.case_id, c.lead, c.subdistrict, c.revision from ledger.cases c
    where c.state = 'dispatched' and c.lane = 'ordinary' and c.whistles = 0 and c.subdistrict is not null
        and c.lead = any ($1::text[]) and c.urgency <> 'emergency'
    limit $2
"""
DEPARTMENTS: Final = "select distinct unit from identity.list_persons() where role = 'clerk'"
CLOSED: Final = "select count(*) from ledger.cases where state = 'closed'"
UNTOLD: Final = """
    select (select count(*) from ledger.pending)
        + (select count(*) from ledger.facts f where f.topic = 'case.progressed.v1' and f.at > $1 and not exists (
            select from notify.messages m where m.case_id = f.case_id and m.version = f.version))
"""
HANDLED: Final = Handle("昨天上午", "与反映人通话", "已安排人员到场处理完毕", "第二工作组")
_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Round:
    """One act of every life, in the order of a life: who does it, and at which revision after the first."""

    act: Act
    by: str
    revision: int


LIFE: Final = (
    Round(SignIn(), "lead", 0),
    Round(Blow("public_demand", "到期未处置，请到场会商"), "street", 1),
    Round(ReportIn("现场"), "lead", 1),
    Round(HANDLED, "lead", 1),
    Round(Verify(done=True), "center", 2),
)


async def measure_lifecycles(bench: Bench, bodies: Sequence[str], lives: int) -> None:
    """Note whole lives per second: acts over HTTP one round after the other, reports at the rate found before."""
    cases = await cases_to_live(bench, lives)
    if len(cases) < lives:
        await import_reports(bench, bodies, 1)
        cases = await cases_to_live(bench, lives)
    began, started = await bench.now(), time.perf_counter()
    closed_before: int = await bench.connection.fetchval(CLOSED)
    used = cpu.used(bench.route.pids())
    acting = await live(bench, cases, LIFE)
    await until_told(bench, began)
    spent = cpu.between(used, cpu.used(bench.route.pids()))
    bench.report.cpu["an act"] = {name: seconds / len(cases) / len(LIFE) * 1e6 for name, seconds in spent.items()}
    acting += max(time.perf_counter() - started - acting, 0.0)
    closed = await bench.connection.fetchval(CLOSED) - closed_before
    bench.report.detail(lives_after_reporting_per_s=closed / acting)
    reported_per_s = bench.report.values.get("queue_cases_per_s")
    if not closed or not reported_per_s:
        bench.report.missing("lifecycles_per_s", f"{closed} of {len(cases)} lives came to their end")
        return
    note = f"{closed} lives of {len(LIFE)} acts until all was told; reporting at {reported_per_s:.0f}/s added"
    bench.report.found(note, lifecycles_per_s=closed / (acting + closed / reported_per_s))


async def cases_to_live(bench: Bench, lives: int) -> Sequence[Any]:
    """Return cases whose life can be lived from its first act on."""
    departments = [row[0] for row in await bench.connection.fetch(DEPARTMENTS)]
    cases: Sequence[Any] = await bench.connection.fetch(CASES, departments, lives)
    return cases


async def live(bench: Bench, cases: Sequence[Any], rounds: Sequence[Round]) -> float:
    """Let every case have the acts of `rounds`, one round after the other; return the seconds it took."""
    acting = 0.0
    for number, life in enumerate(rounds):
        acts = [_line(bench, case, life, number) for case in cases]
        load = await wrk_acts(bench.system.url("desk"), acts, bench.system.state.folder, connections=CONNECTIONS)
        acting += load.microseconds / 1e6
        name = str(life.act.__struct_config__.tag)
        bench.report.detail(
            **{f"acts_{name}_per_s": len(acts) / (load.microseconds / 1e6), f"{name}_p99_ms": load.p99_ms}
        )
    return acting


def _line(bench: Bench, case: Any, life: Round, number: int) -> str:
    units = {"lead": case["lead"], "street": case["subdistrict"], "center": OPERATOR_UNIT}
    roles: dict[str, Iterable[str]] = {
        "lead": ("clerk",),
        "street": ("subdistrict_coordinator",),
        "center": ("center_operator",),
    }
    token = bench.people.token(units[life.by], *roles[life.by])
    revision = case["revision"] + life.revision
    key = f"life-{time.monotonic_ns()}-{number}"
    return "\t".join((str(case["case_id"]), token, str(revision), key, _encode(life.act).decode()))


async def until_told(bench: Bench, began: object) -> None:
    """Return when every fact since `began` has been told of.

    Raises:
        TimeoutError: some were not.
    """
    ends = time.monotonic() + TOLD_SECONDS_MAX
    while await bench.connection.fetchval(UNTOLD, began):
        if time.monotonic() > ends:
            raise TimeoutError("not every fact was told of")
        await asyncio.sleep(0.1)

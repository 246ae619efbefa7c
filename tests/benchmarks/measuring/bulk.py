"""Bulk import: NDJSON through the door, and from there into the queue."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tests.benchmarks.load.bodies import UNIQUE, never_sent
from tests.benchmarks.product import Bench
from tests.benchmarks.route import first_id

LINES_A_CALL: Final = 10_000
CALLS_AT_ONCE: Final = 2
QUEUED: Final = """
    select count(*), max(opened_at) from ledger.assignments
    where case_id >= $1 and role = 'lead' and attempt = 1 and opened_at >= $2
"""
QUEUED_SECONDS_MAX: Final = 120.0


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a bulk import."""

    lines: int
    accepted_seconds: float
    queued_seconds: float


async def measure_bulk(bench: Bench, bodies: Sequence[str], calls: int) -> None:
    """Note lines accepted per second and cases queued per second."""
    imported = await import_reports(bench, bodies, calls)
    note = f"{imported.lines} lines in calls of {LINES_A_CALL}, {CALLS_AT_ONCE} at once"
    bench.report.found(note, bulk_accepted_per_s=imported.lines / imported.accepted_seconds)
    bench.report.found(note, bulk_queued_per_s=imported.lines / imported.queued_seconds)


async def import_reports(bench: Bench, bodies: Sequence[str], calls: int) -> Imported:
    """Import calls of 10,000 reports; return when all are in their queues."""
    contents = [_content(bodies, number) for number in range(calls)]
    began: datetime = await bench.now()
    started, turns = time.perf_counter(), asyncio.Semaphore(CALLS_AT_ONCE)
    await asyncio.gather(*(_send(bench, content, turns) for content in contents))
    seconds = time.perf_counter() - started
    queued_at = await _until_queued(bench, began, calls * LINES_A_CALL)
    return Imported(calls * LINES_A_CALL, seconds, (queued_at - began).total_seconds())


async def _send(bench: Bench, content: bytes, turns: asyncio.Semaphore) -> None:
    headers = {"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {bench.center_token}"}
    async with turns:
        url = f"{bench.route.url}/api/v1/reports:batch"
        answer = await bench.http.post(url, content=content, headers=headers)
    results = answer.content.splitlines()
    accepted = sum(b'"report_id"' in line for line in results)
    if answer.status_code != 200 or accepted != LINES_A_CALL:
        raise RuntimeError(f"{answer.status_code}: {accepted} lines accepted; {answer.text[:300]}")


async def _until_queued(bench: Bench, began: datetime, lines: int) -> datetime:
    ends = time.monotonic() + QUEUED_SECONDS_MAX
    while True:
        count, last = await bench.connection.fetchrow(QUEUED, first_id(began), began)
        if count >= lines:
            at: datetime = last
            return at
        if time.monotonic() > ends:
            raise TimeoutError(f"{count} of {lines} lines came into a queue")
        await asyncio.sleep(0.1)


def _content(bodies: Sequence[str], call: int) -> bytes:
    lines, bodies = [], never_sent(bodies)
    for number in range(LINES_A_CALL):
        key = f"bulk-{time.monotonic_ns()}-{call}-{number}"
        body = bodies[number % len(bodies)].replace(UNIQUE, "".join(chr(97 + int(d)) for d in f"{call}{number:05}"))
        lines.append(f'{{"idempotency_key":"{key}",{body[1:]}')
    return "\n".join(lines).encode()

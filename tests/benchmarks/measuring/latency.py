"""At 200 cases a second, in an open loop: until the answer, until the queue, until the board shows the case."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from tests.benchmarks.load.live_feed import watching
from tests.benchmarks.load.open_loop import send_steadily
from tests.benchmarks.measuring.figures import percentile
from tests.benchmarks.product import Bench

PER_SECOND: Final = 200
SAMPLES: Final = 40
SAMPLE_SECONDS: Final = 0.005
SEEN_SECONDS_MAX: Final = 30.0
SHOWN_SECONDS: Final = 1.5
"""After the last answer, for what is still on its way to the board."""
SHARES: Final = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p999": 0.999, "max": 1.0}

IN_QUEUE: Final = """
    select extract(epoch from a.opened_at - c.accepted_at)::float8
    from ledger.assignments a join ledger.cases c using (case_id)
    where c.case_id = any($1::uuid[]) and a.role = 'lead' and a.attempt = 1
"""


async def measure_latency(bench: Bench, bodies: Sequence[str], seconds: float) -> None:
    """Note answer, queue and feed latencies, and what a person sees who asks the desk."""
    url = bench.route.url
    await send_steadily(url, bodies, per_second=PER_SECOND, seconds=2)
    async with watching(bench.system.url("board"), bench.center_token) as shown:
        sent = await send_steadily(url, bodies, per_second=PER_SECOND, seconds=seconds)
        await asyncio.sleep(SHOWN_SECONDS)
    rows = await bench.connection.fetch(IN_QUEUE, [UUID(case_id) for case_id in sent.case_ids])
    waits = [row[0] for row in rows]
    feed = [shown.at[case_id] - due for case_id, due in sent.due.items() if case_id in shown.at]
    refused = len(sent.refused)
    note = f"{len(waits)} of {len(sent.case_ids)} cases, {refused} refused, open loop at {PER_SECOND}/s"
    bench.report.found(note, answer_p99_ms=1000 * percentile(sent.answer_seconds, 0.99))
    bench.report.found("opened_at - accepted_at by the database's clock", queue_p99_ms=1000 * percentile(waits, 0.99))
    _note_shares(bench, {"answer": sent.answer_seconds, "queue": waits, "feed": feed})
    bench.report.detail(feed_cases=float(len(feed)), feed_of=float(len(sent.due)), feed_resyncs=float(shown.resynced))
    seen = await _seen_at_the_desk(bench, bodies)
    bench.report.detail(
        seen_at_desk_p50_ms=1000 * percentile(seen, 0.5), seen_at_desk_p99_ms=1000 * percentile(seen, 0.99)
    )


def _note_shares(bench: Bench, waits: Mapping[str, Sequence[float]]) -> None:
    """Note the percentiles of each leg, all from the moment a report was due to be sent but the queue's."""
    for leg, seconds in waits.items():
        shares = {f"{leg}_{name}_ms": 1000 * percentile(seconds, share) for name, share in SHARES.items()}
        bench.report.detail(**shares)


async def _seen_at_the_desk(bench: Bench, bodies: Sequence[str]) -> list[float]:
    """Return how long after the answer single cases can be read at the desk over HTTP."""
    return [await _until_seen(bench, bodies) for _ in range(SAMPLES)]


async def _until_seen(bench: Bench, bodies: Sequence[str]) -> float:
    sent = await send_steadily(bench.route.url, bodies, per_second=1000, seconds=0.001)
    began = time.perf_counter()
    headers = {"Authorization": f"Bearer {bench.center_token}"}
    case = f"{bench.system.url('desk')}/api/v1/cases/{sent.case_ids[0]}"
    while (await bench.http.get(case, headers=headers)).status_code != 200:
        if time.perf_counter() - began > SEEN_SECONDS_MAX:
            raise TimeoutError(f"case {sent.case_ids[0]} cannot be seen at the desk")
        await asyncio.sleep(SAMPLE_SECONDS)
    return time.perf_counter() - began

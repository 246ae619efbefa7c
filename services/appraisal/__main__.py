"""The appraisal's own process: keeps what the figures are computed from. The only place where its parts meet.

`python -m services.appraisal draft INSTANT PERIOD` is what it runs apart: a month of 200,000 cases takes half a
gigabyte and a minute of a core, and the process that keeps the facts has neither to spare.
"""

import sys
from datetime import datetime
from functools import partial
from typing import Final

from services.appraisal.agents import read_topics
from services.appraisal.domain.periods import Period, period_of
from services.appraisal.handlers import KeepFacts, KeepNotices
from services.appraisal.metrics import AppraisalMetrics
from services.appraisal.settings import AppraisalSettings
from services.appraisal.store.drafting import draft
from services.appraisal.store.facts import PostgresFacts
from services.appraisal.timers import Compiler
from services.chassis.apart import run_apart, work_apart, yield_to_others
from services.chassis.delivery.consuming import finishing_for, watchdog_for
from services.chassis.delivery.kafka_pump import KafkaPump, Pace
from services.chassis.postgres import beside, postgres_pool, ready
from services.chassis.running import Process, run_service
from services.chassis.shell import Shell

REST_SECONDS: Final = 0.25
"""Nobody waits for a figure: one statement for what came in a quarter of a second."""
DRAFT: Final = "draft"
DRAFT_SECONDS_MAX: Final = 900.0


async def run(settings: AppraisalSettings, shell: Shell) -> None:
    """Run until the process is asked to stop."""
    async with postgres_pool(settings.postgres) as pool:
        metrics = AppraisalMetrics.create(shell.registry)
        facts = PostgresFacts(pool)
        finishing = finishing_for(shell, pool)
        pace = Pace(settings.batch_max, REST_SECONDS)
        pump = KafkaPump(settings.kafka, finishing, shell.progress, pace=pace, end=shell.die)
        read_topics(pump, KeepFacts(facts=facts, metrics=metrics), KeepNotices(facts=facts, metrics=metrics))
        shell.health.add("postgres", partial(ready, pool, settings.postgres))
        shell.health.add("partitions", pump.ready)
        compiler = Compiler(pool, settings.zone, metrics, shell.outages, draft_apart)
        watchdog = watchdog_for(shell, settings.postgres, finishing)
        shell.start("pump", pump.run(), stop=pump.stop)
        shell.start("compiler", compiler.run(), stop=compiler.stop)
        watchdog.start()
        await shell.serve()
        watchdog.stop()


async def draft_apart(period: Period, at: datetime) -> bool:
    """Draft a period in a process of its own."""
    return await run_apart("services.appraisal", DRAFT, at.isoformat(), period.name, seconds_max=DRAFT_SECONDS_MAX)


async def draft_here(at: str, name: str, settings: AppraisalSettings) -> None:
    """Draft a period; compiling leaves the cores to the way of a case."""
    period, instant = period_of(name, settings.zone), datetime.fromisoformat(at)
    async with beside(settings.postgres) as pool, pool.acquire() as connection:
        await draft(connection, period, settings.zone, instant, yield_to_others)


if __name__ == "__main__":
    if sys.argv[1:2] == [DRAFT]:
        work_apart("appraisal-draft", AppraisalSettings, partial(draft_here, sys.argv[2], sys.argv[3]))
    run_service("appraisal", {"": Process(AppraisalSettings, run)})

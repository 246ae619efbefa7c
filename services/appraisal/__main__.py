"""The appraisal's own process: keeps what the figures are computed from. The only place where its parts meet."""

from functools import partial
from typing import Final

from services.appraisal.agents import read_topics
from services.appraisal.handlers import KeepFacts, KeepNotices
from services.appraisal.metrics import AppraisalMetrics
from services.appraisal.settings import AppraisalSettings
from services.appraisal.store.facts import PostgresFacts
from services.appraisal.timers import Compiler
from services.chassis.delivery.consuming import finishing_for, watchdog_for
from services.chassis.delivery.kafka_pump import KafkaPump, Pace
from services.chassis.postgres import postgres_pool, ready
from services.chassis.running import Process, run_service
from services.chassis.shell import Shell

REST_SECONDS: Final = 0.25
"""Nobody waits for a figure: one statement for what came in a quarter of a second."""


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
        compiler = Compiler(pool, settings.zone, metrics, shell.outages)
        watchdog = watchdog_for(shell, settings.postgres, finishing)
        shell.start("pump", pump.run(), stop=pump.stop)
        shell.start("compiler", compiler.run(), stop=compiler.stop)
        watchdog.start()
        await shell.serve()
        watchdog.stop()


if __name__ == "__main__":
    run_service("appraisal", {"": Process(AppraisalSettings, run)})

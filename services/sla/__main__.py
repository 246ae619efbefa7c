"""sla's process: time makes owed steps effective. The only place where its parts meet."""

from functools import partial

from services.chassis.delivery.watchdog import Pulse, Watchdog
from services.chassis.postgres import beside, postgres_pool, ready
from services.chassis.running import Process, run_service
from services.chassis.shell import Shell
from services.ledger.store.cities import Cities
from services.ledger.store.schedules import Schedules
from services.ledger.store.settling import Settling
from services.reference.versions.cache import reference_cache
from services.sla.handlers import SettleDue, WatchClocks
from services.sla.metrics import CensusGauges, SlaMetrics
from services.sla.settings import SlaSettings
from services.sla.store import PostgresClockGuard, read_census
from services.sla.timers import Timer, keep_census


async def run(settings: SlaSettings, shell: Shell) -> None:
    """Run until the process is asked to stop."""
    async with (
        postgres_pool(settings.postgres) as pool,
        beside(settings.postgres) as own,
        reference_cache(own) as reference,
    ):
        metrics = SlaMetrics.create(shell.registry)
        settle = SettleDue(
            settling=Settling(pool, Cities(reference)),
            schedules=Schedules(pool),
            metrics=metrics,
            cases_max=settings.cases_max,
        )
        watch = WatchClocks(
            guard=PostgresClockGuard(pool),
            metrics=metrics,
            divergence_seconds_max=settings.divergence_seconds_max,
        )
        # A stepped clock jumps by design; the guard is for the real one.
        pulse = Pulse()
        timer = Timer(settle, watch if settings.clock == "real" else None, shell.outages, pulse, settings.poll_seconds)
        shell.health.add("postgres", partial(ready, pool, settings.postgres))
        watchdog = Watchdog(shell.health, shell.progress, shell.outages, rounds={"timer": pulse}, end=shell.die)
        shell.start("timer", timer.run(), stop=timer.stop)
        shell.start("census", keep_census(partial(read_census, pool), CensusGauges.create(shell.registry)))
        watchdog.start()
        await shell.serve()
        watchdog.stop()


if __name__ == "__main__":
    run_service("sla", {"": Process(SlaSettings, run)})

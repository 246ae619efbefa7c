"""The router's process: a Faust worker, two topics in, one out. The only place where its parts meet."""

from functools import partial
from typing import Any

from services.chassis.delivery.consuming import finishing_for, watchdog_for
from services.chassis.delivery.faust_app import worker_app
from services.chassis.delivery.faust_pump import FaustPump, Taking
from services.chassis.delivery.finish import Finishing
from services.chassis.delivery.producer import Producer
from services.chassis.postgres import Pool, postgres_pool, ready
from services.chassis.running import Process, run_service
from services.chassis.shell import Shell
from services.reference.versions.cache import ReferenceCache, reference_cache
from services.router.agents import register_agents
from services.router.decisions import KafkaDecisions
from services.router.handlers import DecideReports, DecideReturns
from services.router.metrics import RouterMetrics
from services.router.references import CachedReferences
from services.router.settings import RouterSettings


async def run(settings: RouterSettings, shell: Shell) -> None:
    """Run until the process is asked to stop."""
    metrics = RouterMetrics.create(shell.registry)
    async with postgres_pool(settings.postgres) as pool, reference_cache(pool, metrics.loaded) as cache:
        producer = Producer(settings.kafka)
        finishing = finishing_for(shell, pool)
        app = worker_app(shell.service, settings.kafka)
        pump = _pump(app, settings, finishing, shell)
        parts: dict[str, Any] = {
            "references": CachedReferences(cache, shell.outages),
            "decisions": KafkaDecisions(producer, shell.outages),
            "metrics": metrics,
            "epoch": await pool.fetchval("select delivery.epoch()"),
        }
        register_agents(app, pump, DecideReports(**parts), DecideReturns(**parts))
        _add_checks(shell, settings, pool, cache, pump)
        watchdog = watchdog_for(shell, settings.postgres, finishing, {"rebalance": pump.membership})
        shell.start("pump", pump.work(), stop=pump.stop)
        watchdog.start()
        await shell.serve()
        watchdog.stop()
        await producer.close()


def _pump(app: Any, settings: RouterSettings, finishing: Finishing, shell: Shell) -> FaustPump:
    taking = Taking(settings.batch_max, settings.batch_within_seconds)
    return FaustPump(app, settings.kafka, finishing, shell.progress, taking=taking, end=shell.die)


def _add_checks(shell: Shell, settings: RouterSettings, pool: Pool, cache: ReferenceCache, pump: FaustPump) -> None:
    shell.health.add("postgres", partial(ready, pool, settings.postgres))
    shell.health.add("reference", cache.check)
    shell.health.add("partitions", pump.ready)


if __name__ == "__main__":
    run_service("router", {"": Process(RouterSettings, run)})

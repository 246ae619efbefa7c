"""The reconciler's own process. The only place where its parts meet."""

from functools import partial

from services.chassis.delivery.topics import topics_of_flow
from services.chassis.delivery.watchdog import Watchdog
from services.chassis.postgres import postgres_pool, ready
from services.chassis.running import Process, run_service
from services.chassis.shell import Shell
from services.reconciler.broker import Broker
from services.reconciler.handlers import Comparison
from services.reconciler.hops import HOPS
from services.reconciler.metrics import ReconcilerMetrics
from services.reconciler.settings import ReconcilerSettings
from services.reconciler.timers import Rounds


async def run(settings: ReconcilerSettings, shell: Shell) -> None:
    """Run until the process is asked to stop."""
    async with postgres_pool(settings.postgres) as pool:
        broker = Broker(settings.kafka, topics_of_flow(), settings.kafka_replication)
        metrics = ReconcilerMetrics.create(shell.registry, [hop.name for hop in HOPS])
        rounds = Rounds(pool, broker, HOPS, Comparison(settings, metrics), shell.outages)
        shell.health.add("postgres", partial(ready, pool, settings.postgres))
        watchdog = Watchdog(health=shell.health, progress=shell.progress, outages=shell.outages, end=shell.die)
        shell.start("rounds", rounds.run(), stop=rounds.stop)
        watchdog.start()
        await shell.serve()
        watchdog.stop()
        await broker.close()


if __name__ == "__main__":
    run_service("reconciler", {"": Process(ReconcilerSettings, run)})

"""The ledger's own process: opens cases, applies follow-ups, relays facts. The only place where its parts meet."""

from functools import partial

from services.chassis.delivery.crashes import PostgresCrashes, note_from_thread
from services.chassis.delivery.dead_letters import PostgresDeadLetters
from services.chassis.delivery.finish import Finishing
from services.chassis.delivery.kafka_pump import KafkaPump
from services.chassis.delivery.pending import PostgresSource
from services.chassis.delivery.producer import Producer
from services.chassis.delivery.relay import Relay, RelayMetrics
from services.chassis.delivery.watchdog import Watchdog
from services.chassis.metrics import DeliveryMetrics
from services.chassis.postgres import Pool, postgres_pool, ready
from services.chassis.running import Process, run_service
from services.chassis.shell import Shell
from services.ledger.agents import read_topics
from services.ledger.handlers import ApplyFollowUps, OpenCases
from services.ledger.metrics import LedgerMetrics, PendingGauge
from services.ledger.settings import LedgerSettings
from services.ledger.store.cities import Cities
from services.ledger.store.facts import COUNT_PENDING, FORGET_SENT, READ_PENDING, outgoing
from services.ledger.store.opening import Openings
from services.reference.versions.cache import reference_cache


async def run(settings: LedgerSettings, shell: Shell) -> None:
    """Run until the process is asked to stop."""
    async with postgres_pool(settings.postgres) as pool, reference_cache(pool) as reference:
        metrics = LedgerMetrics.create(shell.registry)
        producer, relay = _relay(settings, shell)
        ledger = Openings(pool, Cities(reference))
        finishing = _finishing(pool, shell)
        pump = KafkaPump(settings.kafka, finishing, shell.progress, batch_max=settings.batch_max, end=shell.die)
        read_topics(
            pump,
            OpenCases(ledger=ledger, metrics=metrics, wake_relay=relay.wake),
            ApplyFollowUps(ledger=ledger, metrics=metrics, wake_relay=relay.wake),
        )
        shell.health.add("postgres", partial(ready, pool, settings.postgres))
        shell.health.add("reference", reference.check)
        shell.health.add("partitions", pump.ready)
        watchdog = _watchdog(settings, shell, finishing)
        shell.start("pump", pump.run(), stop=pump.stop)
        shell.start("relay", relay.run(), stop=relay.stop)
        shell.start("pending-gauge", PendingGauge.create(shell.registry).keep(partial(pool.fetchval, COUNT_PENDING)))
        watchdog.start()
        await shell.serve()
        watchdog.stop()
        await producer.close()


def _relay(settings: LedgerSettings, shell: Shell) -> tuple[Producer, Relay]:
    source = PostgresSource(
        settings.postgres, read_sql=READ_PENDING, forget_sql=FORGET_SENT, lock="ledger.relay", row=outgoing
    )
    producer = Producer(settings.kafka)
    return producer, Relay(
        source, producer, shell.outages, RelayMetrics.create(shell.registry, shell.service), shell.progress
    )


def _finishing(pool: Pool, shell: Shell) -> Finishing:
    return Finishing(
        dead_letters=PostgresDeadLetters(pool),
        crashes=PostgresCrashes(pool),
        outages=shell.outages,
        metrics=DeliveryMetrics.create(shell.registry, shell.service),
    )


def _watchdog(settings: LedgerSettings, shell: Shell, finishing: Finishing) -> Watchdog:
    return Watchdog(
        health=shell.health,
        progress=shell.progress,
        outages=shell.outages,
        finishing=finishing,
        note=partial(note_from_thread, settings.postgres),
        end=shell.die,
    )


if __name__ == "__main__":
    run_service("ledger", {"": Process(LedgerSettings, run)})

"""The ledger's own process: opens cases, moves what is pending, relays facts. The only place where its parts meet."""

from functools import partial

from services.chassis.delivery.consuming import finishing_for, watchdog_for
from services.chassis.delivery.kafka_pump import KafkaPump, Pace
from services.chassis.delivery.pending import PostgresSource
from services.chassis.delivery.producer import Producer
from services.chassis.delivery.relay import Relay, RelayMetrics
from services.chassis.delivery.watchdog import Pulse
from services.chassis.postgres import Pool, beside, postgres_pool, ready
from services.chassis.running import Process, run_service
from services.chassis.shell import Shell
from services.ledger.agents import read_topics
from services.ledger.handlers import ApplyFollowUps, OpenCases
from services.ledger.metrics import LedgerMetrics, PendingGauge
from services.ledger.settings import LedgerSettings
from services.ledger.store.cities import Cities
from services.ledger.store.comparing import Compared, Comparing
from services.ledger.store.facts import COUNT_PENDING, FORGET_SENT, READ_PENDING, outgoing
from services.ledger.store.merging import CarryingOut
from services.ledger.store.moving import Moving
from services.ledger.store.opening import Openings
from services.ledger.timers import Comparer, GivingWay, Looks, Mover
from services.reference.versions.cache import reference_cache


async def run(settings: LedgerSettings, shell: Shell) -> None:
    """Run until the process is asked to stop."""
    async with (
        postgres_pool(settings.postgres) as pool,
        beside(settings.postgres) as own,
        reference_cache(own) as reference,
    ):
        metrics = LedgerMetrics.create(shell.registry)
        producer, relay, pulse = _relay(settings, shell)
        cities = Cities(reference)
        ledger = Openings(pool, cities)
        mover = Mover(Moving(pool, cities).move_due, shell.outages, metrics.cases_moved.inc)
        comparer = _comparer(settings, (pool, cities), shell, metrics, relay)
        finishing = finishing_for(shell, pool)
        pump = KafkaPump(settings.kafka, finishing, shell.progress, pace=Pace(settings.batch_max), end=shell.die)
        read_topics(
            pump,
            OpenCases(ledger=ledger, metrics=metrics, wake_relay=relay.wake),
            ApplyFollowUps(ledger=ledger, metrics=metrics, wake_relay=relay.wake),
        )
        shell.health.add("postgres", partial(ready, pool, settings.postgres))
        shell.health.add("reference", reference.check)
        shell.health.add("partitions", pump.ready)
        watchdog = watchdog_for(shell, settings.postgres, finishing, {"relay": pulse})
        shell.start("pump", pump.run(), stop=pump.stop)
        shell.start("relay", relay.run(), stop=relay.stop)
        shell.start("mover", mover.run(), stop=mover.stop)
        shell.start("comparer", comparer.run(), stop=comparer.stop)
        shell.start("pending-gauge", PendingGauge.create(shell.registry).keep(partial(pool.fetchval, COUNT_PENDING)))
        watchdog.start()
        await shell.serve()
        watchdog.stop()
        await producer.close()


def _comparer(
    settings: LedgerSettings, store: tuple[Pool, Cities], shell: Shell, metrics: LedgerMetrics, relay: Relay
) -> Comparer:
    def told(compared: Compared, merged: int) -> None:
        metrics.count_compared(compared.cases, compared.alike, merged)

    looks = Looks(Comparing(*store).compare_due, CarryingOut(*store).carry_out_due)
    giving_way = GivingWay((metrics.opened_so_far, relay.sent_so_far))
    return Comparer(looks, shell.outages, told, giving_way, settings.compare_seconds)


def _relay(settings: LedgerSettings, shell: Shell) -> tuple[Producer, Relay, Pulse]:
    source = PostgresSource(
        settings.postgres, read_sql=READ_PENDING, forget_sql=FORGET_SENT, lock="ledger.relay", row=outgoing
    )
    producer = Producer(settings.kafka)
    pulse = Pulse()
    relay = Relay(source, producer, shell.outages, RelayMetrics.create(shell.registry, shell.service), pulse)
    return producer, relay, pulse


if __name__ == "__main__":
    run_service("ledger", {"": Process(LedgerSettings, run)})

"""The board's own process: snapshot and feed. The only place where its parts meet."""

from functools import partial

from services.board.agents import read_topics
from services.board.api import BoardParts, board_app
from services.board.feed import Hub
from services.board.handlers import MoveTheBoard, as_it_came
from services.board.metrics import BoardMetrics
from services.board.queries.snapshot import read_snapshot
from services.board.settings import BoardSettings
from services.board.snapshot import Snapshots
from services.board.tickets import Tickets
from services.board.viewers import Viewers
from services.chassis.delivery.crashes import PostgresCrashes, note_from_thread
from services.chassis.delivery.dead_letters import PostgresDeadLetters
from services.chassis.delivery.finish import Finishing
from services.chassis.delivery.kafka_pump import KafkaPump
from services.chassis.delivery.watchdog import Watchdog
from services.chassis.metrics import DeliveryMetrics
from services.chassis.postgres import Pool, postgres_pool, ready
from services.chassis.running import Process, run_service
from services.chassis.shell import Shell


async def run(settings: BoardSettings, shell: Shell) -> None:
    """Run until the process is asked to stop."""
    async with postgres_pool(settings.postgres) as pool:
        metrics = BoardMetrics.create(shell.registry)
        hub = Hub(metrics)
        finishing = _finishing(pool, shell)
        # No group, no commits: every instance reads from the end, its truth is the snapshot.
        pump = KafkaPump(settings.kafka, finishing, shell.progress, tail=True, end=shell.die)
        read_topics(pump, MoveTheBoard(hub=hub, metrics=metrics))
        parts = BoardParts(
            viewers=Viewers(pool),
            snapshots=Snapshots(lambda scope: read_snapshot(pool, scope, settings.zone), metrics),
            hub=hub,
            tickets=Tickets(),
        )
        shell.health.add("postgres", partial(ready, pool, settings.postgres))
        shell.health.add("partitions", pump.ready)
        shell.on_drain(hub.close)
        watchdog = _watchdog(settings, shell, finishing)
        shell.start("pump", pump.run(), stop=pump.stop)
        watchdog.start()
        await shell.serve(board_app(parts, settings.allowed_origin))
        watchdog.stop()


def _finishing(pool: Pool, shell: Shell) -> Finishing:
    return Finishing(
        dead_letters=PostgresDeadLetters(pool),
        crashes=PostgresCrashes(pool),
        outages=shell.outages,
        metrics=DeliveryMetrics.create(shell.registry, shell.service),
        decode=as_it_came,
    )


def _watchdog(settings: BoardSettings, shell: Shell, finishing: Finishing) -> Watchdog:
    return Watchdog(
        health=shell.health,
        progress=shell.progress,
        outages=shell.outages,
        finishing=finishing,
        note=partial(note_from_thread, settings.postgres),
        end=shell.die,
    )


if __name__ == "__main__":
    run_service("board", {"": Process(BoardSettings, run)})

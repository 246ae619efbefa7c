"""The board's own process: snapshot and feed. The only place where its parts meet."""

from functools import partial
from typing import Final

from services.board.agents import read_topics
from services.board.api import BoardParts, board_app
from services.board.feed import Hub
from services.board.handlers import MoveTheBoard, as_it_came
from services.board.metrics import BoardMetrics
from services.board.queries.cases import read_cases
from services.board.queries.ended import read_ended
from services.board.queries.snapshot import read_snapshot
from services.board.queries.trend import read_trend
from services.board.settings import BoardSettings
from services.board.snapshot import Snapshots
from services.board.tickets import Tickets
from services.board.viewers import Viewers
from services.chassis.delivery.consuming import finishing_for, watchdog_for
from services.chassis.delivery.kafka_pump import KafkaPump, Pace
from services.chassis.postgres import postgres_pool, ready
from services.chassis.running import Process, run_service
from services.chassis.shell import Shell

TREND_SECONDS: Final = 60.0
REST_SECONDS: Final = 0.05
"""A page draws twice a second at most."""


async def run(settings: BoardSettings, shell: Shell) -> None:
    """Run until the process is asked to stop."""
    async with postgres_pool(settings.postgres) as pool:
        metrics = BoardMetrics.create(shell.registry)
        hub = Hub(metrics)
        finishing = finishing_for(shell, pool, decoder=as_it_came)
        # No group, no commits: every instance reads from the end, its truth is the snapshot.
        pace = Pace(rest_seconds=REST_SECONDS)
        pump = KafkaPump(settings.kafka, finishing, shell.progress, tail=True, pace=pace, end=shell.die)
        read_topics(pump, MoveTheBoard(hub=hub, metrics=metrics))
        parts = BoardParts(
            viewers=Viewers(pool),
            snapshots=Snapshots(lambda scope: read_snapshot(pool, scope, settings.zone), metrics),
            cases=Snapshots(partial(read_cases, pool), metrics),
            trends=Snapshots(
                lambda scope: read_trend(pool, scope, settings.zone), metrics, age_seconds_min=TREND_SECONDS
            ),
            ended=Snapshots(lambda scope: read_ended(pool, scope, settings.zone), metrics),
            hub=hub,
            tickets=Tickets(),
        )
        shell.health.add("postgres", partial(ready, pool, settings.postgres))
        shell.health.add("partitions", pump.ready)
        shell.on_drain(hub.close)
        watchdog = watchdog_for(shell, settings.postgres, finishing)
        shell.start("pump", pump.run(), stop=pump.stop)
        watchdog.start()
        await shell.serve(board_app(parts, settings.allowed_origin))
        watchdog.stop()


if __name__ == "__main__":
    run_service("board", {"": Process(BoardSettings, run)})

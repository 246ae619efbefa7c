"""What every consumer's composition root builds alike: how batches are finished, and who watches that they are."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from services.chassis.delivery.crashes import PostgresCrashes, note_from_thread
from services.chassis.delivery.dead_letters import PostgresDeadLetters
from services.chassis.delivery.finish import Finishing
from services.chassis.delivery.watchdog import Pulse, Watchdog
from services.chassis.metrics import DeliveryMetrics
from services.chassis.postgres import Pool
from services.chassis.settings import PostgresSettings
from services.chassis.shell import Shell
from services.contracts.codec import decode


def finishing_for(shell: Shell, pool: Pool, *, decoder: Callable[[bytes | None, Any], Any] = decode) -> Finishing:
    """Return how this process finishes batches: dead letters and crash counts are rows of its database role."""
    return Finishing(
        dead_letters=PostgresDeadLetters(pool),
        crashes=PostgresCrashes(pool),
        outages=shell.outages,
        metrics=DeliveryMetrics.create(shell.registry, shell.service),
        decode=decoder,
    )


def watchdog_for(
    shell: Shell, postgres: PostgresSettings, finishing: Finishing, rounds: Mapping[str, Pulse] | None = None
) -> Watchdog:
    """Return the thread that ends this process when it hangs, and counts that against what it had in hand."""
    return Watchdog(
        health=shell.health,
        progress=shell.progress,
        outages=shell.outages,
        finishing=finishing,
        note=partial(note_from_thread, postgres),
        rounds=rounds or {},
        end=shell.die,
    )

"""Facts move the board, for as long as somebody watches."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from services.board.domain.movement import Movement, delta_of
from services.board.domain.viewing import Scope
from services.board.feed import Hub
from services.board.metrics import BoardMetrics
from services.chassis.delivery.batch import Batch, CannotHandleError
from services.contracts.codec import CannotDecodeError, decode

SHOWN_MAX: Final = 50


def as_it_came(value: bytes | None, _: Any) -> bytes | None:
    """Decode nothing: facts that nobody watches cost nothing."""
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTheBoard:
    """Show each fact to the viewers who may see it."""

    hub: Hub
    metrics: BoardMetrics

    async def __call__(self, batch: Batch[Any]) -> None:
        self.hub.recent.extend(batch.events)
        if not self.hub.viewers:
            return
        try:
            movements = [decode(value, Movement) for value in batch.events]
        except CannotDecodeError as error:
            raise CannotHandleError(str(error)) from error
        self.metrics.movements.inc(len(movements))
        self.hub.show(movements)


def recent_deltas(hub: Hub, scope: Scope) -> list[dict[str, Any]]:
    """Return the last facts this process saw that the scope may see, newest first."""
    deltas = []
    for value in reversed(hub.recent):
        with suppress(CannotDecodeError):
            movement = decode(value, Movement)
            if scope.sees(movement.lane, movement.units, movement.barred_units):
                deltas.append(delta_of(movement))
        if len(deltas) == SHOWN_MAX:
            break
    return deltas

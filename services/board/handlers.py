"""Facts move the board, for as long as somebody watches."""

from dataclasses import dataclass
from typing import Any

from services.board.domain.movement import Movement
from services.board.feed import Hub
from services.board.metrics import BoardMetrics
from services.chassis.delivery.batch import Batch, CannotHandleError
from services.contracts.codec import CannotDecodeError, decode


def as_it_came(value: bytes | None, _: Any) -> bytes | None:
    """Decode nothing: facts that nobody watches cost nothing."""
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTheBoard:
    """Show each fact to the viewers who may see it."""

    hub: Hub
    metrics: BoardMetrics

    async def __call__(self, batch: Batch[Any]) -> None:
        if not self.hub.viewers:
            return
        try:
            movements = [decode(value, Movement) for value in batch.events]
        except CannotDecodeError as error:
            raise CannotHandleError(str(error)) from error
        self.metrics.movements.inc(len(movements))
        self.hub.show(movements)

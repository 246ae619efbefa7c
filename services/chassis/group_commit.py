"""Group commit: rows that come together are written together; each waits only for its own batch (design §4)."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

R = TypeVar("R")
A = TypeVar("A")

ROWS_MAX: Final = 256
WAIT_SECONDS: Final = 0.002
IN_FLIGHT_MAX: Final = 2
WAITING_MAX: Final = 8_192


class TooManyWaitingError(RuntimeError):
    """More rows wait than can be written soon."""


@dataclass(frozen=True, slots=True)
class Waiting(Generic[R, A]):
    row: R
    answer: asyncio.Future[A]


class GroupCommit(Generic[R, A]):
    """Collects rows for at most `wait_seconds` or `rows_max` of them, and keeps two batches under way.

    `write` answers each row of its batch in order, with a value or with the error that belongs to that row; what it
    raises belongs to all of them. A caller that goes away cancels nothing. When a batch runs out of its time, whoever
    waits behind it is refused at once: they would wait for as long again, and longer than any client does.
    """

    def __init__(
        self,
        write: Callable[[Sequence[R]], Awaitable[Sequence[A | Exception]]],
        *,
        rows_max: int = ROWS_MAX,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._write = write
        self._rows_max = rows_max
        self._wait_seconds = wait_seconds
        self._waiting: deque[Waiting[R, A]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._under_way: set[asyncio.Task[None]] = set()

    def submit(self, row: R) -> asyncio.Future[A]:
        """Return the future of the row's answer; wait for it with `asyncio.shield`.

        Raises:
            TooManyWaitingError: nothing was begun.
        """
        if len(self._waiting) >= WAITING_MAX:
            raise TooManyWaitingError
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[A] = loop.create_future()
        self._waiting.append(Waiting(row, answer))
        if len(self._waiting) >= self._rows_max:
            self._flush()
        elif self._timer is None:
            self._timer = loop.call_later(self._wait_seconds, self._on_time)
        return answer

    async def drained(self) -> None:
        """Return when everything submitted so far has its answer."""
        while self._under_way or self._waiting:
            self._flush()
            await asyncio.wait(self._under_way)

    def _on_time(self) -> None:
        self._timer = None
        self._flush()

    def _flush(self) -> None:
        while self._waiting and len(self._under_way) < IN_FLIGHT_MAX:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._rows_max))]
            task = asyncio.get_running_loop().create_task(self._answer(batch))
            self._under_way.add(task)
            task.add_done_callback(self._written)

    def _written(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        # Who came while both batches were under way has waited long enough, unless the timer still runs for them.
        if self._timer is None or len(self._waiting) >= self._rows_max:
            self._flush()

    async def _answer(self, batch: Sequence[Waiting[R, A]]) -> None:
        try:
            answers = await self._write([waiting.row for waiting in batch])
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is every caller's answer
            answers = [error] * len(batch)
        if any(isinstance(answer, TimeoutError) for answer in answers):
            self._refuse_waiting()
        for waiting, answer in zip(batch, answers, strict=True):
            if waiting.answer.done():
                continue
            if isinstance(answer, Exception):
                waiting.answer.set_exception(answer)
            else:
                waiting.answer.set_result(answer)

    def _refuse_waiting(self) -> None:
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.answer.done():
                waiting.answer.set_exception(TooManyWaitingError())

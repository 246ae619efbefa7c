"""Rows that come in order, in groups: one group in memory at a time, however many rows there are."""

from collections.abc import AsyncIterable, AsyncIterator, Callable
from typing import Final, TypeVar

T = TypeVar("T")
READ_AT_ONCE: Final = 2_000
"""Rows that a cursor brings at a time."""


async def grouped(rows: AsyncIterable[T], key: Callable[[T], object]) -> AsyncIterator[list[T]]:
    """Yield neighbours with the same key together."""
    group: list[T] = []
    async for row in rows:
        if group and key(group[0]) != key(row):
            yield group
            group = []
        group.append(row)
    if group:
        yield group

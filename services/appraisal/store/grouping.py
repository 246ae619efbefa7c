"""Rows that come in order, in groups: one group in memory at a time, however many rows there are."""

from collections.abc import AsyncIterable, AsyncIterator, Callable
from typing import TypeVar

T = TypeVar("T")


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

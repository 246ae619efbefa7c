"""Bursts: many similar cases of one place in a short while are one alert; the usual noise is none (S3-07)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from uuid import UUID

import msgspec

from services.reference.model.appraising import Bursts


class Seen(msgspec.Struct, frozen=True, gc=False):
    """A case that was opened: where and what."""

    item: str
    place: str
    at: datetime
    case_id: UUID


class Burst(msgspec.Struct, frozen=True):
    """So many similar cases within the policy's window."""

    item: str
    place: str
    began_at: datetime
    reached_at: datetime
    """When the case came that made it a burst."""
    last_at: datetime
    """When the last one came so far."""
    cases: tuple[UUID, ...]


def bursts_in(seen: Iterable[Seen], policy: Bursts) -> Iterator[Burst]:
    """Yield the bursts among cases, each once however long it lasts; it is over after a window without a case."""
    ordered = sorted(seen, key=attrgetter("item", "place", "at", "case_id"))
    within = timedelta(minutes=policy.within_minutes)
    for _, alike in groupby(ordered, key=attrgetter("item", "place")):
        for run in _runs(list(alike), within):
            yield from _burst(run, policy.cases, within)


def _runs(alike: Sequence[Seen], within: timedelta) -> Iterator[Sequence[Seen]]:
    """Yield stretches with no longer gap than a window between two cases."""
    begin = 0
    for place in range(1, len(alike) + 1):
        if place == len(alike) or alike[place].at - alike[place - 1].at > within:
            yield alike[begin:place]
            begin = place


def _burst(run: Sequence[Seen], cases: int, within: timedelta) -> Iterator[Burst]:
    """Yield the run's burst, if it has one."""
    for first, last in zip(run, run[cases - 1 :], strict=False):
        if last.at - first.at <= within:
            counted = tuple(one.case_id for one in run if first.at <= one.at <= last.at)
            yield Burst(first.item, first.place, run[0].at, last.at, run[-1].at, counted)
            return

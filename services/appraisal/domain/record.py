"""A case as the figures see it: its facts folded in the order of their versions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.appraisal.domain.kept import (
    Answered,
    Blown,
    Contacted,
    Ended,
    Ending,
    FoundWrong,
    Kept,
    KeptFact,
    LeftOut,
    Parted,
    Rated,
    Snapshot,
)
from services.contracts.events.life import FollowUpAnswer


@dataclass(slots=True)
class Promise:
    """One promise to the resident; a case that begins again makes another."""

    number: int
    due_at: datetime
    stopped_at: datetime | None = None
    how: Ending | None = None

    @property
    def kept(self) -> bool:
        """Closed when or before it came due."""
        return self.how == "closed" and self.stopped_at is not None and self.stopped_at <= self.due_at


@dataclass(slots=True)
class Dated:
    """Something that counts, when it happened and whose case it was then."""

    at: datetime
    kept: Kept
    lead: str


@dataclass(slots=True)
class Record:
    """A case up to an instant. A month has tens of thousands, most without any of what is empty here: it is shared."""

    case_id: UUID
    snapshot: Snapshot
    promises: list[Promise] = field(default_factory=list)
    contacted_at: datetime | None = None
    answers: tuple[tuple[datetime, FollowUpAnswer], ...] = ()
    ratings: tuple[tuple[datetime, int], ...] = ()
    whistles: dict[int, tuple[datetime, Blown]] = field(default_factory=dict)
    wrong: frozenset[int] = frozenset()
    happened: list[Dated] = field(default_factory=list)
    excluded: bool = False

    @property
    def ending(self) -> Ending | None:
        """How the case ended; None while it is open."""
        return self.promises[-1].how if self.promises else None

    @property
    def ended_at(self) -> datetime | None:
        return self.promises[-1].stopped_at if self.promises else None

    @property
    def counts(self) -> bool:
        """Whether the case is in the rates: not left out by review, not refused, not handed to an emergency line.

        A merged case is counted by the one that goes on for it.
        """
        return not self.excluded and self.ending not in {"rejected", "handed_over", "merged"}

    def units(self) -> frozenset[str]:
        """Return the departments and offices that had a part in the case, called ones included."""
        shot = self.snapshot
        parts = {shot.lead, *shot.cooperating, *(dated.lead for dated in self.happened)}
        called = {unit for _, blown in self.whistles.values() for pair in blown.units for unit in pair if unit}
        return frozenset(parts | called | ({shot.branch} if shot.branch else set()))


def folded(facts: Iterable[KeptFact], until: datetime) -> Record | None:
    """Return the case as its facts before `until` tell it, in whatever order they came; None where none does."""
    known = sorted((fact for fact in facts if fact.body is not None and fact.at < until), key=lambda fact: fact.version)
    record: Record | None = None
    for fact in known:
        if fact.body is None:
            continue
        if record is None:
            record = Record(fact.case_id, fact.body.snapshot)
        _stand(record, fact.body.snapshot)
        for kept in fact.body.kept:
            _take(record, kept, fact.at)
    return record


def _stand(record: Record, shot: Snapshot) -> None:
    record.snapshot = shot
    last = record.promises[-1] if record.promises else None
    if shot.due_at is None:
        return
    if last is None or shot.promise > last.number:
        record.promises.append(Promise(shot.promise, shot.due_at))
    elif last.stopped_at is None:  # extended, or stood still meanwhile
        last.due_at = shot.due_at


def _take(record: Record, kept: Kept, at: datetime) -> None:
    record.happened.append(Dated(at, kept, record.snapshot.lead))
    match kept:
        case Ended(how=how):
            _stop(record, at, how)
        case Parted():
            _stop(record, None, None)
        case Contacted():
            record.contacted_at = record.contacted_at or at
        case Answered(answer=answer):
            record.answers = (*record.answers, (at, answer))
        case Rated(rating=rating):
            record.ratings = (*record.ratings, (at, rating))
        case LeftOut():
            record.excluded = True
        case Blown() | FoundWrong():
            _whistle(record, kept, at)
        case _:  # counted where it happened
            pass


def _stop(record: Record, at: datetime | None, how: Ending | None) -> None:
    if record.promises:
        record.promises[-1].stopped_at, record.promises[-1].how = at, how


def _whistle(record: Record, kept: Blown | FoundWrong, at: datetime) -> None:
    if isinstance(kept, Blown):
        record.whistles[kept.whistle] = (at, kept)
    else:
        record.wrong |= {kept.whistle}

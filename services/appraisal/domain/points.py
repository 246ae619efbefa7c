"""Points: what happened in a week, for each unit, with the cases behind every kind of point (S4-09)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Final
from uuid import UUID

from services.appraisal.domain.kept import (
    Answered,
    Kept,
    Marked,
    Ordered,
    Rated,
    SentBack,
)
from services.appraisal.domain.periods import Period
from services.appraisal.domain.record import Record
from services.appraisal.domain.scores import whistle_work_of, whistling_of
from services.reference.model.appraising import Grading, PointOf

Points = Mapping[str, Mapping[PointOf, tuple[UUID, ...]]]
"""By unit and kind the cases, each as often as it counts."""
OF_ANSWER: Final[Mapping[str, PointOf]] = {"satisfied": "satisfied", "unsatisfied": "unsatisfied"}
OF_RATING: Final[Mapping[int, PointOf]] = {
    5: "satisfied", 4: "satisfied", 2: "unsatisfied", 1: "unsatisfied",
}  # fmt: skip


def points_of(records: Iterable[Record], week: Period) -> Points:
    """Return what gives and takes points in a week. Cases left out by review give none."""
    known = [record for record in records if record.counts]
    found: dict[str, dict[PointOf, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    for record in known:
        for unit, kind in _of_a_case(record, week):
            found[unit][kind].append(record.case_id)
    for unit, work in whistle_work_of(known, week).items():
        answers: tuple[tuple[PointOf, list[UUID]], ...] = (
            ("came_in_time", work.in_time),
            ("came_late", work.late),
            ("no_show", work.no_show),
            ("declined", work.declined),
        )
        for kind, cases in answers:
            if cases:
                found[unit][kind] += cases
    for unit, whistling in whistling_of(known, week).items():
        if whistling.wrong:
            found[unit]["whistle_wrong"] += whistling.wrong
    return {unit: {kind: tuple(sorted(cases)) for kind, cases in kinds.items()} for unit, kinds in found.items()}


def sum_of(kinds: Mapping[PointOf, tuple[UUID, ...]], grading: Grading) -> int:
    """Return a unit's points of a week."""
    return sum(grading.points[kind] * len(cases) for kind, cases in kinds.items())


def mean_of(weeks: Iterable[Points], unit: str, grading: Grading) -> Fraction:
    """Return a unit's mean points over weeks; a week in which nothing happened counts as 0."""
    sums = [sum_of(week.get(unit, {}), grading) for week in weeks]
    return Fraction(sum(sums), len(sums)) if sums else Fraction()


def _of_a_case(record: Record, week: Period) -> Iterator[tuple[str, PointOf]]:
    for promise in record.promises:
        if promise.how == "closed" and promise.stopped_at is not None and week.holds(promise.stopped_at):
            in_time = promise.stopped_at <= promise.due_at
            yield from _for_lead(record, promise.stopped_at, "closed_in_time" if in_time else "closed_late")
    for dated in record.happened:
        if week.holds(dated.at) and (given := _given(dated.kept)) is not None:
            unit = dated.kept.unit if isinstance(dated.kept, Marked) else ""
            yield unit or dated.lead, given


def _for_lead(record: Record, at: datetime, kind: PointOf) -> Iterator[tuple[str, PointOf]]:
    """Yield the points of who led the case then, and of its office."""
    lead = next((dated.lead for dated in reversed(record.happened) if dated.at <= at), record.snapshot.lead)
    yield lead, kind
    if record.snapshot.branch and lead == record.snapshot.lead:
        yield record.snapshot.branch, kind


def _given(kept: Kept) -> PointOf | None:
    """Return what the kept fact itself gives; how whistles were answered is counted by the whistle."""
    match kept:
        case SentBack():
            return "sent_back"
        case Marked(card="red", step=step) if step != "no_show":
            return "red_card"
        case Ordered():
            return "supervised"
        case Answered(answer=answer):
            return OF_ANSWER.get(answer)
        case Rated(rating=rating):
            return OF_RATING.get(rating)
        case _:
            return None

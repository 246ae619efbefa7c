"""Judged from both sides: subdistricts judge departments, and whistlers answer for their whistles (S1-09, X-13)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final, Literal
from uuid import UUID

import msgspec

from services.appraisal.domain.kept import CameIn, Declined, Judged, StayedAway
from services.appraisal.domain.periods import Period
from services.appraisal.domain.record import Record
from services.reference.model.appraising import Shares

Kind = Literal["department", "branch"]
BEST: Final = 5
FULL: Final = 100


class ShareTooSmallError(ValueError):
    """The subdistricts' share is below the least the law allows."""


class Voices(msgspec.Struct, frozen=True):
    """What one subdistrict said of one unit: the mean of its judgements, out of 100."""

    subdistrict: str
    mean: Fraction
    cases: tuple[UUID, ...]


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """A unit's score out of 100. The total is None where a side has said nothing: no side speaks for the other."""

    share: Fraction
    upward: Fraction | None
    own: Fraction | None

    @property
    def total(self) -> Fraction | None:
        if self.upward is None or self.own is None:
            return None
        return self.share * self.upward + (1 - self.share) * self.own


class WhistleWork(msgspec.Struct, kw_only=True):
    """How one unit answered whistles in a period, by the cases."""

    in_time: list[UUID] = []
    late: list[UUID] = []
    no_show: list[UUID] = []
    declined: list[UUID] = []


class Whistling(msgspec.Struct, kw_only=True):
    """How one subdistrict whistled in a period, by the cases; a wrong one is among the blown."""

    blown: list[UUID] = []
    wrong: list[UUID] = []

    @property
    def accuracy(self) -> Fraction | None:
        """吹哨准: right ones of all blown. None where none was blown."""
        return Fraction(len(self.blown) - len(self.wrong), len(self.blown)) if self.blown else None


def voices_of(records: Iterable[Record], period: Period) -> Mapping[str, Sequence[Voices]]:
    """Return for each unit what each subdistrict said of it in the period.

    A unit that had no part in a case is not judged by it; nobody is judged by a whistle that was wrong, or by a case
    that was left out by review. Of several words about the same whistle or case the last counts.
    """
    said: dict[tuple[str, str], list[tuple[UUID, Fraction]]] = defaultdict(list)
    for record in records:
        for subdistrict, unit, score in _judgements(record, period):
            said[unit, subdistrict].append((record.case_id, score))
    voices: dict[str, list[Voices]] = defaultdict(list)
    for (unit, subdistrict), scores in sorted(said.items()):
        mean = sum((score for _, score in scores), Fraction()) / len(scores)
        voices[unit].append(Voices(subdistrict, mean, tuple(sorted({case_id for case_id, _ in scores}))))
    return voices


def upward_of(voices: Sequence[Voices]) -> Fraction | None:
    """Return the mean over subdistricts: each has one voice, however many cases it had with the unit."""
    return sum((voice.mean for voice in voices), Fraction()) / len(voices) if voices else None


def score_of(kind: Kind, upward: Fraction | None, composite: Fraction | None, shares: Shares) -> Score:
    """Return a unit's score: the subdistricts' share of what they said, the rest by its own rates.

    Raises:
        ShareTooSmallError: below the minimum for its kind (Shandong township regulation, Art 18).
    """
    share = shares.branch if kind == "branch" else shares.department
    least = shares.branch_min if kind == "branch" else shares.department_min
    if not least <= share <= 1:
        raise ShareTooSmallError(f"the subdistricts' share of a {kind} is {share}; at least {least}")
    own = None if composite is None else composite * FULL
    return Score(share=Fraction(share), upward=upward, own=own)


def whistle_work_of(records: Iterable[Record], period: Period) -> Mapping[str, WhistleWork]:
    """Return how each called unit, and each office that was to come for it, answered right whistles."""
    work: dict[str, WhistleWork] = defaultdict(WhistleWork)
    for record in records:
        for kept in _answers(record, period) if record.counts else ():
            for unit in _with_office(record, kept.whistle, kept.unit):
                _noted(work[unit], kept).append(record.case_id)
    return work


def whistling_of(records: Iterable[Record], period: Period) -> Mapping[str, Whistling]:
    """Return how each subdistrict whistled, by the day it blew."""
    whistling: dict[str, Whistling] = defaultdict(Whistling)
    for record in records:
        for number, (at, blown) in sorted(record.whistles.items()):
            if not period.holds(at):
                continue
            whistling[blown.subdistrict].blown.append(record.case_id)
            if number in record.wrong:
                whistling[blown.subdistrict].wrong.append(record.case_id)
    return whistling


def _judgements(record: Record, period: Period) -> Iterator[tuple[str, str, Fraction]]:
    """Yield who judged whom how."""
    if not record.counts:
        return
    parts = record.units()
    last: dict[tuple[int, str], Judged] = {}
    for dated in record.happened:
        if isinstance(dated.kept, Judged) and period.holds(dated.at):
            last[dated.kept.whistle, dated.kept.unit] = dated.kept
    for judged in last.values():
        whistle = record.whistles.get(judged.whistle)
        subdistrict = whistle[1].subdistrict if whistle else record.snapshot.subdistrict
        if judged.whistle in record.wrong or subdistrict is None:
            continue
        mean = Fraction(sum(judged.scores), len(judged.scores) * BEST) * FULL
        for unit in _with_office(record, judged.whistle, judged.unit):
            if unit in parts:
                yield subdistrict, unit, mean


def _answers(record: Record, period: Period) -> Iterable[CameIn | StayedAway | Declined]:
    """Return each unit's answer to each right whistle: who came after all has come, late."""
    answers: dict[tuple[int, str], CameIn | StayedAway | Declined] = {}
    for dated in record.happened:
        kept = dated.kept
        if isinstance(kept, CameIn | StayedAway | Declined) and period.holds(dated.at):
            answers[kept.whistle, kept.unit] = kept
    return [kept for kept in answers.values() if kept.whistle not in record.wrong]


def _with_office(record: Record, whistle: int, unit: str) -> tuple[str, ...]:
    """Return the unit, and its office if that was to come: the department answers for its office."""
    known = record.whistles.get(whistle)
    pairs = known[1].units if known else ((record.snapshot.lead, record.snapshot.branch),)
    for pair in pairs:
        if unit in pair:
            return tuple(one for one in pair if one)
    return (unit,)


def _noted(work: WhistleWork, kept: CameIn | StayedAway | Declined) -> list[UUID]:
    match kept:
        case CameIn(late=late):
            return work.late if late else work.in_time
        case StayedAway():
            return work.no_show
        case Declined():
            return work.declined

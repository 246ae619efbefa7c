"""The bulletin's tables: every unit that led, was called or judged, and every subdistrict."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final, Literal
from uuid import UUID

from services.appraisal.domain.bulletin import Kind, Shown, SubdistrictRow, UnitRow
from services.appraisal.domain.counting import Counted, mark
from services.appraisal.domain.points import mean_of
from services.appraisal.domain.rates import composite_of, percent
from services.appraisal.domain.record import Record
from services.appraisal.domain.scores import Score, WhistleWork, Whistling, score_of, upward_of
from services.reference.model.appraising import PointOf

WHISTLE_WORK: Final = ("in_time", "late", "no_show", "declined")


def unit_rows(counted: Counted) -> tuple[UnitRow, ...]:
    """Return a row for each department, company and office, the best score first, those without one last."""
    led: dict[str, list[Record]] = defaultdict(list)
    for record in counted.records:
        led[record.snapshot.lead].append(record)
        if record.snapshot.branch:
            led[record.snapshot.branch].append(record)
    kinds = counted.town.kinds
    with_points = {unit for week in counted.weeks for unit in week}
    units = {*led, *counted.voices, *counted.work, *with_points}
    judged = sorted(unit for unit in units if unit in kinds)
    scores = {unit: _score(counted, unit, led[unit]) for unit in judged}
    ranks = _ranks(scores, kinds)
    ordered = sorted(judged, key=lambda unit: (kinds[unit], ranks.get(unit, len(judged) + 1), unit))
    return tuple(_unit(counted, unit, led[unit], scores[unit], ranks.get(unit)) for unit in ordered)


def subdistrict_rows(counted: Counted) -> tuple[SubdistrictRow, ...]:
    """Return a row for each subdistrict that had a case or blew a whistle."""
    of: dict[str, list[Record]] = defaultdict(list)
    for record in counted.records:
        if record.snapshot.subdistrict:
            of[record.snapshot.subdistrict].append(record)
    return tuple(_subdistrict(counted, unit, of[unit]) for unit in sorted({*of, *counted.whistling}))


def _score(counted: Counted, unit: str, records: Sequence[Record]) -> Score:
    upward = upward_of(counted.voices.get(unit, ()))
    composite = composite_of(counted.policy, counted.rates(records))
    kind: Literal["department", "branch"] = "branch" if counted.town.kinds[unit] == "branch_office" else "department"
    return score_of(kind, upward, composite, counted.policy.shares)


def _unit(counted: Counted, unit: str, records: Sequence[Record], score: Score, rank: int | None) -> UnitRow:
    rates, work = counted.rates(records), counted.work.get(unit, WhistleWork())
    voices: dict[str, Shown] = {}
    for voice in counted.voices.get(unit, ()):
        listed = counted.lists.add(f"{unit}/judged/{voice.subdistrict}", voice.cases)
        voices[voice.subdistrict] = Shown(mark(voice.mean) or "", listed.list)
    return UnitRow(
        unit=unit,
        name=counted.town.name_of(unit),
        kind=counted.town.kinds[unit],
        measures=counted.measured(unit, records),
        rates=counted.shown(unit, records),
        composite=percent(composite_of(counted.policy, rates)),
        upward=mark(score.upward),
        voices=voices,
        score=mark(score.total),
        rank=rank,
        whistles={name: counted.lists.add(f"{unit}/whistle/{name}", getattr(work, name)) for name in WHISTLE_WORK},
        points=mark(mean_of(counted.weeks, unit, counted.policy.grading)) or "0",
        point_lists=_point_lists(counted, unit),
    )


def _point_lists(counted: Counted, unit: str) -> dict[PointOf, Shown]:
    behind: dict[PointOf, list[UUID]] = defaultdict(list)
    for week in counted.weeks:
        for kind, cases in week.get(unit, {}).items():
            behind[kind] += cases
    return {kind: counted.lists.add(f"{unit}/points/{kind}", cases) for kind, cases in sorted(behind.items())}


def _subdistrict(counted: Counted, unit: str, records: Sequence[Record]) -> SubdistrictRow:
    whistling = counted.whistling.get(unit, Whistling())
    measures = counted.measured(unit, records)
    reported = int(measures["reported"].value)
    return SubdistrictRow(
        unit=unit,
        name=counted.town.name_of(unit),
        measures=measures,
        rates=counted.shown(unit, records),
        blown=counted.lists.add(f"{unit}/blown", whistling.blown),
        wrong=counted.lists.add(f"{unit}/wrong", whistling.wrong),
        accuracy=percent(whistling.accuracy),
        whistle_rate=percent(Fraction(len(whistling.blown), reported)) if reported else None,
    )


def _ranks(scores: Mapping[str, Score], kinds: Mapping[str, Kind]) -> dict[str, int]:
    totals = {unit: (kinds[unit], total) for unit, score in scores.items() if (total := score.total) is not None}
    return {
        unit: 1 + sum(other_kind == kind and other > total for other_kind, other in totals.values())
        for unit, (kind, total) in totals.items()
    }

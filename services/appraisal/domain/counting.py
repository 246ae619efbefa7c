"""What a bulletin is compiled from, and what of it is counted once and used by several of its parts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, get_args
from uuid import UUID

from services.appraisal.domain.bulletin import Kind, Lists, RateShown, Shown
from services.appraisal.domain.kept import KeptNotice
from services.appraisal.domain.measures import measures_of
from services.appraisal.domain.periods import Period
from services.appraisal.domain.points import Points, points_of
from services.appraisal.domain.rates import Rates, percent, rates_of, rounded
from services.appraisal.domain.record import Record
from services.appraisal.domain.scores import (
    Voices,
    WhistleWork,
    Whistling,
    voices_of,
    whistle_work_of,
    whistling_of,
)
from services.reference.model.appraising import AppraisalPolicy, Measure, RateName

MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """What the reference version in force says: who there is, and how they are judged."""

    version: int
    policy: AppraisalPolicy
    names: Mapping[str, str]
    kinds: Mapping[str, Kind]

    def name_of(self, unit: str) -> str:
        return self.names.get(unit, unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """Everything a bulletin is compiled from."""

    period: Period
    weeks: Sequence[Period]
    records: Sequence[Record]
    """Of every lane, in any order."""
    refusals: Sequence[KeptNotice]
    town: Town
    published_weeks: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)
    """By week and unit the points in force of the weeks that are published: grades take these."""

    @property
    def ordinary(self) -> Sequence[Record]:
        """The records that are counted: sensitive lanes are in no figure of a unit."""
        return [record for record in self.records if record.snapshot.lane == "ordinary"]


@dataclass(slots=True)
class Counted:
    """A month's ordinary cases, counted. Sensitive lanes are in none of it."""

    month: Month
    records: Sequence[Record] = field(init=False)
    measures: Mapping[UUID, frozenset[Measure]] = field(init=False)
    lists: Lists = field(init=False)
    voices: Mapping[str, Sequence[Voices]] = field(init=False)
    work: Mapping[str, WhistleWork] = field(init=False)
    whistling: Mapping[str, Whistling] = field(init=False)
    weeks: Sequence[Points] = field(init=False)

    def __post_init__(self) -> None:
        period = self.month.period
        self.records = sorted(self.month.ordinary, key=lambda record: (record.snapshot.number, record.case_id))
        self.measures = {record.case_id: measures_of(record, period) for record in self.records}
        listed = (record for record in self.records if not record.snapshot.barred)
        self.lists = Lists({record.case_id: record.snapshot.number for record in listed})
        self.voices = voices_of(self.records, period)
        self.work = whistle_work_of(self.records, period)
        self.whistling = whistling_of(self.records, period)
        self.weeks = [points_of(self.records, week) for week in self.month.weeks]

    @property
    def town(self) -> Town:
        return self.month.town

    @property
    def policy(self) -> AppraisalPolicy:
        return self.month.town.policy

    def rates(self, records: Iterable[Record]) -> Rates:
        return rates_of(self.policy, [self.measures[record.case_id] for record in records])

    def measured(self, prefix: str, records: Sequence[Record]) -> dict[Measure, Shown]:
        """Return how many of the records count as what, with the list of each."""
        return {
            measure: self.lists.add(
                f"{prefix}/{measure}", [one.case_id for one in records if measure in self.measures[one.case_id]]
            )
            for measure in MEASURES
        }

    def shown(self, prefix: str, records: Sequence[Record]) -> dict[RateName, RateShown]:
        """Return the records' rates as they are printed, each side with its list; `measured` has made those."""
        return {
            name: RateShown(
                counted=plain(rate.counted),
                of=rate.of,
                percent=percent(rate.value),
                list=self.lists.named(f"{prefix}/{self.policy.rates[name].of}"),
                counted_list=self._counting(prefix, name, records) if rate.counted else "",
            )
            for name, rate in self.rates(records).items()
        }

    def _counting(self, prefix: str, name: RateName, records: Sequence[Record]) -> str:
        """Return the list of the cases that count: the one measure's own, or one of several together."""
        definition = self.policy.rates[name]
        measures = {measure for measure, weight in definition.counts.items() if weight}
        if len(measures) == 1:
            return self.lists.named(f"{prefix}/{min(measures)}")
        found = ((one.case_id, self.measures[one.case_id]) for one in records)
        cases = [case_id for case_id, counts in found if definition.of in counts and measures & counts]
        return self.lists.add(f"{prefix}/{name}", cases).list


def plain(value: Fraction) -> str:
    """Return a count: whole where it is, else with one place."""
    return str(value) if value.denominator == 1 else str(rounded(value))


def mark(value: Fraction | None) -> str | None:
    """Return marks out of 100 as they are printed."""
    return None if value is None else str(rounded(value))

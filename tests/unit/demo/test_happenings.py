"""What every demo has, whatever its seed: a sensitive case, an accused department, a burst of one pipe."""

from datetime import timedelta

import pytest

from deploy.demo.district import District, sample_district
from deploy.demo.happenings import ACCUSED, BURST, BURST_PIPE, Happenings, Watched
from deploy.demo.moments import WEEK_ENDS_AT, WEEK_STARTS_AT
from deploy.demo.reports import DemoReport
from services.ledger.domain.likeness import share_of, words_of

AFTER = 240
SEEDS = pytest.mark.parametrize("seed", [1, 7, 99])


@pytest.fixture(scope="module")
def district() -> District:
    return sample_district()


def happenings(district: District, seed: int) -> list[DemoReport]:
    return list(Happenings(district, seed).reports(AFTER))


@SEEDS
def test_they_follow_the_drawn_reports_within_the_week(district: District, seed: int) -> None:
    reports = happenings(district, seed)

    assert [report.serial for report in reports] == list(range(AFTER + 1, AFTER + 1 + len(reports)))
    assert all(WEEK_STARTS_AT <= report.at < WEEK_ENDS_AT for report in reports)
    assert reports == happenings(district, seed)


@SEEDS
def test_one_is_sensitive_and_one_accuses_a_department(district: District, seed: int) -> None:
    reports = happenings(district, seed)

    assert [report.flavour for report in reports].count("sensitive") == 1
    assert [report.accused for report in reports if report.accused] == [(ACCUSED,)]


@SEEDS
def test_a_burst_is_one_thing_told_by_many_within_the_hour(district: District, seed: int) -> None:
    burst = [report for report in happenings(district, seed) if report.about == BURST_PIPE]
    first, *others = burst

    assert len(burst) == BURST >= 30
    assert max(report.at for report in burst) - first.at < timedelta(hours=1)
    assert {report.place for report in burst} == {first.place}
    assert {report.duplicate_of for report in others} == {first.serial}
    assert all(share_of(words_of(first.text), words_of(report.text)) >= 0.9 for report in others)


@SEEDS
def test_where_everybody_looks_nothing_is_late(seed: int) -> None:
    people = Watched(seed, in_view=frozenset(range(50)))

    works = [people.lead(serial, "water_company", 1) for serial in range(50)]

    assert all(work.handles is not None and work.handles < 1 and work.returns is None for work in works)
    assert people.lead(60, "water_company", 1) == Watched(seed).lead(60, "water_company", 1)

"""The week's reports: many kinds, valid places, and each fixed by the seed and its own number."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
import shapely

from deploy.demo import habits
from deploy.demo.district import SEED, District, sample_district
from deploy.demo.draws import Draws
from deploy.demo.moments import WEEK_ENDS_AT, WEEK_STARTS_AT
from deploy.demo.places import OUTSIDE
from deploy.demo.reports import DemoReport, Week
from deploy.demo.sentences import UNCOVERED, read_sentences, say, slots
from services.reference.deciding.organisation import Organisation
from services.reference.sheets.checking_ground import geometry_of
from services.worktime.calendar import SHANGHAI

CATALOGUE = Path(__file__).parents[3] / "deploy" / "reference" / "catalogue.csv"
PHONE = re.compile(r"1[3-9][0-9]{9}")


@pytest.fixture(scope="module")
def district() -> District:
    return sample_district()


@pytest.fixture(scope="module")
def week(district: District) -> Week:
    return Week(district, SEED)


@pytest.fixture(scope="module")
def reports(week: Week) -> list[DemoReport]:
    return list(week.reports(800))


def test_sixty_items_can_be_said_in_three_ways_and_some_things_belong_to_no_item() -> None:
    lines = read_sentences()
    with CATALOGUE.open(encoding="utf-8", newline="") as file:
        catalogue = {row["code"] for row in csv.DictReader(file)}

    assert len([item for item in lines if item and len(set(lines[item])) >= 3]) >= 60
    assert len(lines[UNCOVERED]) >= 10
    assert set(lines) - {UNCOVERED} <= catalogue


def test_every_sentence_can_be_said_by_a_resident_with_its_slots_filled() -> None:
    for item, lines in read_sentences().items():
        for line in lines:
            filled = line.format_map(slots(Draws("slots", line)))
            assert "{" not in filled
        assert say(lines, slots(Draws(item)), "web", Draws(item))


def test_a_week_touches_at_least_eighteen_domains(reports: list[DemoReport]) -> None:
    assert len({report.about[:2] for report in reports if report.about}) >= 18


def test_a_longer_week_begins_with_the_same_reports(week: Week, district: District) -> None:
    assert list(week.reports(60)) == list(Week(district, SEED).reports(90))[:60]


def test_a_report_does_not_depend_on_which_others_were_asked_for(week: Week, reports: list[DemoReport]) -> None:
    assert [week.report(serial) for serial in (700, 3, 42)] == [reports[699], reports[2], reports[41]]


def test_another_seed_gives_another_week(district: District, reports: list[DemoReport]) -> None:
    assert [report.text for report in Week(district, SEED + 1).reports(20)] != [report.text for report in reports[:20]]


def test_draws_are_the_same_on_every_machine() -> None:
    draws = Draws(7, "flavour", 3)

    assert [draws.below(1000) for _ in range(4)] == [473, 664, 121, 900]


def test_every_report_falls_into_the_week_and_most_by_day(reports: list[DemoReport]) -> None:
    hours = Counter(8 <= report.at.astimezone(SHANGHAI).hour < 20 for report in reports)

    assert all(WEEK_STARTS_AT <= report.at < WEEK_ENDS_AT for report in reports)
    assert hours[True] > 0.7 * len(reports)
    assert len({report.at.astimezone(SHANGHAI).date() for report in reports}) == 7


def test_a_point_lies_in_the_grid_it_is_meant_for(district: District, reports: list[DemoReport]) -> None:
    grounds = {grid.id: geometry_of(grid.polygons) for grid in district.smallest_grids}
    points = [
        (grounds[report.grid], report.place.longitude, report.place.latitude)
        for report in reports
        if report.place.longitude is not None and report.place.latitude is not None
    ]
    inside = [point for point in points if shapely.contains_xy(*point)]
    outside = [point[1:] for point in points if point not in inside]

    assert len(inside) > 300
    assert set(outside) == {OUTSIDE}


def test_places_name_units_that_exist(district: District, reports: list[DemoReport]) -> None:
    organisation = Organisation(district.units)

    for report in reports:
        community = report.place.community or organisation.community_of(report.place.grid or report.grid)
        assert community == organisation.community_of(report.grid)


def test_keywords_must_decide_many_reports_and_nothing_decides_some(reports: list[DemoReport]) -> None:
    without = [report for report in reports if report.item is None]

    assert 0.3 < len(without) / len(reports) < 0.7
    assert all(report.item in {None, report.about} for report in reports)
    assert any(report.flavour == "uncovered" for report in reports)
    assert any(report.flavour == "sensitive" for report in reports)
    assert any(report.is_emergency for report in reports)


def test_a_duplicate_is_about_the_same_thing_a_little_later(reports: list[DemoReport]) -> None:
    duplicates = [report for report in reports if report.duplicate_of]

    assert duplicates
    for report in duplicates:
        origin = reports[(report.duplicate_of or 0) - 1]
        assert origin.duplicate_of is None
        assert (origin.about, origin.place, origin.grid) == (report.about, report.place, report.grid)
        assert origin.at <= report.at


def test_phone_numbers_stand_in_contacts_and_in_some_texts(reports: list[DemoReport]) -> None:
    phones = [report.phone for report in reports if report.phone]

    assert all(PHONE.fullmatch(phone) for phone in phones)
    assert 20 < sum(bool(PHONE.search(report.text)) for report in reports) < 200


def test_only_devices_and_residents_speak_on_their_channels(reports: list[DemoReport]) -> None:
    assert {(report.channel, report.reporter_kind) for report in reports} <= set(habits.KINDS.items())
    assert all(report.about in habits.SENSED_ITEMS for report in reports if report.channel == "sensor")

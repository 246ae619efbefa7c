"""Bursts: similar cases of one place within a window."""

from datetime import UTC, datetime, timedelta

import pytest

from services.appraisal.domain.bursts import Seen, bursts_in
from services.reference.model.appraising import Bursts
from tests.builders import an_id

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
POLICY = Bursts(cases=3, within_minutes=60)


def cases(*minutes: int, item: str = "0203", place: str = "com-1") -> list[Seen]:
    return [Seen(item, place, NOON + timedelta(minutes=minute), an_id(f"{item}{place}{minute}")) for minute in minutes]


@pytest.mark.parametrize(
    ("minutes", "bursts"),
    [
        pytest.param([0, 30], 0, id="too-few"),
        pytest.param([0, 30, 60], 1, id="the-last-at-the-very-end-of-the-window"),
        pytest.param([0, 30, 61], 0, id="a-minute-too-late"),
        pytest.param([0, 1, 2, 50, 100, 150], 1, id="one-that-lasts-is-one"),
        pytest.param([0, 1, 2, 63, 64, 65], 2, id="an-hour-of-quiet-ends-it"),
        pytest.param([0, 50, 100, 110, 120], 1, id="found-wherever-it-begins"),
    ],
)
def test_so_many_within_so_long_are_one_burst(minutes: list[int], bursts: int) -> None:
    assert len(list(bursts_in(cases(*minutes), POLICY))) == bursts


def test_other_items_and_other_places_are_no_part_of_it() -> None:
    seen = cases(0) + cases(1, item="0101") + cases(2, place="com-2")

    assert not list(bursts_in(seen, POLICY))


def test_a_burst_names_its_cases() -> None:
    (burst,) = bursts_in(cases(100, 0, 70, 80), POLICY)

    assert burst.cases == tuple(one.case_id for one in cases(70, 80, 100))
    assert (burst.began_at, burst.reached_at) == (NOON + timedelta(minutes=70), NOON + timedelta(minutes=100))

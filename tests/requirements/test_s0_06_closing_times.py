"""S0-06: two synthetic periods with known medians -> exact -50 %.

Median and p90 of receipt -> close per class and period, comparison with a baseline period.
"""

from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from tests.builders import an_id
from tests.wire.desk.office import Office

pytestmark = pytest.mark.postgres

HOURS: Final = (2, 4, 10, 12, 40)
"""How long five cases took; of these the median is 10, and nine in ten took at most 28.8."""
JANUARY: Final = datetime.fromisoformat("2026-01-12T09:00:00+08:00")
FEBRUARY: Final = datetime.fromisoformat("2026-02-12T09:00:00+08:00")
ASKED: Final = {
    "since": "2026-02-01",
    "until": "2026-02-28",
    "baseline_since": "2026-01-01",
    "baseline_until": "2026-01-31",
}
CLOSE: Final = (
    "update ledger.cases set state = '{state}', accepted_at = '{at}', closed_at = '{end}' where case_id = '{id}'"
)


async def closed(
    office: Office, received_at: datetime, *hours: float, item: str = "0203", state: str = "closed"
) -> None:
    """Put cases on record that were received then and took so long."""
    names = [f"{received_at:%m}-{item}-{state}-{number}" for number, _ in enumerate(hours)]
    await office.open(*names, item=item)
    for name, taken in zip(names, hours, strict=True):
        end = received_at + timedelta(hours=taken)
        office.database.run_sql(CLOSE.format(state=state, at=received_at, end=end, id=an_id(name)))


async def times(office: Office, who: str = "center", **asked: str) -> dict[str, Any]:
    answer = await office.get(who, "/api/v1/closing-times", **(asked or ASKED))
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_half_the_time_is_minus_fifty_percent(office: Office) -> None:
    await closed(office, JANUARY, *HOURS)
    await closed(office, FEBRUARY, *(hours / 2 for hours in HOURS))

    told = await times(office)

    assert told["rows"] == [
        {
            "item": "0203",
            "period": {"cases": 5, "median_hours": 5.0, "p90_hours": 14.4},
            "baseline": {"cases": 5, "median_hours": 10.0, "p90_hours": 28.8},
            "median_change": -0.5,
        }
    ]
    assert told["total"] == {**told["rows"][0], "item": None}
    assert (told["since"][:10], told["baseline_until"][:10]) == ("2026-02-01", "2026-02-01")


async def test_each_class_stands_for_itself_and_what_was_not_worked_on_for_nothing(office: Office) -> None:
    await closed(office, JANUARY, 10)
    await closed(office, FEBRUARY, 20)
    await closed(office, FEBRUARY, 8, 8, item="0801", state="archived")
    await closed(office, FEBRUARY, 1, 1, 1, state="rejected")

    told = await times(office)

    assert [(row["item"], row["median_change"]) for row in told["rows"]] == [("0203", 1.0), ("0801", None)]
    assert told["total"]["period"]["cases"] == 3


async def test_without_a_baseline_the_days_before_are_compared(office: Office) -> None:
    await closed(office, JANUARY, 10)
    await closed(office, FEBRUARY, 5)

    told = await times(office, since="2026-02-01", until="2026-02-28")

    assert (told["baseline_since"][:10], told["baseline_until"][:10]) == ("2026-01-04", "2026-02-01")
    assert told["total"]["median_change"] == -0.5


async def test_everybody_sees_the_times_of_their_own_cases(office: Office) -> None:
    await closed(office, FEBRUARY, 5)

    assert (await times(office, "drainage"))["total"]["period"]["cases"] == 1
    assert (await times(office, "education"))["total"]["period"] is None


async def test_a_period_that_ends_before_it_begins_is_refused(office: Office) -> None:
    answer = await office.get("center", "/api/v1/closing-times", since="2026-02-02", until="2026-02-01")

    assert answer.status_code == 422

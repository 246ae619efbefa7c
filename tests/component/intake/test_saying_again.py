"""The same said twice at once: one batch, two batches under way, and what was not accepted after all (X-11)."""

import asyncio
from typing import Any, Final

import pytest

from services.contracts.codec import decode
from services.contracts.events import ReportReceived
from services.intake.domain.lately import LATELY_MAX, SaidLately
from tests.builders import an_id
from tests.component.intake.window import Window
from tests.waiting import eventually

SAID: Final[dict[str, Any]] = {
    "text": "楼下井盖松动，车一过就响",
    "contact": {"phone": "13812345678", "reply_channel": "sms"},
}


@pytest.fixture
async def window() -> Window:
    return Window()


def repeats(window: Window) -> dict[str, str | None]:
    """Return what each report repeats, by numbers, in the order in which they were written down."""
    reports = [decode(row.body, ReportReceived).report for row in window.reports.rows.values()]
    numbers = {report.report_id: report.number for report in reports}
    return {one.number: None if one.repeats is None else numbers[one.repeats] for one in reports}


async def test_of_two_equal_reports_of_one_batch_the_second_repeats_the_first(window: Window) -> None:
    first, second = await asyncio.gather(*(window.report(key=key, **SAID) for key in ("a", "b")))

    assert window.reports.batches == [2]
    assert repeats(window) == {first.json()["number"]: None, second.json()["number"]: first.json()["number"]}
    assert ("progress" in first.json(), second.json()["progress"]["state"]) == (False, "accepted")


async def test_a_batch_sees_what_another_one_under_way_says(window: Window) -> None:
    window.reports.open.clear()
    first = asyncio.create_task(window.report(key="a", **SAID))
    await eventually(lambda: len(window.reports.batches) == 1, within_seconds=30)
    second = asyncio.create_task(window.report(key="b", **SAID))
    await eventually(lambda: len(window.reports.batches) == 2, within_seconds=30)
    window.reports.open.set()
    await asyncio.gather(first, second)

    assert sorted(repeats(window).values(), key=bool) == [None, first.result().json()["number"]]


async def test_another_person_who_says_the_same_at_once_repeats_nothing(window: Window) -> None:
    other = SAID | {"contact": {"phone": "13987654321", "reply_channel": "sms"}}

    await asyncio.gather(window.report(**SAID), window.report(**other))

    assert list(repeats(window).values()) == [None, None]


async def test_what_could_not_be_written_is_repeated_by_nobody(window: Window) -> None:
    window.reports.unstorable = SAID["text"].encode()
    refused = await window.report(key="a", **SAID)
    window.reports.unstorable = None

    await window.report(key="b", **SAID)

    assert refused.status_code == 422
    assert list(repeats(window).values()) == [None]


def test_the_oldest_give_way() -> None:
    lately = SaidLately()
    for mark in range(LATELY_MAX + 1):
        lately.remember(mark, an_id(str(mark)), b"said")

    assert (lately.body_of(0), lately.body_of(1), lately.body_of(LATELY_MAX)) == (None, b"said", b"said")


def test_only_the_report_itself_is_forgotten() -> None:
    lately = SaidLately()
    lately.remember(7, an_id("first"), b"first")
    lately.remember(7, an_id("second"), b"second")

    lately.forget(7, an_id("first"))
    kept = lately.body_of(7)
    lately.forget(7, an_id("second"))

    assert (kept, lately.body_of(7)) == (b"second", None)

"""How fast a robot may be written to, and what its codes and headers mean."""

from datetime import timedelta

import pytest

from services.notify.domain.outcomes import Refusal, Ruling, asked_to_wait, refused
from services.notify.domain.pacing import FREE, Pace


def test_a_robot_takes_20_in_any_minute() -> None:
    pace = Pace("dingtalk")
    for second in range(20):
        assert pace.room(second) > 0
        pace.take(second)

    assert pace.room(20) == 0
    assert pace.room(60) == 1, "the first is a minute old"
    assert pace.room(65) == 6


def test_a_webhook_has_no_pace() -> None:
    pace = Pace("webhook")
    pace.take(0)

    assert pace.room(0) == FREE
    assert pace.idle(0)


def test_a_closed_destination_takes_nothing_until_its_time() -> None:
    pace = Pace("wecom")
    pace.hold(600)
    pace.hold(60)  # a later, shorter wish does not shorten the first

    assert (pace.room(599), pace.closed_for(599), pace.idle(599)) == (0, 1, False)
    assert (pace.room(600), pace.closed_for(600), pace.idle(600)) == (20, 0, True)


@pytest.mark.parametrize(
    ("header", "delay"),
    [
        (None, None),
        ("120", timedelta(minutes=2)),
        ("0", timedelta(0)),
        ("-5", None),
        ("999999", timedelta(days=1)),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("٣", None),
    ],
)
def test_retry_after_is_believed_up_to_a_day(header: str | None, delay: timedelta | None) -> None:
    assert asked_to_wait(header) == delay


def test_a_code_nobody_wrote_down_is_a_failure_like_any_other() -> None:
    assert refused("WeCom", 1, {"2": Ruling("two", final=True)}) == Refusal(reason="WeCom answered 1")

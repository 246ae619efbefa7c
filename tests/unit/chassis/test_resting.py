"""Rests between batches."""

import pytest

from services.chassis.delivery.resting import REST_SECONDS_MAX, rest_after


@pytest.mark.parametrize(
    ("took", "at_least", "rests"),
    [
        pytest.param(0.002, 0.01, 0.01, id="a quick batch is followed by the least rest"),
        pytest.param(0.04, 0.01, 0.04, id="a slow batch is followed by a rest as long"),
        pytest.param(3.0, 0.01, REST_SECONDS_MAX, id="one that hung is not followed by a long rest"),
        pytest.param(0.2, 0.25, 0.25, id="who is not waited for rests as long as it may"),
    ],
)
def test_a_batch_is_followed_by_a_rest(took: float, at_least: float, rests: float) -> None:
    assert rest_after(took, at_least) == rests

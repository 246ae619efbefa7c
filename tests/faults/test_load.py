"""What a client saw while its machine stood still says nothing about the product; everything else does."""

import pytest

from tests.faults.load import History


@pytest.mark.parametrize(
    ("began", "ended", "counts"),
    [
        pytest.param(1.0, 2.0, True, id="before"),
        pytest.param(4.5, 5.5, False, id="it-fell-still-meanwhile"),
        pytest.param(4.0, 9.5, False, id="around-it"),
        pytest.param(8.5, 9.5, False, id="begun-as-it-woke"),
        pytest.param(9.5, 9.9, True, id="after"),
    ],
)
def test_an_answer_counts_unless_the_machine_stood_still_meanwhile(began: float, ended: float, *, counts: bool) -> None:
    history = History(odd=[(began, ended, 503)], still=[(5.0, 9.0)])

    assert bool(history.odd_while_it_ran()) == counts

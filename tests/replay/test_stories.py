"""Why a case was late is told by what befell it first; all that came due is counted once."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.replay.stories import BY_OUR_STEPS, ON_TIME, STILL_OPEN, Story, made_up_of

DUE = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER, EARLIER = DUE + timedelta(hours=1), DUE - timedelta(hours=1)


@pytest.mark.parametrize(
    ("story", "why"),
    [
        pytest.param(Story(handled_late=True, sent_back=True, closed_at=LATER), "handled after its limit", id="first"),
        pytest.param(Story(sent_back=True, closed_at=LATER), "sent back for rework", id="rework"),
        pytest.param(Story(closed_at=LATER), "each within its limit, the whole not", id="nobody-was-late"),
        pytest.param(Story(handled_late=True, closed_at=EARLIER), BY_OUR_STEPS, id="planned-in-time"),
    ],
)
def test_a_late_case_says_why(story: Story, why: str) -> None:
    assert story.why_late(DUE) == why


def test_the_parts_add_up_to_what_came_due() -> None:
    stories = {2: Story(handled_late=True, closed_at=LATER)}
    promises = [(1, DUE, DUE), (2, DUE, LATER), (3, DUE, None), (4, LATER + timedelta(days=1), None)]

    parts = made_up_of(promises, stories, now=LATER)

    assert parts == {ON_TIME: 1, "handled after its limit": 1, STILL_OPEN: 1}

"""People at their browsers."""

from collections.abc import AsyncIterator

import pytest

from tests.journeys.browsing import Browsing, browsing
from tests.journeys.running_city import RunningCity


@pytest.fixture
async def browsers(city: RunningCity) -> AsyncIterator[Browsing]:
    """Chromium for this test: a window of their own for everybody."""
    async with browsing(city) as opened:
        yield opened

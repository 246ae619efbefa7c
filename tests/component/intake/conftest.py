"""A window for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.component.intake.window import Window


@pytest.fixture
async def window() -> AsyncIterator[Window]:
    window = Window()
    async with window.client:
        yield window
        await window.accept.drained()

"""What every test may ask for, and in which order they run."""

import pytest
from hypothesis import settings

from tests.lanes import mark, turn

pytest_plugins = ["tests.environment.fixtures", "tests.journeys.fixtures"]

# A busy machine makes an example slow, not wrong; a test as a whole has its limit in pyproject.toml.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what each test needs, and put those that share a system at the end."""
    for item in items:
        mark(item)
    items.sort(key=turn)

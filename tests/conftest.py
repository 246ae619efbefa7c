"""What every test may ask for."""

from hypothesis import settings

pytest_plugins = ["tests.environment.fixtures"]

# A busy machine makes an example slow, not wrong; a test as a whole has its limit in pyproject.toml.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

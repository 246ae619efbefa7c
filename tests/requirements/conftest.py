"""What requirement tests run on: the desk over real PostgreSQL, or one running system shared by those that need it."""

from tests.journeys.conftest import city, journeys_state, system
from tests.replay.fixture import replayed
from tests.wire.desk.conftest import office

__all__ = ["city", "journeys_state", "office", "replayed", "system"]

"""What requirement tests run on: the desk over real PostgreSQL, or the running system of the journeys."""

from tests.replay.fixture import replayed
from tests.wire.desk.conftest import office

__all__ = ["office", "replayed"]

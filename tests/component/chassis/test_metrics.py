"""What every process shows: lag in records and in seconds, and its pool."""

from prometheus_client import CollectorRegistry

from services.chassis.metrics import Progress
from services.chassis.pools import PoolCollector


def seconds(registry: CollectorRegistry) -> float | None:
    return registry.get_sample_value("whistle_router_lag_seconds", {"topic": "said", "partition": "0"})


def test_lag_in_seconds_is_the_age_of_the_first_record_not_worked_on() -> None:
    registry = CollectorRegistry()
    progress = Progress(registry, "router")
    progress.ends_at("said", 0, 5)
    progress._ends_seen["said", 0][0] = (5, progress.moved_at - 40)  # seen 40 s ago

    progress.processed("said", 0, 4)
    progress.ends_at("said", 0, 9)
    late = seconds(registry)
    progress.processed("said", 0, 5)
    progress.ends_at("said", 0, 9)
    young = seconds(registry)
    progress.processed("said", 0, 9)
    progress.ends_at("said", 0, 9)

    assert late is not None
    assert late >= 40
    assert young is not None
    assert young < 30
    assert seconds(registry) == 0


def test_a_partition_that_went_away_is_shown_no_more() -> None:
    registry = CollectorRegistry()
    progress = Progress(registry, "router")
    progress.ends_at("said", 0, 5)

    progress.forget("said", 0)

    assert seconds(registry) is None


def test_a_process_without_a_pool_shows_zeros() -> None:
    registry = CollectorRegistry()
    PoolCollector(registry, "router")

    assert registry.get_sample_value("whistle_router_pool_connections", {"state": "used"}) == 0
    assert registry.get_sample_value("whistle_router_pool_connections_limit") == 0

"""How much of its PostgreSQL pool this process uses, read at each scrape."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from services.chassis.metrics import NAMESPACE
from services.chassis.postgres import OPEN_POOLS


class PoolCollector(Collector):
    """Shows connections by state, and the limit; zeros while no pool is open."""

    def __init__(self, registry: CollectorRegistry, service: str) -> None:
        self._prefix = f"{NAMESPACE}_{service}_pool"
        registry.register(self)

    def collect(self) -> Iterable[Metric]:
        pools = list(OPEN_POOLS)
        idle = sum(pool.get_idle_size() for pool in pools)
        used = sum(pool.get_size() for pool in pools) - idle
        connections = GaugeMetricFamily(
            f"{self._prefix}_connections", "Connections of the pool, by state.", labels=["state"]
        )
        connections.add_metric(["idle"], idle)
        connections.add_metric(["used"], used)
        yield connections
        limit = sum(pool.get_max_size() for pool in pools)
        yield GaugeMetricFamily(f"{self._prefix}_connections_limit", "Connections the pool may open.", value=limit)

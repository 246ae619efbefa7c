"""Memory of the service processes, and the time a warm start takes."""

import time
from collections.abc import Callable

from deploy.embedded.system import running_system
from tests.benchmarks.cpu import memory_mib
from tests.benchmarks.product import Bench, settings
from tests.benchmarks.report import Report


def measure_memory(bench: Bench) -> None:
    """Note the largest service process after all the load."""
    memory = {name: memory_mib(pid) for name in bench.services if (pid := bench.system.pid(name)) is not None}
    largest = max(memory, key=lambda name: memory[name])
    bench.report.found(f"{largest} is the largest", memory_mib=memory[largest])
    bench.report.detail(**{f"memory_{name}_mib": value for name, value in memory.items()})


def measure_start(name: str, only: tuple[str, ...], say: Callable[[str], None], report: Report) -> None:
    """Note how long the whole system takes to start on the data it has."""
    began = time.perf_counter()
    with running_system(settings(name, say, fresh=False, only=only)):
        report.found("until every health check has passed, on warm data", start_s=time.perf_counter() - began)

"""How fast this machine is at a known piece of work, so that figures of two machines, or hours, can be compared."""

import asyncio
import time
from typing import Any, Final

from aiokafka import AIOKafkaProducer

from deploy.embedded.ports import LOOPBACK
from deploy.embedded.running import System
from tests.benchmarks.bare_route.wire import PROGRESSED
from tests.benchmarks.report import Report

KNOWN_US: Final = 22.0
"""CPU per record of an idempotent producer on the machine the goals were set on (design §4)."""
RECORDS: Final = 20_000
TURNS: Final = 3
VALUE: Final = b"x" * 1000


def measure_yardstick(system: System, report: Report) -> None:
    """Send records one by one with aiokafka's producer, and compare the processor's time with the known figure."""
    spent = asyncio.run(_best_turn(f"{LOOPBACK}:{system.kafka.port}"))
    report.detail(yardstick_us=spent, yardstick_known_us=KNOWN_US, machine_slower_by=spent / KNOWN_US)


async def _best_turn(brokers: str) -> float:
    producer = AIOKafkaProducer(
        bootstrap_servers=brokers, acks="all", enable_idempotence=True, max_batch_size=512 * 1024
    )
    await producer.start()
    try:
        return min([await _turn(producer) for _ in range(TURNS)])
    finally:
        await producer.stop()


async def _turn(producer: Any) -> float:
    began = time.process_time()
    sent = [await producer.send(PROGRESSED, VALUE, key=str(number).encode()) for number in range(RECORDS)]
    await asyncio.gather(*sent)
    return 1e6 * (time.process_time() - began) / RECORDS

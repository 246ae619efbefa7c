"""Which sensors there are."""

from typing import Final

from services.chassis.postgres import Pool
from services.intake.domain.sensors import Sensor
from services.intake.store.deadlines import within

SENSOR: Final = """
    select sensor_id, name, item, longitude, latitude, key_id, generation, clock_timestamp() as asked_at
    from intake.sensors
    where sensor_id = $1 and disabled_at is null
"""


class PostgresSensors:
    """Looks a sensor up; asked for each webhook, so that one that was disabled is out at once."""

    def __init__(self, pool: Pool, seconds_max: float) -> None:
        self._pool, self._seconds_max = pool, seconds_max

    async def find(self, sensor_id: str) -> Sensor | None:
        """Return the sensor; None for one that is unknown or disabled."""
        row = await within(self._seconds_max, self._pool.fetchrow(SENSOR, sensor_id))
        return None if row is None else Sensor(**dict(row))

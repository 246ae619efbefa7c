"""`POST /api/v1/sensors/{id}`: what a device noticed, signed; its message id makes a repeat answer the same."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from services.chassis.sealing import Keys
from services.chassis.web.problems import Problem
from services.intake.api.doorkeeper import Doorkeeper
from services.intake.api.problems import BacklogError
from services.intake.api.reading import body_of, claim_of, form_in
from services.intake.api.reports import PATH as REPORTS
from services.intake.domain.admission import City, admit
from services.intake.domain.sensors import HEADERS, Reading, Sensor, form_of, is_signed, secret_of
from services.intake.handlers.accepting import AcceptReports
from services.intake.metrics import IntakeMetrics

PATH: Final = "/api/v1/sensors/{sensor_id}"
ID_MAX: Final = 128
_ENCODE: Final = msgspec.json.Encoder().encode
FORGED: Final = Problem("not-signed", "The message is not signed by a known sensor, or too old", 401)
"""The same for an unknown sensor, a wrong signature and an old message."""


class Sensors(Protocol):
    """Which sensors there are."""

    async def find(self, sensor_id: str) -> Sensor | None:
        """Return the sensor; None for one that is unknown or disabled."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorDoor:
    """Takes in what sensors notice."""

    accept: AcceptReports
    sensors: Sensors
    keys: Keys
    doorkeeper: Doorkeeper
    city: Callable[[], City]
    is_full: Callable[[], bool]
    metrics: IntakeMetrics

    async def one(self, request: Request) -> Response:
        """Accept what a sensor noticed. The same message gets the same answer."""
        address = self.doorkeeper.address_of(request.scope)
        self.doorkeeper.not_guessing(address)
        headers, body = _headers_in(request.scope), await body_of(request)
        sensor = await self.sensors.find(request.path_params["sensor_id"])
        if sensor is None or not self._is_its_own(sensor, headers, body):
            self.doorkeeper.missed(address)
            raise FORGED
        self.doorkeeper.pace(self.doorkeeper.staff, f"sensor/{sensor.sensor_id}")
        if self.is_full():
            raise BacklogError
        admitted = admit(form_of(sensor, form_in(body, Reading)), self.city(), by_staff=True)
        answer = await self.accept.one(admitted, claim_of(f"sensor/{sensor.sensor_id}", headers[0], body))
        told = {"Location": f"{REPORTS}/{answer.receipt.tracking_code}"}
        if answer.replayed:
            told["Idempotency-Replayed"] = "true"
            self.metrics.replayed.inc()
        return Response(_ENCODE(answer.receipt), 201, told, "application/json")

    def _is_its_own(self, sensor: Sensor, headers: list[str], body: bytes) -> bool:
        secret = secret_of(self.keys.key(sensor.key_id).marking, sensor.sensor_id, sensor.generation)
        return is_signed(secret, headers, body, sensor.asked_at.timestamp())


def _headers_in(scope: Scope) -> list[str]:
    """Return the three headers. Raises Problem: 401 where one is missing or too long, 400 where one comes twice."""
    found = [[value for name, value in scope["headers"] if name == wanted] for wanted in HEADERS]
    if any(len(values) > 1 for values in found):
        raise Problem("header-repeated", "A header came twice", 400)
    if not all(found) or len(found[0][0]) > ID_MAX:
        raise FORGED
    return [values[0].decode("latin-1") for values in found]

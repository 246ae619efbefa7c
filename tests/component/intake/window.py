"""The single window in a test: its real doors and handlers over fakes at the ports."""

import json
from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from uuid import uuid4

import httpx2
from prometheus_client import CollectorRegistry
from starlette.routing import BaseRoute
from starlette.types import ASGIApp
from uuid_utils.compat import uuid7

from services.chassis.pictures import encoded_anew
from services.chassis.sealing import Keys, keys_in
from services.chassis.web.addresses import Network
from services.chassis.web.buckets import Buckets
from services.chassis.web.edge import Edge, HttpMetrics
from services.chassis.web.guessing import guesses_counted
from services.identity.actors import StaffActor
from services.identity.tokens import IssuedToken, hash_of, issue_token
from services.intake.api.app import LIMITS, intake_app
from services.intake.api.doorkeeper import Doorkeeper
from services.intake.api.followups import PictureDoor, TrackDoor
from services.intake.api.papers import PATH as PAPER_PATH
from services.intake.api.papers import PaperDoor
from services.intake.api.reports import ReportDoor
from services.intake.api.sensors import PATH as SENSOR_PATH
from services.intake.api.sensors import SensorDoor
from services.intake.handlers.accepting import AcceptReports
from services.intake.handlers.attaching import AttachPictures
from services.intake.handlers.following_up import FollowUpReports
from services.intake.handlers.repeating import TellRepeats
from services.intake.handlers.separating import SeparateWords
from services.intake.handlers.taking_papers import TakePapers
from services.intake.handlers.tracking import TrackReports
from services.intake.metrics import IntakeMetrics
from services.intake.pages.doors import Doors
from services.intake.pages.frame import Frame, resident_renderer
from services.intake.pages.routes import page_routes
from services.intake.store.city import ReferenceCity
from services.intake.store.places import DistrictPlaces
from services.worktime.calendar import SHANGHAI
from tests.builders import an_id
from tests.fakes.intake import (
    InMemoryCases,
    InMemoryFollowUps,
    InMemoryPapers,
    InMemoryPictures,
    InMemoryReports,
    InMemorySensors,
    InMemoryTails,
)
from tests.unit.reference.town import the_town

KEYS: Final[Keys] = keys_in(
    json.dumps({"current": "k1", "keys": {"k1": b64encode(sha256(b"test").digest()).decode()}}).encode()
)
REPORTS: Final = "/api/v1/reports"
TOWN: Final = ReferenceCity(the_town())
A_REPORT: Final = {"text": "建设路雨水箅子堵死，积水没过脚踝", "grid": "grid-0101-01", "channel": "web"}


def an_actor(name: str = "worker", role: str = "grid_worker") -> StaffActor:
    return StaffActor(
        person_id=an_id(name),
        unit="grid-0101-01",
        role=role,
        units=frozenset({"grid-0101-01"}),
        lanes=frozenset({"ordinary"}),
        roles=frozenset({role}),
    )


@dataclass(slots=True)
class Window:
    """Takes requests as the process does, without sockets."""

    city: ReferenceCity = TOWN
    per_minute: float = 1_000_000
    proxies: tuple[Network, ...] = ()
    public_url: str = ""
    reports: InMemoryReports = field(default_factory=InMemoryReports)
    followups: InMemoryFollowUps = field(default_factory=InMemoryFollowUps)
    cases: InMemoryCases = field(default_factory=InMemoryCases)
    sensors: InMemorySensors = field(default_factory=InMemorySensors)
    people: dict[bytes, StaffActor] = field(default_factory=dict)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    seconds: float = 0.0
    full: bool = False
    accept: AcceptReports = field(init=False)
    pictures: InMemoryPictures = field(init=False)
    door: Edge = field(init=False)
    client: httpx2.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        metrics = IntakeMetrics.create(self.registry)
        self.pictures = InMemoryPictures(self.reports)
        self.accept = AcceptReports(
            reports=self.reports, pictures=self.pictures, keys=KEYS, metrics=metrics, new_id=uuid7
        )
        self.followups.reports = self.reports
        tails = InMemoryTails(self.reports)
        track = TrackReports(reports=self.reports, cases=self.cases, tails=tails, additions=self.followups, keys=KEYS)
        doorkeeper = self._doorkeeper()
        papers = TakePapers(papers=InMemoryPapers(), reports=self.reports, track=track, zone=SHANGHAI)
        paper_door = PaperDoor(papers=papers, doorkeeper=doorkeeper)
        app = intake_app(
            ReportDoor(
                accept=self.accept,
                doorkeeper=doorkeeper,
                city=lambda: self.city,
                is_full=lambda: self.full,
                metrics=metrics,
                papers=papers,
                repeats=TellRepeats(self.cases, lambda: self.city),
            ),
            TrackDoor(
                track=track,
                followup=FollowUpReports(
                    track=track,
                    city=lambda: self.city,
                    followups=self.followups,
                    pictures=self.pictures,
                    keys=KEYS,
                    metrics=metrics,
                    new_id=uuid7,
                    separate=SeparateWords(accept=self.accept, followups=self.followups, city=lambda: self.city),
                ),
                doorkeeper=doorkeeper,
            ),
            PictureDoor(
                attach=AttachPictures(pictures=self.pictures, encode=encoded_anew, new_id=uuid4),
                doorkeeper=doorkeeper,
            ),
            metrics.refused,
            self._pages,
            [(SENSOR_PATH, self._sensor_door(doorkeeper, metrics).one), (PAPER_PATH, paper_door.find)],
        )
        self.door = Edge(app, HttpMetrics(self.registry, "intake_api"), LIMITS)
        self.client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.door, raise_app_exceptions=False), base_url="http://window"
        )

    def token(self, name: str = "worker", role: str = "grid_worker") -> IssuedToken:
        """Return a token of a person at work."""
        token = issue_token(lambda count: sha256(name.encode()).digest()[:count])
        self.people[hash_of(token.secret)] = an_actor(name, role)
        return token

    async def report(self, key: str | None = None, token: str | None = None, **fields: Any) -> httpx2.Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return await self.client.post(REPORTS, json={**A_REPORT, **fields}, headers=headers)

    def counted(self, name: str, **labels: str) -> float:
        """Return the value of a metric."""
        value = self.registry.get_sample_value(name, labels)
        assert value is not None, f"{name} {labels} is not there"
        return value

    def _pages(self, app: ASGIApp) -> list[BaseRoute]:
        return page_routes(
            Frame(
                renderer=resident_renderer(SHANGHAI),
                doors=Doors(app),
                places=DistrictPlaces(the_town),
                public_url=self.public_url,
            )
        )

    def _sensor_door(self, doorkeeper: Doorkeeper, metrics: IntakeMetrics) -> SensorDoor:
        return SensorDoor(
            accept=self.accept,
            sensors=self.sensors,
            keys=KEYS,
            doorkeeper=doorkeeper,
            city=lambda: TOWN,
            is_full=lambda: self.full,
            metrics=metrics,
        )

    def _doorkeeper(self) -> Doorkeeper:
        async def who(token_hash: bytes) -> StaffActor | None:
            return self.people.get(token_hash)

        return Doorkeeper(
            who_is_asking=who,
            proxies=self.proxies,
            reports=Buckets(self.per_minute, min(self.per_minute, 1_000_000)),
            staff=Buckets(1_000_000, 1_000_000),
            lookups=Buckets(1_000, 1_000),
            misses=Buckets(10, 10),
            guesses=guesses_counted(self.registry, "intake"),
            pictures=Buckets(1_000, 1_000),
            seconds=lambda: self.seconds,
        )

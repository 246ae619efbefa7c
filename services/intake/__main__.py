"""`python -m services.intake api | relay`: where the parts of intake meet."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import uuid4

from prometheus_client import Counter
from starlette.routing import BaseRoute
from starlette.types import ASGIApp
from uuid_utils.compat import uuid7

from services.chassis.objects import objects_at
from services.chassis.pictures import encoded_anew
from services.chassis.postgres import Pool, postgres_pool, ready
from services.chassis.running import Process, run_service
from services.chassis.shell import Shell
from services.chassis.web.buckets import Buckets
from services.chassis.web.edge import BodyLimits
from services.chassis.web.guessing import guesses_counted
from services.identity.actors import StaffActor, who_is_asking
from services.intake.agents import run_relay
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
from services.intake.handlers.watching import BacklogWatch, every
from services.intake.metrics import IntakeMetrics
from services.intake.pages.doors import Doors
from services.intake.pages.frame import Frame, resident_renderer
from services.intake.pages.routes import FORM_LIMITS, page_routes
from services.intake.settings import IntakeApiSettings, IntakeRelaySettings
from services.intake.store.backlog import backlog_of, forget_old_keys
from services.intake.store.city import ReferenceCity, city_in, warmed
from services.intake.store.deadlines import within
from services.intake.store.followups import PostgresCases, PostgresFollowUps, PostgresTails
from services.intake.store.papers import PostgresPapers
from services.intake.store.pictures import KeptPictures
from services.intake.store.places import DistrictPlaces
from services.intake.store.reports import PostgresReports
from services.intake.store.sensors import PostgresSensors
from services.reference.versions.cache import reference_cache

WATCH_SECONDS: Final = 2.0
LAPSE_SECONDS: Final = 60.0
FORGET_SECONDS: Final = 600.0


async def run_api(settings: IntakeApiSettings, shell: Shell) -> None:
    """Take reports in until the process is asked to stop."""
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(postgres_pool(settings.postgres, init=_impatient))
        cache = await stack.enter_async_context(reference_cache(pool, warmed))
        shell.health.add("postgres", partial(ready, pool, settings.postgres))
        shell.health.add("reference", cache.check)
        metrics = IntakeMetrics.create(shell.registry)
        pictures = KeptPictures(pool, objects_at(settings.attachments))
        watch = _watch(settings, pool, metrics)
        accept = AcceptReports(
            reports=PostgresReports(pool, settings.database_seconds_max),
            pictures=pictures,
            keys=settings.keys(),
            metrics=metrics,
            new_id=uuid7,
        )
        doorkeeper = _doorkeeper(settings, pool, guesses_counted(shell.registry, "intake"))
        city = partial(city_in, cache)
        known = PostgresSensors(pool, settings.database_seconds_max)
        sensors = partial(SensorDoor, accept=accept, sensors=known, keys=settings.keys())
        sensor = sensors(doorkeeper=doorkeeper, city=city, is_full=watch.is_full, metrics=metrics)
        track = _track_door(settings, pool, TrackParts(pictures, doorkeeper, accept, city))
        papers = _papers(settings, pool, track.track)
        reports = partial(ReportDoor, accept=accept, papers=papers, repeats=TellRepeats(track.track.cases, city))
        app = intake_app(
            reports(doorkeeper=doorkeeper, city=city, is_full=watch.is_full, metrics=metrics),
            track,
            PictureDoor(
                attach=AttachPictures(pictures=pictures, encode=encoded_anew, new_id=uuid4), doorkeeper=doorkeeper
            ),
            metrics.refused,
            partial(_pages, settings, DistrictPlaces(cache.latest)),
            [(SENSOR_PATH, sensor.one), (PAPER_PATH, PaperDoor(papers=papers, doorkeeper=doorkeeper).find)],
        )
        shell.start("backlog", every(WATCH_SECONDS, watch.see))
        shell.start("pictures", every(LAPSE_SECONDS, pictures.forget_lapsed))
        shell.start("keys", every(FORGET_SECONDS, partial(forget_old_keys, pool)))
        await shell.serve(app, limits=BodyLimits(of_path={**LIMITS.of_path, **FORM_LIMITS}))
        await accept.drained()


def _pages(settings: IntakeApiSettings, places: DistrictPlaces, app: ASGIApp) -> list[BaseRoute]:
    renderer = resident_renderer(settings.zone)
    return page_routes(Frame(renderer=renderer, doors=Doors(app), places=places, public_url=settings.public_url))


def _watch(settings: IntakeApiSettings, pool: Pool, metrics: IntakeMetrics) -> BacklogWatch:
    return BacklogWatch(
        look=partial(backlog_of, pool),
        rows_max=settings.pending_rows_max,
        seconds_max=settings.pending_hours_max * 3600,
        metrics=metrics,
    )


def _doorkeeper(settings: IntakeApiSettings, pool: Pool, guesses: Counter) -> Doorkeeper:
    async def asked(token_hash: bytes) -> StaffActor | None:
        async with pool.acquire() as connection:
            return await who_is_asking(connection, token_hash)

    async def who(token_hash: bytes) -> StaffActor | None:
        return await within(settings.database_seconds_max, asked(token_hash))

    return Doorkeeper(
        who_is_asking=who,
        proxies=settings.proxies(),
        reports=Buckets(settings.reports_per_minute, settings.reports_burst),
        staff=Buckets(settings.staff_per_minute, settings.staff_per_minute),
        lookups=Buckets(settings.lookups_per_minute, settings.lookups_per_minute),
        tails=Buckets(settings.tails_per_minute, settings.tails_per_minute),
        misses=Buckets(settings.misses_per_minute, settings.misses_per_minute),
        guesses=guesses,
        pictures=Buckets(settings.pictures_per_minute, settings.pictures_per_minute),
    )


@dataclass(frozen=True, slots=True)
class TrackParts:
    """What the doors share."""

    pictures: KeptPictures
    doorkeeper: Doorkeeper
    accept: AcceptReports
    city: Callable[[], ReferenceCity]


def _track_door(settings: IntakeApiSettings, pool: Pool, parts: TrackParts) -> TrackDoor:
    keys = settings.keys()
    followups = PostgresFollowUps(pool, settings.database_seconds_max)
    track = TrackReports(
        reports=PostgresReports(pool, settings.database_seconds_max),
        cases=PostgresCases(pool, settings.database_seconds_max),
        tails=PostgresTails(pool, settings.database_seconds_max),
        additions=followups,
        keys=keys,
    )
    followup = FollowUpReports(
        track=track,
        city=parts.city,
        followups=followups,
        pictures=parts.pictures,
        keys=keys,
        metrics=parts.accept.metrics,
        new_id=uuid7,
        separate=SeparateWords(accept=parts.accept, followups=followups, city=parts.city),
    )
    return TrackDoor(track=track, followup=followup, doorkeeper=parts.doorkeeper)


def _papers(settings: IntakeApiSettings, pool: Pool, track: TrackReports) -> TakePapers:
    reports = PostgresReports(pool, settings.database_seconds_max)
    papers = PostgresPapers(pool, settings.database_seconds_max)
    return TakePapers(papers=papers, reports=reports, track=track, zone=settings.zone)


async def _impatient(connection: Any) -> None:
    """Wait for a key that another process holds, but give up before the call's own deadline."""
    await connection.execute("set lock_timeout = '800ms'")


def main() -> None:
    """Run the process the arguments name."""
    run_service(
        "intake",
        {"api": Process(IntakeApiSettings, run_api), "relay": Process(IntakeRelaySettings, run_relay)},
    )


if __name__ == "__main__":
    main()

"""`python -m services.desk`: the desk's parts put together."""

import hmac
from functools import partial

import httpx2

from services.chassis.objects import objects_at
from services.chassis.pages.rendering import Renderer
from services.chassis.postgres import beside, postgres_pool, ready
from services.chassis.running import Process, run_service
from services.chassis.sealing import Keys
from services.chassis.shell import Shell
from services.chassis.web.cursors import Cursors
from services.chassis.web.edge import BodyLimits
from services.chassis.web.guessing import GuessLimit, guesses_counted
from services.desk.api.app import desk_app
from services.desk.api.desk import Desk
from services.desk.domain.permitted import ACT_TYPES
from services.desk.handlers import PerformActs
from services.desk.metrics import DeskMetrics
from services.desk.pages.adding import add_pages
from services.desk.pages.door import Door
from services.desk.pages.naming import Names
from services.desk.pages.parts import FOLDER, PageParts
from services.desk.ports import Window
from services.desk.settings import DeskSettings
from services.desk.store.pictures import WorkPictures
from services.desk.store.window import SECONDS_MAX, IntakeWindow
from services.ledger.store.acting_together import ActingTogether
from services.ledger.store.cities import Cities
from services.reference.versions.cache import ReferenceCache, reference_cache

BODY_BYTES_MAX = 64 * 1024
BATCH_BYTES_MAX = 1024 * 1024
FORM_BYTES_MAX = 32 * 1024 * 1024
"""An answer with three photos, as phones take them."""
SHEETS_BYTES_MAX = 16 * 1024 * 1024
SHEETS_IN_BASE64_MAX = SHEETS_BYTES_MAX * 4 // 3
OF_PATH = {
    "/api/v1/acts:batch": BATCH_BYTES_MAX,
    "/acts": FORM_BYTES_MAX,
    "/rules/drafts": SHEETS_BYTES_MAX,
    "/api/v1/rules/drafts": SHEETS_IN_BASE64_MAX,
}

AT_ONCE = httpx2.Limits(max_connections=16, max_keepalive_connections=4)


def key_for(purpose: bytes, keys: Keys) -> bytes:
    """Return a key that every desk process derives alike, and that is good for one purpose only."""
    return hmac.digest(keys.current.marking, b"desk " + purpose, "sha256")


def pages_of(desk: Desk, reference: ReferenceCache, settings: DeskSettings, window: Window) -> PageParts:
    """Return what the pages are put together from."""
    renderer = Renderer([FOLDER], settings.zone, connects_to=settings.board_url)
    return PageParts(
        desk=desk,
        door=Door(pool=desk.pool, renderer=renderer, secret=key_for(b"pages", settings.keys())),
        names=Names(reference),
        keys=settings.keys(),
        pictures=WorkPictures(objects_at(settings.attachments)),
        window=window,
        limits=settings.session_limits,
        proxies=settings.proxies(),
        secure=settings.cookie_secure,
        board_url=settings.board_url,
    )


async def run(settings: DeskSettings, shell: Shell) -> None:
    async with (
        postgres_pool(settings.postgres) as pool,
        beside(settings.postgres) as own,
        reference_cache(own) as reference,
        httpx2.AsyncClient(
            base_url=settings.intake_url, timeout=SECONDS_MAX, trust_env=False, limits=AT_ONCE
        ) as intake,
    ):
        shell.health.add("postgres", partial(ready, pool, settings.postgres))
        metrics = DeskMetrics.create(shell.registry, ACT_TYPES)
        cities = Cities(reference)
        within = settings.act_seconds_max
        acts = PerformActs(ledger=ActingTogether(pool, cities, within), metrics=metrics, seconds_max=within)
        cursors = Cursors(key_for(b"cursors", settings.keys()))
        desk = Desk(pool=pool, acts=acts, versions=cities, cursors=cursors, metrics=metrics)
        app = desk_app(desk)
        add_pages(app, pages_of(desk, reference, settings, IntakeWindow(intake)))
        limits = BodyLimits(BODY_BYTES_MAX, OF_PATH)
        guarded = GuessLimit(app=app, refused=guesses_counted(shell.registry, "desk"), proxies=settings.proxies())
        await shell.serve(guarded, limits=limits)


if __name__ == "__main__":
    run_service("desk", {"": Process(DeskSettings, run)})

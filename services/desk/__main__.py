"""`python -m services.desk`: the desk's parts put together."""

import hmac
from functools import partial

from services.chassis.postgres import postgres_pool, ready
from services.chassis.running import Process, run_service
from services.chassis.sealing import keys_in
from services.chassis.shell import Shell
from services.chassis.web.cursors import Cursors
from services.chassis.web.edge import BodyLimits
from services.desk.api.app import desk_app
from services.desk.api.desk import Desk
from services.desk.domain.permitted import ACT_TYPES
from services.desk.handlers import PerformActs
from services.desk.metrics import DeskMetrics
from services.desk.settings import DeskSettings
from services.ledger.store.acting import Acting
from services.ledger.store.cities import Cities
from services.reference.versions.cache import reference_cache

BODY_BYTES_MAX = 64 * 1024
BATCH_BYTES_MAX = 1024 * 1024


def cursor_key(vault_keys: str) -> bytes:
    """Return a key that every desk process derives alike, and that opens nothing but cursors."""
    return hmac.digest(keys_in(vault_keys.encode()).current.marking, b"desk cursors", "sha256")


async def run(settings: DeskSettings, shell: Shell) -> None:
    async with postgres_pool(settings.postgres) as pool, reference_cache(pool) as reference:
        shell.health.add("postgres", partial(ready, pool, settings.postgres))
        metrics = DeskMetrics.create(shell.registry, ACT_TYPES)
        cities = Cities(reference)
        acts = PerformActs(ledger=Acting(pool, cities), metrics=metrics, seconds_max=settings.act_seconds_max)
        cursors = Cursors(cursor_key(settings.vault_keys.get_secret_value()))
        desk = Desk(pool=pool, acts=acts, versions=cities, cursors=cursors, metrics=metrics)
        limits = BodyLimits(BODY_BYTES_MAX, {"/api/v1/acts:batch": BATCH_BYTES_MAX})
        await shell.serve(desk_app(desk), limits=limits)


if __name__ == "__main__":
    run_service("desk", {"": Process(DeskSettings, run)})

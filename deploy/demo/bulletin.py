"""The month's bulletin at the end of the simulated week: compiled from the facts, kept as /bulletin's draft."""

import asyncio
import time
from dataclasses import replace
from typing import Any, Final

from deploy.demo.city.quiet import Quiet
from deploy.embedded.running import System
from services.appraisal.domain.bulletin import Bulletin
from services.appraisal.domain.compiling import compile_bulletin
from services.appraisal.domain.periods import month_at
from services.appraisal.store.completeness import taken_of
from services.appraisal.store.drafts import save_draft
from services.appraisal.store.months import read_month
from services.appraisal.store.publishing import graded_month
from services.reference.model.appraising import Measure
from services.worktime.calendar import SHANGHAI

APPRAISAL: Final = "appraisal"
ALERT_SECONDS_MAX: Final = 30.0
"""The appraisal looks for bursts every few seconds."""
LOOK_SECONDS: Final = 0.5
NOW: Final = "select clock.now()"
MEASURES: Final[tuple[Measure, ...]] = ("reported", "closed", "due", "closed_in_time", "answered", "solved")


async def month_so_far(system: System, quiet: Quiet, operator: Any) -> Bulletin:
    """Wait until the appraisal has taken every fact and raised its alert; return the month as it stands."""
    everybody = {**quiet.workers, APPRAISAL: system.url(APPRAISAL)}
    await replace(quiet, workers=everybody).wait()
    await _alerted(quiet.connection)
    now = await operator.fetchval(NOW)
    async with operator.transaction(isolation="repeatable_read", readonly=True):
        month = await read_month(operator, month_at(now, SHANGHAI), SHANGHAI)
        taken = await taken_of(operator, month.period, over=now >= month.period.ends)
    bulletin = compile_bulletin(month)
    await save_draft(operator, bulletin, graded_month(month), taken, now)
    return bulletin


def figures_of(bulletin: Bulletin) -> list[tuple[str, str]]:
    """Return what the result table says of the month: the same facts, the same figures."""
    counts = [(name, bulletin.measures[name].value) for name in MEASURES if name in bulletin.measures]
    rates = [(f"{name} rate", f"{rate.percent} %") for name, rate in bulletin.rates.items() if rate.percent is not None]
    return [(f"bulletin {bulletin.period}: {name.replace('_', ' ')}", value) for name, value in (*counts, *rates)]


async def _alerted(connection: Any) -> None:
    deadline = time.monotonic() + ALERT_SECONDS_MAX
    while not await connection.fetchval("select exists (select from appraisal.bursts)"):
        if time.monotonic() > deadline:
            return  # the table says 0
        await asyncio.sleep(LOOK_SECONDS)

"""What the facts of a period say, compiled and kept as its draft."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from services.appraisal.domain.behind import behind_points
from services.appraisal.domain.compiling import compile_bulletin
from services.appraisal.domain.counting import Month
from services.appraisal.domain.periods import Period, is_week, rests_on
from services.appraisal.store.completeness import Taken, taken_of
from services.appraisal.store.drafts import save_draft, save_grades
from services.appraisal.store.months import NothingInForceError, read_month
from services.appraisal.store.publishing import graded_month, graded_week

if TYPE_CHECKING:
    from services.identity.actors import Connection

_log = structlog.get_logger("whistle.appraisal")


async def draft(
    connection: "Connection", period: Period, zone: ZoneInfo, now: datetime, after_reading: Callable[[], None]
) -> None:
    """Draft a week's points, or a month's bulletin and grades, from one instant's facts; nothing before any version.

    While it reads, PostgreSQL keeps for it what others delete: only `after_reading` it may be slow.

    Raises:
        DraftTooLargeError: the period has too many cases for one bulletin; the draft before it stands.
    """
    with suppress(NothingInForceError):
        async with connection.transaction(isolation="repeatable_read"):
            read = await read_month(connection, period, zone)
            taken = await taken_of(connection, period, over=now >= period.ends, rests_on=rests_on(period, zone))
        after_reading()
        await keep_draft(connection, read, taken, now)
        _log.info("draft compiled", period=period.name, cases=len(read.records))


async def keep_draft(connection: "Connection", read: Month, taken: Taken, now: datetime) -> None:
    """Compile what was read and keep it as the period's draft; `taken` is from the same instant.

    Raises:
        DraftTooLargeError: the period has too many cases for one bulletin.
    """
    if is_week(read.period.name):
        await save_grades(connection, read.period, graded_week(read), taken, now, behind_points(read))
    else:
        await save_draft(connection, compile_bulletin(read), graded_month(read), taken, now)

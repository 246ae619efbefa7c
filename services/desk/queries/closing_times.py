"""Reading how long cases took, of what the person who asks may see."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.desk.domain.closing_times import (
    SECONDS_PER_HOUR,
    ClosingTimes,
    ComparedAsked,
    Spread,
    compared,
    rows_of,
)
from services.desk.queries.asking import Asking

NOW: Final = "select clock.now()"
# Closed, not ended otherwise: what was rejected or handed over was never worked on. A duplicate closes with its case.
SPREADS: Final = """
    select grouping(item) = 1 as is_total, item, count(*) as cases,
        percentile_cont(array[0.5, 0.9]) within group (order by extract(epoch from closed_at - accepted_at)) as seconds
    from ledger.cases
    where closed_at >= $1 and closed_at < $2 and state in ('closed', 'archived') and duplicate_of is null
    group by grouping sets ((item), ())
"""


async def closing_times_of(asking: Asking, asked: ComparedAsked) -> ClosingTimes:
    """Return the times of a period beside those of its baseline. Raises ValueError for an impossible period."""
    period, baseline = asked.bounds(await asking.connection.fetchval(NOW))
    total, by_item = await _spreads(asking, *period)
    total_before, by_item_before = await _spreads(asking, *baseline)
    return ClosingTimes(
        since=period[0],
        until=period[1],
        baseline_since=baseline[0],
        baseline_until=baseline[1],
        total=compared(None, total, total_before),
        rows=rows_of(by_item, by_item_before),
    )


async def _spreads(
    asking: Asking, since: datetime, until: datetime
) -> tuple[Spread | None, Mapping[str | None, Spread]]:
    rows = [row for row in await asking.connection.fetch(SPREADS, since, until) if row["cases"]]
    total = next((_spread(row) for row in rows if row["is_total"]), None)
    return total, {row["item"]: _spread(row) for row in rows if not row["is_total"]}


def _spread(row: Any) -> Spread:
    median, p90 = (round(float(seconds) / SECONDS_PER_HOUR, 2) for seconds in row["seconds"])
    return Spread(cases=row["cases"], median_hours=median, p90_hours=p90)

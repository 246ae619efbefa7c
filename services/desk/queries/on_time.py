"""Counting what was answered in time, channel by channel, of what the person who asks may see."""

from typing import Final

import msgspec

from services.desk.domain.on_time import OnTimeAsked, OnTimeByChannel
from services.desk.queries.asking import Asking

NOW: Final = "select clock.now()"
# What is not accepted or goes to an emergency line owes no result; a case left out by review is on neither side.
BY_CHANNEL: Final = """
    with promised as (
        select c.decision #>> '{report,channel}' as channel, k.due_at <= $3 as is_due, k.stopped_at,
            k.stopped_at <= k.due_at as in_time
        from ledger.cases c join ledger.clocks k on k.case_id = c.case_id and k.kind = 'promise' and k.cycle = 1
        where c.opened_at >= $1 and c.opened_at < $2 and not c.excluded and c.state not in ('rejected', 'handed_over')
    ), counted as (
        select channel, count(*) as reported, count(*) filter (where is_due) as due,
            count(*) filter (where is_due and in_time) as on_time,
            count(*) filter (where is_due and stopped_at is null) as left_overdue
        from promised where $4::text is null or channel = $4 group by channel
    )
    select json_build_object('since', $1::timestamptz, 'until', $2::timestamptz, 'rows', coalesce(json_agg(
        json_build_object('channel', channel, 'reported', reported, 'due', due, 'on_time', on_time,
            'left_overdue', left_overdue, 'rate', round(on_time::numeric / nullif(due, 0), 4)) order by channel),
        '[]'::json))
    from counted
"""
_FOUND: Final = msgspec.json.Decoder(OnTimeByChannel)


async def on_time_of(asking: Asking, asked: OnTimeAsked) -> OnTimeByChannel:
    """Return the on-time rate of each channel. Raises ValueError for an impossible period."""
    now = await asking.connection.fetchval(NOW)
    since, until = asked.bounds(now)
    return _FOUND.decode(await asking.connection.fetchval(BY_CHANNEL, since, until, now, asked.channel))

"""Counting whistles and answers, of what the person who asks may see."""

from datetime import datetime
from typing import Final

import msgspec

from services.desk.domain.counts import DepartmentsAnswers, PeriodAsked, WhistleRates
from services.desk.queries.asking import Asking

NOW: Final = "select clock.now()"
RATES: Final = """
    with cases as (
        select subdistrict, count(*) as cases from ledger.cases
        where opened_at >= $1 and opened_at < $2 and subdistrict is not null and duplicate_of is null
        group by subdistrict
    ), whistles as (
        select subdistrict, count(*) as whistles, count(*) filter (where automatic) as automatic,
            count(*) filter (where wrong_because <> '') as wrong
        from ledger.whistles where blown_at >= $1 and blown_at < $2 group by subdistrict
    ), counted as (
        select subdistrict, coalesce(cases, 0) as cases, coalesce(whistles, 0) as whistles,
            coalesce(automatic, 0) as automatic, coalesce(wrong, 0) as wrong
        from cases full join whistles using (subdistrict)
    )
    select json_build_object('since', $1::timestamptz, 'until', $2::timestamptz, 'rows', coalesce(json_agg(
        json_build_object('subdistrict', subdistrict, 'cases', cases, 'whistles', whistles, 'automatic', automatic,
            'wrong', wrong, 'rate', round(whistles::numeric / nullif(cases, 0), 4)) order by subdistrict), '[]'::json))
    from counted
"""
ANSWERS: Final = """
    with answers as (
        select l.unit, count(*) as called,
            count(*) filter (where l.reported_in_at <= l.due_at) as on_time,
            count(*) filter (where l.reported_in_at > l.due_at) as late,
            count(*) filter (where l.state = 'no_show') as no_show,
            count(*) filter (where l.state = 'refused') as refused,
            count(*) filter (where l.state = 'called') as waited_for,
            count(l.evaluated_at) as judged,
            round(avg(l.punctuality), 2) as punctuality, round(avg(l.effort), 2) as effort,
            round(avg(l.result), 2) as result, round(avg(l.satisfaction), 2) as satisfaction
        from ledger.whistles w join ledger.whistle_calls l using (case_id, number)
        where w.blown_at >= $1 and w.blown_at < $2 and w.wrong_because = ''
            and l.state <> 'handed_on'
        group by l.unit
    )
    select json_build_object('since', $1::timestamptz, 'until', $2::timestamptz, 'rows', coalesce(
        json_agg(row_to_json(answers) order by unit), '[]'::json)) from answers
"""
_RATES: Final = msgspec.json.Decoder(WhistleRates)
_ANSWERS: Final = msgspec.json.Decoder(DepartmentsAnswers)


async def rates_of(asking: Asking, asked: PeriodAsked) -> WhistleRates:
    """Return how often each subdistrict blew. Raises ValueError for an impossible period."""
    return _RATES.decode(await asking.connection.fetchval(RATES, *await _bounds(asking, asked)))


async def answers_of(asking: Asking, asked: PeriodAsked) -> DepartmentsAnswers:
    """Return how each department answered. Raises ValueError for an impossible period."""
    return _ANSWERS.decode(await asking.connection.fetchval(ANSWERS, *await _bounds(asking, asked)))


async def _bounds(asking: Asking, asked: PeriodAsked) -> tuple[datetime, datetime]:
    return asked.bounds(await asking.connection.fetchval(NOW))

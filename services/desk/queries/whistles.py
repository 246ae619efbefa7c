"""Whistles the person may see: of their subdistrict, of the district for the center, or that called their unit."""

from typing import Final

import msgspec

from services.desk.domain.whistles import WhistleFilter, WhistlePlace, WhistlesFound, WhistleShown
from services.desk.queries.asking import Asking
from services.desk.queries.parameters import Parameters

_WHISTLES: Final = """
    with page as materialized (
        select w.*, c.number as case_number, c.state as case_state, c.revision as case_revision, c.item, c.lead
        from ledger.whistles w join ledger.cases c using (case_id)
        where {where} order by {order} limit {size}
    )
    select json_build_object('at', clock.now(), 'whistles', coalesce((
        select json_agg(json_build_object(
            'case_id', w.case_id, 'case_number', w.case_number, 'case_state', w.case_state,
            'case_revision', w.case_revision, 'item', w.item, 'lead', w.lead, 'number', w.number, 'kind', w.kind,
            'subdistrict', w.subdistrict, 'automatic', w.automatic, 'reason', w.reason, 'ongoing', w.ongoing,
            'blown_at', w.blown_at, 'closed_at', w.closed_at, 'result', w.result, 'wrong_because', w.wrong_because,
            'evaluated_at', w.evaluated_at, 'meeting', w.meeting, 'calls', coalesce((
                select json_agg(json_build_object(
                    'unit', l.unit, 'role', l.role, 'branch', l.branch, 'person_called', l.person_called,
                    'head_called', l.head_called, 'state', l.state, 'due_at', l.due_at,
                    'reported_in_at', l.reported_in_at, 'late', coalesce(l.reported_in_at > l.due_at, false),
                    'place', l.place, 'photo', l.photo, 'refusal', l.refusal,
                    'judged', case when l.evaluated_at is not null then json_build_object(
                        'punctuality', l.punctuality, 'effort', l.effort, 'result', l.result,
                        'satisfaction', l.satisfaction, 'remark', l.remark, 'at', l.evaluated_at) end)
                    order by l.unit)
                from ledger.whistle_calls l where l.case_id = w.case_id and l.number = w.number), '[]'::json)
        ) order by {page_order}) from page w), '[]'::json))
"""
_FOUND: Final = msgspec.json.Decoder(WhistlesFound)


async def whistles_of(asking: Asking, asked: WhistleFilter, after: WhistlePlace | None, size: int) -> WhistlesFound:
    """Return at most `size` whistles after a place."""
    statement, values = whistles_statement(asked, after, size)
    return _FOUND.decode(await asking.connection.fetchval(statement, *values))


def place_of(whistle: WhistleShown) -> WhistlePlace:
    return WhistlePlace(whistle.blown_at, whistle.case_id, whistle.number)


def whistles_statement(asked: WhistleFilter, after: WhistlePlace | None, size: int) -> tuple[str, list[object]]:
    """Return the statement and its values for one page."""
    given = Parameters()
    limit = given.add(size, "bigint")
    where = ["w.closed_at is null" if asked.open else "w.closed_at is not null"]
    if asked.subdistrict is not None:
        where.append(f"w.subdistrict = {given.add(asked.subdistrict, 'text')}")
    if after is not None:
        where += _follows(given, after, oldest_first=asked.open)
    order = "w.blown_at, w.case_id, w.number" if asked.open else "w.blown_at desc, w.case_id, w.number"
    statement = _WHISTLES.format(where=" and ".join(where), order=order, page_order=order, size=limit)
    return statement, given.values


def _follows(given: Parameters, after: WhistlePlace, *, oldest_first: bool) -> list[str]:
    blown_at, case_id = given.add(after.blown_at, "timestamptz"), given.add(after.case_id, "uuid")
    number = given.add(after.number, "smallint")
    tie = f"(w.case_id, w.number) > ({case_id}, {number})"
    if oldest_first:
        return [f"w.blown_at >= {blown_at}", f"(w.blown_at > {blown_at} or {tie})"]
    return [f"w.blown_at <= {blown_at}", f"(w.blown_at < {blown_at} or {tie})"]

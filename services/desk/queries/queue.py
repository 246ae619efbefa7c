"""The queue of a person: assignments, calls and verifications of their units, merged in the order they are due.

Assignments and calls are index scans in due order that stop after a page, so a page costs the same in a long queue.
"""

from typing import Final

import msgspec

from services.desk.domain.queue import FoundTask, FoundTasks, Narrowing, QueueFilter, QueuePlace
from services.desk.queries.asking import Asking
from services.desk.queries.following_up import FOLLOW_UP, FOLLOW_UPS, follow_ups_of
from services.desk.queries.narrowing import columns_of, in_order, narrowed_to, stretch
from services.desk.queries.office_calls import OFFICE_CALL, OFFICE_CALLS
from services.desk.queries.parameters import Parameters
from services.desk.queries.reviews import REVIEW, reviews_source
from services.desk.queries.verifying import VERIFICATION, verifications_of
from services.ledger.domain.acts import Asker

_CASE: Final = """
    c.case_id, c.number, c.item, c.state, c.urgency, c.subdistrict, c.accepted_at, c.revision, c.version,
    c.whistle_open, c.reference_version, c.decision
"""
_EXPECTED: Final = """
    case
        when a.role = 'lead' then case
            when c.state = 'consulting' then 'dispatch'
            when c.state = 'dispatched' then 'sign_in'
            when c.state in ('in_progress', 'rework') then 'handle'
        end
        when a.role = 'cooperating' and a.state <> 'delivered' then case
            when a.state = 'open' and c.state in ('dispatched', 'in_progress', 'rework', 'return_requested')
                then 'sign_in'
            when c.state <> 'consulting' then 'deliver_part'
        end
    end
"""
_PARTS: Final = f"""
    select p.* from unnest({{units}}) as mine (unit) cross join lateral (
        select {_CASE}, a.due_at, a.unit, a.handling_unit, a.role, {_EXPECTED} as expected,
            a.role || ':' || a.unit as part
        from ledger.assignments a join ledger.cases c using (case_id)
        where a.handling_unit = mine.unit and a.ended_at is null and {{where}}
    ) p
"""
_CALLS: Final = f"""
    select p.* from unnest({{units}}) as mine (unit) cross join lateral (
        select {_CASE}, k.due_at, k.unit, k.unit as handling_unit, 'called' as role, 'report_in' as expected,
            'called:' || k.unit as part
        from ledger.clocks k join ledger.cases c using (case_id)
        where k.kind = 'report_in' and k.stopped_at is null and k.unit = mine.unit and {{where}}
    ) p
"""
_PAGE: Final = """
    with page as materialized (
        select * from ({sources}) q order by q.due_at, q.case_id, q.part limit {size}
    ), at as materialized (select clock.now() as instant)
    select json_build_object('at', at.instant, 'tasks', coalesce((
        select json_agg(json_build_object(
            'case_id', p.case_id, 'number', p.number, 'item', p.item, 'state', p.state, 'urgency', p.urgency,
            'subdistrict', p.subdistrict, 'place', p.decision #> '{{report,place}}', 'expected', p.expected,
            'role', p.role, 'unit', p.unit, 'handling_unit', p.handling_unit,
            'due_at', p.due_at, 'overdue', p.due_at < at.instant, 'accepted_at', p.accepted_at,
            'revision', p.revision, 'version', p.version, 'whistle_open', p.whistle_open,
            'reference_version', p.reference_version, 'part', p.part,
            'running', array(
                select json_build_array(k.kind, k.unit, k.due_at, k.ladder, k.next_step, k.allowed, k.calendar)
                from ledger.clocks k where k.case_id = p.case_id and k.stopped_at is null)
        ) order by p.due_at, p.case_id, p.part) from page p), '[]'::json))
    from at
"""
_NOTHING: Final = f"""
    select {_CASE}, null::timestamptz as due_at, '' as unit, '' as handling_unit, '' as role, '' as expected,
        '' as part
    from ledger.cases c where false
"""
EVERYTHING: Final = Narrowing()
# The row that carries the due date, and the part that orders equals.
_PART: Final = ("a", "a.role || ':' || a.unit")
_CALL: Final = ("k", "'called:' || k.unit")
_FOUND: Final = msgspec.json.Decoder(FoundTasks)


async def tasks_of(
    asking: Asking, asked: QueueFilter, after: QueuePlace | None, size: int, narrowed: Narrowing = EVERYTHING
) -> FoundTasks:
    """Return at most `size` tasks after a place, due first."""
    statement, values = queue_statement(asking.asker, asked, after, size, narrowed)
    return _FOUND.decode(await asking.connection.fetchval(statement, *values))


def place_of(task: FoundTask) -> QueuePlace:
    return QueuePlace(task.due_at, task.case_id, task.part)


def queue_statement(
    asker: Asker, asked: QueueFilter, after: QueuePlace | None, page_size: int, narrowed: Narrowing = EVERYTHING
) -> tuple[str, list[object]]:
    """Return the statement and its values for one page of this person's queue."""
    given = Parameters()
    units, size = given.add(list(asker.units), "text[]"), given.add(page_size, "bigint")
    of_case = [*columns_of(given, asked), *narrowed_to(given, asked, asker, narrowed)]
    sources = []
    if asked.expected not in {"report_in", "verify", "review", "follow_up"}:
        where = " and ".join([*of_case, _expected(given, asked), stretch(given, asked, after, _PART)])
        sources.append(_PARTS.format(units=units, where=where + in_order(asked, _PART, size)))
    if asked.expected in (None, "any", "report_in"):
        where = " and ".join([*of_case, stretch(given, asked, after, _CALL)])
        sources.append(_CALLS.format(units=units, where=where + in_order(asked, _CALL, size)))
        where = " and ".join([*of_case, stretch(given, asked, after, OFFICE_CALL)]) + in_order(asked, OFFICE_CALL, size)
        sources.append(OFFICE_CALLS.format(case=_CASE, units=units, where=where))
    if asked.expected in (None, "any", "verify") and (verified := verifications_of(asker, units)):
        where = " and ".join([*of_case, stretch(given, asked, after, VERIFICATION)])
        where, person = where + in_order(asked, VERIFICATION, size), given.add(asker.person_id, "uuid")
        sources += [source.format(case=_CASE, person=person, mine=mine, where=where) for source, mine in verified]
    if asked.expected in (None, "any", "review", "dispatch"):
        where = " and ".join([*of_case, stretch(given, asked, after, REVIEW)]) + in_order(asked, REVIEW, size)
        sources.append(reviews_source(given, asked, asker, units, where).replace("{case}", _CASE))
    if asked.expected in (None, "any", "follow_up") and (mine := follow_ups_of(asker, units)):
        where = " and ".join([*of_case, stretch(given, asked, after, FOLLOW_UP)]) + in_order(asked, FOLLOW_UP, size)
        sources.append(FOLLOW_UPS.format(case=_CASE, mine=mine, where=where))
    joined = " union all ".join(f"({source})" for source in sources) or _NOTHING
    return _PAGE.format(sources=joined, size=size), given.values


def _expected(given: Parameters, asked: QueueFilter) -> str:
    match asked.expected:
        case "any":
            return "true"
        case "none":
            return f"({_EXPECTED}) is null"
        case None:
            return f"({_EXPECTED}) is not null"
        case expected:
            return f"({_EXPECTED}) = {given.add(expected, 'text')}"

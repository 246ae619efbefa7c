"""The queue of a person: assignments, calls and verifications of their units, merged in the order they are due.

Each part is an index scan in due order that stops after a page; so a page costs the same in a long queue.
"""

from typing import Final

import msgspec

from services.desk.domain.queue import FoundTask, FoundTasks, QueueFilter, QueuePlace
from services.desk.queries.asking import Asking
from services.desk.queries.parameters import Parameters
from services.identity.actors import StaffActor
from services.ledger.domain.life.who import VERIFYING_ROLES
from services.ledger.domain.state import CENTER

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
            a.role || ':' || a.unit as part,
            case when a.role = 'lead' and c.state = 'dispatched' then (
                select k.due_at from ledger.clocks k
                where k.case_id = a.case_id and k.kind = 'sign_in' and k.unit = a.unit and k.stopped_at is null limit 1
            ) end as expected_by
        from ledger.assignments a join ledger.cases c using (case_id)
        where a.handling_unit = mine.unit and a.ended_at is null and {{where}}
        order by a.due_at, a.case_id, a.role || ':' || a.unit limit {{size}}
    ) p
"""
_CALLS: Final = f"""
    select p.* from unnest({{units}}) as mine (unit) cross join lateral (
        select {_CASE}, k.due_at, k.unit, k.unit as handling_unit, 'called' as role, 'report_in' as expected,
            'called:' || k.unit as part, null::timestamptz as expected_by
        from ledger.clocks k join ledger.cases c using (case_id)
        where k.kind = 'report_in' and k.stopped_at is null and k.unit = mine.unit and {{where}}
        order by k.due_at, k.case_id, 'called:' || k.unit limit {{size}}
    ) p
"""
# Whoever led does not verify: then the command center does (X-08 asks for two persons; two houses are better still).
_VERIFIER: Final = f"case when c.subdistrict is null or c.subdistrict = c.lead then '{CENTER}' else c.subdistrict end"
_VERIFICATIONS: Final = f"""
    select {_CASE}, k.due_at, {_VERIFIER} as unit, {_VERIFIER} as handling_unit, 'verifying' as role,
        'verify' as expected, 'verifying' as part, null::timestamptz as expected_by
    from ledger.cases c join ledger.clocks k on k.case_id = c.case_id and k.kind = 'verification' and k.unit = ''
        and k.stopped_at is null
    where c.handled_at is not null and c.closed_at is null and c.state = 'handled'
        and c.handler is distinct from {{person}} and {{mine}} and {{where}}
    order by k.due_at, k.case_id limit {{size}}
"""
_PAGE: Final = """
    with page as materialized (
        select * from ({sources}) q order by q.due_at, q.case_id, q.part limit {size}
    ), at as materialized (select clock.now() as instant)
    select json_build_object('at', at.instant, 'tasks', coalesce((
        select json_agg(json_build_object(
            'case_id', p.case_id, 'number', p.number, 'item', p.item, 'state', p.state, 'urgency', p.urgency,
            'subdistrict', p.subdistrict, 'place', p.decision #> '{{report,place}}', 'expected', p.expected,
            'expected_by', p.expected_by, 'role', p.role, 'unit', p.unit, 'handling_unit', p.handling_unit,
            'due_at', p.due_at, 'overdue', p.due_at < at.instant, 'accepted_at', p.accepted_at,
            'revision', p.revision, 'version', p.version, 'whistle_open', p.whistle_open,
            'reference_version', p.reference_version, 'part', p.part,
            'steps', array(
                select json_build_array(k.ladder, s.step) from ledger.clocks k
                join ledger.steps s using (case_id, kind, unit, cycle)
                where k.case_id = p.case_id and k.stopped_at is null and k.unit in ('', p.unit))
        ) order by p.due_at, p.case_id, p.part) from page p), '[]'::json))
    from at
"""
_NOTHING: Final = f"""
    select {_CASE}, null::timestamptz as due_at, '' as unit, '' as handling_unit, '' as role, '' as expected,
        '' as part, null::timestamptz as expected_by
    from ledger.cases c where false
"""
_FOUND: Final = msgspec.json.Decoder(FoundTasks)


async def tasks_of(asking: Asking, asked: QueueFilter, after: QueuePlace | None, size: int) -> FoundTasks:
    """Return at most `size` tasks after a place, due first."""
    statement, values = queue_statement(asking.actor, asked, after, size)
    return _FOUND.decode(await asking.connection.fetchval(statement, *values))


def place_of(task: FoundTask) -> QueuePlace:
    return QueuePlace(task.due_at, task.case_id, task.part)


def queue_statement(
    actor: StaffActor, asked: QueueFilter, after: QueuePlace | None, size: int
) -> tuple[str, list[object]]:
    """Return the statement and its values for one page of this person's queue."""
    given = Parameters()
    told = {"units": given.add(sorted(actor.units), "text[]"), "size": given.add(size, "bigint")}
    of_case = _of_case(given, asked)
    sources = []
    if asked.expected not in {"report_in", "verify"}:
        where = [*of_case, _expected(given, asked), *_from(given, asked, after, "a", "a.role || ':' || a.unit")]
        sources.append(_PARTS.format(where=" and ".join(where), **told))
    if asked.expected in (None, "any", "report_in"):
        where = [*of_case, *_from(given, asked, after, "k", "'called:' || k.unit")]
        sources.append(_CALLS.format(where=" and ".join(where), **told))
    if asked.expected in (None, "any", "verify") and VERIFYING_ROLES & actor.roles:
        where = [*of_case, *_from(given, asked, after, "k", "'verifying'")]
        person, mine = given.add(actor.person_id, "uuid"), _verified_by(actor, told["units"])
        sources.append(_VERIFICATIONS.format(where=" and ".join(where), person=person, mine=mine, **told))
    joined = " union all ".join(f"({source})" for source in sources) or _NOTHING
    return _PAGE.format(sources=joined, size=told["size"]), given.values


def _of_case(given: Parameters, asked: QueueFilter) -> list[str]:
    columns = {"state": asked.state, "item": asked.item, "subdistrict": asked.subdistrict, "number": asked.q}
    named = [f"c.{column} = {given.add(value, 'text')}" for column, value in columns.items() if value is not None]
    return named or ["true"]


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


def _from(given: Parameters, asked: QueueFilter, after: QueuePlace | None, row: str, part: str) -> list[str]:
    """Where a part of the page begins: said twice, so that the index finds the instant and the part decides a tie."""
    where = []
    if asked.overdue is not None:
        where.append(f"{row}.due_at {'<' if asked.overdue else '>='} (select clock.now())")
    if after is not None:
        due_at, case_id = given.add(after.due_at, "timestamptz"), given.add(after.case_id, "uuid")
        where.append(f"({row}.due_at, {row}.case_id) >= ({due_at}, {case_id})")
        where.append(f"({row}.due_at, {row}.case_id, {part}) > ({due_at}, {case_id}, {given.add(after.part, 'text')})")
    return where


def _verified_by(actor: StaffActor, units: str) -> str:
    """Whose verification it is; the plain street's officer reads along the index of their own subdistrict."""
    if CENTER not in actor.units and actor.lanes == {"ordinary"}:
        return f"c.subdistrict = any ({units}) and c.subdistrict <> c.lead"
    return f"(c.lane <> 'ordinary' or {_VERIFIER} = any ({units}))"

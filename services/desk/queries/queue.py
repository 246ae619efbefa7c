"""The queue of a person: assignments, calls and verifications of their units, merged in the order they are due.

Assignments and calls are index scans in due order that stop after a page, so a page costs the same in a long queue;
verifications are as many as the street has cases handled and not yet verified.
"""

from typing import Final

import msgspec

from services.desk.domain.queue import FoundTask, FoundTasks, Narrowing, QueueFilter, QueuePlace
from services.desk.queries.asking import Asking
from services.desk.queries.office_calls import OFFICE_CALL, OFFICE_CALLS
from services.desk.queries.parameters import Parameters
from services.desk.queries.reviews import REVIEW, reviews_source
from services.ledger.domain.acts import Asker
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
# Whoever led does not verify: then the command center does (X-08 asks for two persons; two houses are better still).
_VERIFIER: Final = f"case when c.subdistrict is null or c.subdistrict = c.lead then '{CENTER}' else c.subdistrict end"
_VERIFICATIONS: Final = f"""
    select {_CASE}, k.due_at, {_VERIFIER} as unit, {_VERIFIER} as handling_unit, 'verifying' as role,
        'verify' as expected, 'verifying' as part
    from ledger.cases c join ledger.clocks k on k.case_id = c.case_id and k.kind = 'verification' and k.unit = ''
        and k.stopped_at is null
    where c.handled_at is not null and c.closed_at is null and c.state = 'handled'
        and c.handler is distinct from {{person}} and {{where}}
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
                select json_build_array(k.kind, k.unit, k.due_at, k.ladder, k.next_step)
                from ledger.clocks k where k.case_id = p.case_id and k.stopped_at is null)
        ) order by p.due_at, p.case_id, p.part) from page p), '[]'::json))
    from at
"""
_NOTHING: Final = f"""
    select {_CASE}, null::timestamptz as due_at, '' as unit, '' as handling_unit, '' as role, '' as expected,
        '' as part
    from ledger.cases c where false
"""
_NEAR: Final = """
    (c.decision #>> '{{report,place,address}}' ilike {words} or c.subdistrict = any ({near})
        or c.decision #>> '{{report,place,community}}' = any ({near})
        or c.decision #>> '{{report,place,grid}}' = any ({near}))
"""
EVERYTHING: Final = Narrowing()
# The row that carries the due date, and the part that orders equals.
_PART: Final = ("a", "a.role || ':' || a.unit")
_CALL: Final = ("k", "'called:' || k.unit")
_VERIFICATION: Final = ("k", "'verifying'::text")
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
    of_case = [*_of_case(given, asked), *_narrowed(given, asked, asker, narrowed)]
    sources = []
    if asked.expected not in {"report_in", "verify", "review"}:
        where = " and ".join([*of_case, _expected(given, asked), _stretch(given, asked, after, _PART)])
        sources.append(_PARTS.format(units=units, where=where + _in_order(asked, _PART, size)))
    if asked.expected in (None, "any", "report_in"):
        where = " and ".join([*of_case, _stretch(given, asked, after, _CALL)])
        sources.append(_CALLS.format(units=units, where=where + _in_order(asked, _CALL, size)))
        where = " and ".join([*of_case, _stretch(given, asked, after, OFFICE_CALL)]) + _in_order(
            asked, OFFICE_CALL, size
        )
        sources.append(OFFICE_CALLS.format(case=_CASE, units=units, where=where))
    if asked.expected in (None, "any", "verify") and not VERIFYING_ROLES.isdisjoint(asker.roles):
        where = " and ".join([*of_case, _verified_by(asker, units), _stretch(given, asked, after, _VERIFICATION)])
        person = given.add(asker.person_id, "uuid")
        sources.append(_VERIFICATIONS.format(person=person, where=where + _in_order(asked, _VERIFICATION, size)))
    if asked.expected in (None, "any", "review", "dispatch"):
        where = " and ".join([*of_case, _stretch(given, asked, after, REVIEW)]) + _in_order(asked, REVIEW, size)
        sources.append(reviews_source(given, asked, asker, units, where).replace("{case}", _CASE))
    joined = " union all ".join(f"({source})" for source in sources) or _NOTHING
    return _PAGE.format(sources=joined, size=size), given.values


def _of_case(given: Parameters, asked: QueueFilter) -> list[str]:
    columns = {"state": asked.state, "item": asked.item, "subdistrict": asked.subdistrict, "number": asked.q}
    named = [f"c.{column} = {given.add(value, 'text')}" for column, value in columns.items() if value is not None]
    return named or ["true"]


def _narrowed(given: Parameters, asked: QueueFilter, asker: Asker, narrowed: Narrowing) -> list[str]:
    where = []
    if asked.mine:
        person = given.add(asker.person_id, "uuid")
        where.append(f"exists (select from ledger.holders h where h.case_id = c.case_id and h.person_id = {person})")
    if asked.place is not None:
        words, near = given.add(_like(asked.place), "text"), given.add(list(narrowed.near), "text[]")
        where.append(_NEAR.format(words=words, near=near))
    if narrowed.cases is not None:
        where.append(f"c.case_id = any ({given.add(list(narrowed.cases), 'uuid[]')})")
    return where


def _like(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


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


def _stretch(given: Parameters, asked: QueueFilter, after: QueuePlace | None, key: tuple[str, str]) -> str:
    """Where the page begins: said twice, so that the index finds the instant and the part decides a tie."""
    row, part = key
    where = ["true"]
    if asked.overdue is not None:
        where.append(f"{row}.due_at {'<' if asked.overdue else '>='} (select clock.now())")
    if after is not None:
        due_at, case_id = given.add(after.due_at, "timestamptz"), given.add(after.case_id, "uuid")
        where.append(f"({row}.due_at, {row}.case_id) >= ({due_at}, {case_id})")
        where.append(f"({row}.due_at, {row}.case_id, {part}) > ({due_at}, {case_id}, {given.add(after.part, 'text')})")
    return " and ".join(where)


def _in_order(asked: QueueFilter, key: tuple[str, str], size: str) -> str:
    """Stop after a page, in due order; but a single case is found by its number, not along the queue."""
    row, part = key
    return "" if asked.q is not None else f" order by {row}.due_at, {row}.case_id, {part} limit {size}"


def _verified_by(asker: Asker, units: str) -> str:
    """Whose verification it is; the plain street's officer reads along the index of their own subdistrict."""
    if CENTER not in asker.units and asker.lanes == ("ordinary",):
        return f"c.subdistrict = any ({units}) and c.subdistrict <> c.lead"
    return f"(c.lane <> 'ordinary' or {_VERIFIER} = any ({units}))"

"""Open cases of a subdistrict, by the word given to the resident; row-level security shows only one's own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from services.contracts.events.dispatch import Urgency
from services.contracts.events.progress import State
from services.contracts.events.report import Place
from services.desk.domain.cards import RunningClock
from services.desk.queries.asking import Asking
from services.desk.queries.parameters import Parameters

Which = Literal["all", "overdue", "whistled", "ours"]
ROWS_MAX: Final = 200

_AREA: Final = """
    with page as materialized (
        select c.case_id, c.number, c.item, c.state, c.urgency, c.lead, c.cooperating, c.revision, c.whistle_open,
            c.reference_version, c.decision, c.accepted_at, k.due_at
        from ledger.cases c join ledger.clocks k on k.case_id = c.case_id and k.kind = 'promise' and k.unit = ''
            and k.stopped_at is null
        where c.closed_at is null and c.subdistrict = any ({units}) and {where}
        order by k.due_at, c.case_id limit {size}
    )
    select json_build_object('at', clock.now(), 'cases', coalesce((
        select json_agg(json_build_object(
            'case_id', p.case_id, 'number', p.number, 'item', p.item, 'state', p.state, 'urgency', p.urgency,
            'lead', p.lead, 'cooperating', p.cooperating, 'revision', p.revision, 'whistle_open', p.whistle_open,
            'reference_version', p.reference_version, 'place', p.decision #> '{{report,place}}',
            'accepted_at', p.accepted_at, 'due_at', p.due_at,
            'running', array(
                select json_build_array(k.kind, k.unit, k.due_at, k.ladder, k.next_step, k.allowed, k.calendar)
                from ledger.clocks k where k.case_id = p.case_id and k.stopped_at is null)
        ) order by p.due_at, p.case_id) from page p), '[]'::json))
"""


class AreaCase(msgspec.Struct, frozen=True, kw_only=True):
    """An open case of the area."""

    case_id: UUID
    number: str
    item: str | None
    state: State
    urgency: Urgency
    lead: str
    cooperating: tuple[str, ...]
    revision: int
    whistle_open: int | None
    reference_version: int
    place: Place | None
    accepted_at: datetime
    due_at: datetime
    running: tuple[RunningClock, ...]


class AreaCases(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    cases: tuple[AreaCase, ...]


_FOUND: Final = msgspec.json.Decoder(AreaCases)


async def area_cases(asking: Asking, units: Sequence[str], which: Which) -> AreaCases:
    """Return at most 200 open cases of the subdistricts among `units`, due first."""
    given = Parameters()
    named, size = given.add(list(units), "text[]"), given.add(ROWS_MAX, "bigint")
    where = {
        "all": "true",
        "overdue": "k.due_at < (select clock.now())",
        "whistled": "c.whistle_open is not null",
        "ours": f"c.lead = any ({named})",
    }[which]
    statement = _AREA.format(units=named, where=where, size=size)
    return _FOUND.decode(await asking.connection.fetchval(statement, *given.values))

"""Answers that wait for a call, of the cases the person's unit leads; the center's operators see all they may see."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.desk.domain.calls import Call, CallsAsked, CallsWaiting
from services.desk.queries.asking import Asking
from services.ledger.domain.state import CENTER

COUNTED_MAX: Final = 1_000
# The last of what waits for a report stands for all of it; the oldest of it says since when.
WAITING: Final = f"""
    select clock.now() as at, w.*, count(*) over () as waiting from (
        select distinct on (a.report_id) a.message_id as answer_id, a.case_id, a.kind, a.body, c.lead, c.item,
            c.number as case_number, min(a.call_since) over (partition by a.report_id) as since
        from notify.answers a join ledger.cases c using (case_id)
        where a.state = 'by_person' and a.called_at is null
          and (c.lead = any ($1) or ($2 and c.lane = 'ordinary') or c.lane <> 'ordinary')
        order by a.report_id, a.cycle desc, a.version desc limit {COUNTED_MAX}
    ) w order by since, answer_id limit $3
"""
NOW: Final = "select clock.now()"


class _Due(msgspec.Struct):
    promise: datetime | None = None


class _Data(msgspec.Struct):
    number: str
    due: _Due | None = None


class _Body(msgspec.Struct):
    """What is read of an answer's body."""

    type: str
    data: _Data


_BODY: Final = msgspec.json.Decoder(_Body)


async def calls_for(asking: Asking, asked: CallsAsked) -> CallsWaiting:
    """Return what waits for a call of this person: of a sensitive lane only to whoever is of the lane."""
    center = CENTER in asking.asker.units
    rows = await asking.connection.fetch(WAITING, list(asking.asker.units), center, asked.limit)
    at = rows[0]["at"] if rows else await asking.connection.fetchval(NOW)
    return CallsWaiting(at=at, waiting=rows[0]["waiting"] if rows else 0, rows=tuple(map(_call, rows)))


def _call(row: Any) -> Call:
    body = _BODY.decode(row["body"])
    due = body.data.due
    return Call(
        answer_id=UUID(int=row["answer_id"].int),
        case_id=UUID(int=row["case_id"].int),
        number=body.data.number,
        case_number=row["case_number"],
        lead=row["lead"],
        item=row["item"],
        kind=row["kind"],
        phrase=body.type.removeprefix("answer."),
        since=row["since"],
        promised_by=None if due is None else due.promise,
    )

"""One case as the person who asks may see it; a case of others is as unknown as one that never was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.contracts.codec import decode
from services.contracts.events import CaseProgressed, ReportFollowedUp
from services.contracts.events.progress import FollowedUp
from services.desk.domain.timeline import Added, Told
from services.desk.queries.asking import Asking
from services.ledger.domain.state import CaseDocument

_DOCUMENT: Final = """
    select clock.now() as at, json_build_object(
        'case', row_to_json(c),
        'decision', c.decision,
        'assignments', coalesce((select json_agg(a) from ledger.assignments a where a.case_id = c.case_id), '[]'),
        'clocks', coalesce((select json_agg(k) from ledger.clocks k where k.case_id = c.case_id), '[]'),
        'whistles', case when c.whistles = 0 then '[]' else
            coalesce((select json_agg(w) from ledger.whistles w where w.case_id = c.case_id), '[]') end,
        'calls', case when c.whistles = 0 then '[]' else
            coalesce((select json_agg(w order by w.unit) from ledger.whistle_calls w where w.case_id = c.case_id), '[]')
            end
    ) as document
    from ledger.cases c
"""
CASE_BY_ID: Final = f"{_DOCUMENT} where c.case_id = $1"
CASE_BY_NUMBER: Final = f"{_DOCUMENT} where c.number = $1"
FACTS: Final = """
    select f.body from ledger.facts f
    where f.case_id = $1 and f.version > $2 and f.topic = 'case.progressed.v1' order by f.version limit $3
"""
ADDED: Final = "select f.followup_id, f.body from ledger.followups f where f.followup_id = any ($1)"
TOLD: Final = "select version, unit, role, channel, state, sent_at from notify.told_of($1)"
_DECODER: Final = msgspec.json.Decoder(CaseDocument)


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case as of `at`, by the database's clock."""

    at: datetime
    document: CaseDocument


async def case_by_id(asking: Asking, case_id: UUID) -> FoundCase | None:
    return _found(await asking.connection.fetchrow(CASE_BY_ID, case_id))


async def case_by_number(asking: Asking, number: str) -> FoundCase | None:
    return _found(await asking.connection.fetchrow(CASE_BY_NUMBER, number))


async def facts_of(asking: Asking, case_id: UUID, after: int, at_most: int) -> Sequence[CaseProgressed]:
    """Return what happened to a case after a version, in order."""
    rows = await asking.connection.fetch(FACTS, case_id, after, at_most)
    return [decode(row["body"], CaseProgressed) for row in rows]


async def added_in(asking: Asking, facts: Sequence[CaseProgressed]) -> Mapping[UUID, Added]:
    """Return what residents added by these facts, by the follow-up's id."""
    ids = [fact.what.followup_id for fact in facts if isinstance(fact.what, FollowedUp)]
    if not ids:
        return {}
    events = [decode(row["body"], ReportFollowedUp) for row in await asking.connection.fetch(ADDED, ids)]
    return {event.event_id: Added(text=event.text, attachments=event.attachments) for event in events}


async def told_of(asking: Asking, case_id: UUID) -> Mapping[int, Sequence[Told]]:
    """Return who was told of a case, by the version of the fact."""
    told: dict[int, list[Told]] = {}
    for row in await asking.connection.fetch(TOLD, case_id):
        message = dict(row)
        told.setdefault(message.pop("version"), []).append(Told(**message))
    return told


def _found(row: Any) -> FoundCase | None:
    return None if row is None else FoundCase(row["at"], _DECODER.decode(row["document"]))

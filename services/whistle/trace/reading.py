"""What PostgreSQL knows of one case: its rows, every fact of its life, and the reference versions its clocks follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from services.contracts.codec import decode
from services.contracts.events import CaseDispatched, CaseProgressed
from services.reference.model.version import ReferenceVersion
from services.reference.versions.content import version_of
from services.whistle.connecting import Connection
from services.whistle.exits import RefusedError

BY_NUMBER: Final = "select case_id from ledger.cases where number = $1"
REPORT: Final = "select report_id, accepted_at, lane from intake.reports where report_id = $1"
CASE: Final = """
    select number, state, version, attempt, lead, cooperating, accepted_at, opened_at, closed_at, lane, item,
           reference_version, decision::text as decision
    from ledger.cases where case_id = $1
"""
FACTS: Final = "select at, body from ledger.facts where case_id = $1 and topic = 'case.progressed.v1' order by version"
CLOCKS: Final = """
    select kind, unit, cycle, started_at, allowed, due_at, stopped_at, calendar, next_step, next_at
    from ledger.clocks where case_id = $1 order by started_at, kind, unit, cycle
"""
TOLD: Final = """
    select version, unit, role, url, state, attempts, sent_at, last_error from notify.told($1) where unit is not null
"""
VERSIONS: Final = "select version, active_from, content from reference.versions where version = any ($1)"
IS_PENDING: Final = """
    select exists (select from ledger.pending where case_id = $1) or exists (select from intake.pending where id = $1)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecord:
    """Everything the tables hold about one case."""

    case_id: UUID
    accepted_at: datetime
    case: Mapping[str, Any] | None
    """None while the ledger has not opened it."""
    decision: CaseDispatched | None
    facts: Sequence[CaseProgressed]
    clocks: Sequence[Mapping[str, Any]]
    told: Sequence[Mapping[str, Any]]
    versions: Mapping[int, ReferenceVersion]
    is_pending: bool
    """Something of it is still to be sent."""


async def case_id_of(connection: Connection, asked: str) -> UUID:
    """Return the id that `asked` is, or whose number it is.

    Raises:
        RefusedError: no case has that number.
    """
    try:
        return UUID(asked)
    except ValueError:
        found = await connection.fetchval(BY_NUMBER, asked)
    if found is None:
        raise RefusedError(f"{asked} is no id and no number of a case in the ledger")
    return UUID(int=found.int)


async def read_case(connection: Connection, case_id: UUID) -> CaseRecord:
    """Return what is known.

    Raises:
        RefusedError: neither intake nor the ledger knows the id.
    """
    report = await connection.fetchrow(REPORT, case_id)
    case = await connection.fetchrow(CASE, case_id)
    known = report or case
    if known is None:
        raise RefusedError(f"{case_id} is neither a report nor a case")
    clocks = await connection.fetch(CLOCKS, case_id)
    told = await connection.fetch(TOLD, case_id)
    return CaseRecord(
        case_id=case_id,
        accepted_at=known["accepted_at"],
        case=dict(case) if case else None,
        decision=decode(case["decision"].encode(), CaseDispatched) if case else None,
        facts=[decode(row["body"], CaseProgressed) for row in await connection.fetch(FACTS, case_id)],
        clocks=[dict(row) for row in clocks],
        told=[dict(row) for row in told],
        versions=await _versions(connection, {row["calendar"] for row in clocks}),
        is_pending=await connection.fetchval(IS_PENDING, case_id),
    )


async def _versions(connection: Connection, numbers: set[int]) -> dict[int, ReferenceVersion]:
    rows = await connection.fetch(VERSIONS, sorted(numbers))
    return {row["version"]: version_of(row["content"], row["version"], row["active_from"]) for row in rows}

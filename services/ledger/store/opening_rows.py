"""The arguments of `ledger.open`: one array for each column of a batch's cases, parts, clocks and starts."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.chassis.columns import column
from services.contracts.codec import encode
from services.ledger.domain.life.opening import Opening
from services.ledger.domain.state import CaseDocument, ClockRow

BATCH: Final = ("timestamptz", "integer", "text[]", "text[]", "bytea[]")
CASES: Final = ("uuid[]", "uuid[]", *["text[]"] * 11, "timestamptz[]", "integer[]")
PARTS: Final = ("integer[]", "text[]", "text[]", "timestamptz[]")
CLOCKS: Final = ("integer[]", "text[]", "integer[]")
STARTS: Final = ("text[]", "timestamptz[]", "text[]", "timestamptz[]", "integer[]", "text[]", "text[]", "timestamptz[]")

_JSON: Final = msgspec.json.Encoder()


ADD_CLOCKS: Final = "select ledger.add_clocks($1)"


async def add_clocks(connection: Any, documents: Sequence[CaseDocument], opened: Collection[UUID]) -> None:
    """Add what `ledger.open` leaves out: stages, and limits that an emergency mode has put in place; few cases have any."""
    clocks = [
        clock
        for document in documents
        if document.case.case_id in opened
        for clock in document.clocks
        if clock.stage or clock.usual is not None
    ]
    if clocks:
        await connection.execute(ADD_CLOCKS, _JSON.encode(clocks).decode())


def placeholders() -> str:
    """Return the placeholders, each with its cast: what is not the batch's own is a literal (`chassis.columns`)."""
    own = [f"${nth}::{kind}" for nth, kind in enumerate(BATCH, 1)]
    columns = enumerate((*CASES, *PARTS, *CLOCKS, *STARTS), len(BATCH) + 1)
    return ", ".join([*own, *(f"${nth}::text::{kind}" for nth, kind in columns)])


def arguments(openings: Sequence[Opening], now: datetime, applied: int) -> list[Any]:
    """Return the values of the placeholders, in their order."""
    documents = [document for document, _ in openings]
    columns = [*_cases(openings), *_parts(documents), *_clocks(documents)]
    return [
        now,
        applied,
        [encode(document.decision).decode() for document in documents],
        [_JSON.encode(document.case.reports).decode() for document in documents],
        [encode(event) for _, event in openings],
        *map(column, columns),
    ]


def _cases(openings: Sequence[Opening]) -> list[list[Any]]:
    rows = [document.case for document, _ in openings]
    return [
        [row.case_id for row in rows],
        [event.event_id for _, event in openings],
        [row.number for row in rows],
        [row.state for row in rows],
        [row.lead for row in rows],
        [",".join(row.cooperating) for row in rows],
        [row.tier for row in rows],
        [row.urgency for row in rows],
        [row.item for row in rows],
        [row.lane for row in rows],
        [",".join(row.barred_units) for row in rows],
        [",".join(row.units) for row in rows],
        [row.subdistrict for row in rows],
        [row.accepted_at for row in rows],
        [row.reference_version for row in rows],
    ]


def _parts(documents: Sequence[CaseDocument]) -> list[list[Any]]:
    numbered = [(nth, part) for nth, document in enumerate(documents, 1) for part in document.assignments]
    return [
        [nth for nth, _ in numbered],
        [part.unit for _, part in numbered],
        [part.role for _, part in numbered],
        [part.due_at for _, part in numbered],
    ]


def _clocks(documents: Sequence[CaseDocument]) -> list[list[Any]]:
    """Return the clocks, and the starts they share: how long, since when, by which calendar and ladder."""
    cases: list[int] = []
    units: list[str] = []
    numbers: list[int] = []
    known: dict[tuple[Any, ...], int] = {}
    starts: list[ClockRow] = []
    for nth, document in enumerate(documents, 1):
        # Stages are several clocks of one kind and unit; they come with the derivations.
        for clock in (clock for clock in document.clocks if clock.kind != "stage"):
            key = (clock.kind, clock.allowed, clock.started_at, clock.due_at, clock.ladder, clock.calendar)
            number = known.get(key)
            if number is None:
                starts.append(clock)
                number = known[key] = len(starts)
            cases.append(nth)
            units.append(clock.unit)
            numbers.append(number)
    return [cases, units, numbers, *_starts(starts)]


def _starts(starts: Sequence[ClockRow]) -> list[list[Any]]:
    return [
        [clock.kind for clock in starts],
        [clock.started_at for clock in starts],
        [clock.allowed for clock in starts],
        [clock.due_at for clock in starts],
        [clock.calendar for clock in starts],
        [clock.ladder for clock in starts],
        [clock.next_step for clock in starts],
        [clock.next_at for clock in starts],
    ]

"""Clocks whose limit is not simply the decided one: limits of modes, stages, clocks of ended units. Few cases have any."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from services.ledger.domain.state import CaseDocument, ClockRow
from services.ledger.domain.taken import TakenCase

DERIVE: Final = "select ledger.derive($1, $2)"

_ENCODER: Final = msgspec.json.Encoder()


class Home(msgspec.Struct):
    """A case at the version it was written at, and the subdistrict whose ground it lies on."""

    case_id: UUID
    version: int
    subdistrict: str | None


class Derivations(msgspec.Struct):
    """What `ledger.derive` takes."""

    cases: list[Home]
    clocks: list[ClockRow]


async def derive_opened(connection: Any, documents: Sequence[CaseDocument], opened: Collection[UUID]) -> None:
    """Complete the clocks of cases just opened; those that were known already are left alone."""
    found = Derivations([], [])
    for document in documents:
        clocks = [clock for clock in document.clocks if clock.stage or clock.usual is not None]
        if clocks and document.case.case_id in opened:
            found.cases.append(_home(document))
            found.clocks += clocks
    await _derive(connection, found, None)


async def derive_written(connection: Any, cases: Sequence[TakenCase], token_hash: bytes | None) -> None:
    """Complete the clocks of cases just written."""
    found = Derivations([], [])
    for case in cases:
        if case.derived or case.rehomed:
            found.cases.append(_home(case.document))
            found.clocks += case.derived.values()
    await _derive(connection, found, token_hash)


async def _derive(connection: Any, found: Derivations, token_hash: bytes | None) -> None:
    if found.cases:
        await connection.execute(DERIVE, _ENCODER.encode(found).decode(), token_hash)


def _home(document: CaseDocument) -> Home:
    return Home(document.case.case_id, document.case.version, document.case.subdistrict)

"""What came of an interview, and what was done about what a bulletin names: rows beside the bulletin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

import asyncpg
import msgspec

from services.chassis.web.problems import Problem, of_status
from services.desk.queries.asking import Asking

OUTCOMES_MAX: Final = 2_000
ALL: Final = f"""
    select kind, about, entry, unit, held_on, present, what, until_on, at, recorded_by from appraisal.outcomes_shown
    where period = $1 order by kind, about, entry limit {OUTCOMES_MAX}
"""
RECORD: Final = "select appraisal.record_outcome($1, $2, $3, $4, $5, $6, $7, $8)"

ItemKind = Literal["interview", "overdue", "refused"]


@dataclass(frozen=True, slots=True)
class Item:
    """What of a bulletin asks for an answer."""

    kind: ItemKind
    about: str
    """The unit; of what was overdue the case's number."""
    unit: str
    """Whose item it is."""

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.about}"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a person records: of an interview also the day, and who was there."""

    held_on: date | None = None
    present: str = ""
    what: str
    until_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeShown:
    """One entry."""

    kind: str
    about: str
    entry: int
    unit: str
    held_on: date | None
    present: str
    what: str
    until_on: date | None
    at: datetime
    recorded_by: str


def items_of(told: Mapping[str, Any], *, published: bool) -> dict[str, Item]:
    """Return the items of a bulletin that ask for an answer, by name; before it is published the interviews."""
    items = [
        Item("interview", row["unit"], row["unit"])
        for row in told.get("interviews", ())
        if row["confirmed"]["value"] != "0"
    ]
    if published:
        items += [Item("refused", row["department"], row["department"]) for row in told.get("refused", ())]
        items += [Item("overdue", row["number"], row["lead"]) for row in told.get("overdue", ())]
    return {item.name: item for item in items}


async def outcomes_of(asking: Asking, period: str) -> Mapping[str, Sequence[OutcomeShown]]:
    """Return what was recorded about a month, by the name of the item."""
    found: dict[str, list[OutcomeShown]] = {}
    for row in await asking.connection.fetch(ALL, period):
        one = OutcomeShown(**row)
        found.setdefault(f"{one.kind}/{one.about}", []).append(one)
    return found


async def record(connection: Any, period: str, item: Item, outcome: Outcome, token_hash: bytes) -> None:
    """Enter what came of an item.

    Raises:
        Problem: the bulletin has no such item any more, the person may not say so, or the entry lacks something.
    """
    given = (outcome.held_on, outcome.present, outcome.what, outcome.until_on)
    try:
        await connection.fetchval(RECORD, period, item.kind, item.about, *given, token_hash)
    except asyncpg.NoDataFoundError:
        raise of_status(404) from None
    except asyncpg.CheckViolationError:
        raise of_status(422) from None
    except asyncpg.InsufficientPrivilegeError:
        raise Problem("not-yours-to-do", "Not yours to do", 403) from None

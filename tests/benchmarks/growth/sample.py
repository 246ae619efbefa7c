"""The cases that a large ledger is filled with copies of: reported, decided and handled by the product itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.ledger.domain.acts import SignIn, Verify
from tests.benchmarks.measuring.bulk import import_reports
from tests.benchmarks.measuring.lifecycles import HANDLED, Round, cases_to_live, live, until_told
from tests.benchmarks.product import Bench

LIVES: Final = 400
OPEN: Final = 400
SHORT_LIFE: Final = (Round(SignIn(), "lead", 0), Round(HANDLED, "lead", 1), Round(Verify(done=True), "center", 2))
"""The most frequent life: no whistle, no return."""

STILL_OPEN: Final = """
    select case_id from ledger.cases where state = 'dispatched' and lane = 'ordinary' and urgency <> 'emergency'
    order by case_id limit $1
"""
CLOSED: Final = (
    "select case_id from ledger.cases where state = 'closed' and case_id = any ($1::uuid[]) order by case_id"
)


@dataclass(frozen=True, slots=True)
class Sample:
    """Ids of cases, by what became of them."""

    closed: Sequence[Any]
    still_open: Sequence[Any]


async def take_sample(bench: Bench, bodies: Sequence[str]) -> Sample:
    """Import 10,000 reports, close some of their cases over HTTP, and return which may be copied.

    Raises:
        RuntimeError: too few cases came to their end.
    """
    began = await bench.now()
    await import_reports(bench, bodies, 1)
    cases = await cases_to_live(bench, LIVES)
    await live(bench, cases, SHORT_LIFE)
    await until_told(bench, began)
    closed = [row[0] for row in await bench.connection.fetch(CLOSED, [case["case_id"] for case in cases])]
    if len(closed) < LIVES // 2:
        raise RuntimeError(f"only {len(closed)} of {LIVES} lives came to their end")
    still_open = [row[0] for row in await bench.connection.fetch(STILL_OPEN, OPEN)]
    return Sample(closed, still_open)

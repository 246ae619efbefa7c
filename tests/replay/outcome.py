"""What a replay came to: counted in the tables, not by who took part."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from services.board.domain.rates import Promise, Rates, rates_of

PROMISES: Final = """
    select k.due_at, k.stopped_at, c.excluded from ledger.clocks k join ledger.cases c using (case_id)
    where k.kind = 'promise'
"""
OPEN: Final = """
    select c.number, c.state, c.lead, c.accepted_at, k.due_at
    from ledger.cases c join ledger.clocks k on k.case_id = c.case_id and k.kind = 'promise'
    where k.stopped_at is null order by k.due_at, c.number
"""
WRONG: Final = {
    "reports without a case": """
        select count(*) from intake.reports r
        where not exists (select from ledger.cases c where c.case_id = r.report_id)
    """,
    "cases without a report": """
        select count(*) from ledger.cases c
        where not exists (select from intake.reports r where r.report_id = c.case_id)
    """,
    "numbers given twice": "select count(*) - count(distinct number) from ledger.cases",
    "cases whose facts have a gap or a double": """
        select count(*) from (
            select c.case_id from ledger.cases c left join ledger.facts f
                on f.case_id = c.case_id and f.topic = 'case.progressed.v1'
            group by c.case_id, c.version
            having count(*) <> c.version or max(f.version) <> c.version or count(distinct f.version) <> c.version
        ) wrong
    """,
    "facts not told exactly once": """
        select count(*) from ledger.facts f where f.topic = 'case.progressed.v1' and 1 <> (
            select count(*) from notify.messages m where m.case_id = f.case_id and m.version = f.version)
    """,
    "open cases without exactly one lead": """
        select count(*) from ledger.cases c where c.closed_at is null and 1 <> (
            select count(*) from ledger.assignments a
            where a.case_id = c.case_id and a.role = 'lead' and a.ended_at is null)
    """,
    "steps that took effect early": "select count(*) from ledger.steps where effective_at < owed_at",
    "steps owed and not taken": "select count(*) from ledger.clocks where next_at <= (select clock.now())",
    "facts still waiting": "select (select count(*) from intake.pending) + (select count(*) from ledger.pending)",
    "dead letters": "select count(*) from delivery.dead_letters",
}
"""What must be 0, by what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Rates, what is still open, and what went wrong."""

    rates: Rates
    still_open: tuple[dict[str, Any], ...]
    wrong: dict[str, int]
    """Only what is not 0."""
    repaired: int
    """What the reconciler sent again."""

    @classmethod
    async def read(cls, connection: Any) -> Self:
        """Count in the database, as its superuser."""
        now: datetime = await connection.fetchval("select clock.now()")
        promises = [Promise(*row) for row in await connection.fetch(PROMISES)]
        counted = {what: int(await connection.fetchval(sql)) for what, sql in WRONG.items()}
        return cls(
            rates=rates_of(promises, now),
            still_open=tuple(dict(row) for row in await connection.fetch(OPEN)),
            wrong={what: count for what, count in counted.items() if count},
            repaired=int(await connection.fetchval("select count(*) from reconciler.missing where resends > 0")),
        )

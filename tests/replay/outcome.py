"""What a replay came to: counted in the tables, not by who took part."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from services.board.domain.rates import Promise, Rates, rates_of
from tests.replay.living import Replay
from tests.replay.stories import BY_OUR_STEPS, made_up_of

PROMISES: Final = """
    select c.number, k.due_at, k.stopped_at, c.excluded from ledger.clocks k join ledger.cases c using (case_id)
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
        select count(*) from (
            select f.case_id, f.version from ledger.facts f left join notify.messages m using (case_id, version)
            where f.topic = 'case.progressed.v1' group by f.case_id, f.version having count(m.case_id) <> 1
        ) wrong
    """,
    "open cases without exactly one lead": """
        select count(*) from ledger.cases c where c.closed_at is null and c.state <> 'merged' and 1 <> (
            select count(*) from ledger.assignments a
            where a.case_id = c.case_id and a.role = 'lead' and a.ended_at is null)
    """,
    "steps that took effect early": "select count(*) from ledger.steps where effective_at < owed_at",
    "steps owed and not taken": "select count(*) from ledger.clocks where next_at <= (select clock.now())",
    "facts still waiting": "select (select count(*) from intake.pending) + (select count(*) from ledger.pending)",
    "dead letters": "select count(*) from delivery.dead_letters",
}
"""What must be 0, by what it is."""


ACTS: Final = "select count(*) from ledger.acts"
REPORTS: Final = "select count(*) from intake.reports"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Rates, what is still open, and what went wrong."""

    rates: Rates
    parts: Counter[str]
    """What the on-time rate is made up of: all that has come due."""
    still_open: tuple[dict[str, Any], ...]
    wrong: dict[str, int]
    """Only what is not 0."""
    repaired: int
    """What the reconciler sent again."""
    acts: int

    @classmethod
    async def read(cls, replay: Replay) -> Self:
        """Count in the database, as its superuser; only the reasons of being late are what the facts told."""
        connection, year = replay.counting, replay.year
        now: datetime = await connection.fetchval("select clock.now()")
        rows = await connection.fetch(PROMISES)
        promises = [Promise(row["due_at"], row["stopped_at"], row["excluded"]) for row in rows]
        known = [(replay.serial_of(row["number"]), row["due_at"], row["stopped_at"]) for row in rows]
        parts = made_up_of(known, year.reactions.stories, now)
        acts = int(await connection.fetchval(ACTS))
        counted = {what: int(await connection.fetchval(sql)) for what, sql in WRONG.items()}
        counted["reports kept, more or fewer than were answered"] = abs(
            int(await connection.fetchval(REPORTS)) - len(year.reporting.serials)
        )
        counted["acts kept, more or fewer than were answered"] = abs(acts - year.acting.done)
        counted[BY_OUR_STEPS] = parts[BY_OUR_STEPS]
        return cls(
            rates=rates_of(promises, now),
            parts=parts,
            still_open=tuple(dict(row) for row in await connection.fetch(OPEN)),
            wrong={what: count for what, count in counted.items() if count},
            repaired=int(await connection.fetchval("select count(*) from reconciler.missing where resends > 0")),
            acts=acts,
        )

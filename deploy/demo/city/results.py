"""What the simulated week came to: one table, the same for the same seed."""

from dataclasses import dataclass, fields
from typing import Any, Final, Self

COUNTS: Final = """
    with told as (
        select body -> 'what' as what, body #>> '{actor,role}' as role from (
            select convert_from(f.body, 'UTF8')::jsonb as body from ledger.facts f where f.topic = 'case.progressed.v1'
        ) facts
    )
    select
        (select count(*) from intake.reports) as reported,
        (select count(*) from ledger.facts f where f.version = 1
            and convert_from(f.body, 'UTF8')::jsonb #>> '{what,consulting}' is null) as dispatched_by_rule,
        (select count(*) from ledger.facts f where f.version = 1
            and (convert_from(f.body, 'UTF8')::jsonb #>> '{what,consulting}')::boolean) as to_the_command_center,
        (select count(*) from ledger.cases where closed_at is not null) as closed,
        (select count(*) from ledger.clocks where kind = 'promise' and stopped_at <= due_at) as closed_on_time,
        (select count(*) from ledger.clocks where kind = 'promise'
            and due_at <= coalesce(stopped_at, (select clock.now()))) as overdue,
        (select count(*) from ledger.whistles) as whistles_blown,
        (select count(*) from ledger.whistle_calls where reported_in_at <= due_at) as reported_in_on_time,
        (select count(*) from ledger.whistle_calls where reported_in_at > due_at) as reported_in_late,
        (select count(*) from ledger.steps where step = 'no_show') as no_shows,
        (select coalesce(sum(supervisions), 0) from ledger.cases) as supervision_orders,
        (select count(*) from ledger.cases where duplicate_of is not null) as merged_into_another_case,
        (select count(*) from ledger.cases where lane <> 'ordinary') as in_a_sensitive_lane,
        (select count(*) from ledger.cases where barred_units <> '{}') as about_an_accused_unit,
        (select count(*) from appraisal.bursts) as bursts_alerted,
        (select count(*) from told where what ->> 'rating' is not null) as ratings,
        (select count(*) from told where (what ->> 'rating')::integer <= 2) as of_unsatisfied_residents,
        (select count(*) from told where what ->> 'type' = 'rework_ordered' and role = 'resident')
            as sent_back_by_residents
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Counts at the end of the week. `overdue`: the promise to the resident was, or is, past its due date."""

    reported: int
    dispatched_by_rule: int
    to_the_command_center: int
    closed: int
    closed_on_time: int
    overdue: int
    whistles_blown: int
    reported_in_on_time: int
    reported_in_late: int
    no_shows: int
    supervision_orders: int
    merged_into_another_case: int
    in_a_sensitive_lane: int
    about_an_accused_unit: int
    bursts_alerted: int
    ratings: int
    of_unsatisfied_residents: int
    sent_back_by_residents: int

    @classmethod
    async def read(cls, connection: Any) -> Self:
        """Count in the database, as the superuser of the demo."""
        row = await connection.fetchrow(COUNTS)
        return cls(**{field.name: int(row[field.name]) for field in fields(cls)})

    def rows(self) -> list[tuple[str, int]]:
        """Return (what, how many) in the order of a case's life."""
        return [(field.name.replace("_", " "), getattr(self, field.name)) for field in fields(self)]

"""Fills a ledger with copies of real cases: every row of every table that names them, under ids and times of their own.

What is copied was written by the product, so rows have the width, and tables the proportions, of real ones. Cases that
ended are spread over the ten months before; one in twenty is still open, and its clocks run.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from tests.benchmarks.growth.sample import Sample
from tests.benchmarks.product import Bench

CASES_MAX: Final = 1_000_000
DAYS: Final = 300
"""Back from now; the calendars that are shipped begin with 2026."""
OPEN_ONE_IN: Final = 20
ENDED: Final = f"(m.place % {OPEN_ONE_IN} <> 0)"
ROUND: Final = 50_000
ROUND_SECONDS_MAX: Final = 600.0
PROGRESS: Final = "  {done:,} of {all:,} cases, {seconds:.0f} s"

COPIED: Final[Mapping[str, str]] = {
    "ledger.facts": "case_id",
    "ledger.cases": "case_id",
    "ledger.assignments": "case_id",
    "ledger.clocks": "case_id",
    "ledger.steps": "case_id",
    "notify.messages": "case_id",
    "appraisal.facts": "case_id",
    "intake.reports": "report_id",
    "vault.contacts": "report_id",
}
"""By table, the column that names the case; what weighs most first."""
INSTEAD: Final[Mapping[str, str]] = {
    "ledger.cases.number": "'F' || m.place",
    # What still runs after a case has closed came to its end long ago, too.
    "ledger.clocks.stopped_at": f"coalesce(t.stopped_at + m.shift, case when {ENDED} then t.due_at + m.shift end)",
    "ledger.clocks.next_step": f"case when not {ENDED} then t.next_step end",
    # Owed late enough that nothing happens to a copy while others are still being copied.
    "ledger.clocks.next_at": f"case when not {ENDED} then t.next_at + interval '30 days' end",
    "ledger.facts.event_id": "gen_random_uuid()",
    "intake.reports.serial": "1000000000 + m.place",
}
FILLED: Final = "select coalesce(max(place), 0) from public.filled_up_to"
BEGIN: Final = """
    create table if not exists public.filled_up_to (place bigint);
    create table if not exists public.sampled (place bigint primary key, case_id uuid, at timestamptz);
    create table if not exists public.sampled_open (place bigint primary key, case_id uuid, at timestamptz);
    create unlogged table if not exists public.copies
        (new_id uuid primary key, old_id uuid not null, place bigint not null, shift interval not null);
"""
# UUIDv7 of the time a case is said to have come: in order, as they would have been written.
CHOOSE: Final = """
    insert into public.copies
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5(place::text), 1, 3)
            || '8' || substr(md5(place::text), 4, 15))::uuid, case_id, place, at - was_at
    from (
        select g.place, s.case_id, s.at as was_at,
            clock_timestamp() - interval '301 days' + g.place * $3::interval as at
        from generate_series($1::bigint, $2::bigint) as g (place)
        join public.sampled s on s.place = g.place % (select count(*) from public.sampled)
        where g.place % $4 <> 0
        union all
        select g.place, s.case_id, s.at as was_at, s.at + g.place * interval '7 microseconds' as at
        from generate_series($1::bigint, $2::bigint) as g (place)
        join public.sampled_open s on s.place = g.place / $4 % (select count(*) from public.sampled_open)
        where g.place % $4 = 0
    ) chosen
"""
COLUMNS: Final = """
    select column_name::text as name, data_type = 'timestamp with time zone' as is_instant
    from information_schema.columns
    where table_schema || '.' || table_name = $1 and is_generated = 'NEVER' order by ordinal_position
"""
MORE_CLOCKS: Final = """
    insert into ledger.clocks ({columns}) select {values} from ledger.clocks k
    where k.stopped_at is not null and k.cycle < 100 limit $1
"""


@dataclass(slots=True)
class Filling:
    """Two connections side by side, one per core: the facts weigh as much as all else."""

    bench: Bench
    writers: Sequence[Any]

    @classmethod
    async def of(cls, bench: Bench) -> "Filling":
        """Connect; triggers and foreign keys rest, a lost round would be filled again."""
        dsn = bench.system.postgres.dsn("postgres")
        rest = {"session_replication_role": "replica", "synchronous_commit": "off", "timezone": "UTC"}
        writers = [await asyncpg.connect(dsn, server_settings=rest) for _ in range(2)]
        await writers[0].execute(BEGIN)
        return cls(bench, writers)

    async def close(self) -> None:
        for writer in self.writers:
            await writer.close()

    async def remember(self, sample: Sample) -> None:
        """Note which cases are copied, once for all rounds."""
        for table, ids in {"sampled": sample.closed, "sampled_open": sample.still_open}.items():
            note = f"insert into public.{table} select row_number() over (order by case_id) - 1, case_id, accepted_at"
            await self.writers[0].execute(f"{note} from ledger.cases where case_id = any ($1::uuid[])", list(ids))

    async def fill_up_to(self, cases: int) -> None:
        """Copy until `cases` have been copied in all."""
        began = time.monotonic()
        done: int = await self.writers[0].fetchval(FILLED)
        while done < cases:
            last = min(done + ROUND, cases)
            await self._round(done + 1, last)
            done = last
            told = PROGRESS.format(done=done, all=cases, seconds=time.monotonic() - began)
            self.bench.report.console.print(told)
        await self._settle()

    async def add_clocks(self, count: int) -> None:
        """Add stopped clocks, as reworks leave them, until there are `count`."""
        writer = self.writers[0]
        names = [row["name"] for row in await writer.fetch(COLUMNS, "ledger.clocks")]
        values = ["k.cycle + 100" if name == "cycle" else f"k.{name}" for name in names]
        statement = MORE_CLOCKS.format(columns=", ".join(names), values=", ".join(values))
        missing = count - await writer.fetchval("select count(*) from ledger.clocks")
        if missing > 0:
            await writer.execute(statement, missing, timeout=ROUND_SECONDS_MAX)
        await self._settle()

    async def _round(self, first: int, last: int) -> None:
        step = f"{DAYS * 86_400 / CASES_MAX} seconds"
        await self.writers[0].execute("truncate public.copies")
        choose = CHOOSE.replace("$3::interval", f"interval '{step}'").replace("$4", str(OPEN_ONE_IN))
        await self.writers[0].execute(choose, first, last)
        await self.writers[0].execute("analyze public.copies")
        waiting = list(COPIED)
        await asyncio.gather(*(self._copy_all(writer, waiting) for writer in self.writers))
        await self.writers[0].execute("insert into public.filled_up_to values ($1)", last)

    async def _copy_all(self, writer: Any, waiting: list[str]) -> None:
        while waiting:
            table = waiting.pop(0)
            await writer.execute(await _copy(writer, table), timeout=ROUND_SECONDS_MAX)

    async def _settle(self) -> None:
        for table in COPIED:
            await self.writers[0].execute(f"vacuum analyze {table}", timeout=ROUND_SECONDS_MAX)
        await self.writers[0].execute("checkpoint", timeout=ROUND_SECONDS_MAX)


async def _copy(writer: Any, table: str) -> str:
    key = COPIED[table]
    columns = [row for row in await writer.fetch(COLUMNS, table) if row["name"] != key]
    values = [_value(table, row["name"], is_instant=row["is_instant"]) for row in columns]
    names = ", ".join(row["name"] for row in columns)
    # In the order of ids, by one look into the old rows for each: a join would sort wide rows.
    return (
        f"insert into {table} ({key}, {names}) select m.new_id, {', '.join(values)} "
        f"from (select * from public.copies order by new_id) m "
        f"cross join lateral (select * from {table} o where o.{key} = m.old_id offset 0) t"
    )


def _value(table: str, name: str, *, is_instant: bool) -> str:
    instead = INSTEAD.get(f"{table}.{name}")
    return instead or (f"t.{name} + m.shift" if is_instant else f"t.{name}")

"""Counts that a machine's load cannot change: statements as the driver sends them, rows as the tables hold them."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from services.chassis.postgres import Pool, postgres_pool
from services.chassis.settings import PostgresSettings
from tests.environment.database import Database

BASELINE: Final = Path(__file__).with_name("baseline.json")
BYTES_TOLERANCE: Final = 1.02
"""Instants and numbers differ in length by a digit or two."""
THE_DRIVERS_OWN: Final = ("current_setting('jit')", "typeinfo")
"""asyncpg looks types up once per connection."""
TABLES: Final = """
    select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname in ('intake', 'vault', 'ledger', 'notify', 'appraisal') order by 1
"""


@dataclass(slots=True)
class Statements:
    """Every statement of a pool's connections while it counts, BEGIN and COMMIT too."""

    sent: list[str] = field(default_factory=list)

    def note(self, record: Any) -> None:
        if not any(mark in record.query for mark in THE_DRIVERS_OWN):
            self.sent.append(record.query.strip())

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        counted: list[str] = []
        self.sent = counted
        yield counted
        self.sent = []


@asynccontextmanager
async def counted_pool(database: Database, role: str) -> AsyncIterator[tuple[Pool, Statements]]:
    """Give the product's pool for `role`, warmed up, and what it sends."""
    statements = Statements()

    async def listen(connection: Any) -> None:
        connection.add_query_logger(statements.note)

    settings = PostgresSettings(dsn=database.dsn(role), password=None, pool_size=1)
    async with postgres_pool(settings, init=listen) as pool:
        yield pool, statements


def rows_of(database: Database) -> dict[str, int]:
    """Return how many rows each table of a case's way has."""
    names = database.run_sql(TABLES).split()
    counts = database.run_sql(" union all ".join(f"select '{name} ' || count(*) from {name}" for name in names))
    return {name: int(count) for name, count in (line.split() for line in counts.splitlines())}


def added(before: dict[str, int], after: dict[str, int], per: int) -> dict[str, float]:
    """Return the rows added to each table, per case or act; tables without any are left out."""
    return {name: (count - before[name]) / per for name, count in after.items() if count != before[name]}


def baseline(name: str) -> Any:
    """Return what was agreed for `name`."""
    return json.loads(BASELINE.read_text(encoding="utf-8"))[name]

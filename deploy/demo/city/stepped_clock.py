"""The stepped clock of the demo: stands still while the city works, jumps when it is quiet."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

SQL: Final = Path(__file__).with_name("stepped_clock.sql")
SET: Final = "update clock.stepped set at = $1, running_since = null"
RUN_ON: Final = "update clock.stepped set running_since = clock_timestamp()"


def stepped_clock_sql(at: datetime) -> str:
    """Return the SQL that replaces the real clock by one that stands at `at`; for the superuser of a demo or test."""
    return SQL.read_text(encoding="utf-8").replace("$AT$", f"'{at.isoformat()}'")


@dataclass(slots=True)
class SteppedClock:
    """The clock's hands; `connection` is the superuser's."""

    connection: Any
    at: datetime

    async def jump(self, to: datetime) -> None:
        """Set the clock forward; never back."""
        if to > self.at:
            self.at = to
            await self.connection.execute(SET, to)

    async def run_on(self) -> None:
        """Let time pass at real rate from here."""
        await self.connection.execute(RUN_ON)

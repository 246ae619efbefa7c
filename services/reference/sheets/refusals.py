"""What is wrong with a sheet, told row by row: all of it, not only the first."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """One thing that cannot be read or cannot be true. Row 0 is the sheet as a whole, row 1 its header."""

    sheet: str
    row: int
    column: str
    reason: str
    sender: str = ""
    """The department that sent work down without an approved admission; empty for everything else."""

    def __str__(self) -> str:
        where = ", ".join(filter(None, (self.sheet, f"row {self.row}" if self.row else "", self.column)))
        return f"{where}: {self.reason}"


class SheetsRefusedError(ValueError):
    """Nothing of the sheets is used; `refusals` lists every reason."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(sorted(refusals))
        super().__init__("\n".join(map(str, self.refusals)))

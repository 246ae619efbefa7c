"""Parameters of a statement composed from constant parts: values never become SQL."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Parameters:
    """Collects values; each gets the next `$n`."""

    values: list[object] = field(default_factory=list)

    def add(self, value: object, sql_type: str) -> str:
        """Return the placeholder for `value`; `sql_type` is a constant of the caller."""
        self.values.append(value)
        return f"${len(self.values)}::{sql_type}"

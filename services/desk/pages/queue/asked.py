"""What of the queue a page's address asks for: filters as chips, each an address of its own."""

import re
from dataclasses import dataclass, fields, replace
from typing import Final
from urllib.parse import urlencode

from services.desk.domain.queue import Expected, QueueFilter
from services.desk.pages.visit import Visit

EXPECTED: Final[tuple[Expected, ...]] = (
    "sign_in", "handle", "report_in", "deliver_part", "verify", "dispatch", "review", "follow_up",
)  # fmt: skip
ROWS: Final = 50
_NUMBER: Final = re.compile(r"[\d-]{8,40}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueAddress:
    """The queue page's parameters; empty ones are left out of addresses."""

    whose: str = ""
    """`mine`: what I hold; empty: everything of my units."""
    expected: str = ""
    overdue: str = ""
    q: str = ""
    """A number, or words of a place."""
    tail: str = ""
    cursor: str = ""

    def but(self, **changes: str) -> str:
        """Return the address with other values; a new filter begins at the first page."""
        return self._written(replace(self, **({"cursor": ""} | changes)))

    def rows(self) -> str:
        """Return where the rows alone are."""
        return self._written(self, "/queue/rows")

    def export(self, kind: str) -> str:
        return self._written(replace(self, cursor=""), f"/queue/export.{kind}")

    def filter(self) -> QueueFilter:
        """Return what the queries understand."""
        named = {"expected": self.expected} if self.expected in {*EXPECTED, "none", "any"} else {}
        number = {"q": self.q} if self.looks_like_a_number else {"place": self.q or None}
        over = {"overdue": True} if self.overdue else {}
        mine = {"mine": True} if self.whose == "mine" else {}
        # Somebody who looks for a case wants it in whatever state it is.
        named = named or ({"expected": "any"} if self.q or self.tail else {})
        return QueueFilter(**named, **number, **over, **mine)  # type: ignore[arg-type]  # checked just above

    @property
    def looks_like_a_number(self) -> bool:
        """Numbers of cases are digits in groups: nobody's street is."""
        return _NUMBER.fullmatch(self.q) is not None

    def _written(self, asked: "QueueAddress", path: str = "/queue") -> str:
        given = {each.name: value for each in fields(asked) if (value := getattr(asked, each.name))}
        return path + (f"?{urlencode(given)}" if given else "")


def address_of(visit: Visit) -> QueueAddress:
    """Return what the visit's address asks for."""
    return QueueAddress(**{each.name: visit.asked(each.name) for each in fields(QueueAddress)})

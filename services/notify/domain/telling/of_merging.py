"""Who is told that two reports are about one thing, or are not after all (S4-03)."""

from collections.abc import Callable
from typing import Any, Final

from services.contracts.events.merging import ClosedTogether, Merged, ReportJoined, ReportParted, Unmerged
from services.contracts.events.progress import CaseProgressed
from services.notify.domain.telling.parties import Recipient, Told, at_work


def _at_work(event: CaseProgressed, _: Merged | Unmerged) -> Told:
    yield from at_work(event)


def _lead(event: CaseProgressed, _: ReportJoined | ReportParted) -> Told:
    yield Recipient(event.lead, "clerk")


TELL: Final[dict[type, Callable[[CaseProgressed, Any], Told]]] = {
    Merged: _at_work,
    Unmerged: _at_work,
    ReportJoined: _lead,
    ReportParted: _lead,
}
SILENT: Final = frozenset({ClosedTogether})
"""The closing of the case that went on has told everybody."""

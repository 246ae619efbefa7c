"""FLOW: every topic, who writes it, who reads it. Topics, diagram and architecture test are made from it."""

from dataclasses import dataclass
from typing import Final

from services.contracts.events import (
    CaseDispatched,
    CaseProgressed,
    CaseReturned,
    Event,
    NoticeIssued,
    ReportFollowedUp,
    ReportReceived,
)

PARTITIONS: Final = 8
"""At least twice the instances of any service on one machine (a partition is the unit of sharing work)."""
RETENTION_DAYS: Final = 14
"""Longer than the longest outage to survive; the facts themselves stay in PostgreSQL."""
RECORD_BYTES_MAX: Final = 512 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One topic: the event it carries, its only writer and its readers."""

    carries: type[Event]
    written_by: str
    read_by: tuple[str, ...]
    key: str = "case_id"
    partitions: int = PARTITIONS
    retention_days: int = RETENTION_DAYS

    @property
    def topic(self) -> str:
        return self.carries.TYPE


FLOW: Final = (
    Hop(carries=ReportReceived, written_by="intake", read_by=("router",)),
    Hop(carries=ReportFollowedUp, written_by="intake", read_by=("ledger",)),
    Hop(carries=CaseDispatched, written_by="router", read_by=("ledger",)),
    Hop(carries=CaseReturned, written_by="ledger", read_by=("router",)),
    Hop(carries=CaseProgressed, written_by="ledger", read_by=("board", "notify", "appraisal")),
    Hop(
        carries=NoticeIssued,
        written_by="ledger",
        read_by=("notify", "appraisal"),
        key="notice_id",
        partitions=1,
    ),
)

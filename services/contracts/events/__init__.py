"""The facts that cross the wire, one struct per fact."""

from services.contracts.events.dispatch import CaseDispatched, CaseReturned, Explanation, Limits
from services.contracts.events.event import Event
from services.contracts.events.notice import NoticeIssued
from services.contracts.events.progress import Actor, CaseProgressed, ClockSnapshot, ReportRef, What
from services.contracts.events.report import Place, ReportFacts, ReportFollowedUp, ReportReceived

__all__ = [
    "Actor",
    "CaseDispatched",
    "CaseProgressed",
    "CaseReturned",
    "ClockSnapshot",
    "Event",
    "Explanation",
    "Limits",
    "NoticeIssued",
    "Place",
    "ReportFacts",
    "ReportFollowedUp",
    "ReportReceived",
    "ReportRef",
    "What",
]

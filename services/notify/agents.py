"""Which topic goes to which handler."""

from services.chassis.delivery.kafka_pump import KafkaPump
from services.contracts.events import CaseProgressed, NoticeIssued
from services.notify.domain.glance import FactGlance
from services.notify.handlers import TellNotices, TellOfCases


def read_topics(pump: KafkaPump, tell_of_cases: TellOfCases, tell_notices: TellNotices) -> None:
    """Give cases and notices to their handlers; of a case's fact only the first look is decoded here."""
    pump.read(CaseProgressed.TYPE, FactGlance, tell_of_cases)
    pump.read(NoticeIssued.TYPE, NoticeIssued, tell_notices)

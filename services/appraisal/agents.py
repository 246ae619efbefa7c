"""Which topic goes to which handler."""

from services.appraisal.domain.glance import FactGlance
from services.appraisal.handlers import KeepFacts, KeepNotices
from services.chassis.delivery.kafka_pump import KafkaPump
from services.contracts.events import CaseProgressed, NoticeIssued


def read_topics(pump: KafkaPump, keep_facts: KeepFacts, keep_notices: KeepNotices) -> None:
    """Give cases and notices to their handlers; of a case's fact only the first look is decoded here."""
    pump.read(CaseProgressed.TYPE, FactGlance, keep_facts)
    pump.read(NoticeIssued.TYPE, NoticeIssued, keep_notices)

"""Which topic goes to which handler."""

from services.chassis.delivery.kafka_pump import KafkaPump
from services.contracts.events import CaseDispatched, ReportFollowedUp
from services.ledger.handlers import ApplyFollowUps, OpenCases


def read_topics(pump: KafkaPump, open_cases: OpenCases, apply_followups: ApplyFollowUps) -> None:
    """Let the pump feed the handlers."""
    pump.read(CaseDispatched.TYPE, CaseDispatched, open_cases)
    pump.read(ReportFollowedUp.TYPE, ReportFollowedUp, apply_followups)

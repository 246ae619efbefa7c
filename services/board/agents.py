"""Which topic moves the board."""

from services.board.handlers import MoveTheBoard
from services.chassis.delivery.kafka_pump import KafkaPump
from services.contracts.events import CaseProgressed


def read_topics(pump: KafkaPump, move_the_board: MoveTheBoard) -> None:
    """Let the pump feed the handler."""
    pump.read(CaseProgressed.TYPE, CaseProgressed, move_the_board)

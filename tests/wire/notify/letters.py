"""What a courier hands to a channel: one message about a limit that passed."""

from services.notify.domain.bodies import body_of_case
from services.notify.ports import FactKey, Taken
from tests.builders import MONDAY_NOON, an_id
from tests.unit.notify.facts import a_fact, a_step


def a_letter() -> Taken:
    return Taken(
        fact=FactKey(an_id("case"), 2),
        recipient=str(an_id("subscription")),
        message_id=an_id("message"),
        destination="somewhere",
        body=body_of_case(a_fact(a_step("limit", card="yellow"), version=2), "drainage", ("clerk",)),
        attempts=1,
        taken_at=MONDAY_NOON,
    )

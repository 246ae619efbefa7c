"""A case in a test's hand: opened, acted on, settled, without a database."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from services.contracts.events.progress import StepTaken
from services.ledger.domain.acts import Asker
from services.ledger.domain.city import City
from services.ledger.domain.clocks import ClockMaker
from services.ledger.domain.life.opening import open_case
from services.ledger.domain.life.table import perform
from services.ledger.domain.life.transition import Asked
from services.ledger.domain.settling import settle
from services.ledger.domain.state import CaseDocument, ClockRow
from services.ledger.domain.taken import TakenCase
from tests.builders import MONDAY_NOON, a_city, a_dispatched_case, an_id

ANSWER = {"accepted_when": "周一上午九点", "talked_with": "报告人王某", "measure": "清掏雨水箅子", "done_by": "当天"}


class CaseInTest:
    """Opens a case on Monday morning and lets people and time act on it."""

    def __init__(self, city: City | None = None, **decision: Any) -> None:
        self.city = city or a_city()
        opened, event = open_case(a_dispatched_case(**decision), MONDAY_NOON, ClockMaker(self.city), 1)
        self.taken = TakenCase(msgspec.json.decode(msgspec.json.encode(opened), type=CaseDocument), 1)
        self.opened = event

    def act(
        self,
        act: Any,
        unit: str,
        role: str = "clerk",
        *,
        after: timedelta = timedelta(0),
        person: str = "",
        lane: str = "ordinary",
        beside: "CaseInTest | None" = None,
    ) -> None:
        now = MONDAY_NOON + after
        settle(self.taken, now, self.city)
        asker = Asker(
            person_id=an_id(person or unit),
            unit=unit,
            role=role,
            units=(unit,),
            lanes=("ordinary", lane),
            roles=(role,),
        )
        others = {} if beside is None else {beside.id: beside.taken}
        perform(self.taken, Asked(act=act, asker=asker, now=now, city=self.city, beside=others))

    def settle(self, now: datetime) -> list[StepTaken]:
        """Settle and return the steps that took effect, in order."""
        already = len(self.taken.facts)
        settle(self.taken, now, self.city)
        events = [stated.event for stated in self.taken.facts[already:]]
        return [event.what for event in events if isinstance(event.what, StepTaken)]  # type: ignore[attr-defined]

    def clock(self, kind: str, unit: str = "", cycle: int = 1) -> ClockRow:
        return next(clock for clock in self.taken.clocks if clock.key == (kind, unit, cycle))

    @property
    def state(self) -> str:
        return self.taken.case.state

    @property
    def said(self) -> list[str]:
        """The type names of the facts stated, in order."""
        return [type(getattr(stated.event, "what", stated.event)).__name__ for stated in self.taken.facts]

    @property
    def id(self) -> UUID:
        return self.taken.case.case_id

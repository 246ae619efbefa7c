"""Facts of a case, as notify hears them."""

from datetime import timedelta
from typing import Any

import msgspec

from services.contracts.codec import event_id_of
from services.contracts.events import Actor, CaseProgressed, ClockSnapshot, Explanation, Limits, Place, ReportRef, What
from services.contracts.events.progress import Called, Opened, StepTaken, Whistle
from tests.builders import MONDAY_NOON, an_id

LIMITS = Limits(promise="2wd", sign_in="4wh", handling="1wd", verification="1wd", follow_up="1wd")
OPENED = Opened(because=Explanation(rule="item-0203"), limits=LIMITS)
DUE = MONDAY_NOON + timedelta(days=1)


def a_fact(what: What = OPENED, name: str = "case", version: int = 1, **changes: Any) -> CaseProgressed:
    """Return a fact of a case that drainage leads and sanitation helps with, in subdistrict 3."""
    event = CaseProgressed(
        event_id=event_id_of(1, an_id(name), "progressed", version),
        case_id=an_id(name),
        version=version,
        at=MONDAY_NOON,
        what=what,
        actor=Actor("district_command_center", "system"),
        state="dispatched",
        number="20260302-1-000042-7",
        reports=(ReportRef(an_id(name), "one_key", has_contact=True),),
        accepted_at=MONDAY_NOON,
        item="0203",
        place=Place(grid="grid-9", community="com-0312", subdistrict="sub-03", address="文明路12号"),
        units=("drainage", "sanitation", "sub-03", "com-0312", "district_command_center"),
        lead="drainage",
        cooperating=("sanitation",),
        attempt=1,
        tier="D",
        urgency="normal",
        reference_version=1,
        clocks=(ClockSnapshot("handling", "drainage", 1, MONDAY_NOON, DUE, next_step="reminder", next_at=DUE),),
    )
    return msgspec.structs.replace(event, **changes)


def a_step(step: str, **changes: Any) -> StepTaken:
    """Return a step of the lead's handling clock."""
    taken = StepTaken(clock="handling", unit="drainage", cycle=1, step=step, owed_at=MONDAY_NOON)  # type: ignore[arg-type]
    return msgspec.structs.replace(taken, **changes)


def a_whistle(*called: str) -> Whistle:
    return Whistle(1, "public_demand", "sub-03", tuple(Called(unit, DUE) for unit in called), automatic=True)

"""Who is told of an owed step that took effect (domain §6.4, design §8)."""

from typing import Final

from services.contracts.events.progress import CaseProgressed, Step, StepTaken
from services.notify.domain.telling.of_whistles import risen
from services.notify.domain.telling.parties import CENTER, Recipient, Told, called, street, supervised

OF_THE_UNIT: Final[dict[Step, tuple[str, ...]]] = {
    "reminder": ("clerk",),
    "limit": ("clerk", "unit_head"),
    "letter": ("unit_head",),
    "supervision": ("clerk", "unit_head"),
    "bulletin_proposal": ("unit_head",),
    "interview_proposal": ("unit_head",),
    "express": ("unit_head",),
    "urge": ("clerk", "unit_head"),
    "no_show": ("clerk", "unit_head"),
    "resume": ("clerk",),
    "step_up": ("clerk",),
}
"""Who in the unit that is late is told of each step; from the limit on its head knows."""
STREET_FROM: Final[frozenset[Step]] = frozenset({"limit", "letter", "supervision", "no_show"})
"""Steps the subdistrict's coordinator is told of."""
OF_THE_CENTER: Final[dict[Step, tuple[str, ...]]] = {
    "letter": ("center_operator",),
    "supervision": ("center_operator", "center_leader"),
    "bulletin_proposal": ("center_operator", "center_leader"),
    "interview_proposal": ("center_operator", "center_leader", "inspector"),
    "express": ("center_leader",),
    "no_show": ("center_operator",),
}
OF_THE_CENTERS_CLOCKS: Final = frozenset({"verification", "follow_up", "review", "dispatch"})


def told_of_step(event: CaseProgressed, what: StepTaken) -> Told:
    """Give who is late, who watches, and whom the step calls or supervises."""
    if what.marks_only:  # recorded while a whistle is open; the whistle's own clocks do the telling
        return
    late = what.unit or (CENTER if what.clock in OF_THE_CENTERS_CLOCKS else event.lead)
    yield from (Recipient(late, role) for role in OF_THE_UNIT[what.step] if late != CENTER)
    if late == CENTER:
        yield Recipient(CENTER, "center_operator")
    if what.step in STREET_FROM or what.clock == "verification":
        yield from street(event)
    yield from (Recipient(CENTER, role) for role in OF_THE_CENTER.get(what.step, ()))
    if what.whistle is not None:
        yield from called(event, what.whistle)
    if what.supervision is not None:
        yield from supervised(event)
    if what.rise is not None:
        yield from risen(what.rise)

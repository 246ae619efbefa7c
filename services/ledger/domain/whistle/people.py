"""Who may do what around a whistle: the street and its leader, the called departments and their offices."""

from services.ledger.domain.acts import Asker
from services.ledger.domain.life.who import street
from services.ledger.domain.state import CallRow
from services.ledger.domain.taken import TakenCase

LEADERS = frozenset({"subdistrict_coordinator", "unit_head"})
"""Who approves a whistle in a subdistrict."""
GRASSROOTS_ROLES = frozenset({"community_officer", "grid_worker"})
"""Who may ask the street to blow."""


def street_leader(case: TakenCase, asker: Asker) -> bool:
    """The leader of the case's own subdistrict."""
    return case.case.subdistrict in asker.units and bool(LEADERS & {asker.role, *asker.roles})


def whistler(case: TakenCase, asker: Asker) -> bool:
    """The street: whoever may blow, record the result and judge the departments."""
    return street(case, asker) or street_leader(case, asker)


def may_ask_for_a_whistle(case: TakenCase, asker: Asker) -> bool:
    """The street, and the community or grid of the case's place, which asks the street (domain §6.3)."""
    place = case.decision.report.place
    near = {place.community, place.grid} & set(asker.units)
    return whistler(case, asker) or (bool(near) and bool(GRASSROOTS_ROLES & {asker.role, *asker.roles}))


def called(case: TakenCase, asker: Asker) -> bool:
    """Somebody of a department, or of its office, that the open whistle called."""
    return call_of(case, asker) is not None


def call_of(case: TakenCase, asker: Asker) -> CallRow | None:
    """Return the call of the open whistle that reached one of the asker's units."""
    number, units = case.case.whistle_open, set(asker.units)
    calls = (call for call in case.document.calls if call.number == number and call.state != "handed_on")
    return next((call for call in calls if {call.unit, call.branch} & units), None)

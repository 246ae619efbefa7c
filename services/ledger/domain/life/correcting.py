"""Category or place were wrong: they are put right, what they were is kept, and the rules decide again."""

import msgspec

from services.contracts.events.life import Corrected
from services.contracts.events.progress import State
from services.contracts.events.report import Place
from services.ledger.domain.acts import Asker, RefusedError
from services.ledger.domain.city import City
from services.ledger.domain.life import who
from services.ledger.domain.life.acts import Correct
from services.ledger.domain.life.asking import overtake
from services.ledger.domain.life.dispatching import next_attempt
from services.ledger.domain.life.opening import who_may_see
from services.ledger.domain.life.problem_ticket import passed_on
from services.ledger.domain.life.returning import (
    ask_router,
    is_passed_on_by_all,
    refuse_if_kept_too_long,
)
from services.ledger.domain.life.transition import OPEN, Asked, Transition
from services.ledger.domain.taken import TakenCase
from services.reference.deciding.organisation import Organisation

GROUNDS = ("grid", "community", "subdistrict")


def _correct(case: TakenCase, asked: Asked) -> None:
    act: Correct = asked.act
    row, place = case.case, case.decision.report.place
    item, right = _item(act, asked.city) or row.item, _place(act, place, asked.city)
    if (item, right) == (row.item, place):
        raise RefusedError("nothing-corrected", "say which category or which place is the right one")
    again = item != row.item or _ground(right) != _ground(place)
    is_passed_on = again and _passes_on(case, asked)
    if row.whistle_open is not None and right.subdistrict != place.subdistrict:
        raise RefusedError("whistle-is-open", "the street that blew the whistle records its result first")
    if again:
        _make_room(case, asked)
    attempt = next_attempt(row) if again else None
    fact = Corrected(
        unit=asked.asker.unit,
        reason=act.reason,
        item_before=row.item,
        item=item,
        place_before=place if right != place else None,
        place=right if right != place else None,
        attempt_asked=None if is_passed_on else attempt,
        problem_ticket=is_passed_on,
    )
    _put_right(case, item, right)
    version = case.state_fact(fact, asked.actor, asked.now)
    if is_passed_on and attempt is not None:
        passed_on(case, attempt, asked.now, asked.city)
    elif again:
        ask_router(case, act.reason, "", asked.now, version, corrected=True)


def _item(act: Correct, city: City) -> str | None:
    if act.item is not None and act.item not in city.items:
        raise RefusedError("unknown-item", f"there is no item {act.item} in the catalogue")
    return act.item


def _place(act: Correct, before: Place, city: City) -> Place:
    """Return the place as corrected; without a new point the old one stays only where it lies in the named ground."""
    if (act.longitude is None) != (act.latitude is None):
        raise RefusedError("half-a-point", "a point has a longitude and a latitude")
    place, known = before, city.organisation or Organisation(())
    if act.longitude is not None and act.latitude is not None:
        place = _at_point(act.longitude, act.latitude, before, known)
    elif act.ground is not None:
        place = _in_ground(act.ground, before, known)
    return place if act.address is None else msgspec.structs.replace(place, address=act.address)


def _at_point(longitude: float, latitude: float, before: Place, known: Organisation) -> Place:
    grid = known.grid_at(longitude, latitude)
    if grid is None:
        raise RefusedError("outside-the-district", "the point lies outside the district")
    return known.place_of(Place(longitude=longitude, latitude=latitude, grid=grid, address=before.address))


def _in_ground(ground: str, before: Place, known: Organisation) -> Place:
    unit = known.units.get(ground)
    if unit is None or unit.kind not in GROUNDS:
        raise RefusedError("unknown-ground", f"{ground} is no grid, community or subdistrict")
    if any(within is not None and known.is_under(within, (ground,)) for within in _ground(before)):
        return before
    return known.place_of(msgspec.structs.replace(Place(address=before.address), **{unit.kind: ground}))


def _ground(place: Place) -> tuple[str | None, ...]:
    return (place.grid, place.community, place.subdistrict)


def _passes_on(case: TakenCase, asked: Asked) -> bool:
    """Whether the lead passes the case on with this, as the last that may: it is limited like a return (X-04)."""
    if for_the_district(case, asked.asker):
        return False
    refuse_if_kept_too_long(case, asked)
    row = case.case
    if row.tried[-1:] != [row.lead]:  # it has asked to return it already
        row.tried = [*row.tried, row.lead]
    return is_passed_on_by_all(case, asked.city)


def for_the_district(case: TakenCase, asker: Asker) -> bool:
    """Whether somebody corrects it for the street or the district, whoever leads: no return's limits hold."""
    return who.center_or_street(case, asker) or who.house(case, asker)


def _make_room(case: TakenCase, asked: Asked) -> None:
    """Nobody waits any more for what was asked before; the case works on with its lead until the rules have decided."""
    row = case.case
    pending = row.request
    back: State = "dispatched" if row.signed_in_at is None else "in_progress"
    if pending is not None:
        case.move_to("rework" if pending.state_before == "rework" else back)
        overtake(case, asked)
    else:
        row.revision += 1  # what others saw of this case no longer holds
    if row.attempt_awaited is not None:
        row.superseded = [*row.superseded, row.attempt_awaited]
        row.attempt_awaited = None


def _put_right(case: TakenCase, item: str | None, place: Place) -> None:
    """Write what is right; who could see the case sees it until its next attempt is opened."""
    row, decision = case.case, case.decision
    report = msgspec.structs.replace(decision.report, place=place)
    case.document.decision, case.decision_changed = msgspec.structs.replace(decision, report=report), True
    row.item = item
    row.subdistrict = place.subdistrict
    row.units = [*dict.fromkeys((*row.units, *who_may_see(row, place)))]


def _who(case: TakenCase, asker: Asker) -> bool:
    """The lead while it could return the case, the case's street, or the center."""
    return who.lead(case, asker) or for_the_district(case, asker)


TRANSITIONS = (
    Transition(
        act=Correct,
        by=_who,
        source=OPEN - {"handled"},
        needs="a reason, and another item or place; by the lead only while it could return the case",
        fact="corrected",
        do=_correct,
    ),
)

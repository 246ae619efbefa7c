"""What no rule may override: duties stay with departments, and nobody handles a complaint about themselves."""

from collections.abc import Iterable

from services.reference.deciding.organisation import Organisation
from services.reference.deciding.resolving import Scene
from services.reference.model.catalogue import Item
from services.reference.model.organisation import COMMAND_CENTER, GRASSROOTS, PATH_MAX


def duty_lead(lead: str, item: Item | None, scene: Scene, notes: list[str]) -> str | None:
    """Return who may lead: the unit itself, else one tier up, else the department whose duty it is.

    A department's duty never goes to the grassroots unless it is on that very unit's list (X-05, S2-06,
    国办函〔2025〕66号), and a power that left a tier takes its items along (S2-02). None when nobody took the duty over
    and the catalogue names no department for it.
    """
    organisation = scene.organisation
    if organisation.unit(lead).kind not in GRASSROOTS:
        return lead
    if item is None:
        notes.append(f"a duty without an item is not on the duty list of {lead}")
        return None
    for unit in organisation.path(lead):
        if organisation.units[unit].kind not in GRASSROOTS:
            break
        reason = scene.reference.mandates.why_not(unit, item.code, scene.era)
        if reason is None:
            return unit
        notes.append(reason)
    return item.duty_of if item.duty_of in organisation.units else None


def recused(lead: str, accused: tuple[str, ...], organisation: Organisation, notes: list[str]) -> str:
    """Return the lead, or whoever supervises it when it is complained about, as high as needed (X-10)."""
    for _ in range(PATH_MAX + 1):
        if not organisation.is_under(lead, accused):
            return lead
        notes.append(f"{lead} is complained about: its supervisor takes it")
        above = organisation.supervisor_of(lead)
        if above is None:
            break
        lead = above
    # Everybody up to the top is accused. The top keeps it all the same: a case is never ownerless.
    return lead if not organisation.is_under(lead, accused) else _unaccused(accused, organisation)


def _unaccused(accused: tuple[str, ...], organisation: Organisation) -> str:
    lanes = (organisation.lane_unit("discipline"), COMMAND_CENTER, *organisation.departments())
    return next((unit for unit in lanes if unit and not organisation.is_under(unit, accused)), COMMAND_CENTER)


def cooperators(names: Iterable[str], lead: str, item: Item | None, scene: Scene, notes: list[str]) -> tuple[str, ...]:
    """Return the units behind the names, each once, without the lead and without the accused."""
    accused = scene.report.accused
    units: list[str] = []
    for name in names:
        unit = scene.unit_for(name, item)
        if unit is None:
            notes.append(f"cooperating {name}: nobody found at this place")
        elif accused and scene.organisation.is_under(unit, accused):
            notes.append(f"cooperating {name}: complained about")
        elif unit != lead and unit not in units:
            units.append(unit)
    return tuple(units)

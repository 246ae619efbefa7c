"""What the ledger needs of a reference version: time, limits, ladders, modes, and who is who."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.contracts.events.progress import ClockKind
from services.contracts.events.report import Lane
from services.reference.deciding.organisation import Organisation
from services.reference.model.policies import Policies
from services.worktime.calendar import Calendar


@dataclass(frozen=True, slots=True)
class ModeLimit:
    """What an emergency mode allows a clock, and since when."""

    limit: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """A profile that is switched on: new limits for the items it names, in one subdistrict or everywhere (S1-19)."""

    profile: str
    area: str | None
    """None: the whole district."""
    since: datetime
    limits: Mapping[str, Mapping[ClockKind, str]]
    """By item and clock."""

    def limit(self, kind: ClockKind, item: str | None, subdistrict: str | None) -> ModeLimit | None:
        if item is None or self.area not in (None, subdistrict):
            return None
        found = self.limits.get(item, {}).get(kind)
        return ModeLimit(found, self.since) if found is not None else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class City:
    """What holds for a case: rules, limits, policies of its decision; calendars, modes, units in force (design §7).

    There is one of each, so it is known by itself: what was derived from it is kept by it.
    """

    number: int
    """The version whose calendars, modes and units these are."""
    calendar: Calendar
    policies: Policies
    departments: frozenset[str] = field(repr=False)
    """Units a whistle can call: departments and companies, not the grassroots and not the center."""
    units: frozenset[str] = field(repr=False)
    modes: tuple[Mode, ...] = ()
    organisation: Organisation | None = field(default=None, repr=False)
    """Where units lie, for moving what ended units had."""

    items: Collection[str] = field(default=(), repr=False)
    """Codes of the catalogue in force."""

    def is_department(self, unit: str) -> bool:
        return unit in self.departments

    def knows(self, unit: str) -> bool:
        return unit in self.units

    def is_in_lane(self, unit: str, lane: Lane) -> bool:
        """Whether a unit takes cases of a lane; all units take ordinary ones."""
        known = None if self.organisation is None else self.organisation.units.get(unit)
        return lane == "ordinary" or (known is not None and lane in known.lanes)

    def above_the_community(self) -> list[str]:
        """Return the departments, the companies and the subdistricts, by id."""
        known = {} if self.organisation is None else self.organisation.units
        return sorted({*self.departments, *(unit.id for unit in known.values() if unit.kind == "subdistrict")})

    def mode_limit(self, kind: ClockKind, item: str | None, subdistrict: str | None) -> ModeLimit | None:
        """Return what the modes allow this clock; of several the one switched on last, None when none names it."""
        found = None
        for mode in self.modes:
            found = mode.limit(kind, item, subdistrict) or found
        return found

"""A city in disorder that decides anew meanwhile: holidays, units that end and come back, modes on and off."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec

from services.contracts.events import Limits
from services.reference.model.calendars import CalendarYear
from services.reference.model.modes import ModeClass, ModeProfile
from services.reference.model.organisation import Unit
from services.reference.model.version import ReferenceVersion
from services.reference.versions.publish import PublicationRefusedError
from tests.unit.reference.town import UNITS, a_version, unit
from tests.wire.ledger.disorder import LEADS, PAUSES, Disorder
from tests.wire.ledger.moving_town import Town

SOON: Final = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=10))
"""How long before it is in force a version is published: the law of publications asks for 4 s."""
HOLIDAYS: Final = (date(2026, 3, 3), date(2026, 3, 5), date(2026, 3, 9))
"""Working days that may become holidays and working days again."""
ENDING: Final = ("com-0101", "sanitation", "drainage@sub-01", "traffic_police")
PROFILES: Final = (
    ModeProfile(id="flood", name_zh="防汛", classes=(ModeClass(items=("0203",), limits={"handling": "2uh"}),)),
    ModeProfile(id="frost", name_zh="防寒", classes=(ModeClass(items=("0203",), limits={"promise": "9wd"}),)),
)
LAW: Final = timedelta(days=5)
OF_THE_LAW: Final = Limits(
    promise="5d", sign_in="4wh", handling="5d", verification="1wd", follow_up="1wd", statutory=True
)
STATUTORY: Final = "case-1"
CHANGES: Final = 0.12
"""How often something is decided anew instead of done."""
MOVES: Final = 0.25
IN_FLIGHT: Final = 0.3
HERE: Final = ("com-0101", "com-0102")
"""Who has the ground of the cases: when the first ends, the grid is the second's."""


def units_of(ended: frozenset[str]) -> tuple[Unit, ...]:
    """Return the units without those that ended; who has lost their ground has another community's."""
    extra = (
        unit("drainage@sub-01", "branch_office", "drainage", serves="sub-01"),
        unit(HERE[1], "community", "sub-01"),
    )
    here = HERE[1] if HERE[0] in ended else HERE[0]
    placed = (msgspec.structs.replace(one, parent=here if one.parent == HERE[0] else one.parent) for one in UNITS)
    return tuple(one for one in (*placed, *extra) if one.id not in ended)


def a_changing_version(ended: frozenset[str] = frozenset(), off: frozenset[date] = frozenset()) -> ReferenceVersion:
    """Return a version in which some units have ended and some working days are holidays."""
    usual = a_version(duty_lists=(), asset_owners=(), profiles=PROFILES)
    return msgspec.structs.replace(
        usual, organisation=units_of(ended), calendars=tuple(_with_holidays(year, off) for year in usual.calendars)
    )


def _with_holidays(year: CalendarYear, off: frozenset[date]) -> CalendarYear:
    days = tuple(sorted({*year.holidays, *(day for day in off if day.year == year.year)}))
    return msgspec.structs.replace(year, holidays=days, version=year.version + len(off))


class Changing(Disorder):
    """Does what a disorderly city does, and changes what holds in it."""

    def __init__(self, seed: int, town: Town, owner: Any) -> None:
        super().__init__(seed, town.pool, town.desk, owner)
        self.town = town
        self.openings, self.settling, self.acting = town.openings, town.settling, town.acting
        self.special = {STATUTORY: {"limits": OF_THE_LAW}}
        self.ended: frozenset[str] = frozenset()
        self.off: frozenset[date] = frozenset()
        self.on: set[tuple[str, str]] = set()

    async def step(self) -> None:
        """Let some time pass; then something happens, while a version is published or cases are moved, or not."""
        self.now += timedelta(minutes=self.draw.choice(PAUSES))
        await self.owner.execute("update public.stepped set at = $1", self.now)
        what, beside = self.draw.random(), [await self._something()]
        if what < CHANGES:
            beside.append(self._decide_anew())
        elif what < CHANGES + MOVES:
            beside.append(self._move())
        await asyncio.gather(*beside)

    async def by_the_router(self) -> tuple[str, int]:
        """Return whom the router names by the version in force, or by the one before: then it was long on its way."""
        in_force = (await self.town.reference.at(self.now)).number
        decided_by = max(1, in_force - 1) if self.draw.random() < IN_FLIGHT else in_force
        units = (await self.town.reference.version(decided_by)).organisation.units
        return self.draw.choice([lead for lead in LEADS if lead in units]), decided_by

    async def at_rest(self) -> None:
        """Let whatever was published come into force, and move every case."""
        self.now += max(SOON)
        await self.owner.execute("update public.stepped set at = $1", self.now)
        await self._move()

    async def _move(self) -> None:
        if await self.town.moving.move_due():
            self.kinds.add("move")
            self.done.append(f"{self.now} moved")

    async def _decide_anew(self) -> None:
        try:
            await self.draw.choice((self._publish, self._publish, self._switch))()
        except PublicationRefusedError:  # something else was published for a later instant
            return

    async def _publish(self) -> None:
        ended, off = self.ended, self.off
        if self.draw.random() < 0.5:
            ended = ended ^ {self.draw.choice(ENDING)}
        else:
            off = off ^ {self.draw.choice(HOLIDAYS)}
        begins = self.now + self.draw.choice(SOON)
        number = await self.town.publish(a_changing_version(ended, off), begins)
        self.ended, self.off = ended, off
        self._changed("publish", f"{number} from {begins}: without {sorted(ended)}, off {sorted(map(str, off))}")

    async def _switch(self) -> None:
        profile, area = self.draw.choice(PROFILES).id, self.draw.choice(("district", "sub-01"))
        on = (profile, area) not in self.on
        switched = await self.town.switch(profile, area, on=on)
        self.on ^= {(profile, area)}
        self._changed("switch", f"{switched.version} from {switched.active_from}: {profile} {area} {on}")

    def _changed(self, kind: str, what: str) -> None:
        self.kinds.add(kind)
        self.done.append(f"{self.now} {kind}: {what}")


def is_lawful(due_at: datetime, started_at: datetime) -> bool:
    """Whether a clock of the statutory case runs at least as long as the law says."""
    return due_at >= started_at + LAW

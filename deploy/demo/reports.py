"""The reports of the simulated week: who says what, when, where and how. Pure; fixed by seed and serial number."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from deploy.demo import habits, moments, sentences
from deploy.demo.district import District
from deploy.demo.draws import Draws
from deploy.demo.habits import Flavour
from deploy.demo.places import communities_of, spot_in
from services.contracts.events.report import Channel, Place, ReporterKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReport:
    """One report of the simulated week."""

    serial: int
    """From 1. Everything that ever happens to this report hangs on the seed and this number."""
    at: datetime
    """UTC, in the simulated week."""
    text: str
    """As said: it may hold a phone number or a plate."""
    place: Place
    grid: str
    """The grid it really is in, whatever the reporter says about the place."""
    channel: Channel
    reporter_kind: ReporterKind
    item: str | None
    """The catalogue code that the reporter named."""
    about: str | None
    """The item it is really about; none for what no item covers."""
    flavour: Flavour
    phone: str | None = None
    """The contact that was left; none for anonymous reports."""
    accused: tuple[str, ...] = ()
    duplicate_of: int | None = None
    """Serial of the earlier report about the same thing."""

    @property
    def is_emergency(self) -> bool:
        return self.about in habits.EMERGENCY_ITEMS


class Week:
    """The reports of one seed. Report 7 is the same whether the week has ten or ten thousand."""

    def __init__(self, district: District, seed: int) -> None:
        self.seed = seed
        self._grids = district.smallest_grids
        self._communities = communities_of(district.units)
        self._sentences = sentences.read_sentences()
        self._ordinary = tuple(
            (item, _weight(item)) for item in self._sentences if item and item not in habits.SENSITIVE_ITEMS
        )

    def reports(self, count: int) -> Iterator[DemoReport]:
        """Yield the first `count` reports by serial number, which is not the order of their moments."""
        return (self.report(serial) for serial in range(1, count + 1))

    def in_order(self, count: int) -> list[DemoReport]:
        """Return the first `count` reports in the order in which they are made."""
        return sorted(self.reports(count), key=lambda report: (report.at, report.serial))

    def report(self, serial: int) -> DemoReport:
        """Return one report."""
        draws = self._draws("flavour", serial)
        flavour = draws.weighted(habits.FLAVOURS)
        if flavour != "duplicate":
            return self._original(serial, flavour)
        earlier = serial - 1 - draws.below(habits.NEAR)
        return self._duplicate(serial, self.report(earlier)) if earlier > 0 else self._original(serial, "ordinary")

    def _original(self, serial: int, flavour: Flavour) -> DemoReport:
        draws = self._draws("report", serial)
        about = self._about(flavour, draws)
        channel = _channel(about, draws)
        grid = draws.pick(self._grids)
        return DemoReport(
            serial=serial,
            at=moments.moment(draws),
            text=self._text((serial, serial), about, channel),
            place=spot_in(grid, self._communities[grid.id], self._filling(serial), draws),
            grid=grid.id,
            channel=channel,
            reporter_kind=habits.KINDS[channel],
            item=about if draws.chance(habits.NAMES_ITEM[channel]) else None,
            about=about,
            flavour=flavour,
            phone=self._phone(serial) if draws.chance(habits.LEAVES_PHONE[channel]) else None,
            accused=(habits.ACCUSED[about],) if about in habits.ACCUSED and draws.chance(habits.ACCUSES) else (),
        )

    def _duplicate(self, serial: int, earlier: DemoReport) -> DemoReport:
        """Return what another resident says about the same thing a little later."""
        draws = self._draws("duplicate", serial)
        origin = earlier.duplicate_of or earlier.serial
        return replace(
            earlier,
            serial=serial,
            at=moments.soon_after(earlier.at, draws),
            text=self._text((serial, origin), earlier.about, "one_key"),
            channel="one_key",
            reporter_kind="resident",
            item=earlier.about if draws.chance(habits.NAMES_ITEM["one_key"]) else None,
            flavour="duplicate",
            phone=self._phone(serial) if draws.chance(habits.LEAVES_PHONE["one_key"]) else None,
            duplicate_of=origin,
        )

    def _about(self, flavour: Flavour, draws: Draws) -> str | None:
        if flavour == "uncovered":
            return None
        return draws.pick(sorted(habits.SENSITIVE_ITEMS)) if flavour == "sensitive" else draws.weighted(self._ordinary)

    def _text(self, serials: tuple[int, int], about: str | None, channel: Channel) -> str:
        """Return the words of a report; `serials` are its own and that of the report it is a duplicate of."""
        serial, origin = serials
        draws = self._draws("text", serial)
        said = sentences.say(self._sentences[about or sentences.UNCOVERED], self._filling(origin), channel, draws)
        if about in habits.PLATE_ITEMS and draws.chance(habits.PLATE_IN_TEXT):
            said = f"{said.rstrip('。！')}，车牌{sentences.plate(self._draws('plate', origin))}"
        if draws.chance(habits.PHONE_IN_TEXT):
            said = f"{said.rstrip('。！')}，我的电话{self._phone(serial)}"
        return said

    def _filling(self, origin: int) -> dict[str, object]:
        return sentences.slots(self._draws("slots", origin))

    def _phone(self, serial: int) -> str:
        return sentences.phone_number(self._draws("phone", serial))

    def _draws(self, purpose: str, serial: int) -> Draws:
        return Draws(self.seed, purpose, serial)


def _weight(item: str) -> float:
    return habits.EMERGENCY_WEIGHT if item in habits.EMERGENCY_ITEMS else habits.COMMON_ITEMS.get(item, 1.0)


def _channel(about: str | None, draws: Draws) -> Channel:
    channel = draws.weighted(habits.CHANNELS)
    return "one_key" if channel == "sensor" and about not in habits.SENSED_ITEMS else channel

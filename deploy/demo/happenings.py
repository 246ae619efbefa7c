"""What every simulated week has, whatever its seed: a sensitive case, an accused department, a burst. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from deploy.demo.behaviour import LeadWork, People, Shares, Verdict
from deploy.demo.district import District
from deploy.demo.draws import Draws
from deploy.demo.moments import WEEK_STARTS_AT
from deploy.demo.places import point_in
from deploy.demo.reports import DemoReport
from deploy.demo.sentences import phone_number, say, slots
from services.contracts.events.report import Place

WEDNESDAY: Final = WEEK_STARTS_AT + timedelta(days=2, hours=10, minutes=20)
SUNDAY_MORNING: Final = WEEK_STARTS_AT + timedelta(days=6, hours=8)
"""The last day of the week: whoever looks at the end of it finds the burst among the day's cases."""
BURST: Final = 32
"""Residents who tell of one burst pipe; from 30 in an hour it is an alert (S3-07)."""
BURST_OVER: Final = timedelta(minutes=38)
BURST_PIPE: Final = "0301"
HALF: Final = 0.5
PIPE: Final = "{口}自来水管爆裂，水柱有一人多高，整条街都淹了"
DRUGS: Final = "怀疑{小区}{楼}出租屋有人吸毒，半夜总有怪味和陌生人"
LOAFING: Final = "投诉住建局：{小区}房屋漏雨报了三次，工作人员推诿不办"
ACCUSED: Final = "housing"
FLAWLESS: Final = Shares(
    signs_in_late=0.0, never_signs_in=0.0, returns=0.0, handles_late=0.0, never_handles=0.0, orders_rework=0.0
)


class Happenings:
    """The week's own events; the same seed gives the same ones."""

    def __init__(self, district: District, seed: int) -> None:
        self._seed = seed
        self._grids = district.smallest_grids

    def reports(self, after: int) -> Iterator[DemoReport]:
        """Yield the reports, with the serial numbers that follow `after`."""
        yield replace(self._said(after + 1, DRUGS, WEDNESDAY), flavour="sensitive")
        yield replace(self._said(after + 2, LOAFING, WEDNESDAY + timedelta(hours=1)), accused=(ACCUSED,))
        first = replace(self._said(after + 3, PIPE, SUNDAY_MORNING), item=BURST_PIPE, about=BURST_PIPE)
        yield first
        yield from (self._repeated(first, nth) for nth in range(1, BURST))

    def _said(self, serial: int, sentence: str, at: datetime) -> DemoReport:
        draws = Draws(self._seed, "happening", sentence)
        grid = draws.pick(self._grids)
        longitude, latitude = point_in(grid.polygons[0], draws)
        return DemoReport(
            serial=serial,
            at=at,
            text=say([sentence], self._filling(sentence), "one_key", draws),
            place=Place(longitude=longitude, latitude=latitude),
            grid=grid.id,
            channel="one_key",
            reporter_kind="resident",
            item=None,
            about=None,
            flavour="ordinary",
            phone=phone_number(draws),
        )

    def _repeated(self, first: DemoReport, nth: int) -> DemoReport:
        """Return what another resident says of the same pipe, some minutes later, with a greeting of their own."""
        draws = Draws(self._seed, "burst", nth)
        return replace(
            first,
            serial=first.serial + nth,
            at=first.at + BURST_OVER * nth / (BURST - 1),
            text=say([PIPE], self._filling(PIPE), "one_key", draws),
            flavour="duplicate",
            phone=phone_number(draws) if draws.chance(HALF) else None,
            duplicate_of=first.serial,
        )

    def _filling(self, sentence: str) -> dict[str, object]:
        return slots(Draws(self._seed, "happening slots", sentence))


@dataclass(frozen=True, slots=True)
class Watched(People):
    """The people of the district, who leave nothing late where the whole city looks on."""

    in_view: frozenset[int] = field(default=frozenset())
    """Serials of the week's own events."""

    def lead(self, serial: int, unit: str, cycle: int) -> LeadWork:
        """Return what `unit` does: in time, where everybody looks."""
        return People.lead(self._as_seen(serial), serial, unit, cycle)

    def verdict(self, serial: int, cycle: int) -> Verdict:
        """Return what the verifier finds."""
        return People.verdict(self._as_seen(serial), serial, cycle)

    def _as_seen(self, serial: int) -> People:
        return People(self.seed, FLAWLESS) if serial in self.in_view else self

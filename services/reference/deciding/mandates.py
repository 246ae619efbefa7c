"""What the grassroots may lead, and on which days: duty lists, the admissions behind them, the powers they hold."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from services.reference.deciding.organisation import Organisation
from services.reference.model.duties import HOLDS, Admission, Duty, Power
from services.reference.model.version import ReferenceVersion

ALWAYS: Final = date.min


class _Span(NamedTuple):
    first: date
    end: date

    def holds(self, day: date) -> bool:
        return self.first <= day < self.end

    def within(self, other: "_Span") -> "_Span":
        return _Span(max(self.first, other.first), min(self.end, other.end))


class Mandates:
    """Answers by era: between two days on which anything begins or ends, every answer is the same."""

    def __init__(self, version: ReferenceVersion, organisation: Organisation, zone: ZoneInfo) -> None:
        admissions = {admission.id: admission for admission in version.admissions}
        self._kinds = {unit_id: unit.kind for unit_id, unit in organisation.units.items()}
        self._duties = _spans(((duty.unit, duty.item), _span_of(duty, admissions)) for duty in version.duty_lists)
        self._powers = _spans(((power.holder, power.item), _span(power)) for power in version.powers)
        self._need_power = frozenset(power.item for power in version.powers)
        spans = [span for table in (self._duties, self._powers) for held in table.values() for span in held]
        self._days = sorted({day for span in spans for day in span} - {ALWAYS, date.max})
        # In UTC, as instants come: two instants of one zone are compared without asking the zone, 20 times faster.
        self._begins = [datetime.combine(day, time(), zone).astimezone(UTC) for day in self._days]

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Every unit with every item that is on its duty list, on whatever days."""
        return frozenset(self._duties)

    def era(self, at: datetime) -> int:
        """Return the number of the era at an instant."""
        return bisect_right(self._begins, at) if self._begins else 0

    def why_not(self, unit: str, item: str, era: int) -> str | None:
        """Return why the grassroots unit may not lead the item in an era; None when it may."""
        day = self._days[era - 1] if era else ALWAYS
        if not any(span.holds(day) for span in self._duties.get((unit, item), ())):
            return f"item {item} is not on the duty list of {unit}"
        if item not in self._need_power or any(span.holds(day) for span in self.powers_of(unit, item)):
            return None
        return f"{unit} does not hold the power for item {item}"

    def powers_of(self, unit: str, item: str) -> Iterator[_Span]:
        """Yield the days on which a unit holds the power for an item, by itself or by its tier."""
        yield from self._powers.get((unit, item), ())
        yield from self._powers.get((self._kinds.get(unit, ""), item), ())

    def ever_holds(self, unit: str, item: str) -> bool:
        """Whether the item needs no power, or the unit holds it on some day."""
        return item not in self._need_power or any(True for _ in self.powers_of(unit, item))


def _span_of(duty: Duty, admissions: dict[str, Admission]) -> _Span:
    """Return the days of a duty, within those of its admission; versions of old carry no admissions."""
    span, admission = _span(duty), admissions.get(duty.admission)
    if admission is None:
        return span
    if admission.decided_on is None or admission.state not in HOLDS:
        return _Span(ALWAYS, ALWAYS)
    return span.within(_Span(ALWAYS, admission.valid_to or date.max))


def _span(dated: Duty | Power) -> _Span:
    return _Span(dated.valid_from or ALWAYS, dated.valid_to or date.max)


def _spans(rows: Iterable[tuple[tuple[str, str], _Span]]) -> dict[tuple[str, str], tuple[_Span, ...]]:
    found: dict[tuple[str, str], tuple[_Span, ...]] = {}
    for key, span in rows:
        found[key] = (*found.get(key, ()), span)
    return found

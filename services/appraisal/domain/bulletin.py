"""The month's bulletin: every figure with the list of its cases, the same bytes from the same facts (S1-11)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from services.reference.model.appraising import Measure, PointOf, RateDefinition, RateName, Shares

_ENCODER: Final = msgspec.json.Encoder(order="deterministic")


class Shown(msgspec.Struct, frozen=True, omit_defaults=True):
    """A number as it is printed. `list` names the cases behind it."""

    value: str
    list: str = ""


class RateShown(msgspec.Struct, frozen=True, omit_defaults=True):
    """A rate: what counted, out of how many, in per cent with one place; none where nothing could count."""

    counted: str
    of: int
    percent: str | None
    list: str = ""
    """Of the cases that are the denominator."""
    counted_list: str = ""
    """Of those that count, in whole or in part."""


Kind = Literal["department", "company", "branch_office"]
"""Of the units that are judged."""


class UnitRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A unit that led cases, was called, or was judged."""

    unit: str
    name: str
    kind: Kind
    measures: dict[Measure, Shown]
    rates: dict[RateName, RateShown]
    composite: str | None = None
    upward: str | None = None
    voices: dict[str, Shown] = {}
    """What each subdistrict said, out of 100."""
    score: str | None = None
    rank: int | None = None
    """Among units of its kind with a score; equal scores share the better rank."""
    whistles: dict[str, Shown] = {}
    points: str = "0"
    """Mean weekly points."""
    point_lists: dict[PointOf, Shown] = {}


class SubdistrictRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A subdistrict: its cases, and how it whistled."""

    unit: str
    name: str
    measures: dict[Measure, Shown]
    rates: dict[RateName, RateShown]
    blown: Shown
    wrong: Shown
    accuracy: str | None = None
    """吹哨准: right whistles of all, in per cent."""
    whistle_rate: str | None = None
    """吹哨率: whistles to a hundred cases reported there."""


class OverdueRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A promise that was not kept: whose, and what stood in the way as far as the facts say."""

    number: str
    case_id: UUID
    lead: str
    lead_name: str
    due_at: datetime
    ended_at: datetime | None = None
    because: tuple[str, ...] = ()
    """Facts on the way, by their names: sent back, a no-show, a red card."""


class RefusedRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tasks a department sent down without an admission, each refused (S2-07)."""

    department: str
    name: str
    refused: int
    tasks: tuple[str, ...]
    notices: tuple[UUID, ...]
    cases: Shown
    """Cases that the rules would have sent to the grassroots, and did not."""


class InterviewRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Interviews proposed about a unit, with the facts; nothing is sent before a person confirms (S1-12)."""

    unit: str
    name: str
    proposed: Shown
    confirmed: Shown
    declined: Shown
    red_cards: Shown
    no_shows: Shown


class Bulletin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything a leader signs.

    Every unit reads it: cases of sensitive lanes and those from which a unit is barred are counted and in no list.
    """

    period: str
    starts: datetime
    ends: datetime
    reference_version: int
    definitions: dict[RateName, RateDefinition]
    weights: dict[RateName, str]
    shares: Shares
    measures: dict[Measure, Shown]
    rates: dict[RateName, RateShown]
    composite: str | None = None
    units: tuple[UnitRow, ...] = ()
    subdistricts: tuple[SubdistrictRow, ...] = ()
    overdue: tuple[OverdueRow, ...] = ()
    refused: tuple[RefusedRow, ...] = ()
    interviews: tuple[InterviewRow, ...] = ()
    sensitive: dict[str, int] = {}
    """Reported in the month, by lane."""
    cases: tuple[tuple[str, UUID], ...] = ()
    """Number and id of every case in a list, by number."""
    unlisted: int = 0
    """Ordinary cases that are counted and in no list, since a unit is barred from them."""
    lists: dict[str, tuple[int, ...]] = {}
    """Cases behind each figure: places in `cases`."""

    def cases_of(self, name: str) -> tuple[tuple[str, UUID], ...]:
        """Return the cases behind a figure; none for a name that is no figure's."""
        return tuple(self.cases[place] for place in self.lists.get(name, ()))


class Lists:
    """Collects the cases behind figures while a bulletin is compiled; a case without a number is only counted."""

    def __init__(self, numbers: Mapping[UUID, str]) -> None:
        self.cases = tuple(sorted((number, case_id) for case_id, number in numbers.items()))
        self._places = {case_id: place for place, (_, case_id) in enumerate(self.cases)}
        self.lists: dict[str, tuple[int, ...]] = {}

    def add(self, name: str, cases: Iterable[UUID]) -> Shown:
        """Keep the cases behind a figure; its value is how many there are, each as often as it counts."""
        counted = list(cases)
        places = tuple(sorted(self._places[case_id] for case_id in counted if case_id in self._places))
        if places:
            self.lists[name] = places
        return Shown(str(len(counted)), self.named(name))

    def named(self, name: str) -> str:
        """Return the name of a list; nothing where there is none to open."""
        return name if name in self.lists else ""


def canonical(bulletin: Bulletin) -> bytes:
    """Return the bulletin's bytes: fields in declared order, keys sorted."""
    return _ENCODER.encode(bulletin)


def read_bulletin(body: bytes) -> Bulletin:
    """Return the bulletin of its bytes."""
    return msgspec.json.decode(body, type=Bulletin)

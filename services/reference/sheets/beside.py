"""What stands beside the tables of a city and its district: polygons, policies, calendars, emergency profiles."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from services.reference.model.calendars import CalendarYear
from services.reference.model.modes import ModeProfile
from services.reference.model.organisation import Polygon
from services.reference.model.policies import Policies
from services.reference.sheets.collecting import Sheets, bytes_of
from services.reference.sheets.grids import read_grids
from services.reference.sheets.refusals import Refusal, SheetsRefusedError

T = TypeVar("T")
Ground = tuple[Polygon, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """As read; without policies there is no version."""

    ground: Mapping[str, Ground]
    policies: Policies | None
    calendars: tuple[CalendarYear, ...]
    profiles: tuple[ModeProfile, ...]


def read_beside(sheets: Sheets, city: Path, district: Path) -> Beside:
    """Return what stands beside the tables; what is refused is noted with the sheets."""
    return Beside(
        ground=sheets.attempt(lambda: read_grids(bytes_of("grids", district / "grids.geojson")), dict[str, Ground]()),
        policies=sheets.attempt(lambda: _policies(city / "policies.json"), None),
        calendars=sheets.attempt(lambda: _calendars(city / "calendars"), tuple[CalendarYear, ...]()),
        profiles=sheets.attempt(lambda: _modes(city / "modes"), tuple[ModeProfile, ...]()),
    )


def _policies(path: Path) -> Policies | None:
    return _decoded("policies", path, Policies)


def _calendars(folder: Path) -> tuple[CalendarYear, ...]:
    return tuple(_decoded("calendars", path, CalendarYear) for path in sorted(folder.glob("*.json")))


def _modes(folder: Path) -> tuple[ModeProfile, ...]:
    return tuple(_decoded("modes", path, ModeProfile) for path in sorted(folder.glob("*.json")))


def _decoded(sheet: str, path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(bytes_of(sheet, path), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SheetsRefusedError([Refusal(sheet, 0, path.name, str(error))]) from error

"""Two folders of sheets -> one reference version, or every reason why not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from services.reference.model.calendars import CalendarYear, calendar_of
from services.reference.model.duties import Admission
from services.reference.model.modes import ModeProfile
from services.reference.model.organisation import Polygon, Unit
from services.reference.model.policies import Policies
from services.reference.model.version import ReferenceVersion
from services.reference.sheets.checking import Known, check_catalogue, check_owners, check_rules
from services.reference.sheets.checking_duties import check_admissions, check_duties, check_powers
from services.reference.sheets.checking_ground import check_ground
from services.reference.sheets.checking_modes import check_modes
from services.reference.sheets.checking_policies import check_policies
from services.reference.sheets.checking_units import check_units
from services.reference.sheets.grids import read_grids
from services.reference.sheets.kinds import SHEETS
from services.reference.sheets.reading import Entry, Refusal, SheetsRefusedError
from services.worktime.calendar import CalendarDataError

T = TypeVar("T")
Ground = tuple[Polygon, ...]

CITY_SHEETS: Final = ("catalogue", "rules")
DISTRICT_SHEETS: Final = ("units", "duty_lists", "asset_owners")
GOING_DOWN: Final = ("admissions", "powers")
"""Of a district that delegated something; a file that is missing has no rows."""


@dataclass(slots=True)
class _Sheets:
    """What was read so far, and what was refused."""

    entries: dict[str, list[Entry[Any]]] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)

    def values(self, sheet: str) -> tuple[Any, ...]:
        return tuple(entry.value for entry in self.entries.get(sheet, []))

    def attempt(self, read: Callable[[], T], otherwise: T) -> T:
        try:
            return read()
        except SheetsRefusedError as error:
            self.refusals.extend(error.refusals)
            return otherwise


def read_version(
    city: Path, district: Path, *, delegated: bool = True, register: Sequence[Admission] = ()
) -> ReferenceVersion:
    """Return the version that two folders describe.

    Args:
        city: catalogue, rules (csv or xlsx), `policies.json`, `calendars/*.json`, `modes/*.json`; as
            `deploy/reference`.
        district: units, duty_lists, asset_owners, admissions, powers (csv or xlsx), `grids.geojson`; as
            `deploy/demo/district`.
        delegated: whether powers were delegated to subdistricts. If not, duty lists, admissions and powers are left
            out, and every item that names a grassroots lead goes to the department whose duty it is.
        register: admissions as decided in the database; they count before the sheet's.

    Raises:
        SheetsRefusedError: with every refusal of every sheet.
    """
    sheets = _read_all(city, district)
    ground = sheets.attempt(lambda: read_grids(_bytes("grids", district / "grids.geojson")), dict[str, Ground]())
    policies = sheets.attempt(lambda: _policies(city / "policies.json"), None)
    calendars = sheets.attempt(lambda: _calendars(city / "calendars"), tuple[CalendarYear, ...]())
    profiles = sheets.attempt(lambda: _modes(city / "modes"), tuple[ModeProfile, ...]())
    for name in ("duty_lists", *GOING_DOWN) if not delegated else ():
        sheets.entries[name] = []
    admissions = {admission.id: admission for admission in (*sheets.values("admissions"), *register)}
    units = {unit.id: unit for unit in sheets.values("units")}
    if sheets.refusals or policies is None:
        raise SheetsRefusedError(sheets.refusals)
    refusals = [
        *_check(sheets, units, policies, admissions),
        *check_modes(profiles, sheets.values("catalogue"), units),
        *check_ground(units, ground),
        *_calendar_refusals(calendars, policies),
    ]
    if refusals:
        raise SheetsRefusedError(refusals)
    return ReferenceVersion(
        organisation=tuple(msgspec.structs.replace(unit, polygons=ground.get(unit.id, ())) for unit in units.values()),
        catalogue=sheets.values("catalogue"),
        rules=sheets.values("rules"),
        duty_lists=sheets.values("duty_lists"),
        asset_owners=sheets.values("asset_owners"),
        delegation="delegated" if delegated else "not_delegated",
        admissions=tuple(admissions[name] for name in sorted(admissions)) if delegated else (),
        powers=sheets.values("powers"),
        profiles=profiles,
        policies=policies,
        calendars=calendars,
    )


def _read_all(city: Path, district: Path) -> _Sheets:
    sheets = _Sheets()
    for folder, names in ((city, CITY_SHEETS), (district, DISTRICT_SHEETS)):
        for name in names:
            sheets.entries[name] = sheets.attempt(partial(_read, name, path_of(folder, name)), [])
    for name in GOING_DOWN:
        path = path_of(district, name)
        sheets.entries[name] = sheets.attempt(partial(_read, name, path), []) if path.exists() else []
    return sheets


def _check(
    sheets: _Sheets, units: dict[str, Unit], policies: Policies, admissions: Mapping[str, Admission]
) -> list[Refusal]:
    holders: dict[str, frozenset[str]] = {}
    for power in sheets.values("powers"):
        holders[power.item] = holders.get(power.item, frozenset()) | {power.holder}
    known = Known(
        units,
        {item.code: item for item in sheets.values("catalogue")},
        frozenset((duty.unit, duty.item) for duty in sheets.values("duty_lists")),
        holders,
    )
    return list(
        chain(
            check_units(sheets.entries["units"]),
            check_catalogue(sheets.entries["catalogue"], known),
            check_rules(sheets.entries["rules"], known),
            check_admissions(sheets.entries["admissions"], known),
            check_duties(sheets.entries["duty_lists"], admissions, known),
            check_powers(sheets.entries["powers"], known),
            check_owners(sheets.entries["asset_owners"], known),
            check_policies(policies, known.items),
        )
    )


def _calendar_refusals(calendars: tuple[CalendarYear, ...], policies: Policies) -> list[Refusal]:
    try:
        calendar_of(calendars, policies.day_mode)
    except CalendarDataError as error:
        return [Refusal("calendars", 0, "", str(error))]
    return []


def path_of(folder: Path, sheet: str) -> Path:
    """Return the file of a sheet: the workbook where there is one."""
    workbook = folder / f"{sheet}.xlsx"
    return workbook if workbook.exists() else folder / f"{sheet}.csv"


def _read(sheet: str, path: Path) -> list[Entry[Any]]:
    return SHEETS[sheet].read(path.name, _bytes(sheet, path))


def _bytes(sheet: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SheetsRefusedError([Refusal(sheet, 0, "", f"cannot read {path.name}: {error.strerror}")]) from error


def _policies(path: Path) -> Policies | None:
    return _decoded("policies", path, Policies)


def _calendars(folder: Path) -> tuple[CalendarYear, ...]:
    return tuple(_decoded("calendars", path, CalendarYear) for path in sorted(folder.glob("*.json")))


def _modes(folder: Path) -> tuple[ModeProfile, ...]:
    return tuple(_decoded("modes", path, ModeProfile) for path in sorted(folder.glob("*.json")))


def _decoded(sheet: str, path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(_bytes(sheet, path), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SheetsRefusedError([Refusal(sheet, 0, path.name, str(error))]) from error

"""Two folders of sheets -> one reference version, or every reason why not."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Final

import msgspec

from services.reference.model.calendars import CalendarYear, calendar_of
from services.reference.model.duties import Admission
from services.reference.model.organisation import Polygon, Unit
from services.reference.model.policies import Policies
from services.reference.model.version import ReferenceVersion
from services.reference.sheets.beside import Beside, read_beside
from services.reference.sheets.checking import Known, check_catalogue, check_owners, check_rules
from services.reference.sheets.checking_duties import check_admissions, check_duties, check_powers
from services.reference.sheets.checking_lexicon import check_lexicon, check_names, check_routes, check_sentences
from services.reference.sheets.checking_modes import check_modes
from services.reference.sheets.checking_policies import check_policies
from services.reference.sheets.checking_units import check_units
from services.reference.sheets.collecting import Sheets, bytes_of
from services.reference.sheets.kinds import SHEETS
from services.reference.sheets.reading import Entry
from services.reference.sheets.refusals import Refusal, SheetsRefusedError
from services.worktime.calendar import CalendarDataError

CITY_SHEETS: Final = ("catalogue", "rules")
CITY_WORDS: Final = ("lexicon", "sounds", "special_routes", "sentences")
"""Of a city that looks at words; a file that is missing has no rows."""
DISTRICT_SHEETS: Final = ("units", "duty_lists", "asset_owners")
GOING_DOWN: Final = ("admissions", "powers")
"""Of a district that delegated something; a file that is missing has no rows."""


def read_version(
    city: Path, district: Path, *, delegated: bool = True, register: Sequence[Admission] = ()
) -> ReferenceVersion:
    """Return the version that two folders describe.

    Args:
        city: catalogue, rules, lexicon, sounds, special_routes, sentences (csv or xlsx), `policies.json`,
            `calendars/*.json`, `modes/*.json`; as `deploy/reference`.
        district: units, duty_lists, asset_owners, admissions, powers (csv or xlsx), `grids.geojson`; as
            `deploy/demo/district`.
        delegated: whether powers were delegated to subdistricts. If not, duty lists, admissions and powers are left
            out, and every item that names a grassroots lead goes to the department whose duty it is.
        register: admissions as decided in the database; they count before the sheet's.

    Raises:
        SheetsRefusedError: with every refusal of every sheet.
    """
    sheets = _read_all(city, district)
    beside = read_beside(sheets, city, district)
    for name in ("duty_lists", *GOING_DOWN) if not delegated else ():
        sheets.entries[name] = []
    admissions = {admission.id: admission for admission in (*sheets.values("admissions"), *register)}
    if sheets.refusals or beside.policies is None:
        raise SheetsRefusedError(sheets.refusals)
    units = {unit.id: unit for unit in sheets.values("units")}
    refusals = [
        *_check(sheets, units, beside.policies, admissions),
        *check_modes(beside.profiles, sheets.values("catalogue"), units),
        *_ground_refusals(units, beside.ground),
        *_calendar_refusals(beside.calendars, beside.policies),
    ]
    if refusals:
        raise SheetsRefusedError(refusals)
    version = _version(sheets, beside, beside.policies)
    if not delegated:
        return version
    in_order = tuple(admissions[name] for name in sorted(admissions))
    return msgspec.structs.replace(version, delegation="delegated", admissions=in_order)


def _version(sheets: Sheets, beside: Beside, policies: Policies) -> ReferenceVersion:
    return ReferenceVersion(
        organisation=tuple(
            msgspec.structs.replace(unit, polygons=beside.ground.get(unit.id, ())) for unit in sheets.values("units")
        ),
        catalogue=sheets.values("catalogue"),
        rules=sheets.values("rules"),
        duty_lists=sheets.values("duty_lists"),
        asset_owners=sheets.values("asset_owners"),
        delegation="not_delegated",
        admissions=(),
        powers=sheets.values("powers"),
        lexicon=sheets.values("lexicon"),
        sounds=sheets.values("sounds"),
        special_routes=sheets.values("special_routes"),
        sentences=sheets.values("sentences"),
        profiles=beside.profiles,
        policies=policies,
        calendars=beside.calendars,
    )


def _read_all(city: Path, district: Path) -> Sheets:
    sheets = Sheets()
    for folder, names in ((city, CITY_SHEETS), (district, DISTRICT_SHEETS)):
        for name in names:
            sheets.entries[name] = sheets.attempt(partial(_read, name, path_of(folder, name)), [])
    for folder, name in (*((district, name) for name in GOING_DOWN), *((city, name) for name in CITY_WORDS)):
        path = path_of(folder, name)
        sheets.entries[name] = sheets.attempt(partial(_read, name, path), []) if path.exists() else []
    return sheets


def _check(
    sheets: Sheets, units: dict[str, Unit], policies: Policies, admissions: Mapping[str, Admission]
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
            check_names({entry.value.id: (entry.row, entry.value.aliases) for entry in sheets.entries["units"]}),
            check_lexicon(sheets.entries["lexicon"], sheets.entries["sounds"]),
            check_routes(sheets.entries["special_routes"], known),
            check_sentences(
                sheets.entries["sentences"],
                (sheets.values("lexicon"), sheets.values("sounds")),
                policies.lanes,
                known,
            ),
        )
    )


def _ground_refusals(units: Mapping[str, Unit], ground: Mapping[str, Sequence[Polygon]]) -> Iterable[Refusal]:
    # Imported here: shapely and numpy cost 14 MiB in every process that may once read sheets.
    from services.reference.sheets.checking_ground import check_ground  # noqa: PLC0415 (see above)

    return check_ground(units, ground)


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
    return SHEETS[sheet].read(path.name, bytes_of(sheet, path))

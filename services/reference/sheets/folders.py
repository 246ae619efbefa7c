"""A version -> a folder of files that say the same, and a folder's sheets -> workbooks that say what is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from services.reference.model.organisation import Polygon, Unit
from services.reference.model.version import ReferenceVersion
from services.reference.sheets.cells import cells_of
from services.reference.sheets.kinds import SHEETS
from services.reference.sheets.reading import ERRORS, Column, lines_of
from services.reference.sheets.refusals import Refusal, SheetsRefusedError
from services.reference.sheets.writing import Beside, Encoding, write_csv, write_workbook

Form = Literal["xlsx", "csv", "csv-plain", "csv-gb18030"]
"""Workbooks; CSV in UTF-8 with a byte order mark, without one, in GB18030."""
ENCODING_OF: Final[Mapping[str, Encoding]] = {"csv": "utf-8-sig", "csv-plain": "utf-8", "csv-gb18030": "gb18030"}
INDENT: Final = 2


def files_of(version: ReferenceVersion, form: Form) -> dict[str, bytes]:
    """Return a version's files by name; read as city and as district, the folder gives the version again."""
    kind = "xlsx" if form == "xlsx" else "csv"
    files = {f"{name}.{kind}": sheet_of(version, name, form) for name in SHEETS}
    files["grids.geojson"] = msgspec.json.encode({"type": "FeatureCollection", "features": list(_features(version))})
    files["policies.json"] = _json(version.policies)
    for year in version.calendars:
        files[f"calendars/{year.region}-{year.year}.json"] = _json(year)
    for profile in version.profiles:
        files[f"modes/{profile.id}.json"] = _json(profile)
    return files


def sheet_of(version: ReferenceVersion, name: str, form: Form) -> bytes:
    """Return one sheet of a version as a file."""
    sheet = SHEETS[name]
    rows = [cells_of(value, sheet.columns) for value in getattr(version, sheet.part)]
    if form != "xlsx":
        return write_csv(sheet.columns, rows, ENCODING_OF[form])
    offered = _offered(version.organisation, [item.code for item in version.catalogue])
    return write_workbook(name, sheet.columns, rows, Beside(offered=offered))


def marked(name: str, path: Path, refusals: Sequence[Refusal], offered: Mapping[str, Sequence[str]]) -> bytes:
    """Return a sheet as a workbook that says in its last column what was refused, row by row as people wrote it."""
    sheet = SHEETS[name]
    header, *rows = [*lines_of(path.name, path.read_bytes())] or [[]]
    known = {column.name for column in sheet.columns}
    foreign = [Column(cell, "no column of this sheet") for cell in header if cell and cell not in known]
    columns = (*sheet.columns, *(column for column in foreign if not column.name.startswith(ERRORS)))
    cells = [dict(zip(header, row, strict=False)) for row in rows]
    return write_workbook(name, columns, cells, Beside(offered=offered, refusals=refusals))


def offered_in(units: Path, catalogue: Path) -> dict[str, list[str]]:
    """Return what drop-downs may offer, from sheets that may be wrong otherwise; nothing where they cannot be read."""
    try:
        organisation = [entry.value for entry in SHEETS["units"].read(units.name, units.read_bytes())]
        codes = [entry.value.code for entry in SHEETS["catalogue"].read(catalogue.name, catalogue.read_bytes())]
    except (OSError, SheetsRefusedError):
        return {}
    return _offered(organisation, codes)


def _offered(units: Sequence[Unit], codes: Sequence[str]) -> dict[str, list[str]]:
    departments = [unit.id for unit in units if unit.kind == "department"]
    return {"unit": [unit.id for unit in units], "department": departments, "item": list(codes)}


def _features(version: ReferenceVersion) -> Iterator[dict[str, Any]]:
    for unit in version.organisation:
        if unit.polygons:
            yield {"type": "Feature", "properties": {"grid": unit.id}, "geometry": _geometry(unit.polygons)}


def _geometry(polygons: Sequence[Polygon]) -> dict[str, Any]:
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0].rings}
    return {"type": "MultiPolygon", "coordinates": [polygon.rings for polygon in polygons]}


def _json(value: msgspec.Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=INDENT)

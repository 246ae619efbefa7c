"""Writes the sample district's sheets: `python -m deploy.demo.district [FOLDER]`.

Eight subdistricts, eighty communities and their grids, the catalogue's departments with their offices, the staff, the
duty lists and the owners. Everything is invented; the same seed writes the same bytes.
"""

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from deploy.demo import departments, duties, people, streets
from deploy.demo.aliases import with_aliases
from services.reference.model.duties import Admission, AssetOwner, Duty, Power
from services.reference.model.organisation import Unit
from services.reference.sheets import admissions as admissions_sheet
from services.reference.sheets import asset_owners as asset_owners_sheet
from services.reference.sheets import duty_lists as duty_lists_sheet
from services.reference.sheets import persons as persons_sheet
from services.reference.sheets import powers as powers_sheet
from services.reference.sheets import units as units_sheet
from services.reference.sheets.cells import cells_of
from services.reference.sheets.files import harmless
from services.reference.sheets.persons import PersonInRole
from services.reference.sheets.reading import Column

SEED: Final = 20260302
FOLDER: Final = Path(__file__).parent / "district"


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """The sample district as values of the reference's model."""

    units: tuple[Unit, ...]
    duty_lists: tuple[Duty, ...]
    admissions: tuple[Admission, ...]
    powers: tuple[Power, ...]
    asset_owners: tuple[AssetOwner, ...]
    persons: tuple[PersonInRole, ...]

    @property
    def smallest_grids(self) -> tuple[Unit, ...]:
        """The grids with ground, in the order of their ids."""
        return tuple(sorted((unit for unit in self.units if unit.polygons), key=lambda unit: unit.id))


def sample_district(seed: int = SEED) -> District:
    """Return the district that `seed` gives."""
    ground = [*streets.subdistricts(), *streets.communities(), *streets.grids(seed)]
    offices = departments.branch_offices(streets.subdistricts())
    units = (*departments.departments(), *departments.companies(), *offices, *ground)
    return District(
        units=tuple(map(with_aliases, units)),
        duty_lists=tuple(duties.duty_lists()),
        admissions=tuple(duties.admissions()),
        powers=tuple(duties.powers()),
        asset_owners=tuple(duties.asset_owners(seed)),
        persons=tuple(people.staff(seed, units)),
    )


def write_sheets(district: District, folder: Path) -> None:
    """Write the sheets that the reference room and identity read."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_csv(folder / "units.csv", units_sheet.COLUMNS, district.units)
    _write_csv(folder / "duty_lists.csv", duty_lists_sheet.COLUMNS, district.duty_lists)
    _write_csv(folder / "admissions.csv", admissions_sheet.COLUMNS, district.admissions)
    _write_csv(folder / "powers.csv", powers_sheet.COLUMNS, district.powers)
    _write_csv(folder / "asset_owners.csv", asset_owners_sheet.COLUMNS, district.asset_owners)
    _write_csv(folder / "persons.csv", persons_sheet.COLUMNS, district.persons)
    (folder / "grids.geojson").write_text(_geojson(district.smallest_grids), encoding="utf-8")


def _write_csv(path: Path, columns: Sequence[Column], rows: Iterable[msgspec.Struct]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file, lineterminator="\n")
        sheet.writerow(column.name for column in columns)
        for row in rows:
            sheet.writerow(map(harmless, cells_of(row, columns).values()))


def _geojson(grids: Sequence[Unit]) -> str:
    """Return the grids with one feature per line, so that a changed outline is one line in a diff."""
    features = [
        {
            "type": "Feature",
            "properties": {"grid": grid.id},
            "geometry": {"type": "Polygon", "coordinates": grid.polygons[0].rings},
        }
        for grid in grids
    ]
    lines = ",\n".join(json.dumps(feature, separators=(",", ":")) for feature in features)
    return f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'


if __name__ == "__main__":
    write_sheets(sample_district(), Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)

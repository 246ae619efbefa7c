"""A version with some of its files replaced by what somebody uploaded: the rest stays as it is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Final

from services.reference.model.duties import Admission
from services.reference.model.version import ReferenceVersion
from services.reference.sheets.district import path_of, read_version
from services.reference.sheets.folders import files_of, marked, offered_in
from services.reference.sheets.kinds import SHEETS
from services.reference.sheets.refusals import Refusal, SheetsRefusedError

FILES_MAX: Final = 16
"""The seven sheets, ground, policies, and a few calendars and emergency profiles."""
BESIDE: Final = frozenset({"grids.geojson", "policies.json"})
_CALENDAR: Final = re.compile(r"^[A-Za-z0-9_]{2,16}-\d{4}\.json$")
_MODE: Final = re.compile(r"^[a-z0-9_]{1,64}\.json$")


class UploadRefusedError(ValueError):
    """An upload that cannot be a version: why, and its sheets with what is wrong beside each row."""

    def __init__(self, refusals: Sequence[Refusal], workbooks: Mapping[str, bytes]) -> None:
        super().__init__(f"{len(refusals)} refusals")
        self.refusals = tuple(refusals)
        self.workbooks = dict(workbooks)


def replaced(
    base: ReferenceVersion, uploads: Mapping[str, bytes], register: Sequence[Admission] = ()
) -> ReferenceVersion:
    """Return `base` with the uploaded files in the place of its own; a sheet may come as a workbook or as CSV.

    Args:
        base: what stays where nothing is uploaded.
        uploads: contents by file name: `rules.xlsx`, `units.csv`, `grids.geojson`, `policies.json`, `CN-2027.json`.
        register: admissions as decided in the database.

    Raises:
        UploadRefusedError: with every refusal of every sheet.
    """
    misnamed = list(_misnamed(uploads))
    if misnamed:
        raise UploadRefusedError(misnamed, {})
    with _folder(base, uploads) as folder:
        try:
            return read_version(folder, folder, delegated=base.delegation == "delegated", register=register)
        except SheetsRefusedError as error:
            raise UploadRefusedError(error.refusals, _marked(error.refusals, folder, uploads)) from error


def _misnamed(uploads: Mapping[str, bytes]) -> Iterator[Refusal]:
    if len(uploads) > FILES_MAX:
        yield Refusal("upload", 0, "", f"more than {FILES_MAX} files")
    for name in uploads:
        if _place(name) is None:
            known = ", ".join(f"{sheet}.xlsx" for sheet in SHEETS)
            yield Refusal("upload", 0, name[:80], f"is no file of a version; known are {known}, .csv for each, *.json")
    for sheet in SHEETS:
        if {f"{sheet}.xlsx", f"{sheet}.csv"} <= set(uploads):
            yield Refusal(sheet, 0, "", "given twice: as a workbook and as CSV")


def _place(name: str) -> str | None:
    """Return where a file of this name lies in a folder of sheets; None for one that lies nowhere."""
    path = PurePath(name)
    if name in BESIDE or (path.suffix in {".xlsx", ".csv"} and path.stem in SHEETS):
        return name
    if _CALENDAR.match(name):
        return f"calendars/{name}"
    return f"modes/{name}" if _MODE.match(name) else None


@contextmanager
def _folder(base: ReferenceVersion, uploads: Mapping[str, bytes]) -> Iterator[Path]:
    """Open a folder that says what `base` says, with the uploads laid over it."""
    with TemporaryDirectory(prefix="sheets-") as name:
        folder = Path(name)
        laid = {_place(name) or name: content for name, content in uploads.items()}
        for place, content in {**files_of(base, "csv-plain"), **laid}.items():
            (folder / place).parent.mkdir(exist_ok=True)
            (folder / place).write_bytes(content)
        # A workbook is read before a CSV, so an uploaded CSV stands alone: the folder holds no other workbook.
        yield folder


def _marked(refusals: Sequence[Refusal], folder: Path, uploads: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return each uploaded sheet that was refused, as a workbook with an error column."""
    offered = offered_in(path_of(folder, "units"), path_of(folder, "catalogue"))
    workbooks: dict[str, bytes] = {}
    for sheet in SHEETS:
        ours = [refusal for refusal in refusals if refusal.sheet == sheet]
        if not ours or not {f"{sheet}.xlsx", f"{sheet}.csv"} & set(uploads):
            continue
        try:
            workbooks[sheet] = marked(sheet, path_of(folder, sheet), ours, offered)
        except ValueError:  # not readable at all: there are no rows to write beside
            continue
    return workbooks

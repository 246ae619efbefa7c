"""Past reports from a file: NDJSON or CSV, read line by line, only what decides: no person, no contact."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import UUID

import msgspec

from services.contracts.events.report import Channel, Place, ReportFacts
from services.reference.sheets.files import ENCODINGS

LINE_BYTES_MAX: Final = 64 * 1024
NOWHERE: Final = UUID(int=0)
_REPORT: Final = msgspec.json.Decoder(ReportFacts)

Tell = Callable[[int], None]
"""Takes how many bytes were read so far."""


class UnreadableReportError(ValueError):
    """A line that is no past report; says which and why."""


class PastReport(msgspec.Struct, frozen=True, kw_only=True):
    """One line of NDJSON, or one row of a CSV whose header names these fields."""

    id: str = ""
    accepted_at: datetime
    text: str | None = None
    item: str | None = None
    channel: Channel = "web"
    grid: str | None = None
    community: str | None = None
    subdistrict: str | None = None

    def facts(self) -> ReportFacts:
        """Return the report as the rules see it; an instant without a zone is UTC."""
        return ReportFacts(
            report_id=NOWHERE,
            case_id=NOWHERE,
            number=self.id,
            accepted_at=self.accepted_at if self.accepted_at.tzinfo else self.accepted_at.replace(tzinfo=UTC),
            channel=self.channel,
            reporter_kind="resident",
            place=Place(grid=self.grid, community=self.community, subdistrict=self.subdistrict),
            item=self.item,
            text=self.text,
        )


def report_decided(text: str) -> ReportFacts:
    """Return a report as a stored decision holds it."""
    return _REPORT.decode(text)


def read_file(path: Path, tell: Tell) -> Iterator[ReportFacts]:
    """Yield the reports of a file, in its order; its name says whether it is CSV.

    Raises:
        UnreadableReportError: with the line or row.
    """
    with path.open("rb") as file:
        yield from read_csv(file, tell) if path.suffix.lower() == ".csv" else read_ndjson(file, tell)


def read_ndjson(file: BinaryIO, tell: Tell) -> Iterator[ReportFacts]:
    """Yield the reports of NDJSON. Raises UnreadableReportError with the line."""
    decode, read = msgspec.json.Decoder(PastReport).decode, 0
    for number, line in enumerate(iter(lambda: file.readline(LINE_BYTES_MAX + 1), b""), start=1):
        read += len(line)
        if len(line) > LINE_BYTES_MAX:
            raise UnreadableReportError(f"line {number}: longer than {LINE_BYTES_MAX} bytes")
        if line.isspace():
            continue
        try:
            report = decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise UnreadableReportError(f"line {number}: {error}") from error
        tell(read)
        yield report.facts()


def read_csv(file: BinaryIO, tell: Tell) -> Iterator[ReportFacts]:
    """Yield the reports of CSV in UTF-8 or GB18030. Raises UnreadableReportError with the row."""
    text = io.TextIOWrapper(file, _encoding_of(file), newline="")
    rows: Iterator[dict[str | Any, str | Any]] = csv.DictReader(text)
    number = 1
    try:
        for row in rows:
            number += 1
            cells = {name: cell for name, cell in row.items() if cell}
            tell(file.tell())
            yield msgspec.convert(cells, PastReport, strict=False).facts()
    except (msgspec.ValidationError, csv.Error) as error:
        raise UnreadableReportError(f"row {number}: {error}") from error


def _encoding_of(file: BinaryIO) -> str:
    """Return the first encoding in which the whole file can be read, and go back to its start."""
    for encoding in ENCODINGS:
        file.seek(0)
        reader = io.TextIOWrapper(file, encoding, newline="")
        try:
            while reader.read(LINE_BYTES_MAX):
                pass
        except UnicodeDecodeError:
            continue
        finally:
            reader.detach()
        file.seek(0)
        return encoding
    raise UnreadableReportError("row 1: neither UTF-8 nor GB18030")

"""Drafts as a page shows them: what is open, what was refused, what was replayed, and who did what with rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.reference.model.version import ReferenceVersion
from services.reference.sheets.refusals import Refusal
from services.reference.versions.admissions import Connection
from services.reference.versions.content import version_of
from services.reference.versions.publish import asked

LISTED_MAX: Final = 50
REFUSALS_MAX: Final = 500
DRAFTS: Final = f"""
    select d.draft_id, d.drafted_by, d.drafted_at, d.note, reference.version_at(d.drafted_at) as made_on
    from reference.drafts d where d.published_as is null and d.withdrawn_at is null
    order by d.draft_id desc limit {LISTED_MAX}
"""
CONTENT: Final = "select content from reference.drafts where draft_id = $1"
VERSION: Final = "select content, active_from from reference.versions where version = $1"
VERSIONS: Final = f"""
    select v.version, v.active_from, v.published_at, v.drafted_by, v.approved_by, s.profile, s.area, s.switched_on,
        coalesce(d.note, s.reason, '') as note
    from reference.versions v
    left join reference.mode_switches s using (version)
    left join reference.drafts d on d.published_as = v.version
    order by v.version desc limit {LISTED_MAX}
"""
IN_FORCE: Final = "select reference.version_at(clock.now())"
ACTS: Final = f"""
    select at, person, act, draft_id, version, note from reference.acts order by act_id desc limit {LISTED_MAX}
"""
REFUSED: Final = """
    select u.at, u.total, u.refusals::text as refusals,
        array(select s.name from reference.refused_sheets s where s.person = u.person order by s.name) as sheets
    from reference.refused_uploads u where u.person = $1
"""
REFUSED_SHEET: Final = "select workbook from reference.refused_sheets where person = $1 and name = $2"
WITHDRAW: Final = "select reference.withdraw_draft($1, $2)"
KEEP_REFUSED: Final = "select reference.keep_refused($1, $2::jsonb, $3, $4, $5)"
FORGET_REFUSED: Final = "select reference.forget_refused($1)"


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft that is neither published nor withdrawn."""

    draft_id: int
    drafted_by: UUID
    drafted_at: datetime
    note: str
    made_on: int
    """The version that was in force when it was drafted."""


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """A version as a list shows it; of a mode switch also the profile, the area, and whether it went on."""

    version: int
    active_from: datetime
    published_at: datetime
    drafted_by: UUID
    approved_by: UUID
    profile: str | None
    area: str | None
    switched_on: bool | None
    note: str


@dataclass(frozen=True, slots=True)
class Act:
    """Who did what with rules: `refused`, `drafted`, `withdrawn`, `replayed`, `published`."""

    at: datetime
    person: UUID
    act: str
    draft_id: int | None
    version: int | None
    note: str


@dataclass(frozen=True, slots=True)
class RefusedUpload:
    """A person's last upload, if it was refused. `total` counts what the list leaves out too."""

    at: datetime
    total: int
    refusals: tuple[Refusal, ...]
    sheets: tuple[str, ...]
    """Sheets that can be had with a column that says what is wrong."""


async def open_drafts(connection: Connection) -> list[Draft]:
    """Return the drafts that wait, the newest first."""
    return [Draft(**_plain(row)) for row in await connection.fetch(DRAFTS)]


async def draft_content(connection: Connection, draft_id: int) -> ReferenceVersion | None:
    """Return what a draft says, published and withdrawn ones too; None for no draft."""
    content = await connection.fetchval(CONTENT, draft_id)
    return None if content is None else version_of(content, 0, None)


async def version_content(connection: Connection, number: int) -> ReferenceVersion | None:
    """Return a published version; None for no version."""
    rows = await connection.fetch(VERSION, number)
    return version_of(rows[0]["content"], number, rows[0]["active_from"]) if rows else None


async def number_in_force(connection: Connection) -> int | None:
    """Return the number of the version in force; None while nothing is published."""
    number: int | None = await connection.fetchval(IN_FORCE)
    return number


async def published_versions(connection: Connection) -> list[PublishedRow]:
    """Return the last versions, the newest first, mode switches among them."""
    return [PublishedRow(**_plain(row)) for row in await connection.fetch(VERSIONS)]


async def last_acts(connection: Connection) -> list[Act]:
    """Return what was done last, the newest first."""
    return [Act(**_plain(row)) for row in await connection.fetch(ACTS)]


async def withdraw(connection: Connection, draft_id: int, token_hash: bytes) -> None:
    """Take an open draft back. Raises PublicationRefusedError: not open, or the person is no rule owner."""
    await asked(connection, WITHDRAW, draft_id, token_hash)


async def keep_refused(
    connection: Connection, refusals: Sequence[Refusal], workbooks: Mapping[str, bytes], token_hash: bytes
) -> None:
    """Keep what was wrong with a person's upload, and the sheets marked with it, until they upload again.

    Raises:
        PublicationRefusedError: the person is no rule owner.
    """
    told = [{"sheet": one.sheet, "row": one.row, "column": one.column, "reason": one.reason} for one in refusals]
    shown = msgspec.json.encode(told[:REFUSALS_MAX]).decode()
    names, books = list(workbooks), list(workbooks.values())
    await asked(connection, KEEP_REFUSED, len(refusals), shown, names, books, token_hash)


async def forget_refused(connection: Connection, token_hash: bytes) -> None:
    """Forget a person's refused upload: a good one came."""
    await asked(connection, FORGET_REFUSED, token_hash)


async def refused_upload(connection: Connection, person: UUID) -> RefusedUpload | None:
    """Return what was wrong with a person's last upload."""
    for row in await connection.fetch(REFUSED, person):
        refusals = tuple(Refusal(**one) for one in msgspec.json.decode(row["refusals"]))
        return RefusedUpload(row["at"], row["total"], refusals, tuple(row["sheets"]))
    return None


async def refused_sheet(connection: Connection, person: UUID, name: str) -> bytes | None:
    """Return a sheet of the refused upload as a workbook that says what is wrong."""
    workbook: bytes | None = await connection.fetchval(REFUSED_SHEET, person, name)
    return workbook


def _plain(row: Any) -> dict[str, Any]:
    # asyncpg's own UUID compares and hashes slowly; one of the standard library's.
    return {name: UUID(int=value.int) if isinstance(value, UUID) else value for name, value in dict(row).items()}

"""Rules as the API tells them: what is in force, what is drafted, what is wrong with it, what it changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

Note = Annotated[str, msgspec.Meta(min_length=2, max_length=500)]


class SheetsUploaded(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Files that take the place of those in force, by name: `rules.xlsx`, `units.csv`, `policies.json`; in base64."""

    note: Note
    files: Annotated[dict[str, bytes], msgspec.Meta(min_length=1)]


class ReplayAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many of the latest cases are decided again by the draft."""

    cases: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1_000


class PublishAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Publish a draft that somebody else made; `against` is the version in force that it was compared with."""

    against: Annotated[int, msgspec.Meta(ge=1)]
    begins: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    """None: as soon as possible, some ten seconds from now."""


class RollbackAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an earlier version is drafted again."""

    note: Note


class DraftKept(msgspec.Struct, frozen=True, kw_only=True):
    """The draft that was made; another person publishes it."""

    draft_id: int


class DraftWithdrawn(msgspec.Struct, frozen=True, kw_only=True):
    """A draft that was taken back."""

    draft_id: int


class ReplayBegun(msgspec.Struct, frozen=True, kw_only=True):
    """A replay runs in the background; the draft tells how far it is."""

    draft_id: int


class VersionPublished(msgspec.Struct, frozen=True, kw_only=True):
    """A version that is or will be in force."""

    version: int
    active_from: datetime
    is_late: bool
    """Committed less than 3 s before: reports of that instant may have been decided by the version before."""


class DraftListed(msgspec.Struct, frozen=True, kw_only=True):
    draft_id: int
    drafted_by: UUID
    drafted_at: datetime
    note: str
    made_on: int
    """The version that was in force when it was drafted."""


class VersionListed(msgspec.Struct, frozen=True, kw_only=True):
    """A version; of a mode switch also the profile, the area, and whether it went on."""

    version: int
    active_from: datetime
    published_at: datetime
    drafted_by: UUID
    approved_by: UUID
    profile: str | None
    area: str | None
    switched_on: bool | None
    note: str


class RulesShown(msgspec.Struct, frozen=True, kw_only=True):
    """The version in force, the last versions, and the drafts that wait."""

    in_force: int
    versions: list[VersionListed]
    drafts: list[DraftListed]


class FindingTold(msgspec.Struct, frozen=True, kw_only=True):
    """What lint finds, with its cell. Row 0: it stands in no sheet."""

    check: str
    rule: str
    other: str
    reason: str
    sheet: str
    row: int
    column: str
    other_row: int


class ChangeTold(msgspec.Struct, frozen=True, kw_only=True):
    """One entry that differs from the version in force; of it the fields that do."""

    part: str
    key: str
    what: Literal["added", "removed", "changed"]
    before: Mapping[str, Any]
    after: Mapping[str, Any]


class ReplayTold(msgspec.Struct, frozen=True, kw_only=True):
    """What the draft would have done with past cases; `result` is None while it runs."""

    asked: int
    decided: int
    running: bool
    ended: str | None
    result: Mapping[str, Any] | None


class DraftShown(msgspec.Struct, frozen=True, kw_only=True):
    """A draft beside the version in force: lint, differences, and the last replay."""

    draft: DraftListed
    against: int
    findings: list[FindingTold]
    changes: list[ChangeTold]
    replay: ReplayTold | None

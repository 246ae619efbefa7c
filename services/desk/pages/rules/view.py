"""What the rules page shows: the version in force, the drafts, and one draft with all that is known of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.desk.pages.parts import PageParts
from services.desk.pages.rules.wording import PartTold, Wording, is_row_only
from services.desk.pages.visit import Visit
from services.desk.queries.names import names_of
from services.reference.deciding.compile import CompiledReference
from services.reference.model.version import ReferenceVersion
from services.reference.versions.drafts import (
    Draft,
    PublishedRow,
    draft_content,
    last_acts,
    open_drafts,
    published_versions,
    refused_upload,
)
from services.reference.versions.examining import Examined
from services.reference.versions.rehearsals import Rehearsal, rehearsal_of

FINDINGS_MAX: Final = 200
CHANGES_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftShown:
    """A draft with everything that is known of it."""

    draft: Draft
    examined: Examined
    parts: list[PartTold]
    """Differences in words, at most 200."""
    differences: int
    rows_only: int
    """Rules that only stand in another row."""
    rehearsal: Rehearsal | None
    load: list[tuple[str, int, int]]
    """Of the replay: departments that would get more or less, before and after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesShown:
    """The whole page."""

    active: CompiledReference
    versions: list[PublishedRow]
    coming: list[PublishedRow]
    """Published, not yet in force; soonest first."""
    drafts: list[Draft]
    names: Mapping[UUID, str]
    more: Mapping[str, Any]

    def in_force(self) -> PublishedRow | None:
        return next((row for row in self.versions if row.version == self.active.number), None)


async def rules_shown(parts: PageParts, visit: Visit) -> RulesShown:
    """Read the page's lists."""
    active = parts.names.latest()
    async with parts.desk.reading(visit.session, "rules") as asking:
        connection = asking.connection
        versions, drafts = await published_versions(connection), await open_drafts(connection)
        acts = await last_acts(connection)
        refused = await refused_upload(connection, visit.visitor.person_id)
        names = await names_of(connection, _persons(versions, drafts, acts))
    coming = [row for row in reversed(versions) if row.active_from > visit.view.now]
    more = {"acts": acts, "refused": refused}
    return RulesShown(active=active, versions=versions, coming=coming, drafts=drafts, names=names, more=more)


async def draft_shown(parts: PageParts, visit: Visit, draft: Draft) -> DraftShown | None:
    """Examine a draft and say it in words; None when it has gone meanwhile."""
    active = parts.names.latest()
    async with parts.desk.reading(visit.session, "rules") as asking:
        content = await draft_content(asking.connection, draft.draft_id)
        rehearsal = await rehearsal_of(asking.connection, draft.draft_id, active.number)
    if content is None:
        return None
    examined = await parts.drafting.examining.of(draft.draft_id, active, content)
    return DraftShown(
        draft=draft,
        examined=examined,
        parts=wording_of(parts, visit, active.version, content).parts(examined.changes[:CHANGES_MAX]),
        differences=sum(not is_row_only(change) for change in examined.changes),
        rows_only=sum(map(is_row_only, examined.changes)),
        rehearsal=rehearsal,
        load=_load(rehearsal),
    )


def wording_of(parts: PageParts, visit: Visit, *versions: ReferenceVersion) -> Wording:
    """Return what says differences between these versions in the visitor's language."""
    words, language = parts.door.renderer.words, visit.view.language
    return Wording(
        versions,
        language,
        lambda key, **given: words.say(language, key, **given),
        lambda key, otherwise: words.say_or(language, key, otherwise),
    )


def _load(rehearsal: Rehearsal | None) -> list[tuple[str, int, int]]:
    if rehearsal is None or rehearsal.result is None:
        return []
    before, after = rehearsal.result.load_before, rehearsal.result.load_after
    found = [(unit, before[unit], after[unit]) for unit in {*before, *after} if before[unit] != after[unit]]
    return sorted(found, key=lambda row: (-abs(row[2] - row[1]), row[0]))


def _persons(versions: list[PublishedRow], drafts: list[Draft], acts: list[Any]) -> set[UUID]:
    named = {person for row in versions for person in (row.drafted_by, row.approved_by)}
    return named | {draft.drafted_by for draft in drafts} | {act.person for act in acts}

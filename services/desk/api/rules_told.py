"""How the API tells drafts: what lint finds and where, what differs, what a replay brought; why sheets are refused."""

from dataclasses import asdict
from typing import Final

import msgspec

from services.chassis.web.problems import Problem
from services.desk.domain.rules import ChangeTold, DraftListed, DraftShown, FindingTold, ReplayTold
from services.reference.sheets.replacing import UploadRefusedError
from services.reference.versions.examining import Examined
from services.reference.versions.rehearsals import Rehearsal

REFUSALS_TOLD: Final = 500


def refused_sheets(error: UploadRefusedError) -> Problem:
    """Return the 422 with everything that is wrong, by sheet, row and column."""
    wrong = [
        {"sheet": one.sheet, "row": one.row, "column": one.column, "reason": one.reason}
        for one in error.refusals[:REFUSALS_TOLD]
    ]
    return Problem(
        "sheets-refused",
        "The sheets are refused",
        422,
        "Nothing was drafted.",
        total=len(error.refusals),
        refusals=wrong,
    )


def draft_told(draft: DraftListed, against: int, examined: Examined, rehearsal: Rehearsal | None) -> DraftShown:
    """Return a draft as it is told: findings with their cells, differences, the replay."""
    return DraftShown(
        draft=draft,
        against=against,
        findings=[
            FindingTold(
                **asdict(each.finding), sheet=each.sheet, row=each.row, column=each.column, other_row=each.other_row
            )
            for each in examined.findings
        ],
        changes=[
            ChangeTold(part=each.part, key=each.key, what=each.what, before=each.before, after=each.after)
            for each in examined.changes
        ],
        replay=None if rehearsal is None else _replay(rehearsal),
    )


def _replay(rehearsal: Rehearsal) -> ReplayTold:
    result = None if rehearsal.result is None else msgspec.to_builtins(rehearsal.result)
    return ReplayTold(
        asked=rehearsal.asked,
        decided=rehearsal.decided,
        running=rehearsal.running,
        ended=rehearsal.ended,
        result=result,
    )

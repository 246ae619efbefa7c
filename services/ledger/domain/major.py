"""Major matters reach the district's leader when the case is opened, not with a batch (X-15)."""

from services.contracts.codec import event_id_of
from services.contracts.events import NoticeIssued
from services.ledger.domain.state import CENTER, CaseRow
from services.reference.model.policies import Policies


def is_major(row: CaseRow, policies: Policies) -> bool:
    """Whether the policy of the case's decision names its item or its lane."""
    return row.item in policies.major.items or row.lane in policies.major.lanes


def who_hears(row: CaseRow) -> tuple[str, ...]:
    """Return the units whose leaders see it: those that see the case, and the center; never an accused one."""
    return tuple(unit for unit in dict.fromkeys((*row.units, CENTER)) if unit not in row.barred_units)


def notice_of(row: CaseRow, epoch: int) -> NoticeIssued:
    """Return what is told at once. Of a sensitive lane it says that there is something, and nothing about it."""
    facts: dict[str, str | int | float | bool | None] = {"urgency": row.urgency}
    if row.lane == "ordinary":
        facts |= {
            "case_id": str(row.case_id),
            "number": row.number,
            "item": row.item,
            "subdistrict": row.subdistrict,
            "lead": row.lead,
        }
    else:
        facts["sensitive"] = True
    return NoticeIssued(
        event_id=event_id_of(epoch, row.case_id, "major"),
        at=row.opened_at,
        kind="major_matter",
        units=who_hears(row) if row.lane == "ordinary" else tuple(row.units),
        subject="" if row.lane != "ordinary" else row.number,
        facts=facts,
    )

"""The register of task admissions: asked for, decided, withdrawn, and what was refused, counted by department."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol

import msgspec

from services.contracts.codec import event_id_of
from services.contracts.events.notice import NoticeIssued
from services.reference.model.duties import Admission, AdmissionState
from services.reference.model.organisation import LEADING_GROUP_OFFICE
from services.reference.sheets.refusals import Refusal
from services.reference.versions.publish import asked

REQUEST: Final = "select r from reference.request_admission($1, $2, $3, $4, $5, $6, $7, $8) r"
DECIDE: Final = "select reference.decide_admission($1, $2, $3, $4, $5)"
WITHDRAW: Final = "select reference.withdraw_admission($1, $2, $3, $4, $5)"
ADOPT: Final = "select reference.adopt_admissions($1::jsonb)"
NOTE: Final = "select * from reference.note_refused_tasks($1, $2, $3)"
WHAT_MAX: Final = 500


class Connection(Protocol):
    """An asyncpg connection, or the pool."""

    async def fetch(self, query: str, *args: object) -> Any: ...

    async def fetchval(self, query: str, *args: object) -> Any: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a department asks for. Without funds, staff or powers it is refused at once (S0-09)."""

    title: str
    department: str
    items: Sequence[str]
    units: Sequence[str]
    funds: bool
    staff: bool
    powers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """What is asked by who ends an admission. `ends_on` is the first day it no longer holds, no earlier than today."""

    admission: str
    ends_on: date
    active_from: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Requested:
    """What became of a request. `reason` says what is missing where it was refused."""

    id: str
    state: AdmissionState
    reason: str | None


async def request(connection: Connection, wanted: Request, token_hash: bytes) -> Requested:
    """Ask for an admission, as the head of the department.

    Raises:
        PublicationRefusedError: the person is not the department's head.
    """
    conditions = (wanted.funds, wanted.staff, wanted.powers)
    arguments = (wanted.title, wanted.department, list(wanted.items), list(wanted.units), *conditions, token_hash)
    return Requested(*_fields(await asked(connection, REQUEST, *arguments)))


async def decide(
    connection: Connection, admission: str, reason: str, token_hash: bytes, *, approved: bool, valid_to: date | None
) -> None:
    """Approve or refuse an admission, as the head of the leading group's office.

    Raises:
        PublicationRefusedError: another person's to decide, decided already, or asked for by the same person.
    """
    await asked(connection, DECIDE, admission, approved, reason, valid_to, token_hash)


async def withdraw(connection: Connection, wanted: Withdrawal, token_hash: bytes) -> int | None:
    """End an approved admission; return the version that says so, None where nothing is published yet (S0-10).

    From its `active_from` on no new case goes down under the admission, from the day it ends; open cases stay with
    whoever has them.

    Raises:
        PublicationRefusedError: another person's to decide, not approved, or less than 4 s of notice.
    """
    arguments = (wanted.admission, wanted.ends_on, wanted.active_from, wanted.reason, token_hash)
    number = await asked(connection, WITHDRAW, *arguments)
    return None if number is None else int(str(number))


async def adopt(connection: Connection, admissions: Sequence[Admission]) -> int:
    """Take over what was decided on paper; return how many the register did not know."""
    return int(await connection.fetchval(ADOPT, msgspec.json.encode(admissions).decode()))


async def note_refused(connection: Connection, refusals: Sequence[Refusal], token_hash: bytes) -> dict[str, int]:
    """Count work that was sent down without an approved admission; return the count of each department so far.

    The same work refused again on the same day counts once.
    """
    senders = [refusal.sender for refusal in refusals if refusal.sender]
    whats = [refusal.reason[:WHAT_MAX] for refusal in refusals if refusal.sender]
    if not senders:
        return {}
    return {row["department"]: row["refusals"] for row in await connection.fetch(NOTE, senders, whats, token_hash)}


def notices_of(refusals: Sequence[Refusal], counts: Mapping[str, int], at: datetime, epoch: int) -> list[NoticeIssued]:
    """Return what each department and the leading group's office are told about its refused tasks."""
    return [_notice(department, count, refusals, at, epoch) for department, count in sorted(counts.items())]


def _notice(department: str, count: int, refusals: Sequence[Refusal], at: datetime, epoch: int) -> NoticeIssued:
    reasons = [refusal.reason for refusal in refusals if refusal.sender == department]
    return NoticeIssued(
        event_id=event_id_of(epoch, "task_refused", department, at.isoformat()),
        at=at,
        kind="task_refused",
        units=(department, LEADING_GROUP_OFFICE),
        subject=f"未经准入的下派任务已退回: {department}",
        facts={
            "department": department,
            "refused": len(reasons),
            "refused_in_all": count,
            "first": reasons[0][:WHAT_MAX] if reasons else None,
        },
    )


def _fields(row: Any) -> tuple[str, AdmissionState, str | None]:
    return row[0], row[1], row[2]

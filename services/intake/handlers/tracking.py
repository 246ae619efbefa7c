"""Answer who holds a tracking code, or a number and the phone's last four digits; tell nobody else anything."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

import msgspec

from services.chassis.sealing import CannotOpenError, Key, Keys
from services.contracts.events.report import FollowUpKind
from services.intake.domain.numbers import NotANumberError, ReportNumber
from services.intake.domain.tracking import SEAL_BYTES, is_code_of, number_in, tail_mac
from services.intake.ports import Cases, Known, Progress, Reports, Tails

NOBODY: Final = UUID(int=0)
NO_TAIL: Final = bytes(SEAL_BYTES)
ACCEPTED: Final = Progress(state="accepted")
"""Before the ledger knows the case, and while it is away from view."""


class NoSuchReportError(LookupError):
    """No such report, or not with this code or tail: the same answer for all of them."""


class Addition(msgspec.Struct, frozen=True):
    """What the reporter added, by kind; what it said is not repeated."""

    kind: FollowUpKind
    at: datetime


class Tracked(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a reporter may see of a report."""

    number: str
    accepted_at: datetime
    progress: Progress
    added: tuple[Addition, ...] = ()


class Additions(Protocol):
    """What reporters added so far."""

    async def added_to(self, report_id: UUID) -> Sequence[tuple[FollowUpKind, datetime]]:
        """Return kind and instant of each follow-up, oldest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackReports:
    """Find a report for its reporter."""

    reports: Reports
    cases: Cases
    tails: Tails
    additions: Additions
    keys: Keys

    async def by_code(self, code: str) -> Tracked:
        """Return what a tracking code shows. Raises NoSuchReportError."""
        return await self.shown(await self.report_of(code))

    async def by_tail(self, number: str, tail: str) -> Tracked:
        """Return the same for a number and a phone's last four digits; five misses lock the number for 15 minutes.

        Raises:
            NoSuchReportError: also while it is locked.
        """
        known = await self._numbered(number)
        # A number that does not exist, a report without a phone and a wrong tail take the same steps.
        asked = known.report_id if known else NOBODY
        kept = await self.tails.tail_of(asked)
        fits = hmac.compare_digest(kept or NO_TAIL, tail_mac(tail, self._key_of(known).marking))
        if known is None or kept is None or not fits:
            await self.tails.missed(asked)
            raise NoSuchReportError
        return await self.shown(known)

    async def report_of(self, code: str) -> Known:
        """Return the report of a tracking code. Raises NoSuchReportError."""
        try:
            number = number_in(code)
        except NotANumberError:
            raise NoSuchReportError from None
        known = await self._find(number)
        # Computed also when there is no such number, so that both take as long.
        fits = is_code_of(code, known.report_id if known else NOBODY, self._key_of(known).marking)
        if known is None or not fits:
            raise NoSuchReportError
        return known

    async def _numbered(self, text: str) -> Known | None:
        try:
            return await self._find(ReportNumber.parse(text))
        except NotANumberError:
            return None

    async def _find(self, number: ReportNumber) -> Known | None:
        known = await self.reports.find(number.epoch, number.serial)
        if known is None or ReportNumber.of(known.accepted_at, known.epoch, known.serial) != number:
            return None
        return known

    def _key_of(self, known: Known | None) -> Key:
        if known is None:
            return self.keys.current
        try:
            return self.keys.key(known.key_id)
        except CannotOpenError:
            raise NoSuchReportError from None

    async def shown(self, known: Known) -> Tracked:
        """Return what the reporter of a known report may see."""
        number = str(ReportNumber.of(known.accepted_at, known.epoch, known.serial))
        progress = await self.cases.progress_of(known.report_id) or ACCEPTED
        added = await self.additions.added_to(known.report_id)
        return Tracked(number, known.accepted_at, progress, tuple(Addition(kind, at) for kind, at in added))

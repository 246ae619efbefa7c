"""Take what a reporter adds later: facts, a photo, the withdrawal, a rating."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import msgspec

from services.chassis.sealing import Keys
from services.contracts.codec import encode
from services.contracts.events import ReportFollowedUp
from services.intake.domain.followup import AdmittedFollowUp, admit_followup
from services.intake.domain.form import FollowUpForm
from services.intake.domain.lanes import Judge
from services.intake.domain.refusals import OtherBodyError, RefusedError
from services.intake.handlers.tracking import TrackReports
from services.intake.handlers.writing_down import seal_text
from services.intake.metrics import IntakeMetrics
from services.intake.ports import Claim, FollowUps, Known, NewFollowUp, Pictures


class AlreadyDoneError(RuntimeError):
    """A withdrawal or a rating comes once only."""


class FollowUpReceipt(msgspec.Struct, frozen=True):
    """The follow-up is committed; the case shows it when the ledger has taken it."""

    followup_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpReports:
    """Take a follow-up from whoever holds the tracking code."""

    track: TrackReports
    city: Callable[[], Judge]
    followups: FollowUps
    pictures: Pictures
    keys: Keys
    metrics: IntakeMetrics
    new_id: Callable[[], UUID]

    async def one(self, code: str, form: FollowUpForm, claim: Claim | None) -> tuple[FollowUpReceipt, bool]:
        """Return the receipt, and whether it was given before for the same key and body.

        Raises:
            NoSuchReportError: the code is wrong.
            RefusedError, AlreadyDoneError, OtherBodyError: nothing is written.
        """
        known = await self.track.report_of(code)
        admitted = admit_followup(form, known.lane, self.city())
        row = await self._written_down(known, admitted, claim)
        added = await self.followups.add_once(row)
        if added.followup_id == row.followup_id:
            self.metrics.followed_up.labels(form.kind).inc()
            return FollowUpReceipt(row.followup_id), False
        if claim is not None and added.earlier_fingerprint not in {None, claim.fingerprint}:
            raise OtherBodyError
        if added.followup_id is None:
            raise AlreadyDoneError
        return FollowUpReceipt(added.followup_id), True

    async def _written_down(self, known: Known, admitted: AdmittedFollowUp, claim: Claim | None) -> NewFollowUp:
        form = admitted.form
        await self._check_pictures(form, known.report_id)
        followup_id, now = self.new_id(), await self.followups.now()
        event = ReportFollowedUp(
            event_id=followup_id,
            report_id=known.report_id,
            case_id=known.report_id,
            at=now,
            kind=form.kind,
            text=admitted.text,
            rating=form.rating,
            attachments=form.attachments,
        )
        return NewFollowUp(
            followup_id=followup_id,
            report_id=known.report_id,
            kind=form.kind,
            at=now,
            body=encode(event),
            key_id=self.keys.current_id,
            claim=claim,
            raw=None if admitted.raw is None else seal_text(followup_id, admitted.raw.encode(), self.keys),
            attachments=form.attachments,
        )

    async def _check_pictures(self, form: FollowUpForm, report_id: UUID) -> None:
        wanted = frozenset(form.attachments)
        if wanted and await self.pictures.claimable(list(wanted), report_id) != wanted:
            raise RefusedError("attachments", "unknown, used by another report, or older than an hour")

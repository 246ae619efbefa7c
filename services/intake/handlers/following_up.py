"""Take what a reporter adds later: facts, a photo, the withdrawal, a rating."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.chassis.sealing import Keys
from services.contracts.codec import encode
from services.contracts.events import ReportFollowedUp
from services.intake.domain.followup import AdmittedFollowUp, admit_followup
from services.intake.domain.form import FollowUpForm
from services.intake.domain.lanes import Advice, Judge, advice_in
from services.intake.domain.receipt import Receipt
from services.intake.domain.refusals import OtherBodyError, RefusedError
from services.intake.domain.repeats import said
from services.intake.handlers.separating import SeparateWords
from services.intake.handlers.tracking import Tracked, TrackReports
from services.intake.handlers.writing_down import seal_text
from services.intake.metrics import IntakeMetrics
from services.intake.ports import Claim, FollowUps, Known, NewFollowUp, Pictures

SAID_ALONE: Final = frozenset({"rating", "withdrawal"})
"""Kinds that say something without words."""


class AlreadyDoneError(RuntimeError):
    """A withdrawal comes once only, a rating once for each result."""


class FollowUpReceipt(msgspec.Struct, frozen=True, omit_defaults=True):
    """The follow-up is committed; the case shows it when the ledger has taken it."""

    followup_id: UUID
    separate: Receipt | None = None
    """The report that its words became, because they may not reach the case; has a tracking code of its own."""


class NothingNew(msgspec.Struct, frozen=True, omit_defaults=True):
    """The same was said before: nothing is written, and its reporter is told how far it is (X-11)."""

    tracked: Tracked
    advice: Advice | None = None


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
    separate: SeparateWords

    async def one(
        self, code: str, form: FollowUpForm, claim: Claim | None
    ) -> tuple[FollowUpReceipt | NothingNew, bool]:
        """Return the receipt, and whether it was given before for the same key and body; or that nothing is new.

        Raises:
            NoSuchReportError: the code is wrong.
            RefusedError, AlreadyDoneError, OtherBodyError: nothing is written.
        """
        known = await self.track.report_of(code)
        admitted = admit_followup(form, known.lane, self.city())
        apart = await self.separate.of(known, admitted)
        if apart is None:
            return await self._taken(known, admitted, claim)
        if form.kind not in SAID_ALONE:
            return FollowUpReceipt(apart.receipt.report_id, apart.receipt), apart.replayed
        # A rating or a withdrawal counts for the case all the same, without its words.
        silent = admit_followup(replace(form, text="", attachments=()), known.lane, self.city())
        taken, replayed = await self._taken(known, silent, claim)
        if isinstance(taken, FollowUpReceipt):
            taken = replace(taken, separate=apart.receipt)
        return taken, replayed

    async def _taken(
        self, known: Known, admitted: AdmittedFollowUp, claim: Claim | None
    ) -> tuple[FollowUpReceipt | NothingNew, bool]:
        form = admitted.form
        row = await self._written_down(known, admitted, claim)
        if await self._was_said_before(known, admitted, claim):
            tracked = await self.track.shown(known)
            # Said again of a case that was closed, it is new: the work did not last.
            if tracked.progress.closed_at is None:
                return NothingNew(tracked, advice_in(self.city(), "repeat_without_new_facts")), False
        added = await self.followups.add_once(row)
        if added.followup_id == row.followup_id:
            self.metrics.followed_up.labels(form.kind).inc()
            return FollowUpReceipt(row.followup_id), False
        if claim is not None and added.earlier_fingerprint not in {None, claim.fingerprint}:
            raise OtherBodyError
        if added.followup_id is None:
            raise AlreadyDoneError
        return FollowUpReceipt(added.followup_id), True

    async def _was_said_before(self, known: Known, admitted: AdmittedFollowUp, claim: Claim | None) -> bool:
        """Whether facts repeat what was said. A request sent again is no repetition: its key was answered before."""
        form, text = admitted.form, admitted.text
        if form.kind != "facts" or form.attachments or not text:
            return False
        if claim is not None and await self.followups.was_added(claim):
            return False
        words = said(text)
        return any(words in said(earlier) for earlier in await self.followups.said_before(known.report_id))

    async def _written_down(self, known: Known, admitted: AdmittedFollowUp, claim: Claim | None) -> NewFollowUp:
        form = admitted.form
        await self._check_pictures(form, known.report_id)
        rated = (await self.track.shown(known)).progress.closed_at if form.kind == "rating" else None
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
            about=rated,
        )

    async def _check_pictures(self, form: FollowUpForm, report_id: UUID) -> None:
        wanted = frozenset(form.attachments)
        if wanted and await self.pictures.claimable(list(wanted), report_id) != wanted:
            raise RefusedError("attachments", "unknown, used by another report, or older than an hour")

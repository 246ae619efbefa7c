"""Make a report of words that may not reach the case they were added to: once, however often they are sent."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from services.intake.domain.admission import City
from services.intake.domain.followup import AdmittedFollowUp
from services.intake.domain.receipt import Answer
from services.intake.domain.separate import is_separate, may_be_separate, separated
from services.intake.domain.text import TEXT_MAX, clean
from services.intake.handlers.accepting import AcceptReports
from services.intake.ports import Claim, FollowUps, Known


@dataclass(frozen=True, slots=True, kw_only=True)
class SeparateWords:
    """Take words out of a follow-up and accept them as a report."""

    accept: AcceptReports
    followups: FollowUps
    city: Callable[[], City]

    async def of(self, known: Known, added: AdmittedFollowUp) -> Answer | None:
        """Return the answer to the report that the words became; None where they may reach the case.

        Raises:
            RefusedError, UndecidedError, TooManyWaitingError: nothing is written.
        """
        if not may_be_separate(added.verdict, known.lane):
            return None
        reported = await self.followups.reported(known.report_id)
        if not is_separate(added.verdict, reported):
            return None
        text = clean(added.form.text, "text", TEXT_MAX)
        words = separated(added.form, text, added.verdict, reported, self.city())
        return await self.accept.one(words, _claim_of(known.report_id, text, added.form.attachments))


def _claim_of(report_id: UUID, text: str, attachments: tuple[UUID, ...]) -> Claim:
    """Return the words' own key: the same words to the same report are said once."""
    said = hashlib.sha256(
        b"\0".join((b"separate", report_id.bytes, text.encode(), *(one.bytes for one in attachments)))
    )
    return Claim(UUID(bytes=said.digest()[:16]), said.digest()[16:])

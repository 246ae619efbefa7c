"""Papers of a counter: each makes one report, however often it is entered, and is found again by its number."""

import hashlib
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from services.contracts.events.report import TakenIn
from services.intake.domain.counter import check_date, paper_number
from services.intake.domain.refusals import RefusedError
from services.intake.handlers.tracking import NoSuchReportError, Tracked, TrackReports
from services.intake.ports import Claim, Papers, Reports


@dataclass(frozen=True, slots=True, kw_only=True)
class TakePapers:
    """Knows papers by the unit that entered them and their number."""

    papers: Papers
    reports: Reports
    track: TrackReports
    zone: ZoneInfo
    """In which a paper's day ends."""

    async def claim(self, taken: TakenIn) -> Claim | None:
        """Return the paper's own key, from now on kept for good; None without a paper.

        Whoever enters it again gets the first report, whatever the words: so the key alone is compared.

        Raises:
            RefusedError: the paper's date cannot be.
        """
        if taken.paper is None or taken.reported_on is None:
            return None
        check_date(taken.reported_on, (await self.papers.now()).astimezone(self.zone).date())
        claim = _claim_of(taken.unit, taken.paper)
        await self.papers.keep(claim.client_key)
        return claim

    async def find(self, unit: str, written: str) -> Tracked:
        """Return what the reporter may see of a paper of this unit. Raises NoSuchReportError."""
        try:
            claim = _claim_of(unit, paper_number(written))
        except RefusedError:
            raise NoSuchReportError from None
        earlier = (await self.reports.made_by([claim.client_key])).get(claim.client_key)
        if earlier is None:
            raise NoSuchReportError
        return await self.track.shown(earlier.made)


def _claim_of(unit: str, number: str) -> Claim:
    named = hashlib.sha256(b"\0".join((b"paper", unit.encode(), number.encode()))).digest()
    return Claim(UUID(bytes=named[:16]), named[16:])

"""Which facts count, and what of them is kept."""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final, cast

import msgspec

from services.appraisal.domain.kept import (
    Answered,
    BegunAgain,
    Blown,
    CameIn,
    Confirmed,
    Contacted,
    Declined,
    Ended,
    FoundWrong,
    Judged,
    Kept,
    KeptOff,
    LeftOut,
    Marked,
    Ordered,
    Parted,
    Proposed,
    Rated,
    SentBack,
    StayedAway,
)
from services.contracts.events import life, progress, whistles

BARE: Final = frozenset(
    {"opened", "dispatched", "moved", "corrected", "extended", "suspended", "resumed", "branch_assigned"}
)
"""Facts that count by where the case stands after them; of themselves only what a problem ticket proposes is kept."""
BY_NAME: Final[dict[str, tuple[Kept, ...]]] = {"merged": (Ended("merged"),), "unmerged": (Parted(),)}
"""Facts that say everything by their name."""
MARKS: Final = frozenset({"limit", "letter", "supervision", "no_show", "bulletin_proposal", "interview_proposal"})


class _Notes(msgspec.Struct, frozen=True, gc=False):
    notes: tuple[str, ...] = ()


def _blown(whistle: whistles.Whistle) -> Blown:
    return Blown(whistle.number, whistle.subdistrict, tuple((called.unit, called.branch) for called in whistle.called))


def _step(fact: progress.StepTaken) -> tuple[Kept, ...]:
    kept: list[Kept] = []
    if fact.clock == "report_in" and fact.step == "no_show":
        kept.append(StayedAway(fact.cycle, fact.unit))
    if not fact.marks_only and (fact.card in {"yellow", "red"} or fact.step in MARKS):
        kept.append(Marked(fact.unit, fact.step, fact.card))
    if fact.whistle is not None:
        kept.append(_blown(fact.whistle))
    if fact.supervision is not None and not fact.supervision.joined:
        kept.append(Ordered(fact.supervision.number))
    if fact.proposal is not None and fact.proposal_number is not None:
        kept.append(Proposed(fact.proposal_number, fact.proposal, fact.unit))  # type: ignore[arg-type]  # of the same three words
    return tuple(kept)


def proposed_of(proposals: Iterable[whistles.Proposed]) -> tuple[Kept, ...]:
    """Return the interviews that a problem ticket proposes."""
    return tuple(Proposed(one.number, one.kind, one.unit) for one in proposals)


def _decided(fact: whistles.ProposalDecided) -> tuple[Kept, ...]:
    decided = Confirmed(fact.proposal, fact.kind, fact.confirmed)
    return (decided,) if fact.whistle is None else (decided, _blown(fact.whistle))


def _judged(fact: whistles.DepartmentEvaluated) -> Kept:
    return Judged(fact.number, fact.unit, (fact.punctuality, fact.effort, fact.result, fact.satisfaction))


def _ordered(fact: progress.SupervisionOrdered) -> tuple[Kept, ...]:
    return () if fact.supervision.joined else (Ordered(fact.supervision.number),)


def _rated(fact: progress.FollowedUp) -> tuple[Kept, ...]:
    return () if fact.rating is None else (Rated(fact.rating),)


OF: Final[dict[type, Callable[[Any], Kept | tuple[Kept, ...]]]] = {
    progress.StepTaken: _step,
    progress.WhistleBlown: lambda fact: _blown(fact.whistle),
    progress.ReportedIn: lambda fact: CameIn(fact.number, fact.unit, fact.late),
    progress.Handled: lambda _: Contacted(),
    progress.ReworkOrdered: lambda fact: (SentBack(fact.round), *proposed_of(fact.proposals)),
    progress.Closed: lambda fact: Ended("closed", fact.late_units),
    progress.FollowedUp: _rated,
    progress.SupervisionOrdered: _ordered,
    whistles.ProposalDecided: _decided,
    whistles.CallRefused: lambda fact: Declined(fact.number, fact.unit),
    whistles.DepartmentEvaluated: _judged,
    whistles.WhistleFoundWrong: lambda fact: FoundWrong(fact.number),
    life.ResolvedOnSpot: lambda _: Contacted(),
    life.Rejected: lambda _: Ended("rejected"),
    life.HandedOver: lambda _: Ended("handed_over"),
    life.Terminated: lambda _: Ended("terminated"),
    life.Explained: lambda _: Contacted(),
    life.Reopened: lambda fact: BegunAgain(fact.because),
    life.FollowUpCalled: lambda fact: Answered(fact.answer),
    life.ExclusionReviewed: lambda fact: (LeftOut(),) if fact.excluded else (),
}
_EXPLANATION: Final = msgspec.json.Decoder(_Notes)
COUNTED: Final = frozenset(str(cast("type[msgspec.Struct]", fact).__struct_config__.tag) for fact in OF)
"""Tags of the facts that are read whole."""

KEPT_OFF: Final = re.compile(r"item \S+ is not on the duty list of (\S+)|(\S+) does not hold the power for item \S+")
"""As the router notes that a duty stays with its department (S2-06)."""


def kept_off(because: msgspec.Raw) -> tuple[Kept, ...]:
    """Return from whom of the grassroots a duty was kept, as the notes of an opening's explanation say."""
    if b'"notes"' not in bytes(because):
        return ()
    found = (KEPT_OFF.fullmatch(note) for note in _EXPLANATION.decode(because).notes)
    return tuple(KeptOff(match[1] or match[2]) for match in found if match)


def kept_of(what: progress.What) -> tuple[Kept, ...]:
    """Return what counts of a fact."""
    keep = OF.get(type(what))
    if keep is None:
        return ()
    kept = keep(what)
    return kept if isinstance(kept, tuple) else (kept,)

"""Two cases about one thing: the later goes into the earlier, its reporter with it, and out again (S4-03)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from services.contracts.events import Actor
from services.contracts.events.merging import ClosedTogether, Merged, ReportJoined
from services.contracts.events.progress import State
from services.ledger.domain.acts import Asker, RefusedError
from services.ledger.domain.clocks import stop
from services.ledger.domain.life import who
from services.ledger.domain.life.acts import Merge, Unmerge
from services.ledger.domain.life.transition import OPEN, Asked, Transition
from services.ledger.domain.likeness import Look, likeness, words_of
from services.ledger.domain.state import ClockRow
from services.ledger.domain.taken import SYSTEM, TakenCase
from services.reference.model.duplicates import DuplicatePolicy

SURVIVING: Final[frozenset[State]] = OPEN | {"suspended", "resolved_on_spot"}
UNTOUCHED: Final[frozenset[State]] = frozenset({"consulting", "dispatched"})
"""Nobody has begun to work on it: the system may merge it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merging:
    """Who merges, when and why."""

    actor: Actor
    now: datetime
    reason: str = ""
    share: float | None = None
    """How alike the words are, when the system merges."""
    repeats: bool = False
    """The same person said the same before (X-11)."""


def merge(duplicate: TakenCase, survivor: TakenCase, merging: Merging) -> None:
    """Let the survivor go on for both: one queue, one set of clocks, everybody who reported is told.

    Raises:
        RefusedError: of different lanes, with different accused units, or one of them cannot be merged.
    """
    refuse_to_merge(duplicate, survivor)
    row, into, automatic = duplicate.case, survivor.case, merging.share is not None
    _lay_down(duplicate, merging.now)
    row.duplicate_of = into.case_id
    duplicate.move_to("merged")
    merged = Merged(
        into=into.case_id, number=into.number, reason=merging.reason, automatic=automatic, share=merging.share
    )
    duplicate.state_fact(merged, merging.actor, merging.now)
    report = replace(row.reports[0], number=row.number)
    into.reports = [*into.reports, report]
    joined = ReportJoined(
        report_id=report.report_id,
        number=row.number,
        channel=report.channel,
        automatic=automatic,
        repeats=merging.repeats,
    )
    survivor.state_fact(joined, merging.actor, merging.now)


def may_merge_by_itself(duplicate: TakenCase, survivor: TakenCase, policy: DuplicatePolicy) -> float | None:
    """Return how alike the cases are if the system may merge them as they stand now; None if it may not."""
    if not is_untouched(duplicate) or survivor.case.state not in SURVIVING:
        return None
    found = likeness(_look(duplicate), _look(survivor), policy)
    return found.share if found.verdict == "merge" else None


def is_untouched(case: TakenCase) -> bool:
    """Whether nobody has begun to work on it, so that the system may merge it."""
    return case.case.state in UNTOUCHED and case.case.signed_in_at is None


def close_together(duplicate: TakenCase, survivor: TakenCase, now: datetime) -> None:
    """End a merged case with the case that went on for it: its promise stops at the same instant."""
    row, at = duplicate.case, survivor.case.closed_at
    if row.duplicate_of != survivor.case.case_id or row.closed_at is not None or at is None:
        return
    promise = promise_of(duplicate)
    if promise.stopped_at is None:
        stop(promise, duplicate, at)
    row.closed_at = at
    on_time = at <= promise.due_at
    fact = ClosedTogether(into=survivor.case.case_id, number=survivor.case.number, on_time=on_time)
    duplicate.state_fact(fact, SYSTEM, now)


def others_of(act: object) -> tuple[UUID, ...]:
    """Return the cases beside its own that an act needs."""
    match act:
        case Merge(into=other) | Unmerge(survivor=other):
            return (UUID(other),)
        case _:
            return ()


def refuse_to_merge(duplicate: TakenCase, survivor: TakenCase) -> None:
    """Raise RefusedError where the two must stay two cases."""
    row, into = duplicate.case, survivor.case
    if row.case_id == into.case_id or row.duplicate_of is not None or into.duplicate_of is not None:
        raise RefusedError("merged-already", "one of the two is merged already, or they are one case")
    if row.lane != into.lane:
        raise RefusedError("across-lanes", "cases of different lanes are never merged")
    if set(row.barred_units) != set(into.barred_units):
        raise RefusedError("other-accused", "one of the two accuses a unit that may see the other")
    if len(row.reports) > 1:
        raise RefusedError("holds-others", "other reports were merged into this case; merge the other one into it")
    if row.whistle_open is not None:
        raise RefusedError("whistle-is-open", "departments are called for this case")
    if into.state not in SURVIVING:
        raise RefusedError("has-ended", "the other case has ended; reopen it, or let this one go on")


def _look(case: TakenCase) -> Look:
    row, report = case.case, case.decision.report
    return Look(
        case_id=row.case_id,
        accepted_at=row.accepted_at,
        lane=row.lane,
        item=row.item,
        place=report.place,
        words=words_of(report.text),
    )


def _lay_down(case: TakenCase, now: datetime) -> None:
    """End the parts and stop the clocks, but for the promise, which keeps its date and owes nothing more."""
    row = case.case
    for part in case.open_assignments():
        part.state, part.ended_at = "ended", now
        case.touch(part)
    for clock in case.clocks:
        if clock.stopped_at is None and clock.kind != "promise":
            stop(clock, case, now)
        elif clock.stopped_at is None:
            clock.next_step = clock.next_at = None
            case.touch(clock)
    row.supervision_open = row.attempt_awaited = row.request = None


def promise_of(case: TakenCase) -> ClockRow:
    return max((clock for clock in case.clocks if clock.kind == "promise"), key=lambda clock: clock.cycle)


def _merge(case: TakenCase, asked: Asked) -> None:
    act: Merge = asked.act
    survivor = other_of(asked, act.into)
    if not who_merges(survivor, asked.asker):
        raise RefusedError("not-yours-to-do", "the other case is not yours to merge into")
    merge(case, survivor, Merging(actor=asked.actor, now=asked.now, reason=act.reason))


def other_of(asked: Asked, named: str) -> TakenCase:
    other = asked.beside.get(UUID(named))
    if other is None:
        raise RefusedError("no-such-other-case", "there is no such other case that you may see")
    return other


def who_merges(case: TakenCase, asker: Asker) -> bool:
    """Whoever sorts what came in: the case's street, or who decides for the district or the lane."""
    return who.street(case, asker) or who.house(case, asker)


TRANSITIONS = (
    Transition(
        act=Merge,
        by=who_merges,
        source=OPEN - {"handled"},
        to="merged",
        needs="another open case of the same lane that accuses the same units",
        fact="merged",
        do=_merge,
    ),
)

"""Facts and notices are kept, once each: what a figure counts of them, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from services.appraisal.domain.glance import FactGlance, snapshot_of
from services.appraisal.domain.keeping import BARE, BY_NAME, COUNTED, kept_of, kept_off, proposed_of
from services.appraisal.domain.kept import Body, Ended, KeptNotice
from services.appraisal.metrics import AppraisalMetrics
from services.appraisal.ports import Facts, Row
from services.chassis.delivery.batch import Batch, CannotHandleError, Delivered
from services.contracts.codec import CannotDecodeError, decode
from services.contracts.events import CaseProgressed, NoticeIssued

FIRST_CHARACTERS_MAX: Final = 500
_ENCODER: Final = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepFacts:
    """Keep a row for every fact of a case."""

    facts: Facts
    metrics: AppraisalMetrics

    async def __call__(self, batch: Batch[FactGlance]) -> None:
        new = await self.facts.keep_once([row_of(one) for one in batch.delivered])
        self.metrics.facts.inc(len(batch))
        self.metrics.repeats.inc(len(batch) - new)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepNotices:
    """Keep a row for every notice; of a refused task whose it was."""

    facts: Facts
    metrics: AppraisalMetrics

    async def __call__(self, batch: Batch[NoticeIssued]) -> None:
        new = await self.facts.keep_notices_once([notice_of(event) for event in batch.events])
        self.metrics.notices.inc(len(batch))
        self.metrics.repeats.inc(len(batch) - new)


def row_of(one: Delivered[FactGlance]) -> Row:
    """Return the row of a fact.

    Raises:
        CannotHandleError: it names itself as one that counts, and cannot be read as one.
    """
    fact = one.event
    what = fact.what.type
    if what in BARE:
        shot = snapshot_of(fact)
        if what != "opened":
            return Row(
                fact.case_id,
                fact.version,
                fact.at,
                what,
                body=_ENCODER.encode(Body(shot, proposed_of(fact.what.proposals))),
            )
        body = _ENCODER.encode(Body(shot, kept_off(fact.what.because)))
        # Of other lanes nobody is told where and what; who says the same again makes no burst.
        told = shot.lane == "ordinary" and not fact.what.is_said_again
        item, place = (shot.item, shot.community or shot.subdistrict) if told else (None, None)
        return Row(fact.case_id, fact.version, fact.at, what, item, place, body=body)
    if what in BY_NAME:
        body = _ENCODER.encode(Body(snapshot_of(fact), BY_NAME[what]))
        return Row(fact.case_id, fact.version, fact.at, what, body=body)
    if what not in COUNTED:
        return Row(fact.case_id, fact.version, fact.at, what)
    return _counted(one)


def _counted(one: Delivered[FactGlance]) -> Row:
    try:
        event = decode(one.message.value, CaseProgressed)
    except CannotDecodeError as error:
        raise CannotHandleError(str(error)) from error
    shot, kept = snapshot_of(one.event), kept_of(event.what)
    ended = any(isinstance(each, Ended) for each in kept)
    return Row(
        event.case_id,
        event.version,
        event.at,
        one.event.what.type,
        due_at=shot.due_at if ended else None,
        body=_ENCODER.encode(Body(shot, kept)) if kept else None,
    )


def notice_of(event: NoticeIssued) -> KeptNotice:
    """Return what is kept of a notice."""
    if event.kind != "task_refused":
        return KeptNotice(notice_id=event.event_id, at=event.at, kind=event.kind)
    facts: Callable[[str], object] = event.facts.get
    department, refused, first = facts("department"), facts("refused"), facts("first")
    return KeptNotice(
        notice_id=event.event_id,
        at=event.at,
        kind=event.kind,
        department=department if isinstance(department, str) else None,
        refused=refused if isinstance(refused, int) else 1,
        first=first[:FIRST_CHARACTERS_MAX] if isinstance(first, str) else None,
    )

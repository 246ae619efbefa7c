"""Accept a report, once per idempotency key, many in one transaction."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar
from uuid import UUID

from services.chassis.group_commit import GroupCommit
from services.chassis.sealing import Keys
from services.intake.domain.admission import Admitted
from services.intake.domain.lately import SaidLately
from services.intake.domain.numbers import ReportNumber
from services.intake.domain.receipt import Answer, Receipt
from services.intake.domain.refusals import (
    CannotStoreError,
    OtherBodyError,
    RefusedError,
    StillUndecidedError,
    UndecidedError,
)
from services.intake.domain.repeats import repeat_mark
from services.intake.domain.tracking import tracking_code
from services.intake.handlers.writing_down import ToAccept, written_down
from services.intake.metrics import IntakeMetrics
from services.intake.ports import (
    Claim,
    Earlier,
    Known,
    Moment,
    NewReport,
    Pictures,
    Reports,
)

T = TypeVar("T")

UNDECIDED_MAX: Final = 2
"""Rows of one batch that may wait for a lock, one after the other; whoever comes after them comes again."""


@dataclass(slots=True, kw_only=True)
class AcceptReports:
    """Accept reports: number them, seal what is personal, write them, and answer when they are on disk."""

    reports: Reports
    pictures: Pictures
    keys: Keys
    metrics: IntakeMetrics
    new_id: Callable[[], UUID]
    _group: GroupCommit[ToAccept, Answer] = field(init=False)
    _undecided: dict[UUID, tuple[bytes, asyncio.Future[Answer]]] = field(init=False, default_factory=dict)
    _lately: SaidLately = field(init=False, default_factory=SaidLately)

    def __post_init__(self) -> None:
        self._group = GroupCommit(self._write)

    async def one(self, admitted: Admitted, claim: Claim | None) -> Answer:
        """Return the answer once the report is committed, or the first answer when its key was used before.

        Raises:
            OtherBodyError, UndecidedError: about the key.
            RefusedError: an attachment is unknown, used or lapsed, or the database refuses a value.
            TooManyWaitingError: nothing was begun. Any other error: unknown whether it took effect.
        """
        if claim is not None:
            first = self._undecided.get(claim.client_key)
            if first is not None:
                return await _joined(first, claim)
        if admitted.form.attachments:
            earlier = await self._with_pictures(admitted, claim)
            if earlier is not None:
                return earlier
        mark = repeat_mark(admitted, self.keys.current.marking)
        answer = self._group.submit(ToAccept(self.new_id(), admitted, claim, mark))
        if claim is None:
            return await answer
        self._remember(claim, answer)
        # Others may join this future, so whoever goes away must not cancel it.
        return await asyncio.shield(answer)

    async def drained(self) -> None:
        """Return when everything begun is decided."""
        await self._group.drained()

    def _remember(self, claim: Claim, answer: asyncio.Future[Answer]) -> None:
        self._undecided[claim.client_key] = (claim.fingerprint, answer)

        def forget(_: object) -> None:
            del self._undecided[claim.client_key]

        answer.add_done_callback(forget)

    async def _with_pictures(self, admitted: Admitted, claim: Claim | None) -> Answer | None:
        # The first sending of a repeated report has claimed its pictures, so the key is asked first.
        if claim is not None:
            earlier = (await self.reports.made_by([claim.client_key])).get(claim.client_key)
            if earlier is not None:
                return self._again(earlier, claim)
        wanted = frozenset(admitted.form.attachments)
        if await self.pictures.claimable(list(wanted)) != wanted:
            raise RefusedError("attachments", "unknown, used by another report, or older than an hour")
        return None

    async def _write(self, batch: Sequence[ToAccept]) -> list[Answer | Exception]:
        began = time.perf_counter()
        marks = [one.repeat_mark for one in batch if one.repeat_mark is not None]
        moment = await self.reports.begin(len(batch), marks)
        rows = [
            written_down(one, moment, serial, self.keys, self._lately)
            for one, serial in zip(batch, moment.serials, strict=True)
        ]
        try:
            answers = await self._accept(rows, moment)
        except BaseException:
            self._forget_said(rows)
            raise
        self._forget_said(row for row, answer in zip(rows, answers, strict=True) if not _is_new(answer))
        self.metrics.observe_batch(len(batch), time.perf_counter() - began)
        self.metrics.count_accepted(
            one.admitted.form.channel for one, answer in zip(batch, answers, strict=True) if _is_new(answer)
        )
        return answers

    def _forget_said(self, rows: Iterable[NewReport]) -> None:
        for row in rows:
            if row.repeat_mark is not None:
                self._lately.forget(row.repeat_mark, row.report_id)

    async def _accept(self, rows: Sequence[NewReport], moment: Moment) -> list[Answer | Exception]:
        try:
            earlier = await self.reports.accept_once(rows, moment)
        except CannotStoreError:
            if len(rows) == 1:
                return [RefusedError("body", "holds a value that cannot be stored")]
            return await self._in_parts(_halves(rows), moment)
        except StillUndecidedError:
            if len(rows) == 1:
                return [UndecidedError()]
            return await self._one_by_one(rows, moment)
        return [self._answer(row, moment, earlier) for row in rows]

    async def _in_parts(self, parts: Sequence[Sequence[NewReport]], moment: Moment) -> list[Answer | Exception]:
        answers: list[Answer | Exception] = []
        for part in parts:
            answers += await self._accept(part, moment)
        return answers

    async def _one_by_one(self, rows: Sequence[NewReport], moment: Moment) -> list[Answer | Exception]:
        """Find the key that another process holds. Where several rows wait, it is no key: the table is locked."""
        answers: list[Answer | Exception] = []
        undecided = 0
        for row in rows:
            if undecided >= UNDECIDED_MAX:
                answers.append(TimeoutError("rows before this one waited for a lock"))
                continue
            answers += await self._accept([row], moment)
            undecided += isinstance(answers[-1], UndecidedError)
        return answers

    def _answer(self, row: NewReport, moment: Moment, earlier: Mapping[UUID, Earlier]) -> Answer | Exception:
        if earlier and row.claim is not None and row.claim.client_key in earlier:
            try:
                return self._again(earlier[row.claim.client_key], row.claim)
            except OtherBodyError as error:
                return error
        made = Known(row.report_id, row.serial, moment.epoch, moment.now, row.key_id, row.lane)
        return Answer(self.receipt_of(made), repeats=row.repeats)

    def _again(self, earlier: Earlier, claim: Claim) -> Answer:
        if earlier.fingerprint != claim.fingerprint:
            raise OtherBodyError
        return Answer(self.receipt_of(earlier.made), replayed=True, repeats=earlier.repeats)

    def receipt_of(self, known: Known) -> Receipt:
        """Return the receipt of an accepted report: the same at every repeat."""
        number = str(ReportNumber.of(known.accepted_at, known.epoch, known.serial))
        code = tracking_code(number, known.report_id, self.keys.key(known.key_id).marking)
        return Receipt(known.report_id, number, code, known.accepted_at)


def _is_new(answer: Answer | Exception) -> bool:
    return isinstance(answer, Answer) and not answer.replayed


async def _joined(first: tuple[bytes, asyncio.Future[Answer]], claim: Claim) -> Answer:
    if first[0] != claim.fingerprint:
        raise OtherBodyError
    return replace(await asyncio.shield(first[1]), replayed=True)


def _halves(rows: Sequence[T]) -> list[Sequence[T]]:
    middle = len(rows) // 2
    return [rows[:middle], rows[middle:]]

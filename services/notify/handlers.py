"""Facts and notices become messages, once per fact and subscription."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.chassis.delivery.batch import Batch, CannotHandleError, Delivered
from services.contracts.codec import CannotDecodeError, decode
from services.contracts.events import CaseProgressed, NoticeIssued
from services.notify.domain.answering import ANSWERED, answers_of
from services.notify.domain.bodies import body_of_case, body_of_notice, message_id_of
from services.notify.domain.glance import FactGlance, names_of
from services.notify.domain.matching import Subscriptions
from services.notify.domain.recipients import recipients_of
from services.notify.metrics import NotifyMetrics
from services.notify.ports import Answers, Book, FactKey, KnownSubscriptions, Message, Recorded

Wake = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TellOfCases:
    """Tell each subscription of each fact it is to hear of; leave a row where nobody is told."""

    book: Book
    subscriptions: KnownSubscriptions
    metrics: NotifyMetrics
    wake: Wake
    reporters: "TellReporters | None" = None
    """None: no way out to reporters is set up."""

    async def __call__(self, batch: Batch[FactGlance]) -> None:
        # Before the facts are noted as taken: whatever is interrupted here is told again, and skipped where it was.
        if self.reporters is not None:
            await self.reporters(batch)
        known = await self.subscriptions.current()
        nobody: list[FactKey] = []
        messages: list[Message] = []
        for one in batch.delivered:
            found = _messages(one, known) if known else ()
            messages += found
            if not found:
                nobody.append(FactKey(one.event.case_id, one.event.version))
        recorded = await self.book.record_once(nobody, messages)
        _count(self.metrics, len(batch), len(nobody) + len(messages), recorded)
        if recorded.messages:
            self.wake()


@dataclass(frozen=True, slots=True, kw_only=True)
class TellReporters:
    """Tell whoever reported and left a contact what becomes of it, each thing once (S4-02)."""

    answers: Answers
    metrics: NotifyMetrics
    wake: Wake

    async def __call__(self, batch: Batch[FactGlance]) -> None:
        told = [
            answer
            for one in batch.delivered
            if one.event.what.type in ANSWERED and any(report.has_contact for report in one.event.reports)
            for answer in answers_of(_whole(one))
        ]
        if not told:
            return
        new = await self.answers.record_once(told)
        self.metrics.answers.inc(new)
        self.metrics.repeats.inc(len(told) - new)
        if new:
            self.wake()


@dataclass(frozen=True, slots=True, kw_only=True)
class TellNotices:
    """Tell the units a notice concerns."""

    book: Book
    subscriptions: KnownSubscriptions
    metrics: NotifyMetrics
    wake: Wake

    async def __call__(self, batch: Batch[NoticeIssued]) -> None:
        known = await self.subscriptions.current()
        nobody: list[FactKey] = []
        messages: list[Message] = []
        for event in batch.events:
            fact = FactKey(event.event_id, 0)
            told = [
                Message(
                    fact=fact,
                    subscription_id=one.subscription_id,
                    message_id=message_id_of(event.event_id, one.subscription_id),
                    destination=one.destination,
                    body=body_of_notice(event, one.unit),
                )
                for one in known.of_units(event.units, frozenset({event.kind}))
            ]
            messages += told
            if not told:
                nobody.append(fact)
        recorded = await self.book.record_once(nobody, messages)
        _count(self.metrics, len(batch), len(nobody) + len(messages), recorded)
        if recorded.messages:
            self.wake()


def _messages(one: Delivered[FactGlance], known: Subscriptions) -> Sequence[Message]:
    names = names_of(one.event.what)
    if not known.may_concern(one.event.units, names):
        return ()
    event = _whole(one)
    return [
        Message(
            fact=FactKey(event.case_id, event.version),
            subscription_id=subscription.subscription_id,
            message_id=message_id_of(event.event_id, subscription.subscription_id),
            destination=subscription.destination,
            body=body_of_case(event, subscription.unit, roles),
        )
        for subscription, roles in known.of(recipients_of(event), names)
    ]


def _whole(one: Delivered[FactGlance]) -> CaseProgressed:
    try:
        return decode(one.message.value, CaseProgressed)
    except CannotDecodeError as error:
        raise CannotHandleError(str(error)) from error


def _count(metrics: NotifyMetrics, facts: int, rows: int, recorded: Recorded) -> None:
    metrics.facts.inc(facts)
    metrics.messages.inc(recorded.messages)
    metrics.repeats.inc(rows - recorded.facts - recorded.messages)

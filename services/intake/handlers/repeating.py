"""Tell whoever reports the same again how far it is, instead of that it is accepted (X-11)."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import asdict, replace

from services.intake.domain.lanes import Advice, Judge, advice_in
from services.intake.domain.receipt import Answer, Receipt
from services.intake.handlers.tracking import ACCEPTED
from services.intake.ports import Cases, Progress


class RepeatReceipt(Receipt, frozen=True, kw_only=True, omit_defaults=True):
    """The receipt of a report that joins the case of an earlier one."""

    progress: Progress
    """Of that case."""


@dataclass(frozen=True, slots=True)
class TellRepeats:
    """Knows what a reporter is told beside number and code."""

    cases: Cases
    city: Callable[[], Judge]

    async def receipt(self, answer: Answer, advice: Advice | None) -> Receipt:
        """Return the receipt with the advice for its route; of a repeat with the progress of the case it joins.

        Where that case has ended, saying the same again is new: the work did not last.
        """
        receipt = answer.receipt if advice is None else replace(answer.receipt, advice=advice)
        if answer.repeats is None:
            return receipt
        progress = await self.cases.progress_of(answer.repeats) or ACCEPTED
        if progress.closed_at is not None:
            return receipt
        known = receipt.advice or advice_in(self.city(), "repeat_without_new_facts")
        return RepeatReceipt(**{**asdict(receipt), "advice": known}, progress=progress)

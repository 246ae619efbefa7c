"""Which open case each repeat of a batch joins, before any of them is opened (X-11)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from services.contracts.events import CaseDispatched
from services.ledger.domain.acts import RefusedError
from services.ledger.domain.life.merging import Merging, merge, refuse_to_merge
from services.ledger.domain.life.opening import Opening
from services.ledger.domain.taken import SYSTEM, TakenCase


@dataclass(slots=True, kw_only=True)
class Repeats:
    """A batch of repeats, each begun in the order in which they were reported."""

    epoch: int
    survivors: Mapping[UUID, UUID]
    """Of every case that is known already: which one goes on for it."""
    taken: Mapping[UUID, TakenCase]
    """Those that go on, locked and settled."""
    later: dict[UUID, UUID] = field(default_factory=dict)
    """Of cases that stand alone for a while: what they repeat, which is not known yet or stands aside."""
    _begun: dict[UUID, TakenCase] = field(default_factory=dict)
    _joins: dict[UUID, TakenCase] = field(default_factory=dict)

    def is_known(self, decision: CaseDispatched) -> bool:
        """Whether the repeat was opened before: a decision may come twice."""
        return decision.report.case_id in self.survivors or decision.report.case_id in self._begun

    def begin(self, decision: CaseDispatched, open_: Callable[[CaseDispatched], Opening]) -> Opening:
        """Return the rows and the first fact of a repeat, which joins a case that goes on, or stands alone.

        Alone stands an emergency, and what repeats a case that has ended or is another's by now: it is a case like any
        other, and may itself be joined by the next repeat.
        """
        case_id, repeated = decision.report.case_id, decision.report.repeats
        survivor = None if repeated is None else self._goes_on_for(repeated)
        alone = replace(decision, report=replace(decision.report, repeats=None))
        if repeated is None or decision.urgency == "emergency":
            return self._begin(open_(alone))
        if survivor is None or survivor.case.duplicate_of is not None or survivor.case.case_id in self.later:
            self.later[case_id] = self.later.get(repeated, repeated)
            return self._begin(open_(alone))
        opening = self._begin(open_(decision))
        try:
            refuse_to_merge(self._begun[case_id], survivor)
        except RefusedError:
            return self._begin(open_(alone))
        self._joins[case_id] = survivor
        return opening

    def join(self, now: datetime) -> list[TakenCase]:
        """Merge what was begun, and is open by now, into what it joins; return every case in hand."""
        for case_id, survivor in self._joins.items():
            merge(self._begun[case_id], survivor, Merging(actor=SYSTEM, now=now, share=1.0, repeats=True))
        return [*self.taken.values(), *self._begun.values()]

    def _begin(self, opening: Opening) -> Opening:
        document, _ = opening
        self._begun[document.case.case_id] = TakenCase(document, self.epoch)
        return opening

    def _goes_on_for(self, repeated: UUID) -> TakenCase | None:
        if repeated in self._begun:
            return self._joins.get(repeated) or self._begun[repeated]
        return self.taken.get(self.survivors.get(repeated, repeated))

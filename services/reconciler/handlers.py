"""One comparison: what was written before the gate began and has no effect, is sent again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from services.reconciler.domain.backoff import pause_after
from services.reconciler.domain.gate import Gate
from services.reconciler.metrics import ReconcilerMetrics
from services.reconciler.ports import Hop, Key
from services.reconciler.settings import ReconcilerSettings
from services.reconciler.store import Comparing

NIL: Final = UUID(int=0)
LAST: Final = UUID(int=2**128 - 1)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_log = structlog.get_logger("whistle.reconciler")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Compares a recent stretch by index, a stretch of the slow sweep, and what was sent again before."""

    settings: ReconcilerSettings
    metrics: ReconcilerMetrics

    async def make(self, comparing: Comparing, hop: Hop, gate: Gate) -> None:
        """Compare one hop whose gate is open."""
        most = self.settings.resend_max
        progress = await comparing.progress(hop)
        known = await comparing.known_missing(hop, most)
        await comparing.forget(hop, [one.key for one in known if one.there])
        resends = {one.key: one.resends for one in known if not one.there}
        recent = await comparing.recently_missing(hop, _start(hop, progress.checked_to), gate.horizon, most)
        swept, swept_to, rounds = await self._sweep(comparing, hop, progress.swept_to, gate.horizon)
        resends |= dict.fromkeys((*recent, *swept), 0)
        if resends:
            await self._resend(comparing, hop, gate, resends)
        # Where the limit was reached the same stretch is looked at again.
        next_start = gate.next_start if len(recent) < most else None
        await comparing.save_progress(hop, next_start or progress.checked_to, swept_to, rounds)
        self.metrics.comparisons.labels(hop=hop.name).inc()
        self.metrics.sweeps.labels(hop=hop.name).inc(rounds)
        self.metrics.missing.labels(hop=hop.name).set(await comparing.count_missing(hop))

    async def _sweep(
        self, comparing: Comparing, hop: Hop, swept_to: UUID | None, horizon: str
    ) -> tuple[Sequence[Key], UUID | None, int]:
        """Return what is missing in the next stretch of ids, where the sweep stands then, and rounds completed."""
        if hop.ids is None:
            return (), None, 0
        after = swept_to or NIL
        upto = await comparing.sweep_end(hop, after, self.settings.sweep_max)
        missing = await comparing.missing_between(hop, after, upto or LAST, horizon, self.settings.resend_max)
        if len(missing) == self.settings.resend_max:
            return missing, swept_to, 0
        return missing, upto, int(upto is None)

    async def _resend(self, comparing: Comparing, hop: Hop, gate: Gate, resends: dict[Key, int]) -> None:
        leeway = timedelta(seconds=max(self.settings.leeway_seconds, 1.0))
        pauses = [pause_after(count + 1, leeway) for count in resends.values()]
        resent = await comparing.resend(hop, list(resends), pauses, gate.noted)
        self.metrics.repairs.labels(hop=hop.name).inc(resent)
        _log.error("effects were missing; sent again", hop=hop.name, count=resent, first=str(next(iter(resends)).id))


def _start(hop: Hop, checked_to: datetime) -> datetime:
    """Return where to begin: a hop that is not swept is short, and compared whole each time."""
    return checked_to if hop.ids is not None else EPOCH

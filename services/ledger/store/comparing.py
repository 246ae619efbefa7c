"""Comparing what was opened with what is open: behind the route of a case, in batches, resumed after a kill (S4-03)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from services.chassis.postgres import Pool
from services.contracts.events.report import Place
from services.ledger.domain.likeness import Look, Verdict, Words, likeness, words_of
from services.ledger.store.cities import Cities
from services.reference.model.duplicates import DuplicatePolicy

TURN: Final = """
    select pg_try_advisory_xact_lock(7241, 2) as mine, reference.version_at((select clock.now())) as version,
        (select clock.now()) as now, exists (select from ledger.clock_stop) as stopped
"""
ITEMS: Final = "select ledger.compare_items($1, $2, $3)"
UNCOMPARED: Final = "select case_id, opened_at, accepted_at, item, decision from ledger.uncompared($1)"
COMPARE: Final = "select nth, case_id, accepted_at, look from ledger.compare($1, $2, $3, $4, $5, $6, $7)"
KEEP: Final = "select ledger.keep_likenesses($1, $2, $3, $4, $5)"
UP_TO: Final = "select ledger.compared_up_to($1)"
BATCH_MAX: Final = 100
"""Some 8 ms in which this process opens nothing."""
QUIET_MAX: Final = timedelta(minutes=1)
"""So far the look goes back at most where nothing is found: writing down where it is costs a commit."""
FORGET_EVERY: Final = timedelta(hours=1)
NEAREST_MAX: Final = 8
"""Earlier cases of its grid and item that one is compared with."""

_ENCODER: Final = msgspec.json.Encoder()


class Kept(msgspec.Struct, omit_defaults=True):
    """What is kept of a case to compare others with."""

    place: Place
    words: Words


class _Report(msgspec.Struct):
    place: Place = Place()
    text: str | None = None


class _Decision(msgspec.Struct):
    """What is read of a stored decision."""

    report: _Report


_KEPT: Final = msgspec.json.Decoder(Kept)
_DECISION: Final = msgspec.json.Decoder(_Decision)


@dataclass(frozen=True, slots=True)
class Compared:
    """What one batch came to."""

    cases: int = 0
    alike: int = 0


@dataclass(slots=True)
class Comparing:
    """Compares cases just opened. One instance does the work at a time; the others find the turn taken."""

    pool: Pool
    cities: Cities
    _version: int | None = field(default=None, init=False)
    """The version whose items were written down last."""
    _policy: DuplicatePolicy | None = field(default=None, init=False)
    _forgot_at: datetime | None = field(default=None, init=False)
    """When what lies before the policy's window was forgotten last."""
    _up_to: datetime | None = field(default=None, init=False)
    """How far it has come, as written down last."""

    async def compare_due(self) -> Compared:
        """Compare up to `BATCH_MAX` cases, in one transaction."""
        async with self.pool.acquire() as connection, connection.transaction():
            turn = await connection.fetchrow(TURN)
            if turn is None or not turn["mine"] or turn["stopped"] or turn["version"] is None:
                return Compared()
            policy = await self._policy_of(connection, turn["version"], turn["now"])
            if policy is None:
                return Compared()
            rows = await connection.fetch(UNCOMPARED, BATCH_MAX)
            alike = await self._alike(connection, rows, policy, turn["now"]) if rows else 0
            # A full batch may have left some of its last instant behind: they are looked for again.
            up_to = rows[-1]["opened_at"] if len(rows) == BATCH_MAX else turn["now"]
            if rows or self._up_to is None or up_to - self._up_to > QUIET_MAX:
                await connection.execute(UP_TO, up_to)
                self._up_to = up_to
        return Compared(len(rows), alike)

    async def _policy_of(self, connection: Any, version: int, now: datetime) -> DuplicatePolicy | None:
        if version != self._version or self._forgot_at is None or now - self._forgot_at > FORGET_EVERY:
            city = await self.cities.of(version)
            policy = city.policies.duplicates
            items = sorted(await self.cities.items_of(version, policy.domains)) if policy is not None else []
            await connection.execute(ITEMS, items, policy.window_hours if policy is not None else 1, now)
            self._version, self._forgot_at, self._policy = version, now, policy if items else None
        return self._policy

    async def _alike(self, connection: Any, rows: Sequence[Any], policy: DuplicatePolicy, now: datetime) -> int:
        looks = [_look(row) for row in rows]
        earlier = await connection.fetch(
            COMPARE,
            [look.case_id for look in looks],
            [look.place.community or "" for look in looks],
            [look.place.grid or "" for look in looks],
            [look.item for look in looks],
            [look.accepted_at for look in looks],
            [_ENCODER.encode(Kept(look.place, look.words)).decode() for look in looks],
            NEAREST_MAX,
        )
        found = _best(_pairs(looks, earlier, policy), policy.proposals_max)
        if not found:
            return 0
        columns = ([getattr(pair, name) for pair in found] for name in ("case_id", "other", "share", "verdict"))
        kept: int = await connection.fetchval(KEEP, *columns, now)
        return kept


class Pair(NamedTuple):
    """A case and an earlier one it is like."""

    case_id: UUID
    other: UUID
    since: datetime
    """When the earlier one was accepted."""
    share: float
    verdict: Verdict


def _look(row: Any) -> Look:
    report = _DECISION.decode(row["decision"]).report
    return Look(
        case_id=row["case_id"],
        accepted_at=row["accepted_at"],
        item=row["item"],
        place=report.place,
        words=words_of(report.text),
    )


def _pairs(looks: Sequence[Look], earlier: Iterable[Any], policy: DuplicatePolicy) -> Iterable[Pair]:
    for row in earlier:
        one, kept = looks[row["nth"] - 1], _KEPT.decode(row["look"])
        other = Look(
            case_id=row["case_id"],
            accepted_at=row["accepted_at"],
            item=one.item,
            place=kept.place,
            words=kept.words,
        )
        found = likeness(one, other, policy)
        if found.verdict != "apart":
            yield Pair(one.case_id, other.case_id, other.accepted_at, found.share, found.verdict)


def _best(pairs: Iterable[Pair], at_most: int) -> list[Pair]:
    """Return for each case the eldest it is to be merged with, else the few it is most like."""
    by_case: dict[UUID, list[Pair]] = {}
    for pair in pairs:
        by_case.setdefault(pair.case_id, []).append(pair)
    best: list[Pair] = []
    for found in by_case.values():
        merges = (pair for pair in found if pair.verdict == "merge")
        eldest = min(merges, key=lambda pair: (pair.since, pair.other), default=None)
        best += [eldest] if eldest else sorted(found, key=lambda pair: -pair.share)[:at_most]
    return best

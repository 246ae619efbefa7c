"""What the people of the sample district do with a case: on time, late, or never. Pure; fixed by seed and serial.

Every answer is a function of the seed, the serial number of the report, the unit and the cycle (attempt, rework round
or number of the whistle), never of ids or arrival. Durations are shares of the limit that the case itself carries: 0.8
is the reminder, more than 1 is late, None is never. `worktime.arithmetic.fraction_instant` makes instants of them.
"""

import math
from dataclasses import dataclass
from typing import Final

from deploy.demo import replies
from deploy.demo.draws import Draws


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """How often things go wrong. The defaults are a normal week: about one case in eight overdue."""

    signs_in_late: float = 0.06
    never_signs_in: float = 0.015
    """Until pushed; such a case is overdue too."""
    returns: float = 0.04
    handles_late: float = 0.105
    never_handles: float = 0.01
    """Until pushed."""
    ignores_pushes: float = 0.06
    """Of those who have to be pushed."""
    delivers_part_late: float = 0.02
    """Small, because a case has several parts and each late one makes it overdue."""
    reports_in_late: float = 0.14
    no_show: float = 0.11
    orders_rework: float = 0.05
    rates: float = 0.45
    withdraws: float = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The four elements of a reply (X-09)."""

    accepted_when: str
    talked_with: str
    measure: str
    done_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A return of the case: why, and who should have it instead."""

    after: float
    """Share of the sign-in limit, counted from the opening of the assignment."""
    reason: str
    suggested: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadWork:
    """What a lead does with an assignment."""

    signs_in: float | None
    """Share of the sign-in limit; None: not before it is pushed."""
    returns: Refusal | None
    """Then nothing else of this happens."""
    handles: float | None
    """Share of the handling limit, both counted from the opening of the assignment; None: not before it is pushed."""
    handles_once_pushed: float | None
    """Share of the handling limit after it reported in, or after a supervision order; None: not even then."""
    reply: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class PartWork:
    """What a cooperating department delivers, as a share of its handling limit."""

    delivers: float
    measure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A report-in, as a share of the report-in limit; None: a no-show."""

    after: float | None
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the verifier finds, as a share of the verification limit."""

    after: float
    done: bool
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What the resident says after the case is closed."""

    rating: int | None
    """1 (very dissatisfied) to 5 (very satisfied); None: nothing."""
    reason: str
    """Of who is not satisfied."""
    withdraws_after: float | None
    """Share of the promise after which the report is withdrawn; None: never."""


UNSATISFIED_UP_TO: Final = 2
SATISFACTION: Final = ((5, 46.0), (4, 30.0), (3, 13.0), (2, 6.0), (1, 5.0))


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who deals with a case, as pure answers."""

    seed: int
    shares: Shares = Shares()

    def lead(self, serial: int, unit: str, cycle: int) -> LeadWork:
        """Return what `unit` does as the lead in its `cycle`-th attempt or rework round."""
        draws = Draws(self.seed, "lead", serial, unit, cycle)
        never = draws.chance(self.shares.never_signs_in)
        return LeadWork(
            signs_in=None if never else _delay(draws, self.shares.signs_in_late, 2.5),
            returns=self._refusal(unit, cycle, draws),
            handles=None if never or draws.chance(self.shares.never_handles) else self._handling(draws),
            handles_once_pushed=None if draws.chance(self.shares.ignores_pushes) else draws.between(0.05, 0.6),
            reply=_reply(draws),
        )

    def part(self, serial: int, unit: str, cycle: int) -> PartWork:
        """Return what `unit` does as a cooperating department."""
        draws = Draws(self.seed, "part", serial, unit, cycle)
        late = _delay(draws, self.shares.delivers_part_late, 2.0)
        return PartWork(delivers=late, measure=draws.pick(replies.PARTS))

    def arrival(self, serial: int, unit: str, number: int) -> Arrival:
        """Return whether and when `unit` reports in to the case's `number`-th whistle."""
        draws = Draws(self.seed, "arrival", serial, unit, number)
        absent = draws.chance(self.shares.no_show)
        after = None if absent else _delay(draws, self.shares.reports_in_late, 1.9)
        return Arrival(after=after, place=draws.pick(replies.ARRIVALS))

    def verdict(self, serial: int, cycle: int) -> Verdict:
        """Return what the verifier finds when the case was handled for the `cycle`-th time."""
        draws = Draws(self.seed, "verdict", serial, cycle)
        done = not draws.chance(self.shares.orders_rework)
        notes = replies.VERIFIED if done else replies.REWORK_REASONS
        return Verdict(after=draws.between(0.05, 0.9), done=done, note=draws.pick(notes))

    def opinion(self, serial: int, result: int = 1) -> Opinion:
        """Return what the resident who made the report says of the `result`-th result."""
        draws = Draws(self.seed, "opinion", serial) if result == 1 else Draws(self.seed, "opinion", serial, result)
        rating = draws.weighted(SATISFACTION) if draws.chance(self.shares.rates) else None
        return Opinion(
            rating=rating,
            reason=draws.pick(replies.UNSATISFIED) if rating and rating <= UNSATISFIED_UP_TO else "",
            withdraws_after=draws.between(0.05, 0.4) if draws.chance(self.shares.withdraws) else None,
        )

    def _handling(self, draws: Draws) -> float:
        return _delay(draws, self.shares.handles_late, 2.6)

    def _refusal(self, unit: str, cycle: int, draws: Draws) -> Refusal | None:
        after, reason = draws.between(0.1, 0.9), draws.pick(replies.RETURN_REASONS)
        others = replies.POINTS_AT.get(unit.partition("@")[0])
        if not draws.chance(self.shares.returns) or others is None or cycle > 1:
            return None
        return Refusal(after=after, reason=reason, suggested=draws.pick(others))


def _delay(draws: Draws, late: float, worst: float) -> float:
    """Return a share of a limit: mostly the first half, seldom just before the end, `late` times beyond it."""
    if draws.chance(late):
        return draws.between(1.05, worst)
    return 0.05 + 0.87 * math.pow(draws.share(), 1.6)


def _reply(draws: Draws) -> Reply:
    return Reply(
        accepted_when="派单当日受理并联系反映人",
        talked_with=draws.pick(replies.TALKED_WITH),
        measure=draws.pick(replies.MEASURES),
        done_by=draws.pick(("当日办结", "次日办结", "三个工作日内办结", "已现场办结")),
    )

"""What is broken, when and for how long: data, made from a seed, printed when a run fails, and played again."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec

from deploy.demo.draws import Draws

if TYPE_CHECKING:
    from tests.faults.ground import Ground

SERVICES: Final = (
    "intake-api", "intake-relay", "router", "ledger", "desk", "sla", "board", "notify", "appraisal", "reconciler",
)  # fmt: skip
KILLED_OFTEN: Final = 4
APART_SECONDS: Final = 2.5


class Fault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that breaks at an instant of the run, and heals after some seconds."""

    at: float
    """Seconds from the beginning of the run."""
    what: str
    """A name of `ACTS`."""
    whom: str = ""
    """A service or server by its compose name; empty where it is all, or plain from the act."""
    seconds: float = 0.0
    """How long it lasts."""
    how: Mapping[str, Any] = msgspec.field(default_factory=dict)
    """What else the act must know."""


Schedule = Sequence[Fault]


async def nothing_more(_: "Ground") -> None:
    """Check nothing besides what is checked after every scenario."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One row: what breaks, what is awaited, and what is looked at besides the tables."""

    number: int
    title: str
    checked: str
    """The special check in a few words, for the page."""
    faults: Schedule
    also: Callable[["Ground"], Awaitable[None]] = nothing_more
    """Looks, after everything has healed, at what only this scenario shows."""
    per_second: float = 12.0
    reports_min: int = 100
    in_test: bool = False
    """Whether it is one of those that `make test` plays."""
    recovers_within: float = 60.0
    """Seconds from the last fault's end until everybody is told of what came meanwhile."""
    may_repair: bool = False
    """Whether the reconciler has to send something again: the transport has lost what it was given."""
    dead_letters: int = 0
    stands_in: str = ""
    """What this machine cannot do, and what is done instead."""
    allowed: frozenset[int] = field(default_factory=frozenset)
    """Statuses that clients may see besides 201, 429 and 503 with Retry-After."""


def written(schedule: Schedule) -> str:
    """Return the schedule as JSON; `read` gives it back."""
    return msgspec.json.encode(list(schedule)).decode()


def read(text: str) -> list[Fault]:
    """Return a schedule that was written down.

    Raises:
        msgspec.ValidationError: it is none.
    """
    return msgspec.json.decode(text, type=list[Fault])


def killed(*names: str, times: int = KILLED_OFTEN, apart: float = APART_SECONDS) -> Schedule:
    """Kill each of the processes `times` times."""
    return [
        Fault(at=1.0 + turn * apart + place * 0.2, what="kill", whom=name)
        for turn in range(times)
        for place, name in enumerate(names)
    ]


def hour_passes(at: float, minutes: float = 60) -> Fault:
    """Let time jump, so that steps fall due."""
    return Fault(at=at, what="jump", how={"minutes": minutes})


AT_RANDOM: Final[Sequence[tuple[str, tuple[str, ...], float]]] = (
    ("kill", (*SERVICES, "kafka", "postgres"), 0.0),
    ("pause", (*SERVICES, "kafka"), 4.0),
    ("silence", SERVICES[:9], 5.0),
    ("resets", SERVICES[:9], 5.0),
    ("slow", SERVICES[:9], 5.0),
    ("terminate", ("",), 3.0),
    ("lost replies", SERVICES[:9], 4.0),
)
"""What may happen by chance: the act, to whom, and for how long at most."""


def by_chance(seed: int, *, seconds: float, at_once: int = 3, apart: float = 6.0) -> Schedule:
    """Return faults drawn from a seed: `at_once` of them begin together, every few seconds."""
    draws = Draws(seed, "faults")
    faults: list[Fault] = []
    at = 1.0
    while at < seconds:
        for _ in range(at_once):
            what, whom, longest = draws.pick(AT_RANDOM)
            lasts = round(draws.between(0.5, longest), 2) if longest else 0.0
            faults.append(Fault(at=round(at, 2), what=what, whom=draws.pick(whom), seconds=lasts))
        faults.append(hour_passes(round(at + 1.0, 2), minutes=20))
        at += draws.between(0.7 * apart, 1.3 * apart)
    return faults

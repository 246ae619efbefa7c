"""The goals of design §11: ids, units and targets."""

from dataclasses import dataclass
from typing import Final, Literal

import msgspec


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure that is promised. `issue` is the floor of the issue being built, where it has one."""

    id: str
    unit: str
    sense: Literal["at least", "at most"]
    target: float
    floor: float | None = None

    def met_by(self, value: float) -> bool:
        return value >= self.target if self.sense == "at least" else value <= self.target


class Result(msgspec.Struct, frozen=True, omit_defaults=True):
    """A goal as measured; `value` is null where it was not measured, and `note` says why or how."""

    id: str
    value: float | None
    unit: str
    target: float
    met: bool | None
    floor: float | None = None
    note: str = ""


GOALS: Final = (
    Goal("queue_cases_per_s", "cases/s", "at least", 2_200, floor=1_400),
    Goal("share_of_bare_route", "%", "at least", 75),
    Goal("throughput_with_duplicates", "%", "at least", 90),
    Goal("cpu_us_per_case", "µs", "at most", 860),
    Goal("steps_10k_s", "s", "at most", 2, floor=4),
    Goal("step_p99_ms", "ms", "at most", 200),
    Goal("answer_p99_ms", "ms", "at most", 30),
    Goal("queue_p99_ms", "ms", "at most", 150),
    Goal("bulk_accepted_per_s", "reports/s", "at least", 8_000),
    Goal("bulk_queued_per_s", "cases/s", "at least", 2_500),
    Goal("lifecycles_per_s", "lifecycles/s", "at least", 400),
    Goal("decision_us", "µs", "at most", 20),
    Goal("replay_s", "s", "at most", 60),
    Goal("worker_back_s", "s", "at most", 5),
    Goal("broker_back_s", "s", "at most", 20),
    Goal("memory_mib", "MiB", "at most", 120),
    Goal("start_s", "s", "at most", 15),
    Goal("million_loss_percent", "%", "at most", 10),
    Goal("steps_100k_s", "s", "at most", 20),
    Goal("answer_p99_during_100k_ms", "ms", "at most", 200),
    Goal("wrong_steps", "steps", "at most", 0),
)


def result_of(goal: Goal, value: float | None, note: str) -> Result:
    """Return what is written down for a goal."""
    rounded = None if value is None else round(value, 3 if abs(value) < 10 else 1)
    met = None if value is None else goal.met_by(value)
    return Result(goal.id, rounded, goal.unit, goal.target, met, goal.floor, note)

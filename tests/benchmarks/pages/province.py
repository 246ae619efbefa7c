"""The model on paper: what a province needs, computed from what one machine was measured to spend."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.benchmarks.pages.figures import Figures

CASES_A_YEAR: Final = 100_000_000
WORKING_DAYS: Final = 250
HOURS: Final = 8
MORNING: Final = 3.0
"""The fullest hour of a working day against the mean one."""
STORM: Final = 5.0
"""A day of heavy rain against an ordinary one."""
ACTS_A_CASE: Final = 5.0
"""Sign in, report in, handle, verify, and one of the rest."""
STEPS_A_CASE: Final = 1.0
BUSY_SHARE: Final = 0.5
"""Of a core at the peak: the other half is for a machine that is gone, and for the unforeseen."""
CASES_OF_A_DISTRICT: Final = 1_000_000
CORES_A_MACHINE: Final = 16
YEARS_KEPT: Final = 3
COPIES: Final = 3
"""PostgreSQL and its standby, and one more for backups."""
STEPS_AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Province:
    """What follows from the measured figures."""

    districts: int
    mean_per_s: float
    peak_per_s: float
    us_a_case: float
    us_an_act: float
    us_a_step: float
    us_a_life: float
    cores_at_peak: float
    machines: int
    act_was_measured: bool
    """Else an act is taken to be as dear as a report."""
    bytes_a_case: float | None
    """None where no ledger was measured, and of the disk nothing can be said."""
    tebibytes: float | None
    per_process: Mapping[str, float]
    """CPU µs per report, by process of the route."""


def province(figures: Figures) -> Province | None:
    """Return the model; None while CPU per case was never measured."""
    if figures.bench is None or "product" not in figures.bench.cpu_us_per_case:
        return None
    per_process = figures.bench.cpu_us_per_case["product"]
    a_case = sum(per_process.values())
    an_act = sum(figures.bench.cpu_us_per_case.get("an act", {}).values())
    # At most: both cores for as long as ten thousand steps took.
    a_step = (figures.value("steps_10k_s") or 0.0) * figures.bench.machine.cores * 1e6 / STEPS_AT_ONCE
    a_life = a_case + ACTS_A_CASE * (an_act or a_case) + STEPS_A_CASE * a_step
    peak = CASES_A_YEAR / (WORKING_DAYS * HOURS * 3600) * MORNING * STORM
    cores = peak * a_life / 1e6 / BUSY_SHARE
    size = bytes_a_case(figures)
    return Province(
        districts=CASES_A_YEAR // CASES_OF_A_DISTRICT,
        mean_per_s=CASES_A_YEAR / (365 * 86_400),
        peak_per_s=peak,
        us_a_case=a_case,
        us_an_act=an_act or a_case,
        act_was_measured=an_act > 0,
        us_a_step=a_step,
        us_a_life=a_life,
        cores_at_peak=cores,
        # No machine's loss may stop the city: never fewer than three.
        machines=max(math.ceil(cores / CORES_A_MACHINE) + 1, 3),
        bytes_a_case=size,
        tebibytes=None if size is None else CASES_A_YEAR * YEARS_KEPT * size * COPIES / 2**40,
        per_process=per_process,
    )


def bytes_a_case(figures: Figures) -> float | None:
    """Return how many bytes a case adds to all tables, from the largest ledger measured; None where none was."""
    sizes = figures.growth.sizes if figures.growth else []
    if not sizes:
        return None
    # The one without added clocks: its rows have the proportions of real ones.
    real = max((one for one in sizes if one.clocks < 9 * one.cases), key=lambda one: one.cases, default=sizes[-1])
    return sum(real.bytes_of.values()) / real.cases

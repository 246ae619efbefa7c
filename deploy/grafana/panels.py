"""What a panel is, and the two expressions most of them use."""

from dataclasses import dataclass, field
from typing import Final

RATE: Final = "[$__rate_interval]"


@dataclass(frozen=True, slots=True)
class Series:
    """One PromQL expression and how its lines are called."""

    expr: str
    legend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One question. A value beyond `red` is an alert's matter; the panel then links to its runbook page."""

    title: str
    series: tuple[Series, ...]
    unit: str = "short"
    red: float | None = None
    runbook: str | None = None
    stacked: bool = False
    means: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    title: str
    panels: tuple[Panel, ...] = field(default_factory=tuple)


def rate_of(metric: str, by: str = "") -> str:
    return f"sum{f' by ({by})' if by else ''} (rate({metric}{RATE}))"


def quantile_of(share: float, metric: str, by: str = "") -> str:
    grouped = ", ".join(filter(None, ("le", by)))
    return f"histogram_quantile({share}, sum by ({grouped}) (rate({metric}{RATE})))"

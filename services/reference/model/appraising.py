"""How units are judged, as policy data: definitions of the rates, weights and shares (domain §1.5, §2.4)."""

from decimal import Decimal
from typing import Final, Literal

import msgspec

Measure = Literal[
    "reported", "closed", "due", "closed_in_time", "left_overdue", "due_for_response", "contacted_in_time",
    "followed_up", "solved", "partly_solved", "answered", "very_satisfied", "satisfied", "basically_satisfied",
]  # fmt: skip
"""What a case can count as in a period; what each means stands in the glossary."""
RateName = Literal["closure", "on_time", "response", "resolution", "satisfaction"]
THREE_RATES: Final[tuple[RateName, ...]] = ("response", "resolution", "satisfaction")


class RateDefinition(msgspec.Struct, frozen=True, kw_only=True):
    """A rate: the cases that count, each with its weight, out of the cases of one measure."""

    name_zh: str
    name_en: str
    counts: dict[Measure, Decimal]
    """Weights from 0 to 1; a case that counts as several takes the highest."""
    of: Measure


RATES: Final[dict[RateName, RateDefinition]] = {
    "closure": RateDefinition(name_zh="办结率", name_en="closure rate", counts={"closed": Decimal(1)}, of="reported"),
    "on_time": RateDefinition(
        name_zh="按期结案率", name_en="on-time rate", counts={"closed_in_time": Decimal(1)}, of="due"
    ),
    "response": RateDefinition(
        name_zh="响应率", name_en="response rate", counts={"contacted_in_time": Decimal(1)}, of="due_for_response"
    ),
    "resolution": RateDefinition(
        name_zh="解决率",
        name_en="resolution rate",
        counts={"solved": Decimal(1), "partly_solved": Decimal(0)},
        of="followed_up",
    ),
    "satisfaction": RateDefinition(
        name_zh="满意率",
        name_en="satisfaction rate",
        counts={"very_satisfied": Decimal(1), "satisfied": Decimal(1), "basically_satisfied": Decimal("0.6")},
        of="answered",
    ),
}
"""The definitions of domain §2.4 for versions that name none."""


class Shares(msgspec.Struct, frozen=True, kw_only=True):
    """The subdistricts' share of a department's and of a branch office's score, and the least the law allows.

    Source: the Shandong township regulation, Art 18. A jurisdiction without such a law states lower minima.
    """

    department: Decimal = Decimal("0.30")
    branch: Decimal = Decimal("0.60")
    department_min: Decimal = Decimal("0.30")
    branch_min: Decimal = Decimal("0.60")


PointOf = Literal[
    "closed_in_time", "closed_late", "sent_back", "satisfied", "unsatisfied", "came_in_time", "came_late", "no_show",
    "declined", "red_card", "supervised", "whistle_wrong",
]  # fmt: skip
"""What gives or takes points."""
POINTS: Final[dict[PointOf, int]] = {
    "closed_in_time": 2, "closed_late": -1, "sent_back": -2, "satisfied": 1, "unsatisfied": -2, "came_in_time": 1,
    "came_late": -1, "no_show": -3, "declined": -1, "red_card": -2, "supervised": -3, "whistle_wrong": -2,
}  # fmt: skip


class Grading(msgspec.Struct, frozen=True, kw_only=True):
    """How points become grades (周积分, 月评定 先进-一般-后进, 半年 优良差; S4-09)."""

    points: dict[PointOf, int] = msgspec.field(default_factory=lambda: dict(POINTS))
    advanced_share: Decimal = Decimal("0.20")
    """So large a part of the units of a kind is advanced, at least one."""
    backward_share: Decimal = Decimal("0.10")
    """So large a part is backward; it may be none."""
    good_months: int = 3
    """A half-year is good with at least so many advanced months, none backward, and points that are not negative."""
    poor_months: int = 2
    """And poor with at least so many backward months, or with negative points."""


class Bursts(msgspec.Struct, frozen=True, kw_only=True):
    """When similar cases are an alert (S3-07)."""

    cases: int = 30
    """So many of one place and item …"""
    within_minutes: int = 60
    """… within so long."""


class AppraisalPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Definitions, weights and shares in force; every figure names the version it was computed by."""

    rates: dict[RateName, RateDefinition] = msgspec.field(default_factory=lambda: dict(RATES))
    weights: dict[RateName, Decimal] = msgspec.field(
        default_factory=lambda: {
            "response": Decimal("0.30"),
            "resolution": Decimal("0.35"),
            "satisfaction": Decimal("0.35"),
        }
    )
    """Of the three rates in the composite; together 1 (Zhungeer Banner's, domain §2.4)."""
    shares: Shares = Shares()
    grading: Grading = Grading()
    bursts: Bursts = Bursts()

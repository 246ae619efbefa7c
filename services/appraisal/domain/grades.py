"""Grades of months and half-years. Units with the same points have the same grade, the better of the two."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal

from services.reference.model.appraising import Grading

MonthGrade = Literal["advanced", "ordinary", "backward"]
"""先进, 一般, 后进."""
HalfYearGrade = Literal["good", "fair", "poor"]
"""优, 良, 差."""


def month_grades(points: Mapping[str, Fraction], grading: Grading) -> Mapping[str, MonthGrade]:
    """Return the grade of each unit of one kind by its mean weekly points.

    Advanced are those with fewer better ones than there are places; backward those for whom, ties included, there is
    room among the last places. So a tie at the border never makes a unit worse than its equal.
    """
    advanced = max(1, int(len(points) * grading.advanced_share))
    backward = int(len(points) * grading.backward_share)
    grades: dict[str, MonthGrade] = {}
    for unit, own in points.items():
        better = sum(other > own for other in points.values())
        not_better = sum(other <= own for other in points.values())
        if better < advanced:
            grades[unit] = "advanced"
        else:
            grades[unit] = "backward" if not_better <= backward else "ordinary"
    return grades


def half_year_grade(months: Sequence[MonthGrade], points: Fraction, grading: Grading) -> HalfYearGrade:
    """Return the grade of a half-year from its published months, as corrected, and its mean weekly points."""
    backward = months.count("backward")
    if backward >= grading.poor_months or points < 0:
        return "poor"
    if months.count("advanced") >= grading.good_months and not backward:
        return "good"
    return "fair"

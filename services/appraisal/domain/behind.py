"""The cases behind a week's points: by unit, all of them and by what each gave."""

from uuid import UUID

import msgspec

from services.appraisal.domain.bulletin import Lists
from services.appraisal.domain.counting import Month
from services.appraisal.domain.points import points_of


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """As in a bulletin: number and id of every case, and lists by their names, each of places among the cases."""

    cases: tuple[tuple[str, UUID], ...] = ()
    lists: dict[str, tuple[int, ...]] = {}


def behind_points(week: Month) -> Behind:
    """Return what each number of a week's points opens; a case from which a unit is barred counts and is not named."""
    points = points_of(week.ordinary, week.period)
    counted = {case_id for kinds in points.values() for cases in kinds.values() for case_id in cases}
    named = (record for record in week.ordinary if record.case_id in counted and not record.snapshot.barred)
    lists = Lists({record.case_id: record.snapshot.number for record in named})
    for unit, kinds in sorted(points.items()):
        lists.add(f"{unit}/points", [case_id for cases in kinds.values() for case_id in cases])
        for kind, cases in sorted(kinds.items()):
            lists.add(f"{unit}/points/{kind}", cases)
    return Behind(cases=lists.cases, lists=lists.lists)

"""Records of a month -> its bulletin. Pure: nothing but its arguments decides a byte of it."""

from services.appraisal.domain.bulletin import Bulletin
from services.appraisal.domain.counting import Counted, Month
from services.appraisal.domain.rates import composite_of, percent
from services.appraisal.domain.remarks import interview_rows, overdue_rows, refused_rows, sensitive_counts
from services.appraisal.domain.tables import subdistrict_rows, unit_rows


def compile_bulletin(month: Month) -> Bulletin:
    """Return the bulletin of a month."""
    counted = Counted(month)
    town, period, policy = month.town, month.period, month.town.policy
    rates = counted.rates(counted.records)
    return Bulletin(
        period=period.name,
        starts=period.starts,
        ends=period.ends,
        reference_version=town.version,
        definitions=policy.rates,
        weights={name: str(weight) for name, weight in policy.weights.items()},
        shares=policy.shares,
        measures=counted.measured("district", counted.records),
        rates=counted.shown("district", counted.records),
        composite=percent(composite_of(policy, rates)),
        units=unit_rows(counted),
        subdistricts=subdistrict_rows(counted),
        overdue=tuple(overdue_rows(counted)),
        refused=tuple(refused_rows(counted)),
        interviews=tuple(interview_rows(counted)),
        sensitive=sensitive_counts(counted),
        cases=counted.lists.cases,
        lists=counted.lists.lists,
        unlisted=sum(record.snapshot.barred for record in counted.records),
    )

"""The bulletin's remarks: what was overdue and why, duties that were pushed down, interviews that are proposed."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from services.appraisal.domain.bulletin import InterviewRow, OverdueRow, RefusedRow
from services.appraisal.domain.counting import Counted
from services.appraisal.domain.kept import Confirmed, Kept, KeptNotice, KeptOff, Marked, Proposed, SentBack, StayedAway
from services.appraisal.domain.record import Dated, Record

INTERVIEW: Final = ("proposed", "confirmed", "declined", "red_cards", "no_shows")
DECISIONS: Final = frozenset({"proposed", "confirmed", "declined"})


def overdue_rows(counted: Counted) -> Iterator[OverdueRow]:
    """Yield each case whose promise came due in the month and was not kept, by number; none a unit is barred from."""
    for record in counted.records:
        found = counted.measures[record.case_id]
        if record.snapshot.barred or "due" not in found or "closed_in_time" in found:
            continue
        late = next(one for one in record.promises if counted.month.period.holds(one.due_at) and not one.kept)
        because = {_hindrance(dated.kept) for dated in record.happened}
        yield OverdueRow(
            number=record.snapshot.number,
            case_id=record.case_id,
            lead=record.snapshot.lead,
            lead_name=counted.town.name_of(record.snapshot.lead),
            due_at=late.due_at,
            ended_at=late.stopped_at,
            because=tuple(sorted(name for name in because if name)),
        )


def refused_rows(counted: Counted) -> Iterator[RefusedRow]:
    """Yield each department whose tasks were refused: by the register of admissions, or case by case."""
    notices: dict[str, list[KeptNotice]] = defaultdict(list)
    for notice in counted.month.refusals:
        notices[notice.department or ""].append(notice)
    cases = _kept_off(counted)
    for department in sorted({*notices, *cases}):
        listed = counted.lists.add(f"{department}/refused", cases.get(department, ()))
        yield RefusedRow(
            department=department,
            name=counted.town.name_of(department),
            refused=sum(notice.refused for notice in notices[department]) + int(listed.value),
            tasks=tuple(notice.first for notice in notices[department] if notice.first),
            notices=tuple(notice.notice_id for notice in notices[department]),
            cases=listed,
        )


def interview_rows(counted: Counted) -> Iterator[InterviewRow]:
    """Yield each unit about which an interview was proposed or decided in the month, with the facts about it."""
    about: dict[str, dict[str, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    for record in counted.records:
        for dated in record.happened if record.counts else ():
            found = _about_interview(dated.kept) if counted.month.period.holds(dated.at) else ""
            if found:
                about[_whom(record, dated)][found].append(record.case_id)
    for unit, facts in sorted(about.items()):
        if facts.keys() & DECISIONS:
            shown = {name: counted.lists.add(f"{unit}/interview/{name}", facts.get(name, ())) for name in INTERVIEW}
            yield InterviewRow(unit=unit, name=counted.town.name_of(unit), **shown)


def sensitive_counts(counted: Counted) -> dict[str, int]:
    """Return how many sensitive matters were reported, by lane: counts and nothing else (domain §6.5)."""
    counts: dict[str, int] = defaultdict(int)
    for record in counted.month.records:
        if record.snapshot.lane != "ordinary" and counted.month.period.holds(record.snapshot.accepted_at):
            counts[record.snapshot.lane] += 1
    return dict(sorted(counts.items()))


def _whom(record: Record, dated: Dated) -> str:
    """Return the unit that a mark, a no-show or a proposal is about; the lead where it names none."""
    kept = dated.kept
    if isinstance(kept, Confirmed):
        number, happened = kept.proposal, record.happened
        asked = (one for one in happened if isinstance(one.kept, Proposed) and one.kept.proposal == number)
        return next((_whom(record, one) for one in asked), dated.lead)
    return (kept.unit if isinstance(kept, Marked | StayedAway | Proposed) else "") or dated.lead


def _kept_off(counted: Counted) -> Mapping[str, Sequence[UUID]]:
    cases: dict[str, list[UUID]] = defaultdict(list)
    for record in counted.records:
        happened = (dated for dated in record.happened if counted.month.period.holds(dated.at))
        for lead in sorted({dated.lead for dated in happened if isinstance(dated.kept, KeptOff)}):
            cases[lead].append(record.case_id)
    return cases


def _about_interview(kept: Kept) -> str:
    match kept:
        case Proposed(kind="interview"):
            return "proposed"
        case Confirmed(kind="interview", confirmed=confirmed):
            return "confirmed" if confirmed else "declined"
        case StayedAway():
            return "no_shows"
        case Marked(card="red", step=step) if step != "no_show":
            return "red_cards"
        case _:
            return ""


def _hindrance(kept: Kept) -> str:
    match kept:
        case SentBack():
            return "rework"
        case StayedAway():
            return "no_show"
        case Marked(card="red"):
            return "red_card"
        case _:
            return ""

"""Interviews in the bulletin: proposed by the clock, sent by nobody before a person confirms, with the facts."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from services.appraisal.domain.bulletin import Bulletin
from services.appraisal.domain.compiling import compile_bulletin
from services.appraisal.domain.counting import Month, Town
from services.appraisal.domain.periods import period_of
from services.appraisal.domain.record import folded
from services.contracts.events import CaseProgressed
from services.ledger.domain.acts import RefusedError
from services.ledger.domain.whistle.acts import Decide
from services.reference.model.appraising import AppraisalPolicy
from tests.unit.appraisal.stories import kept_fact, row_from
from tests.unit.ledger.cases import CaseInTest

MARCH = period_of("2026-03", ZoneInfo("Asia/Shanghai"))
CENTER = "district_command_center"
DAY = timedelta(days=1)


def neglected() -> CaseInTest:
    """A case that nobody touches until the clock proposes an interview, some ten working days after it was due."""
    case = CaseInTest(cooperating=())
    for days in range(1, 22):
        case.settle(case.taken.case.accepted_at + days * DAY)
    return case


def interview_of(case: CaseInTest) -> int:
    return next(each.number for each in case.taken.proposals if each.kind == "interview")


def decide(case: CaseInTest, role: str = "center_leader", *, confirm: bool) -> None:
    act = Decide(interview_of(case), confirm=confirm, reason="多次超期" if confirm else "已约谈过")
    case.act(act, CENTER, role, after=21 * DAY)


def sent(case: CaseInTest) -> list[tuple[str, tuple[str, ...]]]:
    return [(notice.kind, notice.units) for notice in case.taken.notices]


def bulletin_of(case: CaseInTest) -> Bulletin:
    """Return the month's bulletin as the case's own facts make it."""
    opened = case.opened
    stated = [fact.event for fact in case.taken.facts if isinstance(fact.event, CaseProgressed)]
    record = folded([kept_fact(row_from(event)) for event in (opened, *stated)], MARCH.ends)
    assert record is not None
    town = Town(version=1, policy=AppraisalPolicy(), names={}, kinds={"drainage": "department"})
    return compile_bulletin(Month(period=MARCH, weeks=(), records=[record], refusals=(), town=town))


def test_a_neglected_case_proposes_an_interview_and_nothing_is_sent() -> None:
    case = neglected()

    assert interview_of(case)
    assert sent(case) == []


def test_without_confirmation_nothing_is_sent() -> None:
    case = neglected()

    with pytest.raises(RefusedError):
        decide(case, "center_operator", confirm=True)
    decide(case, confirm=False)

    assert sent(case) == []


def test_a_confirmed_interview_is_sent_to_the_unit_once() -> None:
    case = neglected()

    decide(case, confirm=True)
    with pytest.raises(RefusedError):
        decide(case, confirm=True)

    assert sent(case) == [("interview", ("drainage", CENTER))]


@pytest.mark.parametrize(("confirm", "expected"), [(None, (1, 0, 0)), (True, (1, 1, 0)), (False, (1, 0, 1))])
def test_the_bulletin_lists_it_with_its_facts(*, confirm: bool | None, expected: tuple[int, int, int]) -> None:
    case = neglected()
    if confirm is not None:
        decide(case, confirm=confirm)

    bulletin = bulletin_of(case)
    (row,) = bulletin.interviews

    assert row.unit == "drainage"
    assert tuple(int(shown.value) for shown in (row.proposed, row.confirmed, row.declined)) == expected
    assert int(row.red_cards.value) > 0
    assert [case_id for _, case_id in bulletin.cases_of(row.proposed.list)] == [case.id]

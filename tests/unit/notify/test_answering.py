"""Whoever reported hears that it takes longer: when its promise passes, when it is extended, when it is suspended."""

from collections.abc import Callable

import msgspec
import pytest

from services.contracts.events import CaseProgressed
from services.contracts.events.life import Extended, Suspended
from services.contracts.events.progress import StepTaken
from services.ledger.domain.life.acts import AskExtension, Resume
from services.notify.domain.answering import Answer, answers_of
from tests.builders import MONDAY_NOON
from tests.unit.ledger import lives
from tests.unit.ledger.cases import CaseInTest
from tests.unit.ledger.lives import GRANTED, LEAD, OPERATOR, act


def overdue() -> CaseInTest:
    case = CaseInTest(whistle_automatic=False)
    case.settle(case.clock("promise").due_at)
    return case


def extended() -> CaseInTest:
    return act(lives.extension_requested(), GRANTED, OPERATOR)


def put_off(case: CaseInTest) -> list[tuple[CaseProgressed, Answer]]:
    """Return each fact of the case that says it takes longer, with what is told."""
    facts = [stated.event for stated in case.taken.facts if isinstance(stated.event, CaseProgressed)]
    return [(fact, answer) for fact in facts for answer in answers_of(fact) if answer.kind == "delayed"]


@pytest.mark.parametrize(
    ("reached", "fact"),
    [
        pytest.param(overdue, StepTaken, id="the-promise-has-passed"),
        pytest.param(extended, Extended, id="extended"),
        pytest.param(lives.suspended, Suspended, id="suspended"),
    ],
)
def test_the_reporter_is_told_that_it_takes_longer(reached: Callable[[], CaseInTest], fact: type) -> None:
    case = reached()

    ((said, answer),) = put_off(case)

    assert isinstance(said.what, fact)
    told = msgspec.json.decode(answer.body)
    assert (answer.report_id, told["type"]) == (case.id, "answer.delayed")
    assert told["data"]["number"] == "20260302-case"
    assert told["data"]["due"]["promise"] == case.clock("promise").due_at.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_when_its_promise_passes_and_not_before() -> None:
    case = CaseInTest(whistle_automatic=False)
    due_at = case.clock("promise").due_at

    case.settle(due_at - lives.HOUR)
    assert put_off(case) == []

    case.settle(due_at)
    ((said, _),) = put_off(case)
    assert (said.at, due_at > MONDAY_NOON) == (due_at, True)


def test_what_is_put_off_twice_is_one_message() -> None:
    case = act(act(lives.suspended(), Resume(reason="条件具备"), OPERATOR), AskExtension(by="1wd", reason="缺料"), LEAD)

    answers = [answer for _, answer in put_off(act(case, GRANTED, OPERATOR))]

    assert len(answers) == 2
    assert len({answer.message_id for answer in answers}) == 1


def test_nobody_is_told_who_left_no_contact() -> None:
    case = extended()
    fact = put_off(case)[0][0]
    silent = msgspec.structs.replace(
        fact, reports=tuple(msgspec.structs.replace(one, has_contact=False) for one in fact.reports)
    )

    assert list(answers_of(silent)) == []

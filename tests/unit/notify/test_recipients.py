"""Who is told of what: the ladder's table, and whom nothing may ever reach."""

from typing import get_args

import pytest

from services.contracts.events import ReportRef, What
from services.contracts.events.progress import (
    Closed,
    Handled,
    Noted,
    ReportedIn,
    ReturnAsked,
    ReworkOrdered,
    SignedIn,
    Step,
    Supervision,
    WhistleBlown,
)
from services.contracts.events.whistles import Rise, SteppedUp
from services.notify.domain.recipients import SILENT, TELL, recipients_of
from services.notify.domain.telling.of_steps import OF_THE_UNIT
from services.notify.domain.telling.parties import Recipient
from tests.builders import an_id
from tests.unit.notify.facts import DUE, OPENED, a_fact, a_step, a_whistle

LIMIT = "drainage/clerk drainage/unit_head sub-03/subdistrict_coordinator"
CENTER = "district_command_center"


@pytest.mark.parametrize(
    ("what", "told"),
    [
        pytest.param(OPENED, "drainage/clerk sanitation/clerk", id="a-new-case-lead-and-helpers"),
        pytest.param(a_step("reminder"), "drainage/clerk", id="the-blue-reminder-who-handles"),
        pytest.param(a_step("limit"), LIMIT, id="the-limit-head-and-street"),
        pytest.param(
            a_step("letter"),
            f"drainage/unit_head sub-03/subdistrict_coordinator {CENTER}/center_operator",
            id="the-letter-also-the-center",
        ),
        pytest.param(
            a_step("supervision", supervision=Supervision(1, DUE)),
            f"{LIMIT} {CENTER}/center_operator {CENTER}/center_leader",
            id="supervision-also-the-leader",
        ),
        pytest.param(
            a_step("no_show", clock="report_in", unit="sanitation"),
            f"sanitation/clerk sanitation/unit_head sub-03/subdistrict_coordinator {CENTER}/center_operator",
            id="a-no-show-the-one-who-did-not-come",
        ),
        pytest.param(
            a_step("urge", clock="verification", unit=""),
            f"{CENTER}/center_operator sub-03/subdistrict_coordinator",
            id="a-late-verification-who-verifies",
        ),
        pytest.param(a_step("limit", clock="promise", unit="", marks_only=True), "", id="a-mark-nobody"),
        pytest.param(
            WhistleBlown(a_whistle("drainage", "sanitation")),
            "drainage/clerk drainage/unit_head sanitation/clerk sanitation/unit_head "
            f"sub-03/subdistrict_coordinator {CENTER}/center_operator",
            id="a-whistle-whom-it-calls-and-the-center",
        ),
        pytest.param(ReportedIn(1, "drainage"), "sub-03/subdistrict_coordinator", id="a-report-in-the-street"),
        pytest.param(
            ReturnAsked("drainage", "不归我们", "sanitation", 2),
            f"{CENTER}/center_operator",
            id="a-return-the-center",
        ),
        pytest.param(SignedIn("drainage"), "", id="a-sign-in-nobody"),
        pytest.param(Noted("sub-03", "urge", "请抓紧"), "drainage/clerk", id="an-urging-the-lead"),
        pytest.param(Noted("sub-03", "log", "已联系"), "", id="a-note-nobody"),
        pytest.param(ReworkOrdered("还在积水", 1), "drainage/clerk", id="rework-the-lead"),
        pytest.param(
            Closed(on_time=True),
            "drainage/clerk sanitation/clerk sub-03/subdistrict_coordinator",
            id="the-end-all",
        ),
    ],
)
def test_who_is_told(what: What, told: str) -> None:
    recipients = recipients_of(a_fact(what))

    assert [f"{one.unit}/{one.role}" for one in recipients] == told.split()


def test_an_automatic_whistle_tells_whom_it_calls_beside_the_step() -> None:
    recipients = recipients_of(a_fact(a_step("limit", whistle=a_whistle("drainage", "sanitation"))))

    told = {f"{one.unit}/{one.role}" for one in recipients}
    assert {"sanitation/clerk", "sanitation/unit_head", f"{CENTER}/center_operator"} <= told
    assert len(told) == len(recipients), "nobody is told twice"


def test_an_emergency_also_tells_the_head_and_the_street() -> None:
    recipients = recipients_of(a_fact(urgency="emergency"))

    assert [f"{one.unit}/{one.role}" for one in recipients][2:] == [
        "drainage/unit_head",
        "sub-03/subdistrict_coordinator",
    ]


def test_an_accused_unit_and_its_branch_offices_hear_nothing() -> None:
    event = a_fact(
        cooperating=("sanitation", "drainage@sub-03"), barred_units=("drainage",), lead="district_command_center",
        units=("sanitation", "drainage", "drainage@sub-03", "district_command_center"),
    )  # fmt: skip

    assert {one.unit for one in recipients_of(event)} == {"sanitation", "district_command_center"}


def test_a_unit_that_may_not_see_the_case_hears_nothing() -> None:
    handled = Handled("drainage", "2026-03-02", "王女士", "疏通", "2026-03-02")
    sensitive = a_fact(handled, lane="stability", units=("drainage",), lead="drainage", cooperating=())

    assert recipients_of(sensitive) == ()


def test_every_fact_tells_somebody_or_is_known_to_tell_nobody() -> None:
    assert set(TELL) | SILENT == set(get_args(What))
    assert not set(TELL) & SILENT


def test_every_step_has_somebody_to_tell() -> None:
    assert set(OF_THE_UNIT) == set(get_args(Step))


def test_the_way_up_is_told_up_and_down_and_to_the_leader_at_the_top() -> None:
    rise = Rise("com-0312", "sub-03", to_leader=True)

    told = recipients_of(a_fact(SteppedUp(rise, "no means of its own")))

    assert [f"{one.unit}/{one.role}" for one in told] == [
        "sub-03/clerk",
        "sub-03/unit_head",
        "com-0312/clerk",
        f"{CENTER}/center_leader",
    ]


def test_a_grid_worker_hears_how_it_ended() -> None:
    by_grid_worker = (ReportRef(an_id("case"), "grid_worker"),)
    seen_by = ("drainage", "sanitation", "sub-03", "grid-9")

    told = recipients_of(a_fact(Closed(on_time=True), reports=by_grid_worker, units=seen_by))

    assert Recipient("grid-9", "grid_worker") in told

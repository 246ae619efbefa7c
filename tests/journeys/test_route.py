"""The route of a case from end to end, as the acceptance criteria say it."""

from datetime import timedelta

import pytest

from deploy.demo.city.doors import RefusedError
from services.ledger.domain.acts import DeliverPart, Dispatch, Handle, Return, SignIn, Verify
from services.ledger.domain.whistle.acts import ReportIn
from tests.journeys.running_city import RunningCity

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(300)]

ANSWER = Handle(
    accepted_when="周一上午九点受理", talked_with="电话联系反映人", measure="已清掏雨水箅子并冲洗", done_by="当日办结"
)
MINUTE = timedelta(minutes=1)


async def test_a_report_becomes_a_case_falls_overdue_is_whistled_and_closes(city: RunningCity) -> None:
    filed = await city.report("路面大面积积水没过脚踝", item="0201", **city.a_grid("sub-03"))
    line = await city.in_queue_of("drainage", filed)
    assert line["expected"] == "sign_in"
    await city.act(filed, "drainage", SignIn())

    await city.pass_time(until=await city.due_at(filed, "handling", "drainage"))

    assert set(await city.calls_of(filed)) == {"drainage", "municipal_works", "sanitation", "traffic_police"}
    await city.act(filed, "drainage", ReportIn(place="积水路口"))
    await city.pass_time(until=city.clock.at + 31 * MINUTE)
    calls = await city.calls_of(filed)
    assert calls["drainage"] == ("reported_in", False)
    assert {state for unit, (state, _) in calls.items() if unit != "drainage"} == {"no_show"}

    await city.act(filed, "drainage", ANSWER)
    await city.act(filed, "sub-03", Verify(done=True, note="现场复查已退水"), "subdistrict_officer")
    await city.quiet.wait()

    assert (await city.facts_of(filed))[-3:] == ["handled", "verified", "closed"]
    told = await city.doors.progress(filed.receipt.tracking_code)
    assert told["progress"]["state"] == "closed"
    assert told["progress"]["measure"] == ANSWER.measure


async def test_three_departments_are_on_time_late_and_missing(city: RunningCity) -> None:
    """S2-01: in after 29 minutes, after 31 minutes, and never."""
    filed = await city.report("路面塌陷一个大坑", item="0107", **city.a_grid("sub-02"))
    await city.in_queue_of("municipal_works", filed)
    await city.pass_time(until=await city.due_at(filed, "handling", "municipal_works"))
    blown_at = city.clock.at

    await city.pass_time(until=blown_at + 29 * MINUTE)
    await city.act(filed, "municipal_works", ReportIn(place="现场"))
    await city.pass_time(until=blown_at + 31 * MINUTE)
    await city.act(filed, "drainage", ReportIn(place="现场"))
    await city.quiet.wait()

    calls = await city.calls_of(filed)
    assert calls["municipal_works"] == ("reported_in", False)
    assert calls["drainage"] == ("reported_in", True)
    assert calls["traffic_police"] == ("no_show", False)
    assert await city.superuser.fetchval("select supervisions from ledger.cases where case_id = $1", filed.case_id) == 1


async def test_a_return_goes_back_through_the_router_and_keeps_the_promise(city: RunningCity) -> None:
    filed = await city.report("小区门口人行道地砖破损", item="0109", **city.a_grid("sub-01"))
    await city.in_queue_of("municipal_works", filed)
    promised = await city.due_at(filed, "promise")

    await city.act(filed, "municipal_works", Return(reason="该路段由住建部门管养", suggested="housing"))
    await city.in_queue_of("housing", filed)

    assert await city.due_at(filed, "promise") == promised
    assert (await city.seen_by("housing", filed))["state"] == "dispatched"


async def test_what_no_rule_covers_waits_at_the_center_and_is_dispatched_by_hand(city: RunningCity) -> None:
    filed = await city.report("天上好像有个奇怪的光点一直不动", **city.a_grid("sub-04"))
    line = await city.in_queue_of(city.center, filed)
    assert line["state"] == "consulting"

    await city.act(filed, city.center, Dispatch(lead="police", reason="请派出所先行核实"), "center_operator")

    await city.in_queue_of("police", filed)


async def test_somebody_elses_case_is_unknown_and_the_actor_comes_from_the_token_only(city: RunningCity) -> None:
    filed = await city.report("路灯不亮了", item="0105", **city.a_grid("sub-05"))
    await city.in_queue_of("municipal_works", filed)
    stranger = city.people.works_in("education")

    with pytest.raises(RefusedError) as refused:
        await city.doors.case(filed.case_id, token=stranger)
    assert refused.value.status == 404
    with pytest.raises(RefusedError) as refused:
        await city.doors.act(filed.case_id, SignIn(), token=stranger, revision=1, key="stranger")
    assert refused.value.status == 404


async def test_phones_never_leave_the_vault(city: RunningCity) -> None:
    filed = await city.report("井盖缺失，请联系13912345678", **city.a_grid("sub-07"))
    await city.quiet.wait()

    leaks = await city.superuser.fetchval(
        "select count(*) from ledger.facts where position('13912345678' in convert_from(body, 'UTF8')) > 0"
    )
    body = await city.superuser.fetchval(
        "select convert_from(body, 'UTF8') from intake.reports where report_id = $1", filed.case_id
    )
    assert leaks == 0
    assert "13912345678" not in body
    assert "1390000" not in body


async def test_a_cooperating_department_delivers_its_part(city: RunningCity) -> None:
    filed = await city.report("积水漫过道路", item="0201", **city.a_grid("sub-08"))
    await city.in_queue_of("sanitation", filed)

    await city.act(filed, "sanitation", DeliverPart(measure="已派吸污车到场配合"))

    assert await city.due_at(filed, "handling", "sanitation") is None

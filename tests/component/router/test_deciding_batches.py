"""A batch is decided whole, published once, and counted; what the rules break on still gets an owner."""

from dataclasses import replace
from uuid import UUID

import msgspec
import pytest

from services.chassis.delivery.faust_app import assert_nothing_else_is_on, worker_app
from services.chassis.settings import KafkaSettings
from services.contracts.codec import event_id_of
from services.contracts.events import ReportFacts, ReportReceived
from services.contracts.flow import FLOW
from services.router.agents import register_agents
from services.router.decisions import record_of
from tests.component.router.city import City, batch_of
from tests.unit.reference.town import MORNING, a_report, a_return, rule, the_town

TOWN = the_town(rule("drains", keywords=("雨水箅",), item="0203"))


def received(report: ReportFacts) -> ReportReceived:
    return ReportReceived(event_id=event_id_of(1, report.case_id, "received"), report=report)


async def test_every_report_of_a_batch_is_decided_and_published_in_order() -> None:
    city = City(TOWN)
    reports = [a_report(str(number), text="雨水箅") for number in range(3)]

    await city.reports(batch_of(*map(received, reports)))

    assert [decision.report.case_id for decision in city.published.decisions] == [report.case_id for report in reports]
    assert city.versions.asked == [MORNING] * 3


async def test_a_return_is_decided_by_the_version_it_names() -> None:
    city = City(TOWN)

    await city.returns(batch_of(a_return(a_report(item="0203"), "drainage", suggested="housing")))

    assert city.versions.asked == [7]
    assert [decision.lead for decision in city.published.decisions] == ["housing"]


async def test_departments_without_a_case_show_zero() -> None:
    city = City(TOWN)

    await city.reports(batch_of(received(a_report(text="雨水箅")), received(a_report("other", item="1001"))))

    assert (city.routed("drainage"), city.routed("sanitation"), city.routed("grassroots")) == (1, 0, 1)
    assert city.registry.get_sample_value("whistle_router_consulting_total") == 0


async def test_a_report_on_which_the_rules_break_does_not_hold_up_its_batch() -> None:
    city = City(replace(TOWN, outcomes=()))  # every rule that matches breaks now

    await city.reports(batch_of(received(a_report(item="0801")), received(a_report("fine", text="天气"))))

    first, second = city.published.decisions
    assert first.lead == second.lead == "district_command_center"
    assert (first.limits.handling, second.because.notes) == ("4wh", ("no rule matches",))
    assert first.because.notes == ("the rules broke: IndexError",)
    assert city.registry.get_sample_value("whistle_router_undecidable_total") == 1


async def test_what_cannot_be_published_is_not_said_to_be_done() -> None:
    city = City(TOWN)
    city.published.broken = True

    with pytest.raises(OSError, match="broker away"):
        await city.reports(batch_of(received(a_report())))


async def test_an_empty_batch_publishes_nothing() -> None:
    city = City(TOWN)

    await city.reports(batch_of())

    assert city.published.decisions == []


async def test_a_decision_travels_under_its_case_with_its_id() -> None:
    city = City(TOWN)
    report = a_report(text="雨水箅")
    await city.reports(batch_of(received(report)))

    record = record_of(city.published.decisions[0])

    headers = dict(record.headers)
    assert record.key == str(report.case_id).encode()
    assert UUID(headers["ce_id"].decode()) == event_id_of(1, report.case_id, "dispatched", 1)
    assert msgspec.json.decode(record.value)["lead"] == "drainage"


def test_the_router_reads_exactly_the_topics_the_flow_gives_it() -> None:
    app = worker_app("router", KafkaSettings(brokers="never-dialled:9092", service="router"))
    city = City(TOWN)

    register_agents(app, None, city.reports, city.returns)  # type: ignore[arg-type]  # the pump is not run here

    assert_nothing_else_is_on(app)
    read = {agent.channel.get_topic_name() for agent in app.agents.values()}
    assert read == {hop.topic for hop in FLOW if "router" in hop.read_by}

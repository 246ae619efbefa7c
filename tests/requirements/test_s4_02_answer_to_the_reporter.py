"""S4-02: a reporter with contact gets accept, progress, result messages; satisfaction asked once."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from prometheus_client import CollectorRegistry

from services.chassis.delivery.batch import Batch, Delivered
from services.chassis.outages import Outages
from services.chassis.postgres import postgres_pool
from services.chassis.sealing import Keys
from services.chassis.settings import PostgresSettings
from services.contracts.codec import decode, encode
from services.contracts.events import Event
from services.ledger.domain.acts import Handle, SignIn, Verify
from services.ledger.domain.life.acts import AskExtension, AskSuspension, FollowUp, Reject
from services.ledger.domain.life.merging import Merging, merge
from services.ledger.domain.taken import SYSTEM
from services.notify.channels.egress import Egress
from services.notify.channels.sending import Channels, OneByOne
from services.notify.channels.sms import SmsGateway
from services.notify.domain.glance import FactGlance
from services.notify.domain.reaching import Ways
from services.notify.handlers import TellOfCases, TellReporters
from services.notify.metrics import NotifyMetrics
from services.notify.store.answers import PostgresAnswers, Reporters
from services.notify.store.book import PostgresBook
from services.notify.store.subscriptions import PostgresSubscriptions
from services.notify.timers import CourierToReporters
from tests.builders import MONDAY_NOON, a_report
from tests.environment.database import Database
from tests.unit.ledger import lives
from tests.unit.ledger.cases import ANSWER, CaseInTest
from tests.waiting import eventually
from tests.wire.desk.office import an_office, bearer
from tests.wire.notify.office import a_key_file
from tests.wire.notify.receiver import Receiver, answering, receiving

pytestmark = pytest.mark.postgres

PHONE: Final = "13812345678"
OTHER_PHONE: Final = "13987654321"
WAITING: Final = AskSuspension(reason="等待供暖季", condition="供暖开始")
TOOK: Final = answering(200, body=b'{"Code": "OK"}')
WRONG_TEMPLATE: Final = answering(200, body=b'{"Code": "isv.SMS_TEMPLATE_ILLEGAL"}')


@dataclass(frozen=True)
class Fact:
    """What of a Kafka record the handler reads."""

    value: bytes


@dataclass
class Reporting:
    """Notify on one database: facts in, SMS out; and the vault in which reporters left their numbers."""

    database: Database
    keys: Keys
    tell: TellOfCases
    gateway: Receiver
    answers: PostgresAnswers

    def left(self, report_id: UUID, **contact: str) -> None:
        """Seal a contact as intake does."""
        envelope = self.keys.seal_for(report_id.bytes)
        sealed = envelope.seal(b"contact", json.dumps(contact).encode())
        self.database.run_sql(
            "insert into vault.contacts (report_id, key_id, wrapped_key, sealed) values "
            rf"('{report_id}', '{envelope.key_id}', '\x{envelope.wrapped_key.hex()}', '\x{sealed.hex()}')"
        )

    async def hear(self, *cases: CaseInTest) -> None:
        """Let notify take every fact of the cases, as often as this is called."""
        values = [encode(event) for case in cases for event in facts_of(case)]
        await self.tell(Batch([Delivered(decode(value, FactGlance), Fact(value)) for value in values]))

    async def sent(self, count: int) -> list[tuple[str, dict[str, str]]]:
        """Wait until `count` answers went out; return number and values of each, in the order of sending."""
        await eventually(
            lambda: self.states().count("sent") == count and "pending" not in self.states(), within_seconds=60
        )
        queries = [parse_qs(urlsplit(one.target).query) for one in self.gateway.received]
        return [(query["PhoneNumbers"][0], json.loads(query["TemplateParam"][0])) for query in queries]

    def states(self) -> list[str]:
        return self.database.run_sql("select state from notify.answers").split()

    def kinds(self) -> list[str]:
        return self.database.run_sql("select kind || cycle from notify.answers order by version, kind").split()


def facts_of(case: CaseInTest) -> Iterable[Event]:
    return [case.opened, *(stated.event for stated in case.taken.facts)]


@pytest.fixture
async def reporting(database: Database) -> AsyncIterator[Reporting]:
    keys, registry = a_key_file(), CollectorRegistry()
    async with (
        receiving() as gateway,
        postgres_pool(PostgresSettings(dsn=database.dsn("notify"), password=None)) as pool,
        Egress((ip_network("127.0.0.0/8"),)) as egress,
    ):
        gateway.answer = lambda _: TOOK
        sms = SmsGateway(
            url=f"http://127.0.0.1:{gateway.port}/", key_id="k", key_secret="s", sign_name="示例区", template="SMS_1"
        )
        metrics, answers = NotifyMetrics.create(registry), PostgresAnswers(pool)
        reporters = Reporters(pool=pool, keys=keys, ways=Ways(sms=True))
        ways = OneByOne(Channels(egress=egress, sms=sms))
        courier = CourierToReporters(answers, reporters, ways, metrics, Outages(registry, "notify"))
        tell = TellOfCases(
            book=PostgresBook(pool),
            subscriptions=PostgresSubscriptions(pool, keys),
            metrics=metrics,
            wake=courier.wake,
            reporters=TellReporters(answers=answers, metrics=metrics, wake=courier.wake),
        )
        running = asyncio.create_task(courier.run())
        yield Reporting(database, keys, tell, gateway, answers)
        await courier.stop()
        await running


async def test_accepted_in_work_and_done_each_once_however_often_the_facts_come(reporting: Reporting) -> None:
    case = lives.closed()
    reporting.left(case.id, phone=PHONE, reply_channel="sms", name="王某")

    await reporting.hear(case)
    await reporting.hear(case, case)
    told = await reporting.sent(3)

    assert sorted(values["what"] for _, values in told) == [
        "您的上报已办结,请查看答复并评价",
        "您的上报已受理",
        "您的上报正在办理",
    ]
    assert {number for number, _ in told} == {PHONE}
    assert {values["number"] for _, values in told} == {"20260302-case"}
    assert reporting.database.run_sql("select count(*) from notify.messages where recipient = 'none'") == "5"


async def test_that_it_takes_longer_is_told_when_the_promise_passes_and_when_it_is_put_off(
    reporting: Reporting,
) -> None:
    late, extended, suspended = CaseInTest(name="late"), CaseInTest(name="extended"), CaseInTest(name="suspended")
    late.settle(late.clock("promise").due_at)
    for case, asks in ((extended, AskExtension(by="1wd", reason="备件在途")), (suspended, WAITING)):
        lives.act(case, SignIn(), lives.LEAD)
        lives.act(case, asks, lives.LEAD)
    lives.act(suspended, lives.GRANTED, lives.HEAD)
    for case in (extended, suspended):
        lives.act(case, lives.GRANTED, lives.OPERATOR)
    for case in (late, extended, suspended):
        reporting.left(case.id, phone=PHONE, reply_channel="sms")

    await reporting.hear(late, extended, suspended)
    told = await reporting.sent(8)

    longer = {values["number"] for _, values in told if values["what"] == "您的上报需要更长时间,仍在办理"}
    assert longer == {"20260302-late", "20260302-extended", "20260302-suspended"}


async def test_no_answer_keeps_the_number_and_every_look_into_the_vault_is_written_down(reporting: Reporting) -> None:
    case = lives.closed()
    reporting.left(case.id, phone=PHONE, reply_channel="sms")

    await reporting.hear(case)
    await reporting.sent(3)

    kept = reporting.database.run_sql("select convert_from(body, 'UTF8') from notify.answers")
    looks = reporting.database.run_sql("select count(*), min(process), min(purpose) from vault.audit")
    assert PHONE not in kept
    assert looks == "3|notify|answer to the reporter"


async def test_satisfaction_is_asked_once_for_each_result(reporting: Reporting) -> None:
    case = lives.closed()
    lives.act(case, FollowUp(answer="unsatisfied", note="仍有异味"), lives.STREET, after=timedelta(hours=2))
    lives.act(case, Handle(**ANSWER), lives.LEAD, after=timedelta(hours=3))
    lives.act(case, Verify(done=True), lives.STREET, after=timedelta(hours=4))
    reporting.left(case.id, phone=PHONE, reply_channel="sms")

    await reporting.hear(case)
    told = await reporting.sent(5)

    assert reporting.kinds() == ["accepted1", "progress1", "result1", "progress2", "result2"]
    assert sum("评价" in values["what"] for _, values in told) == 2


async def test_everyone_whose_report_was_merged_hears_under_their_own_number(reporting: Reporting) -> None:
    survivor, duplicate = CaseInTest(name="first"), CaseInTest(name="second")
    merge(duplicate.taken, survivor.taken, Merging(actor=SYSTEM, now=MONDAY_NOON, reason="同一处"))
    lives.act(survivor, SignIn(), lives.LEAD)
    lives.act(survivor, Handle(**ANSWER), lives.LEAD)
    lives.act(survivor, Verify(done=True), lives.STREET)
    reporting.left(survivor.id, phone=PHONE, reply_channel="sms")
    reporting.left(duplicate.id, phone=OTHER_PHONE, reply_channel="phone")

    await reporting.hear(survivor, duplicate)
    told = await reporting.sent(6)

    assert told_to(told, PHONE) == {"20260302-first"}
    assert told_to(told, OTHER_PHONE) == {"20260302-second"}


async def test_whoever_wants_no_reply_or_takes_no_message_gets_none(reporting: Reporting) -> None:
    silent, landline = CaseInTest(name="silent"), CaseInTest(name="landline")
    reporting.left(silent.id, phone=PHONE, reply_channel="none")
    reporting.left(landline.id, phone="0913-6221234", reply_channel="phone")

    await reporting.hear(silent, landline)

    await eventually(lambda: sorted(reporting.states()) == ["by_person", "unwanted"], within_seconds=60)
    assert reporting.gateway.received == []


async def test_whom_no_message_reaches_somebody_calls_and_says_so_once(reporting: Reporting) -> None:
    case = CaseInTest()
    reporting.left(case.id, phone="0913-6221234", reply_channel="phone")
    async with an_office(reporting.database) as office:
        await office.open("case")
        await reporting.hear(case)
        await eventually(lambda: reporting.states() == ["by_person"], within_seconds=60)
        await reporting.hear(lives.act(case, SignIn(), lives.LEAD))
        await eventually(lambda: reporting.states() == ["by_person"] * 2, within_seconds=60)

        shown = {
            who: (await office.get(who, "/api/v1/calls")).json() for who in ("drainage", "works", "street", "center")
        }
        waiting = await reporting.answers.calls()
        (call,) = shown["drainage"]["rows"]
        path, word = f"/api/v1/calls/{call['answer_id']}", {"note": "今天9点已电话告知本人"}
        others = await office.client.post(path, json=word, headers=bearer("other_street"))
        told, again = [await office.client.post(path, json=word, headers=bearer(who)) for who in ("drainage", "center")]
        timeline = (await office.get("drainage", f"/api/v1/cases/{case.id}/timeline")).json()["entries"]
        left = (await office.get("center", "/api/v1/calls")).json()

    assert {who: len(calls["rows"]) for who, calls in shown.items()} == {
        "drainage": 1,
        "works": 0,
        "street": 0,
        "center": 1,
    }
    assert (call["number"], call["kind"], call["since"]) == ("20260302-case", "progress", "2026-03-02T01:00:00Z")
    assert waiting == (2, 0.0)
    assert (others.status_code, told.json(), again.status_code) == (404, {"told": 2}, 404)
    assert (left["waiting"], await reporting.answers.calls()) == (0, (0, 0.0))
    assert [one["state"] for entry in timeline for one in entry.get("told", ())] == ["called"]
    kept = "select count(distinct called_by), min(call_note), count(called_at) from notify.answers"
    assert reporting.database.run_sql(kept) == f"1|{word['note']}|2"


async def test_of_a_sensitive_matter_nothing_but_how_far_it_is(reporting: Reporting) -> None:
    case = CaseInTest(report=a_report(lane="stability", text=None), lead="political_legal", cooperating=())
    reporting.left(case.id, phone=PHONE, reply_channel="sms")

    await reporting.hear(case)
    await reporting.sent(1)

    kept = json.loads(reporting.database.run_sql("select convert_from(body, 'UTF8') from notify.answers"))
    assert kept["data"].keys() == {"number", "kind", "due"}


async def test_what_was_given_up_is_tried_again_when_the_operator_asks(reporting: Reporting) -> None:
    case = CaseInTest()
    reporting.left(case.id, phone=PHONE, reply_channel="sms")
    reporting.gateway.answer = lambda count: TOOK if count > 1 else WRONG_TEMPLATE
    await reporting.hear(case)
    await eventually(lambda: reporting.states() == ["dead"], within_seconds=60)

    standing = reporting.database.run_sql("select kind, state, answers, error from notify.answers_standing()")
    again = reporting.database.run_sql("select notify.retry_answers()")
    await reporting.sent(1)

    assert standing.startswith("accepted|dead|1|the SMS gateway answered isv.SMS_TEMPLATE_ILLEGAL")
    assert again == "1"


async def test_what_is_not_accepted_is_a_result_too(reporting: Reporting) -> None:
    case = lives.act(CaseInTest(), Reject(because="statutory_channel", explanation="应通过诉讼解决"), lives.OPERATOR)
    reporting.left(case.id, phone=PHONE, reply_channel="sms")

    await reporting.hear(case)
    told = await reporting.sent(2)

    assert sorted(values["what"] for _, values in told) == ["您的上报不予受理,请查看说明", "您的上报已受理"]


def told_to(told: Iterable[tuple[str, dict[str, Any]]], phone: str) -> set[str]:
    return {values["number"] for number, values in told if number == phone}

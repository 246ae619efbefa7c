"""X-11: six special routes at intake: 119 is handed over at once; a repeat without new facts is told the progress."""

from collections.abc import AsyncIterator
from functools import cache
from typing import Any, Final
from uuid import UUID

import msgspec
import pytest
from prometheus_client import CollectorRegistry

from deploy.embedded.state import PROJECT
from services.chassis.delivery.batch import Batch, Delivered
from services.contracts.codec import decode
from services.contracts.events import CaseDispatched, CaseProgressed, Place, ReportReceived
from services.intake.domain.admission import admit
from services.intake.domain.form import Point, ReportForm
from services.intake.domain.repeats import is_repeat
from services.intake.ports import Progress
from services.intake.store.city import ReferenceCity
from services.ledger.handlers import OpenCases
from services.ledger.metrics import LedgerMetrics
from services.ledger.store.merging import CarryingOut
from services.notify.domain.answering import answers_of
from services.reference.deciding.compile import CompiledReference, compile_version
from services.reference.deciding.decide import decide
from services.reference.sheets.district import read_version
from tests.builders import MONDAY_NOON, a_dispatched_case, a_report, an_id
from tests.component.intake.window import REPORTS, Window
from tests.environment.database import Database
from tests.wire.desk.office import ANSWER, TheCity
from tests.wire.ledger.alike import CROSSING, PIPE, Room, a_room

CENTER: Final = "district_command_center"


@cache
def the_district() -> CompiledReference:
    return compile_version(read_version(PROJECT / "deploy" / "reference", PROJECT / "deploy" / "demo" / "district"))


@pytest.fixture
async def door() -> Window:
    """The window of the sample district."""
    return Window(city=ReferenceCity(the_district()))


async def decided(door: Window, text: str, **form: Any) -> tuple[dict[str, Any], CaseDispatched]:
    """Report and let the router decide what travelled."""
    answer = await door.report(text=text, **{"grid": None, "community": "com-0101", **form})
    assert answer.status_code == 201, answer.text
    (row,) = [row for row in door.reports.rows.values() if str(row.report_id) == answer.json()["report_id"]]
    return answer.json(), decide(decode(row.body, ReportReceived).report, the_district(), 1)


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("三楼着火了，窗户冒浓烟，快来", "fire_rescue", "119"),
        ("路边有老人晕倒了", "health", "120"),
        ("有人持刀在超市门口", "police", "110"),
        ("路口刚才车祸，有人受伤", "traffic_police", "122"),
    ],
)
async def test_an_emergency_is_handed_over_at_once(door: Window, text: str, unit: str, number: str) -> None:
    receipt, decision = await decided(door, text)

    assert (decision.lead, decision.urgency, decision.consulting) == (unit, "emergency", False)
    assert decision.limits.handling == "0.5uh"
    assert decision.because.matched == (f"special route emergency_{number}",)
    assert number in receipt["advice"]["zh"]
    assert number in receipt["advice"]["en"]


async def test_no_pace_holds_an_emergency_back() -> None:
    door = Window(city=ReferenceCity(the_district()), per_minute=1)
    place = {"grid": None, "community": "com-0101"}

    others = [(await door.report(text=f"路灯不亮 {n}", **place)).status_code for n in range(3)]
    emergencies = [(await door.report(text=f"三楼着火了 {n}", **place)).status_code for n in range(3)]

    assert (others[-1], emergencies) == (429, [201, 201, 201])


@pytest.mark.parametrize(
    ("text", "route", "told"),
    [
        ("对法院判决不服，要求你们改判", "statutory_channel", "法院"),
        ("我要申请行政复议", "statutory_channel", "复议机关"),
        ("帮我查一下谁举报的我家违建", "secret_or_private", "隐私"),
        ("请告诉我下期彩票号码", "outside_government", "职责范围"),
        ("哪里可以办假证", "unlawful_or_immoral", "不予受理"),
    ],
)
async def test_another_way_is_explained_and_a_person_looks_at_it(
    door: Window, text: str, route: str, told: str
) -> None:
    receipt, decision = await decided(door, text)

    assert (decision.lead, decision.consulting) == (CENTER, True)
    assert decision.because.matched == (f"special route {route}",)
    assert told in receipt["advice"]["zh"]


async def test_a_suspected_state_secret_is_not_kept_and_the_channel_is_named(door: Window) -> None:
    answer = await door.report(text="我有一份机 密 文 件要反映", grid=None, community="com-0101")

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/state-secret")
    assert "保密行政管理部门" in answer.json()["detail"]
    assert "机" not in answer.json()["detail"].replace("机要", "")
    assert door.reports.rows == {}


async def test_a_repeat_without_new_facts_is_told_the_progress(door: Window) -> None:
    receipt, _ = await decided(door, "楼下井盖松动，车一过就响")
    followups = f"{REPORTS}/{receipt['tracking_code']}/followups"

    again = await door.client.post(followups, json={"kind": "facts", "text": "楼下井盖松动， 车一过就响！"})
    new = await door.client.post(followups, json={"kind": "facts", "text": "今天有人被绊倒了"})
    same = await door.client.post(followups, json={"kind": "facts", "text": "今天有人被绊倒了"})

    assert (again.status_code, new.status_code, same.status_code) == (200, 201, 200)
    assert again.json()["tracked"]["progress"]["state"] == "accepted"
    assert again.json()["advice"]["route"] == "repeat_without_new_facts"
    assert len(door.followups.rows) == 1


async def test_the_same_request_sent_again_is_no_repeat(door: Window) -> None:
    receipt, _ = await decided(door, "楼下井盖松动")
    path, body = f"{REPORTS}/{receipt['tracking_code']}/followups", {"kind": "facts", "text": "今天有人被绊倒了"}

    first = await door.client.post(path, json=body, headers={"Idempotency-Key": "k"})
    again = await door.client.post(path, json=body, headers={"Idempotency-Key": "k"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


SPOT: Final = Place(longitude=116.4021, latitude=39.9081)
LOOSE_COVER: Final[dict[str, Any]] = {
    "text": "楼下井盖松动，车一过就响",
    "contact": {"phone": "13812345678", "reply_channel": "sms"},
}


@pytest.mark.parametrize(
    ("again", "is_told"),
    [
        pytest.param({}, True, id="the-same"),
        pytest.param({"text": "楼下井盖松动， 车一过就响！"}, True, id="a-mark-more"),
        pytest.param({"channel": "one_key"}, True, id="by-another-channel"),
        pytest.param({"text": "楼下井盖不见了"}, False, id="other-words"),
        pytest.param({"community": "com-0102"}, False, id="another-place"),
        pytest.param({"contact": {"phone": "13987654321", "reply_channel": "sms"}}, False, id="another-person"),
        pytest.param({"contact": None}, False, id="nobody-who-can-be-answered"),
        pytest.param({"accused": ["drainage"]}, False, id="somebody-is-accused-now"),
        pytest.param({"item": "0203"}, False, id="another-item"),
    ],
)
async def test_who_reports_the_same_again_is_told_how_far_it_is(
    door: Window, *, again: dict[str, Any], is_told: bool
) -> None:
    first, _ = await decided(door, **LOOSE_COVER)
    earlier = UUID(first["report_id"])
    door.cases.progress[earlier] = Progress(state="in_progress")

    second, decision = await decided(door, **LOOSE_COVER | again)

    assert decision.report.repeats == (earlier if is_told else None)
    assert second.get("advice", {}).get("route") == ("repeat_without_new_facts" if is_told else None)
    assert second.get("progress", {}).get("state") == ("in_progress" if is_told else None)
    assert second["number"] != first["number"]


@pytest.mark.parametrize(
    ("earlier", "now", "repeats"),
    [
        pytest.param({}, {}, True, id="the-same"),
        pytest.param({"lane": "petition"}, {}, False, id="across-lanes"),
        pytest.param({"on_the_spot": True}, {}, False, id="solved-on-the-spot"),
        pytest.param({"place": SPOT}, {"point": Point(116.4021, 39.9084)}, True, id="thirty-metres-away"),
        pytest.param({"place": SPOT}, {"point": Point(116.4021, 39.9099)}, False, id="two-hundred-metres-away"),
        pytest.param(
            {"place": SPOT, "grid": "grid-over-the-road"}, {"point": Point(116.4021, 39.9082)}, False, id="another-grid"
        ),
        pytest.param({"place": SPOT}, {}, False, id="a-point-and-none"),
    ],
)
async def test_what_is_compared_beside_the_words(
    door: Window, *, earlier: dict[str, Any], now: dict[str, Any], repeats: bool
) -> None:
    reported = admit(ReportForm(text="井盖松动", **({"community": "com-0101"} | now)), door.city, by_staff=False)
    place = msgspec.structs.replace(reported.place, longitude=None, latitude=None)
    if "place" in earlier:
        place = msgspec.structs.replace(reported.place, longitude=SPOT.longitude, latitude=SPOT.latitude)
    if "grid" in earlier:
        place = msgspec.structs.replace(place, grid=earlier["grid"])
    report = a_report(**{**{name: value for name, value in earlier.items() if name != "grid"}, "place": place})

    assert is_repeat(report, reported) is repeats


async def test_the_residents_page_says_how_far_it_is(door: Window) -> None:
    form = {"text": "楼下井盖松动，车一过就响", "community": "com-0101", "phone": "13812345678"}
    await door.client.post("/report", data=form | {"key": "k1"})

    again = await door.client.post("/report", data=form | {"key": "k2"})

    assert again.status_code == 201
    assert "您已就同一事项反映过" in again.text
    assert 'data-progress="accepted"' in again.text


async def test_said_again_after_the_case_was_closed_it_is_new(door: Window) -> None:
    first, _ = await decided(door, **LOOSE_COVER)
    door.cases.progress[UUID(first["report_id"])] = Progress(state="closed", closed_at=MONDAY_NOON)

    second, _ = await decided(door, **LOOSE_COVER)

    assert not {"advice", "progress"} & second.keys()


async def test_a_repeat_sent_again_under_its_key_is_answered_the_same(door: Window) -> None:
    await decided(door, **LOOSE_COVER)
    form = {"grid": None, "community": "com-0101", **LOOSE_COVER}

    sent, again = [(await door.report(key="k", **form)).json() for _ in range(2)]

    assert sent == again
    assert sent["advice"]["route"] == "repeat_without_new_facts"


async def test_an_emergency_opens_a_case_however_often_it_is_reported(door: Window) -> None:
    fire = LOOSE_COVER | {"text": "三楼着火了，窗户冒浓烟，快来"}

    decisions = [(await decided(door, **fire))[1] for _ in range(2)]

    assert [one.report.repeats for one in decisions] == [None, None]


class Opening:
    """The ledger's handler, over an office's database."""

    def __init__(self, room: Room) -> None:
        metrics = LedgerMetrics.create(CollectorRegistry())
        self.room = room
        self.handle = OpenCases(ledger=room.office.openings, metrics=metrics, wake_relay=lambda: None)

    async def open(self, name: str, repeats: str | None = None, **changes: Any) -> None:
        """Let a decision come, twice."""
        repeated = an_id(repeats) if repeats else None
        event = a_dispatched_case(name, report=a_report(name, text=PIPE, place=CROSSING, repeats=repeated), **changes)
        for _ in range(2):
            await self.handle(Batch([Delivered(event, None)]))

    def told(self) -> list[tuple[str, str]]:
        """Return whose report is told what, each once, from everything that was published."""
        bodies = self.room.office.database.run_sql("select encode(body, 'hex') from ledger.facts order by at, version")
        facts = [decode(bytes.fromhex(body), CaseProgressed) for body in bodies.split()]
        names = {an_id(name): name for name in ("first", "second", "third")}
        answers = {
            (names[one.report_id], one.kind): msgspec.json.decode(one.body)["type"]
            for f in facts
            for one in answers_of(f)
        }
        return sorted((whose, phrase.removeprefix("answer.")) for (whose, _), phrase in answers.items())


@pytest.fixture
async def opening(database: Database) -> AsyncIterator[Opening]:
    async with a_room(database) as room:
        yield Opening(room)


@pytest.mark.postgres
async def test_a_repeat_joins_the_open_case_and_its_reporter_hears_how_far_it_is(opening: Opening) -> None:
    room = opening.room
    await opening.open("first")
    await opening.open("second", repeats="first")
    signed = await room.office.act("drainage", "sign_in", 1, case="first")
    await opening.open("third", repeats="second")

    assert signed.status_code == 200, signed.text
    assert [room.state(name) for name in ("second", "third")] == ["merged", "merged"]
    assert [row["case_id"] for row in await room.office.queue("drainage")] == [str(an_id("first"))]
    assert (
        room.office.count("ledger.clocks where next_at is not null and case_id <> '" + str(an_id("first")) + "'") == 0
    )
    assert opening.told() == [
        ("first", "accepted"), ("first", "progress"),
        ("second", "known"), ("second", "progress"),
        ("third", "progress"),
    ]  # fmt: skip


@pytest.mark.postgres
async def test_a_repeat_of_a_closed_case_is_a_case_like_any_other(opening: Opening) -> None:
    room = opening.room
    await opening.open("first", cooperating=())
    await room.office.act("drainage", "sign_in", 1, case="first")
    await room.office.act("drainage", ANSWER, 2, case="first")
    await room.office.act("street", {"type": "verify", "done": True}, 3, case="first")

    await opening.open("second", repeats="first")
    await opening.open("third", repeats="second", urgency="emergency")

    assert [room.state(name) for name in ("first", "second", "third")] == ["closed", "dispatched", "dispatched"]
    assert {("second", "accepted"), ("third", "accepted")} < set(opening.told())


@pytest.mark.postgres
async def test_a_repeat_that_comes_before_what_it_repeats_joins_it_whatever_the_policy_merges(opening: Opening) -> None:
    room = opening.room
    room.carrying_out = CarryingOut(room.carrying_out.pool, TheCity())  # type: ignore[arg-type]
    await opening.open("second", repeats="first")
    early = await room.carrying_out.carry_out_due()
    await opening.open("first")

    merged = await room.carrying_out.carry_out_due(), await room.carrying_out.carry_out_due()

    assert (early, merged, room.state("second")) == (0, (1, 0), "merged")
    assert opening.told() == [("first", "accepted"), ("second", "accepted")]


@pytest.mark.parametrize("text", ["楼道堆满纸箱，容易着火", "信号灯坏了，容易出车祸", "以上诉求请尽快答复"])
async def test_what_only_sounds_like_it_goes_the_ordinary_way(door: Window, text: str) -> None:
    receipt, decision = await decided(door, text)

    assert "advice" not in receipt
    assert not any("special route" in reason for reason in decision.because.matched)

"""S3-04: offline case with paper number; result printed.

On running processes: a clerk logs in without JavaScript, enters a paper of last week in a resident's name, the case
goes the way of every other, and the resident who brings the paper back is given the printed result.
"""

import re
from datetime import timedelta
from typing import Final

import httpx2
import pytest

from deploy.demo.city.doors import Receipt
from services.identity.sessions import COOKIE
from services.ledger.domain.acts import Handle, SignIn, Verify
from services.worktime.calendar import SHANGHAI
from tests.journeys.running_city import Filed, RunningCity
from tests.requirements.leaks import session_of

pytestmark = [pytest.mark.kafka, pytest.mark.postgres]

PAPER: Final = "社字〔2026〕第 17 号"
TEXT: Final = "幸福里东门外的雨水箅子堵了，一下雨就积水"
MEASURE: Final = "已清掏雨水箅子并冲洗管道"


class Counter:
    """A clerk's browser at the counter of a unit."""

    def __init__(self, http: httpx2.AsyncClient, desk: str, cookies: dict[str, str]) -> None:
        self.http, self.desk = http, desk
        self.headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}

    async def enter(self, **fields: str) -> httpx2.Response:
        return await self.post("/counter", **{**await self._form("/counter"), **fields})

    async def ask(self, paper: str) -> httpx2.Response:
        return await self.post("/counter/result", **await self._form("/counter/result"), paper=paper)

    async def get(self, path: str) -> httpx2.Response:
        return await self.http.get(f"{self.desk}{path}", headers=self.headers)

    async def post(self, path: str, **fields: str) -> httpx2.Response:
        return await self.http.post(f"{self.desk}{path}", data=fields, headers=self.headers)

    async def _form(self, path: str) -> dict[str, str]:
        return dict(re.findall(r'name="(csrf|key)" value="([^"]+)"', (await self.get(path)).text))


async def counter_of(city: RunningCity, unit: str, role: str) -> Counter:
    """Let somebody of the unit log in; the browser is the city's own, which is closed with it."""
    _, session = await session_of(city.superuser, unit, role)
    return Counter(city.doors.http, city.system.url("desk"), {COOKIE: session, "whistle_language": "zh"})


def number_on(page: str) -> str:
    found = re.search(r'<p class="number">([^<]+)</p>', page)
    assert found is not None, page
    return found[1]


async def test_a_paper_becomes_one_case_and_its_result_is_printed(city: RunningCity) -> None:
    counter = await counter_of(city, "com-0101", "community_officer")
    day = (city.clock.at.astimezone(SHANGHAI) - timedelta(days=6)).date().isoformat()
    said: dict[str, str] = {"text": TEXT, "item": "0203", "community": "com-0101", "name": "王秀兰", "reply": "none"}

    slip = await counter.enter(paper=PAPER, reported_on=day, **said)
    number = number_on(slip.text)
    again = await counter.enter(paper=PAPER.replace(" ", ""), reported_on=day, **{**said, "text": "重录：积水"})

    assert (slip.status_code, number_on(again.text)) == (200, number), slip.text
    assert "没有重复立案" in again.text
    filed = Filed(Receipt(number, ""), await city.opened(number))
    case = await city.seen_by("drainage", filed)
    assert (case["channel"], case["reporter_kind"]) == ("counter", "resident")
    assert {name: case["taken_in"][name] for name in ("unit", "role", "reported_on")} == {
        "unit": "com-0101", "role": "community_officer", "reported_on": day,
    }  # fmt: skip
    promise = next(clock for clock in case["clocks"] if clock["kind"] == "promise")
    assert promise["started_at"] == case["accepted_at"] > f"{day}T99", "the promise runs from the acceptance"
    assert "王秀兰" not in str(case), "the name stays in the vault"

    await city.act(filed, "drainage", SignIn())
    done = Handle(accepted_when="当日", talked_with="王女士", measure=MEASURE, done_by="当日办结")
    await city.act(filed, "drainage", done)
    await city.act(filed, "sub-01", Verify(done=True, note="现场已看"), "subdistrict_coordinator")
    printed = await counter.ask(PAPER)

    assert printed.status_code == 200
    for said_there in (number, MEASURE, "当日办结", "已结案", "经办人"):
        assert said_there in printed.text
    assert 'class="card stack no-print"' in printed.text, "what is asked is not printed"


async def test_another_counter_finds_nothing_and_a_form_needs_its_proof(city: RunningCity) -> None:
    other = await counter_of(city, "com-0201", "community_officer")

    unknown = await other.ask(PAPER)
    forged = await other.post("/counter", text=TEXT, community="com-0201", key="k")
    half = await other.enter(text=TEXT, community="com-0201", paper="17")
    policy = (await other.get("/counter")).headers["content-security-policy"]

    assert (unknown.status_code, forged.status_code, half.status_code) == (404, 403, 422)
    assert "纸质件的编号和日期要一起填" in half.text
    assert "'unsafe" not in policy

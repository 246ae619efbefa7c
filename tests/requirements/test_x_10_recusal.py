"""X-10: accused unit never sees the complaint: lead candidate = accused -> recusal route."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, Final
from uuid import UUID

import asyncpg
import httpx2
import pytest

from deploy.embedded.state import PROJECT
from services.contracts.codec import decode
from services.contracts.events import CaseDispatched, ReportReceived
from services.intake.store.city import ReferenceCity
from services.reference.deciding.compile import CompiledReference, compile_version
from services.reference.deciding.decide import decide, redecide
from services.reference.sheets.district import read_version
from tests.builders import a_city, an_id
from tests.component.intake.window import REPORTS, Window
from tests.environment.database import Database
from tests.unit.reference.town import a_return
from tests.wire.desk.office import Office, an_office, token_of

ACCUSED: Final = ("drainage", "drainage@sub-01")
CENTER: Final = "district_command_center"
DISPATCH: Final = {"type": "dispatch", "reason": "归他们管"}


@cache
def the_district() -> CompiledReference:
    return compile_version(read_version(PROJECT / "deploy" / "reference", PROJECT / "deploy" / "demo" / "district"))


async def decided(text: str, **form: Any) -> CaseDispatched:
    """Report at the window of the sample district and let the router decide what travelled."""
    door = Window(city=ReferenceCity(the_district()))
    answer = await door.report(text=text, grid=None, community="com-0101", **form)
    assert answer.status_code == 201, answer.text
    (row,) = door.reports.rows.values()
    decision = decide(decode(row.body, ReportReceived).report, the_district(), 1)
    assert set(row.barred_units) == set(decision.barred)
    return decision


@pytest.mark.parametrize(
    ("text", "form", "lead"),
    [
        pytest.param("家里暖气不热", {"item": "0402"}, "heating_company", id="nobody-accused"),
        pytest.param("家里暖气不热", {"item": "0402", "accused": ["heating_company"]}, "housing", id="in-the-form"),
        pytest.param("供热公司推诿，家里暖气不热", {"item": "0402"}, "housing", id="by-an-alias"),
        pytest.param("投诉青桐区热力有限公司，暖气不热", {"item": "0402"}, "housing", id="by-its-name"),
        pytest.param(
            "家里暖气不热", {"item": "0402", "accused": ["heating_company", "housing"]}, CENTER, id="one-higher"
        ),
        pytest.param("请供热公司来修暖气", {"item": "0402"}, "heating_company", id="named-but-not-accused"),
    ],
)
async def test_the_supervisor_of_an_accused_lead_takes_it(text: str, form: dict[str, Any], lead: str) -> None:
    decision = await decided(text, **form)

    assert decision.lead == lead
    assert not {decision.lead, *decision.cooperating} & set(decision.barred)


async def test_whoever_stands_below_an_accused_unit_is_barred_with_it() -> None:
    decision = await decided("城管局乱罚款，占道摊贩没人管", item="1001")

    assert {"urban_management", "urban_management@sub-01", "urban_management@sub-08"} <= set(decision.barred)
    assert "police@sub-01" not in decision.barred


async def test_a_return_never_brings_it_to_the_accused() -> None:
    decision = await decided("供热公司推诿，家里暖气不热", item="0402")

    again = redecide(a_return(decision.report, "housing", suggested="heating_company"), the_district(), 1)

    assert again.lead != "heating_company"
    assert "heating_company" in again.barred


async def added(door: Window, text: str, **form: Any) -> dict[str, Any]:
    """Report that the heating is cold, then add to it; return the answer to what was added."""
    receipt = (await door.report(text="家里暖气不热", item="0402", grid=None, community="com-0101")).json()
    path = f"{REPORTS}/{receipt['tracking_code']}/followups"
    answer = await door.client.post(path, json={"kind": "facts", "text": text, **form})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(
    "form", [{}, {"kind": "rating", "rating": 1}, {"kind": "withdrawal"}], ids=["facts", "rating", "withdrawal"]
)
async def test_a_complaint_added_later_reaches_the_supervisor_and_never_the_case(form: dict[str, Any]) -> None:
    door = Window(city=ReferenceCity(the_district()))

    receipt = await added(door, "供热公司推诿，打了三次没人来", **form)

    first, separate = (decode(row.body, ReportReceived).report for row in door.reports.rows.values())
    decision = decide(separate, the_district(), 1)
    assert (separate.text, separate.added_to) == ("供热公司推诿，打了三次没人来", first.number)
    assert (decision.lead, set(decision.barred) >= {"heating_company"}) == ("housing", True)
    assert "heating_company" in door.reports.rows[separate.report_id].barred_units
    assert receipt["separate"]["number"] == separate.number
    # What reaches the accused department's case: that it was rated or withdrawn, without a word.
    assert [(row.kind, row.raw) for row in door.followups.rows] == ([(form["kind"], None)] if form else [])
    assert not any("推诿" in row.body.decode() for row in door.followups.rows)


async def test_a_complaint_sent_again_is_one_complaint() -> None:
    door = Window(city=ReferenceCity(the_district()))
    receipt = (await door.report(text="家里暖气不热", item="0402", grid=None, community="com-0101")).json()
    path, complaint = f"{REPORTS}/{receipt['tracking_code']}/followups", {"kind": "facts", "text": "供热公司推诿"}

    answers = [(await door.client.post(path, json=complaint)) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert len(door.reports.rows) == 2


async def test_the_page_gives_the_complaint_its_own_code_and_does_not_say_that_the_department_sees_it() -> None:
    door = Window(city=ReferenceCity(the_district()))
    receipt = (await door.report(text="家里暖气不热", item="0402", grid=None, community="com-0101")).json()
    complaint = {"kind": "facts", "text": "供热公司推诿，打了三次没人来"}

    page = await door.client.post("/track/add", data={"code": receipt["tracking_code"], "key": "a1", **complaint})
    again = await door.client.post(f"{REPORTS}/{receipt['tracking_code']}/followups", json=complaint)

    assert again.headers["idempotency-replayed"] == "true"
    assert again.json()["separate"]["tracking_code"] in page.text
    assert "承办部门会看到" not in page.text


async def test_who_is_accused_already_is_accused_again_in_the_same_case() -> None:
    door = Window(city=ReferenceCity(the_district()))
    receipt = (await door.report(text="供热公司推诿，暖气不热", item="0402", grid=None, community="com-0101")).json()
    path = f"{REPORTS}/{receipt['tracking_code']}/followups"

    await door.client.post(path, json={"kind": "facts", "text": "供热公司又推诿了，还骂人"})

    assert len(door.reports.rows) == 1
    assert [row.kind for row in door.followups.rows] == ["facts"]


async def an_accused_case(office: Office) -> str:
    """Open a case that accuses drainage, with a clerk of its branch at the desk; return its path."""
    office.hire("branch", "drainage@sub-01", "clerk")
    await office.open(
        "case", "other", lead="municipal_works", cooperating=(), barred=ACCUSED, report={"accused": ("drainage",)}
    )
    return f"/api/v1/cases/{an_id('case')}"


def said(answer: httpx2.Response) -> dict[str, Any]:
    """Return the answer without the id of its request."""
    return {name: value for name, value in answer.json().items() if name != "instance"}


@pytest.mark.postgres
@pytest.mark.parametrize("who", ["drainage", "drainage_too", "branch"])
async def test_for_the_accused_the_complaint_does_not_exist(office: Office, who: str) -> None:
    path = await an_accused_case(office)
    unknown = f"/api/v1/cases/{UUID(int=7)}"

    for rest in ("", "/timeline", "/whistles"):
        seen, never_was = await office.get(who, path + rest), await office.get(who, unknown + rest)
        assert (seen.status_code, said(seen)) == (never_was.status_code, said(never_was))
    assert (await office.get(who, path)).status_code == 404
    assert await office.queue(who, expected="any") == []
    assert (await office.act(who, "sign_in")).status_code == 404


@asynccontextmanager
async def asking(office: Office, who: str) -> AsyncIterator[Any]:
    """Connect as the desk does, in the name of a person, past the application."""
    pool = asyncpg.create_pool(office.database.dsn("desk_api"), min_size=1, max_size=1)
    async with pool, pool.acquire() as connection, connection.transaction():
        await connection.execute("select set_config('whistle.token', $1, true)", token_of(who).token_hash.hex())
        yield connection


@pytest.mark.postgres
async def test_row_level_security_holds_where_the_application_does_not_ask(office: Office) -> None:
    await an_accused_case(office)
    tables = ("cases", "assignments", "clocks", "facts")

    async def rows_of(who: str) -> list[int]:
        async with asking(office, who) as connection:
            return [await connection.fetchval(f"select count(*) from ledger.{table}") for table in tables]

    assert await rows_of("drainage") == await rows_of("branch") == [0, 0, 0, 0]
    assert min(await rows_of("works")) > 0


@pytest.mark.postgres
async def test_nobody_can_hand_it_to_the_accused(database: Database) -> None:
    units = a_city().units | {"drainage@sub-01"}
    async with an_office(database, a_city(units=units)) as office:
        await an_accused_case(office)

        for unit in ACCUSED:
            refused = await office.act("center", {**DISPATCH, "lead": unit})
            assert (refused.status_code, refused.json()["type"]) == (409, "/problems/accused-unit")
        called = await office.act(
            "coordinator", {"type": "whistle", "kind": "public_demand", "called": ["drainage"], "reason": "多日未办"}
        )
        assert (called.status_code, called.json()["type"]) == (409, "/problems/cannot-be-called")

    with pytest.raises(Exception, match="check constraint"):
        database.run_sql("update ledger.assignments set unit = 'drainage' where role = 'lead'")


@pytest.mark.postgres
async def test_the_vault_tells_the_accused_nothing(office: Office) -> None:
    path = await an_accused_case(office)
    report = path.rsplit("/", 1)[1]
    office.database.run_sql(
        f"insert into intake.reports (report_id, serial, epoch, accepted_at, key_id, lane, barred_units, body) "
        f"values ('{report}', 1, 1, now(), 'k1', 'ordinary', '{{drainage,drainage@sub-01}}', '')"
    )

    async def reveal(who: str) -> None:
        async with asking(office, who) as connection:
            await connection.fetch("select * from vault.reveal($1, '了解情况')", UUID(report))

    for who in ("drainage", "branch"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await reveal(who)
    await reveal("works")

    assert office.count("vault.audit") == 1

"""A wall shows the board over nights and deploys; whoever stands at it can do nothing, and it ends with its leader."""

import pytest

from services.identity.sessions import COOKIE
from services.identity.walls import WALL_COOKIE
from tests.builders import an_id
from tests.wire.desk.office import Office
from tests.wire.desk.pages import Browser, Pages

pytestmark = pytest.mark.postgres

CASE = f"/cases/{an_id('case')}"
SHOWN = ("/board", "/board/names.json", "/board/hours.json?version=1", "/board/watching.js", "/board/alive")


@pytest.fixture
def pages(office: Office) -> Pages:
    return Pages(office)


async def a_wall(pages: Pages) -> Browser:
    """Return the browser that the leader has made a wall."""
    wall = await pages.browser_of("leader")
    await wall.get("/board/walls")
    answer = await wall.post("/board/walls", {"place": "指挥大厅"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/board")
    return wall


async def prefix_of(pages: Pages) -> str:
    return pages.office.database.run_sql("select prefix from identity.walls where ended_at is null").strip()


async def test_a_wall_outlives_every_session_and_shows_the_board_only(pages: Pages) -> None:
    await pages.office.open("case")
    wall = await a_wall(pages)
    pages.office.database.run_sql(
        "update identity.tokens set issued_at = now() - interval '9 days', expires_at = now() - interval '8 days'"
        " where exists (select from identity.sessions s where s.token_hash = tokens.token_hash)"
    )

    shown = {path: (await wall.get(path)).status_code for path in SHOWN}
    await wall.get("/board")

    assert shown == dict.fromkeys(SHOWN, 200)
    assert 'class="board wall"' in wall.page
    assert 'data-screen="1"' in wall.page
    assert COOKIE not in wall.client.cookies
    for path in (CASE, "/queue", "/board/walls", "/board/mode", "/board/proposals"):
        assert (await wall.get(path)).status_code == 303, path
    acted = await wall.act("sign_in")
    secret = wall.client.cookies[WALL_COOKIE]
    asked = await pages.office.client.get("/api/v1/me", headers={"authorization": f"Bearer {secret}"})
    disguised = await Browser(pages.app).get("/queue", cookie=f"{COOKIE}={secret}")
    assert (acted.status_code, asked.status_code, disguised.status_code) == (303, 401, 303)
    assert pages.office.count("ledger.facts where topic = 'case.progressed.v1'") == 1


async def test_only_a_leader_opens_walls_and_any_leader_ends_them(pages: Pages) -> None:
    wall = await a_wall(pages)
    operator = await pages.browser_of("center")
    refused = await operator.get("/board/walls")
    begun = await operator.post("/board/walls", {"place": "我的屏幕"})
    ended = await operator.post("/board/walls/end", {"wall": await prefix_of(pages)})
    assert (refused.status_code, begun.status_code, ended.status_code) == (403, 403, 409)
    assert (await wall.get("/board")).status_code == 200

    leader = await pages.browser_of("leader")
    await leader.get("/board/walls")
    assert "指挥大厅" in leader.page
    await leader.post("/board/walls/end", {"wall": leader.field("wall")})

    assert (await wall.get("/board")).headers["location"].startswith("/login")
    assert (await wall.get("/board/alive", **{"x-requested-with": "page"})).status_code == 401


@pytest.mark.parametrize("how", ["the role ends", "the account is disabled", "it grows too old"])
async def test_a_wall_ends_with_its_leader(pages: Pages, how: str) -> None:
    wall = await a_wall(pages)
    person = an_id("person leader")

    pages.office.database.run_sql(
        {
            "the role ends": f"select identity.end_role('{person}', 'district_command_center', 'center_leader',"
            " clock.now() - interval '1 minute')",
            "the account is disabled": "select identity.disable_account('leader')",
            "it grows too old": "update identity.walls set begun_at = '2020-01-01', ends_at = '2021-01-01'",
        }[how]
    )

    assert (await wall.get("/board")).status_code == 303


async def test_the_oldest_of_more_than_twenty_walls_gives_way(pages: Pages) -> None:
    first = await a_wall(pages)
    pages.office.database.run_sql(
        "insert into identity.walls select sha256(n::text::bytea), translate(lpad(n::text, 8, '2'), '0189', 'abcd'),"
        " person_id, 'there', begun_at + n * interval '1 second', ends_at from identity.walls, generate_series(1, 19) n"
    )
    assert (await first.get("/board")).status_code == 200

    await a_wall(pages)

    assert (await first.get("/board")).status_code == 303

"""Emergency modes at the desk: everybody sees them, the center's leader switches, a repeat changes nothing."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest
from prometheus_client import CollectorRegistry

from services.chassis.web.cursors import Cursors
from services.desk.api.app import desk_app
from services.desk.api.desk import Desk
from services.desk.domain.permitted import ACT_TYPES
from services.desk.handlers import PerformActs
from services.desk.metrics import DeskMetrics
from services.identity.persons import give_token
from services.reference.model.modes import ModeClass, ModeProfile
from tests.builders import an_id
from tests.environment.database import Database
from tests.unit.reference.town import HERE, MORNING, a_version
from tests.wire.ledger.moving_town import Town, a_town

SNOW = ModeProfile(id="snow", name_zh="冰雪应急", classes=(ModeClass(items=("0801",), limits={"handling": "1uh"}),))
ON = {"on": True, "reason": "道路结冰红色预警"}


class Door:
    """The desk as people with tokens find it."""

    def __init__(self, town: Town, secrets: dict[str, str]) -> None:
        metrics = DeskMetrics.create(CollectorRegistry(), ACT_TYPES)
        acts = PerformActs(ledger=town.acting, metrics=metrics)
        cursors = Cursors(b"a key of the test's own")
        desk = Desk(pool=town.desk, acts=acts, versions=town.cities, cursors=cursors, metrics=metrics)
        transport = httpx2.ASGITransport(app=desk_app(desk))
        self.client = httpx2.AsyncClient(transport=transport, base_url="http://desk")
        self.town, self._secrets = town, secrets

    async def modes(self, who: str) -> dict[str, object]:
        answer = await self.client.get("/api/v1/modes", headers=self._as(who))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def switch(self, who: str, profile: str, body: dict[str, object]) -> httpx2.Response:
        return await self.client.put(f"/api/v1/modes/{profile}", json=body, headers=self._as(who))

    def _as(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._secrets[who]}"}


@pytest.fixture
async def door(database: Database) -> AsyncIterator[Door]:
    async with a_town(database, a_version(profiles=(SNOW,)), MORNING) as town:
        roles = ("center_leader", "clerk")
        tokens = {role: await give_token(town.operator, an_id(role), timedelta(days=2)) for role in roles}
        yield Door(town, {role: token.secret for role, token in tokens.items()})


async def test_the_centers_leader_switches_and_everybody_sees_it(door: Door) -> None:
    await door.town.open("case", item="0801", place=HERE)

    answer = await door.switch("center_leader", "snow", {**ON, "area": "sub-01"})

    said = answer.json()
    assert (answer.status_code, said["changed"], said["version"]) == (200, True, 2)
    assert said["told"] > 10
    door.town.at(MORNING + timedelta(seconds=10))
    assert await door.town.moving.move_due() == 1
    shown = await door.modes("clerk")
    assert shown["profiles"] == [{"id": "snow", "name_zh": "冰雪应急", "items": ["0801"], "on_for": ["sub-01"]}]
    assert [(switch["area"], switch["on"]) for switch in shown["switches"]] == [("sub-01", True)]  # type: ignore[attr-defined]


async def test_a_repeat_changes_nothing_and_tells_nobody_again(door: Door) -> None:
    await door.switch("center_leader", "snow", ON)

    again = await door.switch("center_leader", "snow", ON)

    assert (again.status_code, again.json()["changed"]) == (200, False)
    assert await door.town.rows("select count(*) from ledger.notices") == [(1,)]


async def test_nobody_else_switches_and_nothing_unpublished_is_switched(door: Door) -> None:
    assert (await door.switch("clerk", "snow", ON)).status_code == 403
    assert (await door.switch("center_leader", "flood", ON)).status_code == 422
    assert (await door.switch("center_leader", "snow", {**ON, "area": "drainage"})).status_code == 422
    assert (await door.switch("center_leader", "snow", {"on": True})).status_code == 422

    assert await door.town.rows("select count(*) from reference.versions") == [(1,)]

"""Who is asking, as the database finds them behind a token: with all roles that count now, and no other."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from services.identity.actors import StaffActor, who_is_asking
from tests.builders import an_id
from tests.environment.database import Database
from tests.wire.desk.office import SETUP, person_sql, token_of

pytestmark = pytest.mark.postgres

GRID = "grid-0101-01"
MORE = f"""
insert into identity.roles (person_id, unit, role, lane, valid_from, valid_to) values
('{an_id("person several")}', 'education', 'unit_head', 'discipline', '2026-01-01', 'infinity'),
('{an_id("person several")}', 'drainage', 'unit_head', 'ordinary', '2026-01-01', 'infinity'),
('{an_id("person several")}', '{GRID}', 'part_time_grid_worker', 'ordinary', '2026-01-01', 'infinity'),
('{an_id("person several")}', 'sanitation', 'clerk', 'drugs', '2026-01-01', '2026-02-01'),
('{an_id("person several")}', 'sanitation', 'clerk', 'drugs', '2026-04-01', 'infinity');
insert into identity.roles (person_id, unit, role, lane, valid_from)
values ('{an_id("person inspector")}', 'district_command_center', 'inspector', 'discipline', '2026-01-01');
"""


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Any]:
    people = {
        "one": ("drainage", "clerk"),
        "several": ("drainage", "clerk"),
        "courier": (GRID, "part_time_grid_worker"),
        "inspector": ("district_command_center", "center_leader"),
        "gone": ("drainage", "clerk"),
    }
    database.run_sql(SETUP + "\n".join(person_sql(name, *place) for name, place in people.items()) + MORE)
    database.run_sql(f"update identity.roles set valid_to = '2026-03-01' where person_id = '{an_id('person gone')}'")
    connection = await asyncpg.connect(database.dsn("desk_api"))
    yield connection
    connection.terminate()


async def test_whoever_asks_comes_with_all_roles_that_count_now(desk: Any) -> None:
    one, several, courier, inspector, gone, nobody = [
        await who_is_asking(desk, token_of(name).token_hash)
        for name in ("one", "several", "courier", "inspector", "gone", "nobody")
    ]

    assert one == actor("one", "drainage", "clerk", {"drainage"}, {"ordinary"}, {"clerk"})
    roles = {"clerk", "unit_head", "part_time_grid_worker"}
    assert several == actor(
        "several", "drainage", "clerk", {"drainage", "education"}, {"ordinary", "discipline"}, roles
    )
    assert courier == actor("courier", GRID, "part_time_grid_worker", set(), {"ordinary"}, {"part_time_grid_worker"})
    assert inspector is not None
    assert inspector.lanes == {"ordinary", "discipline"}
    assert gone is None
    assert nobody is None


def actor(name: str, unit: str, role: str, units: set[str], lanes: set[str], roles: set[str]) -> StaffActor:
    return StaffActor(
        person_id=an_id(f"person {name}"),
        unit=unit,
        role=role,
        units=frozenset(units),
        lanes=frozenset(lanes),
        roles=frozenset(roles),
    )

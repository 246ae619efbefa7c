"""S2-09: 3,065 part-time grid workers: as S1-15."""

import pytest

from services.reference.sheets.persons import read_persons
from tests.builders import an_id
from tests.component.intake.window import REPORTS, Window
from tests.wire.desk.office import Office

pytestmark = pytest.mark.postgres

HEADER = "person_id,name,unit,role,lane,valid_from,valid_to\n"


def test_the_sheet_of_persons_takes_them_all() -> None:
    rows = (
        f"{an_id(f'courier {n}')},快递员{n},grid-{n % 300},part_time_grid_worker,,2026-01-01,\n" for n in range(3_065)
    )
    sheet = (HEADER + "".join(rows)).encode()

    persons = read_persons("persons.csv", sheet, {f"grid-{n}": "grid" for n in range(300)})

    assert len({person.person_id for person in persons}) == 3_065
    assert {person.role for person in persons} == {"part_time_grid_worker"}


async def test_two_of_one_grid_see_nothing_of_each_other(office: Office) -> None:
    office.hire("first", "grid-1", "part_time_grid_worker")
    office.hire("second", "grid-1", "part_time_grid_worker")
    await office.open("case")

    assert await office.queue("first") == await office.queue("second") == []


async def test_each_has_the_code_of_their_own_report_and_no_other() -> None:
    window = Window()
    tokens = [window.token(name, "part_time_grid_worker").secret for name in ("first", "second")]

    async with window.client as client:
        first, second = [(await window.report(token=token, channel="grid_worker")).json() for token in tokens]
        guessed = await client.get(f"{REPORTS}/{second['tracking_code'][:-4]}AAAA")

    assert first["tracking_code"] != second["tracking_code"]
    assert guessed.status_code == 404

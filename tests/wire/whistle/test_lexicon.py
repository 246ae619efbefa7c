"""The lexicon and the special routes: compared, drafted by one person, published by another, and then decided by."""

import shutil
from pathlib import Path
from typing import Final

import asyncpg

from deploy.embedded.state import PROJECT
from deploy.embedded.waiting import run_apart
from services.intake.store.city import city_in
from services.reference.versions.cache import reference_cache
from tests.component.intake.window import Window
from tests.environment.database import Database
from tests.wire.whistle.command_line import CommandLine
from tests.wire.whistle.test_load import DISTRICT, load, persons_with
from tests.wire.whistle.test_rules import as_person

SLANG: Final = "他们在地下室卖彩虹贴纸"
FIRE: Final = "楼道着火了，冒黑烟"
LATER: Final = """
    create or replace function clock.now() returns timestamptz language sql as 'select now() + interval ''1 minute'''
"""


def another_city(folder: Path) -> Path:
    """Return a copy of the city's sheets with one word more, and other advice on fire."""
    shutil.copytree(PROJECT / "deploy" / "reference", folder)
    with (folder / "lexicon.csv").open("a", encoding="utf-8") as sheet:
        sheet.write("彩虹贴纸,drugs,,,,,,\n")
    routes = folder / "special_routes.csv"
    told = routes.read_text(encoding="utf-8")
    routes.write_text(told.replace("火警和抢险请立即拨打119。", "请先撤离，再拨打119。"), encoding="utf-8")
    return folder


async def taken_in(database: Database, text: str) -> tuple[str, str]:
    """Report by the version that intake reads as in force; return the lane and what the reporter is told to do."""
    async with (
        asyncpg.create_pool(database.dsn("intake_api"), min_size=1, max_size=1) as pool,
        reference_cache(pool) as cache,
    ):
        door = Window(city=city_in(cache))
        receipt = (await door.report(text=text, grid=None, community="com-0101")).json()
    (row,) = door.reports.rows.values()
    return row.lane, str(receipt.get("advice", ""))


def test_a_word_and_an_advice_take_two_persons_and_hold_from_their_version(
    whistle: CommandLine, database: Database, tmp_path: Path
) -> None:
    whistle.told(*load(whistle))
    first, second = (as_person(whistle, person) for person in persons_with("rule_owner")[:2])
    city = str(another_city(tmp_path / "city"))
    before = run_apart(taken_in(database, SLANG))

    changes = whistle.told("rules", "diff", "active", str(DISTRICT), "--city", city)
    draft = first.told("rules", "draft", str(DISTRICT), "--city", city, "--note", "slang")["draft"]
    alone = first.run("rules", "publish", str(draft))
    drafted = run_apart(taken_in(database, SLANG))
    second.told("rules", "publish", str(draft))
    database.run_sql(LATER)

    assert {(change["part"], change["key"], change["what"]) for change in changes} == {
        ("lexicon", "drugs/彩虹贴纸", "added"),
        ("special_routes", "emergency_119", "changed"),
    }
    assert (alone.status, "cannot approve" in alone.err) == (1, True)
    assert before == drafted == ("ordinary", "")
    assert run_apart(taken_in(database, SLANG))[0] == "drugs"
    assert "请先撤离" in run_apart(taken_in(database, FIRE))[1]

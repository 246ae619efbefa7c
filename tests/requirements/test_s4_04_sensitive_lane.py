"""S4-04: 涉稳涉毒及信访等敏感信息 to relevant departments: sensitive lane."""

import csv
import re
from functools import cache
from typing import Any, Final

import pytest

from deploy.embedded.state import PROJECT
from services.board.domain.viewing import Scope
from services.contracts.codec import decode, encode
from services.contracts.events import CaseProgressed, ReportReceived
from services.intake.store.city import ReferenceCity
from services.notify.domain.bodies import body_of_case
from services.reference.deciding.compile import CompiledReference, compile_version
from services.reference.deciding.decide import decide
from services.reference.deciding.lanes import judged
from services.reference.model.lexicon import Sentence
from services.reference.sheets.district import read_version
from services.reference.sheets.refusals import SheetsRefusedError
from tests.builders import an_id
from tests.component.intake.window import REPORTS, Window
from tests.requirements.test_x_10_recusal import asking
from tests.unit.reference.town import a_report
from tests.wire.desk.office import Office

CITY: Final = PROJECT / "deploy" / "reference"
DISTRICT: Final = PROJECT / "deploy" / "demo" / "district"
WORDS: Final = "出租屋有人吸 毒，找王某某13812345678"
CENTER: Final = "district_command_center"
PLACE: Final = {"grid": None, "community": "com-0101"}
IDS: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Drawn at random: four digits of a number may stand in one by chance."""


@cache
def the_district() -> CompiledReference:
    return compile_version(read_version(CITY, DISTRICT))


def sentences() -> tuple[Sentence, ...]:
    return the_district().version.sentences


@pytest.mark.parametrize("nth", range(104))
def test_a_crafted_sentence_is_decided_as_it_says(nth: int) -> None:
    sentence, reference = sentences()[nth], the_district()

    verdict = judged(reference.lexicon, reference.policies.lanes, sentence.text, sentence.channel, sentence.item)

    assert (verdict.named, set(verdict.accused)) == (sentence.expects, set(sentence.accused)), sentence.text


def test_fifty_sentences_and_more_try_every_lane_with_evasions_and_negatives() -> None:
    expected = [sentence.expects for sentence in sentences()]
    notes = " ".join(sentence.note or "" for sentence in sentences())

    assert len(sentences()) == 104
    assert {"stability", "drugs", "petition", "discipline", "state_secret", "ordinary"} <= set(expected)
    assert expected.count("ordinary") >= 20
    assert all(word in notes for word in ("homophone", "inside", "full-width", "harmless"))


def test_a_lexicon_that_decides_a_sentence_otherwise_is_refused(tmp_path: Any) -> None:
    for path in CITY.iterdir():
        if path.is_dir():
            (tmp_path / path.name).symlink_to(path)
        else:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    with (CITY / "lexicon.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row[0] != "吸毒"]
    with (tmp_path / "lexicon.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)

    with pytest.raises(SheetsRefusedError) as caught:
        read_version(tmp_path, DISTRICT)

    refused = [str(refusal) for refusal in caught.value.refusals]
    assert any("sentences, row 2, expects: drugs, but it is decided ordinary" in each for each in refused), refused


@pytest.mark.parametrize(
    ("text", "lane", "unit"),
    [
        (WORDS, "drugs", "police"),
        ("几十个工人商量集体上访", "stability", "political_legal"),
        ("我要信 访", "petition", "petition_office"),
        ("举报某局长收受红包", "discipline", "discipline_inspection"),
    ],
)
async def test_it_travels_without_its_words_to_the_unit_its_kind_names(text: str, lane: str, unit: str) -> None:
    door = Window(city=ReferenceCity(the_district()))

    await door.report(text=text, address="幸福里3号楼", **PLACE)

    (row,) = door.reports.rows.values()
    event = decode(row.body, ReportReceived)
    decision = decide(event.report, the_district(), 1)
    assert (row.lane, event.report.text, event.report.place.address) == (lane, None, None)
    assert (decision.lead, decision.cooperating) == (unit, ())
    assert row.raw is not None
    travelling = IDS.sub("", (row.body + encode(decision)).decode())
    assert not any(part in travelling for part in ("吸", "王某", "1381", "幸福里", "上访", "红包"))


@pytest.mark.parametrize(
    ("text", "lane", "unit"),
    [("黑着灯有人吸毒", "drugs", "police"), ("再不修就几十个人集体上访", "stability", "political_legal")],
)
async def test_words_added_later_go_to_the_unit_their_kind_names(text: str, lane: str, unit: str) -> None:
    door = Window(city=ReferenceCity(the_district()))
    receipt = (await door.report(text="楼道灯不亮", address="幸福里3号楼", **PLACE)).json()

    added = {"kind": "facts", "text": text}
    answer = await door.client.post(f"{REPORTS}/{receipt['tracking_code']}/followups", json=added)

    ordinary, row = door.reports.rows.values()
    separate = decode(row.body, ReportReceived).report
    assert (ordinary.lane, row.lane, separate.lane) == ("ordinary", lane, lane)
    assert (separate.text, separate.place.address, separate.item) == (None, None, None)
    assert decide(separate, the_district(), 1).lead == unit
    assert separate.added_to == receipt["number"]
    assert answer.json()["separate"]["report_id"] == str(separate.report_id)
    # Sealed for the lane's own report: whoever reveals the ordinary one is not shown them.
    assert row.raw is not None
    assert door.followups.rows == []


async def opened(office: Office) -> CaseProgressed:
    """Open a drugs case beside an ordinary one; return its first fact."""
    office.hire("lane", "drainage", "unit_head")
    office.database.run_sql(f"update identity.roles set lane = 'drugs' where person_id = '{an_id('person lane')}'")
    await office.open("case", lead="drainage", cooperating=(), report={"lane": "drugs", "text": None, "item": "2304"})
    await office.open("other")
    body = office.database.run_sql(
        f"select encode(body, 'hex') from ledger.facts where case_id = '{an_id('case')}' and version = 1"
    )
    return decode(bytes.fromhex(body.strip()), CaseProgressed)


@pytest.mark.postgres
async def test_whoever_has_not_the_lane_gets_404_everywhere(office: Office) -> None:
    await opened(office)
    path = f"/api/v1/cases/{an_id('case')}"

    for who in ("drainage", "drainage_too", "street", "coordinator", "community", "center", "leader", "works"):
        assert (await office.get(who, path)).status_code == 404, who
        assert (await office.get(who, f"{path}/timeline")).status_code == 404, who
        assert (await office.act(who, "sign_in")).status_code == 404, who
        rows = await office.queue(who, expected="any")
        assert str(an_id("case")) not in {row["case_id"] for row in rows}, who
    assert (await office.get("lane", path)).json()["lane"] == "drugs"
    assert str(an_id("case")) in {row["case_id"] for row in await office.queue("lane", expected="any")}


@pytest.mark.postgres
async def test_row_level_security_hides_it_from_whoever_asks_past_the_application(office: Office) -> None:
    await opened(office)

    async def seen_by(who: str) -> list[int]:
        async with asking(office, who) as connection:
            return [
                await connection.fetchval(f"select count(*) from ledger.{table} where case_id = $1", an_id("case"))
                for table in ("cases", "assignments", "clocks", "facts")
            ]

    for who in ("drainage", "drainage_too", "street", "coordinator", "community", "center", "leader", "works"):
        assert await seen_by(who) == [0, 0, 0, 0], who
    assert min(await seen_by("lane")) > 0


@pytest.mark.postgres
async def test_boards_show_its_number_only(office: Office) -> None:
    fact = await opened(office)

    board = office.database.run_sql("select case_id from ledger.board_cases")
    counts = office.database.run_sql("select lane, open from ledger.lane_counts")

    assert str(an_id("other")) in board
    assert str(an_id("case")) not in board
    assert counts.split() == ["drugs|1"]
    everybody = Scope(units=frozenset({*fact.units, CENTER}))
    assert not everybody.sees(fact.lane, fact.units, fact.barred_units)


@pytest.mark.postgres
async def test_no_message_says_what_it_is_about(office: Office) -> None:
    fact = await opened(office)

    told = body_of_case(fact, "drainage", ("lead",)).decode()

    assert fact.number in told
    assert not any(detail in told for detail in ("2304", "sub-01", "drugs", "grid-", "item", "due"))


def test_the_explanation_of_a_decision_names_the_lane_and_nothing_else() -> None:
    decision = decide(a_report(lane="drugs", item="0203"), the_district(), 1)

    assert (decision.because.rule, decision.because.matched) == (None, ("lane drugs",))

"""S0-03: Teddy messages with 7 labels: accuracy table per class, no case without a unit or without `consulting` state.

The messages are our own, in the labels of somebody else's catalogue; any labelled file is read the same way.
"""

from pathlib import Path
from typing import Final

import pytest

from tests.environment.database import Database
from tests.wire.whistle.command_line import CommandLine, environment_for
from tests.wire.whistle.test_load import DISTRICT

pytestmark = pytest.mark.postgres

LABELLED: Final = Path(__file__).parent / "labelled"
LABELS: Final = {"城市管理", "水电气热", "交通出行", "建设与房屋", "生态环境", "公共安全", "市场与民生"}


@pytest.fixture
def whistle(database: Database) -> CommandLine:
    return CommandLine(environment_for(database))


def evaluated(file: Path) -> list[str]:
    return ["rules", "evaluate", str(file), "--labels", str(LABELLED / "classes.csv"), "--version", str(DISTRICT)]


def test_every_class_has_its_accuracy_and_every_report_a_unit_or_the_state_for_unclear_ones(
    whistle: CommandLine,
) -> None:
    told = whistle.told(*evaluated(LABELLED / "reports.csv"))

    classes = {each["class"]: each for each in told["classes"]}
    assert classes.keys() >= LABELS
    assert told["without_unit"] == 0
    assert (told["rows"], told["refused"]) == (80, 0)
    assert told["accuracy"] >= 0.8
    assert all(classes[label]["recall"] >= 0.4 for label in LABELS), classes
    assert sum(each["count"] for each in told["confusion"]) == told["counted"] == told["rows"]


def test_a_row_that_says_nothing_is_refused_with_its_number(whistle: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "labelled.csv"
    file.write_text("text,label\n路灯不亮,城市管理\n,城市管理\n路灯不亮,天文\n", encoding="gb18030")

    told = whistle.told(*evaluated(file))
    shown = whistle.run(*evaluated(file))

    assert [refusal["row"] for refusal in told["refusals"]] == [3, 4]
    assert told["counted"] == 1
    assert (shown.status, "天文" in shown.out) == (0, True)

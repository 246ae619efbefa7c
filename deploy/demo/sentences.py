"""Sentences residents say, by catalogue item, with slots such as {小区} and {何时} that a place and a draw fill."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from deploy.demo.draws import Draws
from deploy.demo.names import ESTATES, STREETS, words
from services.contracts.events.report import Channel

SHEET: Final = Path(__file__).parent / "sentences.csv"
UNCOVERED: Final = ""
"""Key of the sentences that no item covers."""
PATROL: Final = ("巡查", "网格")
"""Openings of sentences that only grid workers use."""
_WHEN: Final = words("今天早上 今天中午 昨天晚上 昨天下午 前天 这两天 上周末 半小时前 刚才 一早")
_FEW: Final = words("两 三 四 五 六 七 八")
_OPENINGS: Final = ("", "", "", "", "你好，", "反映一下，", "麻烦处理：")
_CLOSINGS: Final = ("", "", "", "。", "，请尽快处理", "，希望有人管", "，谢谢", "！")
# Subscriber numbers with four zeros in the middle: the form of a phone number, and unlikely to be anybody's.
_PREFIXES: Final = words("130 135 138 139 150 158 177 186 189 199")
_PLATE_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def read_sentences(path: Path = SHEET) -> dict[str, tuple[str, ...]]:
    """Return the sentences by item code; those without an item stand under `UNCOVERED`."""
    found: dict[str, list[str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["item"], []).append(row["sentence"])
    return {item: tuple(lines) for item, lines in found.items()}


def slots(draws: Draws) -> dict[str, object]:
    """Return what fills the slots of one report; a duplicate uses the same, so that it is about the same thing."""
    road = draws.below(len(STREETS))
    crossing = (road + 1 + draws.below(len(STREETS) - 1)) % len(STREETS)
    return {
        "路": STREETS[road],
        "口": f"{STREETS[road]}与{STREETS[crossing]}交叉口",
        "号": f"{draws.below(280) + 1}号",
        "小区": draws.pick(ESTATES),
        "楼": f"{draws.below(24) + 1}号楼{draws.below(5) + 1}单元",
        "何时": draws.pick(_WHEN),
        "几": draws.pick(_FEW),
        "低温": draws.below(5) + 12,
    }


def say(lines: Sequence[str], filling: Mapping[str, object], channel: Channel, draws: Draws) -> str:
    """Return one of the sentences with its slots filled, as one person would put it on that channel."""
    if channel == "grid_worker":
        return draws.pick(lines).format_map(filling)
    spoken = [line for line in lines if not line.startswith(PATROL)]
    return draws.pick(_OPENINGS) + draws.pick(spoken).format_map(filling) + draws.pick(_CLOSINGS)


def phone_number(draws: Draws) -> str:
    return f"{draws.pick(_PREFIXES)}0000{draws.below(10_000):04}"


def plate(draws: Draws) -> str:
    return f"蒙{draws.pick(_PLATE_LETTERS)}{draws.below(100_000):05}"

"""Whether two reports are about one thing: by item, place, time and words (S4-03). Pure, and bounded per pair."""

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, Literal
from unicodedata import normalize
from uuid import UUID

import msgspec

from services.contracts.events.report import Lane, Place
from services.reference.model.duplicates import DuplicatePolicy

Verdict = Literal["apart", "propose", "merge"]
TEXT_MAX: Final = 400
"""Characters compared; what a report is about stands at its beginning."""
_NOT_SAID: Final = re.compile(
    "您好|你好|反映一下|反映|麻烦(处理|解决)?一?下?|请尽快(处理|解决)|尽快(处理|解决)|希望有人管|希望(尽快|相关部门)|谢谢"
    "|请问|今天|昨天|前天|早上|上午|中午|下午|晚上|刚才|这两天|半小时前"
)
"""Politeness and time of day: everybody says them, whatever the matter is."""
_SIGN: Final = re.compile(r"[\W_]+")
_NUMBER: Final = re.compile(r"(\d+)(\D?)")
_EARTH_M: Final = 6_371_000.0


class Words(msgspec.Struct, frozen=True, gc=False):
    """What is compared of a text: pairs of neighbouring characters, and its numbers by what they count."""

    pairs: frozenset[str]
    numbers: Mapping[str, frozenset[str]]


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared of a case."""

    case_id: UUID
    accepted_at: datetime
    lane: Lane = "ordinary"
    item: str | None = None
    place: Place = Place()
    words: Words


class Likeness(msgspec.Struct, frozen=True):
    """How alike two looks are, and what follows; `share` is of their words."""

    verdict: Verdict
    share: float = 0.0


APART: Final = Likeness("apart")


def words_of(text: str | None) -> Words:
    """Return what is compared of a text: width, case, punctuation and politeness do not count."""
    said = normalize("NFKC", (text or "")[:TEXT_MAX]).casefold()
    plain = _SIGN.sub("", _NOT_SAID.sub("", said))
    numbers: dict[str, set[str]] = {}
    for number, counted in _NUMBER.findall(plain):
        numbers.setdefault(counted, set()).add(number)
    pairs = frozenset(map("".join, pairwise(plain)))
    return Words(pairs, {counted: frozenset(found) for counted, found in numbers.items()})


def share_of(one: Words, other: Words) -> float:
    """Return how much of their words two texts share: the mean of Dice's and the overlap coefficient."""
    if not one.pairs or not other.pairs:
        return 0.0
    common, sizes = len(one.pairs & other.pairs), (len(one.pairs), len(other.pairs))
    return (2 * common / sum(sizes) + common / min(sizes)) / 2


def contradict(one: Words, other: Words) -> bool:
    """Whether the texts name different numbers of the same thing, such as 3号楼 and 8号楼."""
    return any(not found & other.numbers[counted] for counted, found in one.numbers.items() if counted in other.numbers)


def likeness(one: Look, other: Look, policy: DuplicatePolicy) -> Likeness:
    """Return how alike two cases are. Across lanes they never are, and without a grid nothing is merged by itself."""
    if one.lane != other.lane:
        return APART
    if one.item != other.item or abs(one.accepted_at - other.accepted_at) > timedelta(hours=policy.window_hours):
        return APART
    metres = metres_between(one.place, other.place)
    same_spot = _is_same_spot(one.place, other.place, metres, policy)
    share, against = share_of(one.words, other.words), contradict(one.words, other.words)
    if share >= policy.merge_from and same_spot and not against and _is_same_grid(one.place, other.place):
        return Likeness("merge" if policy.automatic else "propose", share)
    near = _is_near(one.place, other.place, metres, policy)
    enough = policy.same_spot_from if same_spot and not against else policy.propose_from
    doubted = share / 2 if against else share
    return Likeness("propose", share) if near and doubted >= enough else APART


def metres_between(one: Place, other: Place) -> float | None:
    """Return the distance of two points; None where one of them is not known."""
    if one.longitude is None or one.latitude is None or other.longitude is None or other.latitude is None:
        return None
    north = math.radians(other.latitude - one.latitude)
    east = math.radians(other.longitude - one.longitude) * math.cos(math.radians(one.latitude))
    return _EARTH_M * math.hypot(north, east)


def _is_same_grid(one: Place, other: Place) -> bool:
    return one.grid is not None and one.grid == other.grid


def _is_same_spot(one: Place, other: Place, metres: float | None, policy: DuplicatePolicy) -> bool:
    if metres is not None:
        return metres <= policy.merge_within_m
    if one.address and other.address:
        return _address(one.address) == _address(other.address)
    # Neither says more than its grid: the smallest there is, some hundred households.
    bare = one.longitude is None and other.longitude is None and not one.address and not other.address
    return bare and _is_same_grid(one, other)


def _is_near(one: Place, other: Place, metres: float | None, policy: DuplicatePolicy) -> bool:
    if metres is not None:
        return metres <= policy.propose_within_m
    return _is_same_grid(one, other) or (one.community is not None and one.community == other.community)


def _address(written: str) -> str:
    return _SIGN.sub("", normalize("NFKC", written).casefold())

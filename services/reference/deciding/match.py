"""A report -> the rules that match it, as one integer: bit n is the n-th best rule.

Every condition is a column; a column turns a value into the set of rules that accept it. Matching is one look-up and
one AND per column, whatever the number of rules; words of the text are found by one Aho-Corasick pass.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final
from unicodedata import normalize
from zoneinfo import ZoneInfo

import msgspec
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from services.contracts.events.report import ReportFacts
from services.reference.deciding.organisation import Organisation
from services.reference.model.catalogue import Item
from services.reference.model.rules import Rule
from services.worktime.calendar import SHANGHAI

_TO_FOLD: Final = re.compile("[A-Z\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u3300-\u33ff\uf900-\ufaff]")
"""Capitals, full-width letters and digits, squared units, compatibility ideographs: all that folding changes in
keywords. Most texts have none of them, and to normalise such a text costs as much as the whole decision."""

CIRCUMSTANCES_MAX: Final = 100_000
"""Combinations of item, channel and place remembered per version; some 20 MiB at most, others are found anew."""


class Found(msgspec.Struct, frozen=True):
    """The matching rules of one report, and where its text hit the lexicon."""

    mask: int
    hits: Sequence[tuple[int, int, int]]
    lexicon: Sequence[str]

    def positions(self) -> Iterator[int]:
        """Yield the positions of the rules, best first."""
        return positions_of(self.mask)

    def words(self) -> Iterator[str]:
        """Yield the words found, as they are compared, in the order of the text."""
        return (self.lexicon[hit[0]] for hit in self.hits)


class RuleTable:
    """Rules sorted best first, compiled column by column."""

    def __init__(self, rules: Sequence[Rule], organisation: Organisation, zone: ZoneInfo = SHANGHAI) -> None:
        self.rules = tuple(rules)
        self._zone = zone
        self._items, self._any_item = _column(rules, lambda rule: rule.items)
        self._kinds, self._any_kind = _column(rules, lambda rule: (rule.kind,) if rule.kind else ())
        self._channels, self._any_channel = _column(rules, lambda rule: rule.channels)
        areas, self._any_area = _column(rules, lambda rule: rule.areas)
        self._areas = {
            unit_id: _union(areas.get(above, self._any_area) for above in organisation.path(unit_id))
            for unit_id in organisation.units
        }
        words, self._no_words = _column(rules, lambda rule: map(fold, rule.keywords))
        with_words, self._no_with_words = _column(rules, lambda rule: map(fold, rule.with_keywords))
        self.lexicon = sorted({*words, *with_words})
        """Every word that a rule asks for, as it is compared."""
        self._accepting = [(words.get(word, 0), with_words.get(word, 0)) for word in self.lexicon]
        self._finder = finder_of(self.lexicon)
        self._timed = sum(1 << position for position, rule in enumerate(rules) if rule.hours is not None)
        self.asking = (1 << len(self.rules)) - 1 & ~(self._no_words & self._no_with_words) | self._timed
        """The rules that ask for words or hours."""
        self._circumstances: dict[tuple[str | None, str, str | None], int] = {}

    def find(self, report: ReportFacts, item: Item | None, smallest: str | None) -> Found:
        """Return the rules that match.

        Args:
            report: as received.
            item: the catalogue's entry of the item that the reporter named.
            smallest: the smallest known unit of the place.
        """
        mask = self.whatever_the_text(item, report.channel, smallest)
        words, with_words = self._no_words, self._no_with_words
        hits: Sequence[tuple[int, int, int]] = ()
        if report.text and self._finder is not None:
            hits = self._finder.find_matches_as_indexes(fold(report.text), overlapping=True)
            accepting = self._accepting
            for index, _, _ in hits:
                first, second = accepting[index]
                words |= first
                if second:
                    with_words |= second
        mask &= words & with_words
        return Found(self.in_hours(mask, report.accepted_at), hits, self.lexicon)

    def whatever_the_text(self, item: Item | None, channel: str, smallest: str | None) -> int:
        """Return the rules that accept an item, a channel and a place; words and hours can only take some away."""
        circumstances = (item.code if item else None, channel, smallest)
        mask = self._circumstances.get(circumstances)
        if mask is None:
            mask = self._accepting_all(item, channel, smallest)
            if len(self._circumstances) < CIRCUMSTANCES_MAX:
                self._circumstances[circumstances] = mask
        return mask

    def accepting(self, indices: Iterable[int]) -> int:
        """Return the rules that accept a text with these words of the lexicon and no others."""
        words, with_words = self._no_words, self._no_with_words
        for index in indices:
            words |= self._accepting[index][0]
            with_words |= self._accepting[index][1]
        return words & with_words

    def in_hours(self, mask: int, at: datetime) -> int:
        """Return the rules without those whose hours are over. Asked last: few reports match a rule with hours."""
        if not mask & self._timed:
            return mask
        local = at.astimezone(self._zone)
        minute = local.hour * 60 + local.minute
        for position in positions_of(mask & self._timed):
            hours = self.rules[position].hours
            if hours is not None and not hours.holds(minute):
                mask ^= 1 << position
        return mask

    def _accepting_all(self, item: Item | None, channel: str, smallest: str | None) -> int:
        """Return the rules that accept an item, a channel and a place, whatever the text."""
        mask = self._items.get(item.code, self._any_item) if item else self._any_item
        mask &= self._kinds.get(item.kind, self._any_kind) if item else self._any_kind
        mask &= self._channels.get(channel, self._any_channel)
        return mask & (self._areas[smallest] if smallest else self._any_area)


def finder_of(words: Sequence[str]) -> AhoCorasick | None:
    """Return what finds the words in a text in one pass, each by its index; None when there are none."""
    return AhoCorasick(words, matchkind=MatchKind.Standard, implementation=Implementation.DFA) if words else None


def positions_of(mask: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set, the lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def fold(text: str) -> str:
    """Return the text as keywords are compared: full-width forms as ordinary ones, letters in lower case."""
    return normalize("NFKC", text).lower() if _TO_FOLD.search(text) else text


def _column(rules: Sequence[Rule], values: Callable[[Rule], Iterable[str]]) -> tuple[dict[str, int], int]:
    """Return the rules by value they accept, and the rules that accept any; the first include the second."""
    indifferent = 0
    accepting: dict[str, int] = {}
    for position, rule in enumerate(rules):
        accepted = tuple(values(rule))
        if not accepted:
            indifferent |= 1 << position
        for value in accepted:
            accepting[value] = accepting.get(value, 0) | 1 << position
    return {value: mask | indifferent for value, mask in accepting.items()}, indifferent


def _union(masks: Iterable[int]) -> int:
    total = 0
    for mask in masks:
        total |= mask
    return total

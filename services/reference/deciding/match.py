"""A report -> the rules that match it, as one integer: bit n is the n-th best rule.

Every condition is a column; a column turns a value into the set of rules that accept it. Matching is one look-up and
one AND per column, whatever the number of rules; words of the text are found by one Aho-Corasick pass.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final
from unicodedata import normalize

from ahocorasick_rs import AhoCorasick, MatchKind

from services.contracts.events.report import ReportFacts
from services.reference.deciding.organisation import Organisation
from services.reference.model.catalogue import Item
from services.reference.model.rules import MINUTES_PER_DAY, Rule

_TO_FOLD: Final = re.compile("[A-Z\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u3300-\u33ff\uf900-\ufaff]")
"""Capitals, full-width letters and digits, squared units, compatibility ideographs: all that folding changes in
keywords. Most texts have none of them, and to normalise such a text costs as much as the whole decision."""


class Found:
    """The matching rules of one report, and where its text hit the lexicon."""

    __slots__ = ("_hits", "_lexicon", "mask")

    def __init__(self, mask: int, hits: Sequence[tuple[int, int, int]], lexicon: Sequence[str]) -> None:
        self.mask = mask
        self._hits = hits
        self._lexicon = lexicon

    def positions(self) -> Iterator[int]:
        """Yield the positions of the rules, best first."""
        mask = self.mask
        while mask:
            lowest = mask & -mask
            yield lowest.bit_length() - 1
            mask ^= lowest

    def words(self) -> Iterator[str]:
        """Yield the words found, as they are compared, in the order of the text."""
        return (self._lexicon[hit[0]] for hit in self._hits)


class RuleTable:
    """Rules sorted best first, compiled column by column."""

    def __init__(self, rules: Sequence[Rule], organisation: Organisation) -> None:
        self.rules = tuple(rules)
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
        self._lexicon = sorted({*words, *with_words})
        self._accepting = [(words.get(word, 0), with_words.get(word, 0)) for word in self._lexicon]
        self._finder = AhoCorasick(self._lexicon, matchkind=MatchKind.Standard) if self._lexicon else None
        self._minutes = _minute_column(rules)

    @property
    def tells_time(self) -> bool:
        """Whether any rule asks for the time of day."""
        return self._minutes is not None

    def find(self, report: ReportFacts, item: Item | None, smallest: str | None, minute: int) -> Found:
        """Return the rules that match.

        Args:
            report: as received.
            item: the catalogue's entry of the item that the reporter named.
            smallest: the smallest known unit of the place.
            minute: of the local day of `accepted_at`.
        """
        mask = self._items.get(item.code, self._any_item) if item else self._any_item
        mask &= self._kinds.get(item.kind, self._any_kind) if item else self._any_kind
        mask &= self._channels.get(report.channel, self._any_channel)
        mask &= self._areas[smallest] if smallest else self._any_area
        if self._minutes is not None:
            mask &= self._minutes[minute]
        words, with_words = self._no_words, self._no_with_words
        hits: Sequence[tuple[int, int, int]] = ()
        if report.text and self._finder is not None:
            hits = self._finder.find_matches_as_indexes(fold(report.text), overlapping=True)
            accepting = self._accepting
            for index, _, _ in hits:
                first, second = accepting[index]
                words |= first
                with_words |= second
        return Found(mask & words & with_words, hits, self._lexicon)


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


def _minute_column(rules: Sequence[Rule]) -> list[int] | None:
    if all(rule.hours is None for rule in rules):
        return None
    return [
        sum(1 << position for position, rule in enumerate(rules) if rule.hours is None or rule.hours.holds(minute))
        for minute in range(MINUTES_PER_DAY)
    ]


def _union(masks: Iterable[int]) -> int:
    total = 0
    for mask in masks:
        total |= mask
    return total

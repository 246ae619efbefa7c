"""A report -> the rules that match it, as one integer: bit n is the n-th best rule.

Every condition is a column; a column turns a value into the set of rules that accept it. Matching is one look-up and
one AND per column, whatever the number of rules; words of the text are found by one Aho-Corasick pass.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from unicodedata import normalize

from ahocorasick_rs import AhoCorasick, MatchKind

from services.contracts.events.report import ReportFacts
from services.reference.deciding.organisation import Organisation
from services.reference.model.catalogue import Item
from services.reference.model.rules import MINUTES_PER_DAY, Rule


class Found:
    """The matching rules of one report, and the words its text contained."""

    __slots__ = ("mask", "words")

    def __init__(self, mask: int, words: Sequence[str]) -> None:
        self.mask = mask
        self.words = words

    def positions(self) -> Iterator[int]:
        """Yield the positions of the rules, best first."""
        mask = self.mask
        while mask:
            lowest = mask & -mask
            yield lowest.bit_length() - 1
            mask ^= lowest


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
        self._words, self._no_words = _column(rules, lambda rule: _folded(rule.keywords))
        self._with_words, self._no_with_words = _column(rules, lambda rule: _folded(rule.with_keywords))
        self._lexicon = sorted({*self._words, *self._with_words})
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
        found = self._words_in(report.text)
        words, with_words = self._no_words, self._no_with_words
        for word in found:
            words |= self._words.get(word, 0)
            with_words |= self._with_words.get(word, 0)
        return Found(mask & words & with_words, found)

    def _words_in(self, text: str | None) -> Sequence[str]:
        if not text or self._finder is None:
            return ()
        lexicon = self._lexicon
        matches = self._finder.find_matches_as_indexes(fold(text), overlapping=True)
        return [lexicon[index] for index, _, _ in matches]


def fold(text: str) -> str:
    """Return the text as keywords are compared: full-width forms as ordinary ones, letters in lower case."""
    return normalize("NFKC", text).lower()


def _folded(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(fold, words))


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

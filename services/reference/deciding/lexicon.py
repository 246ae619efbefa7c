"""The lexicon compiled: one Aho-Corasick pass over a text as it sounds, each hit compared with what was written."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import Final, NamedTuple

import msgspec
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from services.contracts.events.report import Channel
from services.reference.deciding.plain import plain
from services.reference.model.lexicon import Meaning, Sound, Word

LETTERS_MIN: Final = 4
"""A word wholly in letters is looked for from this length on: shorter ones are parts of other words."""


class Entry(NamedTuple):
    """One thing to look for, as it is written."""

    written: str
    means: Meaning
    word: Word | None = None
    unit: str = ""
    """Whose name it is, for names of units."""


class Hit(NamedTuple):
    """An entry found, from `start` to before `end` of the plain text."""

    start: int
    end: int
    entry: Entry


class Reading(msgspec.Struct, frozen=True):
    """A text as it was compared, and what it holds."""

    text: str = ""
    hits: Sequence[Hit] = ()

    @property
    def meanings(self) -> frozenset[Meaning]:
        return frozenset(hit.entry.means for hit in self.hits)


NOTHING: Final = Reading()


class _Alike(dict[int, int]):
    """For `str.translate`: what is not known is itself, and known from then on; an unknown key costs ten times more."""

    def __missing__(self, character: int) -> int:
        self[character] = character
        return character


class Lexicon:
    """Words and names of one version. Reading takes some 10 µs for an ordinary report, however many words there are."""

    def __init__(self, words: Iterable[Word], sounds: Iterable[Sound], names: Iterable[tuple[str, str]] = ()) -> None:
        """Take words, sounds, and pairs of a unit's name and id."""
        self._letters = {character: sound.sound for sound in sounds for character in sound.characters}
        first: dict[str, str] = {}
        self._alike = _Alike(
            (ord(character), ord(first.setdefault(sound, character))) for character, sound in self._letters.items()
        )
        self._words, self._names = tuple(words), tuple(names)

    @cached_property
    def _entries(self) -> dict[str, list[Entry]]:
        # Made by the first reading: 25 ms and 4 MiB, which only intake needs of all services.
        named = (Entry(plain(name), "party", None, unit) for name, unit in self._names)
        entries: dict[str, list[Entry]] = {}
        for entry in chain(chain.from_iterable(map(self._entries_of, self._words)), named):
            entries.setdefault(entry.written.translate(self._alike), []).append(entry)
        return entries

    @cached_property
    def _finder(self) -> AhoCorasick | None:
        self._patterns = sorted(self._entries)
        if not self._patterns:
            return None
        return AhoCorasick(self._patterns, matchkind=MatchKind.Standard, implementation=Implementation.DFA)

    def read(self, text: str, channel: Channel) -> Reading:
        """Return what a text of a channel holds."""
        if self._finder is None or not text:
            return NOTHING
        written = plain(text)
        found = self._finder.find_matches_as_indexes(written.translate(self._alike), overlapping=True)
        if not found:
            return NOTHING
        hits = [
            Hit(start, end, entry)
            for pattern, start, end in found
            for entry in self._entries[self._patterns[pattern]]
            if _counts(entry, written, start, end) and _in_channel(entry, channel)
        ]
        return Reading(written, hits) if hits else NOTHING

    def unsounded(self, word: str) -> str:
        """Return the characters of a word whose sound is not known."""
        return "".join(character for character in word if character not in self._letters)

    def _entries_of(self, word: Word) -> Iterator[Entry]:
        for written in (word.word, *word.also):
            yield Entry(plain(written), word.means, word)
        if word.by_sound:
            yield from (Entry(mixed, word.means, word) for mixed in self._in_letters(plain(word.word)))

    def _in_letters(self, written: str) -> Iterator[str]:
        """Yield the word with one character in letters, and wholly in letters."""
        spelt = [self._letters.get(character, character) for character in written]
        for position, letters in enumerate(spelt):
            yield written[:position] + letters + written[position + 1 :]
        whole = "".join(spelt)
        if len(whole) >= LETTERS_MIN:
            yield whole


def _counts(entry: Entry, text: str, start: int, end: int) -> bool:
    """Whether what sounds like the entry is the entry: written so, or with some of its characters as they are."""
    written, word = entry.written, entry.word
    if not text.startswith(written, start) and not _sounds_like(word, written, text[start:end]):
        return False
    if word is None:
        return True
    for harmless in word.unless:
        if text.find(harmless, max(0, start - len(harmless) + 1), end + len(harmless) - 1) >= 0:
            return False
    return not word.beside or any(other in text for other in word.beside)


def _sounds_like(word: Word | None, written: str, found: str) -> bool:
    return word is not None and word.by_sound and any(map(str.__eq__, written, found))


def _in_channel(entry: Entry, channel: Channel) -> bool:
    return entry.word is None or not entry.word.channels or channel in entry.word.channels

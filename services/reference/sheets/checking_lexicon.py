"""Words, sounds and special routes: names that exist, words that can be found, sentences that come out right."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from services.reference.deciding.accusing import names_of
from services.reference.deciding.lanes import judged
from services.reference.deciding.lexicon import Lexicon
from services.reference.deciding.plain import plain
from services.reference.model.lexicon import LanePolicy, RouteAdvice, Sentence, Sound, Word
from services.reference.sheets.checking import Known, twice
from services.reference.sheets.reading import Entry
from services.reference.sheets.refusals import Refusal

NONE: Final = "nobody"
ALIAS_MIN: Final = 2


def check_lexicon(entries: Sequence[Entry[Word]], sounds: Sequence[Entry[Sound]]) -> Iterator[Refusal]:
    """Yield words said twice, harmless phrases that do not concern their word, characters whose sound is not known."""
    yield from twice("lexicon", "word", entries, lambda word: (plain(word.word), word.means))
    yield from twice("sounds", "sound", sounds, lambda sound: sound.sound)
    lexicon = Lexicon((), (entry.value for entry in sounds))
    for entry in entries:
        word = entry.value
        unsounded = lexicon.unsounded(plain(word.word)) if word.by_sound else ""
        if unsounded:
            yield Refusal("lexicon", entry.row, "by_sound", f"the sheet sounds does not know {' '.join(unsounded)}")
        for phrase in word.unless:
            if phrase != plain(phrase):
                yield Refusal("lexicon", entry.row, "unless", f"{phrase!r}: without blanks, marks and capitals")
    yield from _sounds_twice(sounds)


def _sounds_twice(entries: Sequence[Entry[Sound]]) -> Iterator[Refusal]:
    seen: dict[str, int] = {}
    for entry in entries:
        for character in entry.value.characters:
            earlier = seen.setdefault(character, entry.row)
            if earlier != entry.row:
                yield Refusal("sounds", entry.row, "characters", f"{character} stands in row {earlier} already")


def check_routes(entries: Sequence[Entry[RouteAdvice]], known: Known) -> Iterator[Refusal]:
    """Yield routes said twice, and units that do not exist."""
    yield from twice("special_routes", "route", entries, lambda route: route.route)
    for entry in entries:
        route = entry.value
        if route.unit is not None and route.unit not in known.units:
            yield Refusal("special_routes", entry.row, "unit", f"{route.unit!r} is no unit")


def check_sentences(
    entries: Sequence[Entry[Sentence]],
    words: tuple[Sequence[Word], Sequence[Sound]],
    policy: LanePolicy,
    known: Known,
) -> Iterator[Refusal]:
    """Yield every sentence that is decided otherwise than it says; `words` come with the sounds.

    The sentences are the city's: a unit that this district does not have is not looked for.
    """
    lexicon = Lexicon(*words, names_of(known.units.values()))
    for entry in entries:
        sentence = entry.value
        verdict = judged(lexicon, policy, sentence.text, sentence.channel, sentence.item)
        if verdict.named != sentence.expects:
            yield Refusal("sentences", entry.row, "expects", f"{sentence.expects}, but it is decided {verdict.named}")
        if set(verdict.accused) != {unit for unit in sentence.accused if unit in known.units}:
            told = ", ".join(verdict.accused) or NONE
            yield Refusal("sentences", entry.row, "accused", f"recognised as complained about: {told}")


def check_names(units: Mapping[str, tuple[int, tuple[str, ...]]]) -> Iterator[Refusal]:
    """Yield aliases that two units share, or that are too short to mean anybody. Units come as (row, aliases)."""
    seen: dict[str, str] = {}
    for unit, (row, aliases) in units.items():
        for alias in aliases:
            other = seen.setdefault(plain(alias), unit)
            if other != unit:
                yield Refusal("units", row, "aliases", f"{alias!r} is an alias of {other} too")
            if len(plain(alias)) < ALIAS_MIN:
                yield Refusal("units", row, "aliases", f"{alias!r} is too short")

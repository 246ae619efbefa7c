"""Words of the pages: one catalogue per language, data beside the templates that use them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Self, get_args

import msgspec

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
NAMES: Final[Mapping[Language, str]] = {"zh": "中文", "en": "English"}
USUAL: Final[Language] = "zh"
TAGS: Final[Mapping[Language, str]] = {"zh": "zh-CN", "en": "en"}
_CHARACTERS_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences by key; `{name}` in one is filled from what the template gives."""

    sentences: Mapping[Language, Mapping[str, str]]

    @classmethod
    def read(cls, folders: Iterable[Path]) -> Self:
        """Read `words.zh.json` and `words.en.json` of every folder and of the pages in it.

        A later folder may say a thing differently.
        """
        sentences: dict[Language, dict[str, str]] = {language: {} for language in LANGUAGES}
        for folder in folders:
            for language in LANGUAGES:
                name = f"words.{language}.json"
                for file in (folder / name, *sorted(folder.glob(f"*/{name}"))):
                    sentences[language] |= msgspec.json.decode(file.read_bytes(), type=dict[str, str])
        return cls(sentences)

    def say(self, language: Language, key: str, **given: object) -> str:
        """Return the sentence. Raises KeyError for a key that no catalogue has: a page must not show its own keys."""
        return self.sentences[language][key].format(**given)

    def say_or(self, language: Language, key: str, otherwise: str) -> str:
        """Return the sentence, or `otherwise` for a term that the city's own data named."""
        return self.sentences[language].get(key, otherwise)


def language_of(chosen: str | None, accept_language: str | None) -> Language:
    """Return the person's choice if there is one, else what the browser asks for, else Chinese."""
    if chosen in LANGUAGES:
        return chosen
    best, weight = USUAL, 0.0
    for part in (accept_language or "")[:_CHARACTERS_MAX].split(","):
        tag, _, quality = part.strip().partition(";q=")
        named = tag.strip().lower()[:2]
        if named in LANGUAGES and (asked := _weight(quality)) > weight:
            best, weight = named, asked
    return best


def _weight(quality: str) -> float:
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0

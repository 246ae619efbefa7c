"""Every sheet there is: its columns, how it is read, and which part of a version it holds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.reference.sheets import (
    admissions,
    asset_owners,
    catalogue,
    duty_lists,
    lexicon,
    powers,
    rules,
    sentences,
    sounds,
    special_routes,
    units,
)
from services.reference.sheets.reading import Column, Entry


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of sheet; its name is its file's."""

    columns: tuple[Column, ...]
    read: Callable[[str, bytes], list[Entry[Any]]]
    part: str
    """The field of a reference version."""


SHEETS: Final[Mapping[str, Sheet]] = {
    "catalogue": Sheet(catalogue.COLUMNS, catalogue.read_catalogue, "catalogue"),
    "rules": Sheet(rules.COLUMNS, rules.read_rules, "rules"),
    "units": Sheet(units.COLUMNS, units.read_units, "organisation"),
    "duty_lists": Sheet(duty_lists.COLUMNS, duty_lists.read_duty_lists, "duty_lists"),
    "asset_owners": Sheet(asset_owners.COLUMNS, asset_owners.read_asset_owners, "asset_owners"),
    "admissions": Sheet(admissions.COLUMNS, admissions.read_admissions, "admissions"),
    "powers": Sheet(powers.COLUMNS, powers.read_powers, "powers"),
    "lexicon": Sheet(lexicon.COLUMNS, lexicon.read_lexicon, "lexicon"),
    "sounds": Sheet(sounds.COLUMNS, sounds.read_sounds, "sounds"),
    "special_routes": Sheet(special_routes.COLUMNS, special_routes.read_special_routes, "special_routes"),
    "sentences": Sheet(sentences.COLUMNS, sentences.read_sentences, "sentences"),
}

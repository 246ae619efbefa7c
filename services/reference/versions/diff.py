"""Two versions compared: what was added, removed or changed, entry by entry and field by field."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec

from services.reference.model.version import ReferenceVersion


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that differs. `before` and `after` hold the fields that do, by name."""

    part: str
    key: str
    what: Literal["added", "removed", "changed"]
    before: Mapping[str, Any]
    after: Mapping[str, Any]


PARTS: Final[Mapping[str, Callable[[Any], str]]] = {
    "organisation": lambda unit: str(unit.id),
    "catalogue": lambda item: str(item.code),
    "rules": lambda rule: str(rule.id),
    "duty_lists": lambda duty: f"{duty.unit}/{duty.item}",
    "admissions": lambda admission: str(admission.id),
    "powers": lambda power: f"{power.holder}/{power.item}/{power.valid_from or ''}",
    "asset_owners": lambda owner: f"{owner.role}/{owner.area}/{owner.item or '*'}",
    "lexicon": lambda word: f"{word.means}/{word.word}",
    "sounds": lambda sound: str(sound.sound),
    "special_routes": lambda route: str(route.route),
    "sentences": lambda sentence: str(sentence.text),
    "calendars": lambda year: f"{year.region}-{year.year}",
    "profiles": lambda profile: str(profile.id),
}


def changes_between(old: ReferenceVersion, new: ReferenceVersion) -> list[Change]:
    """Return what differs, part by part, in the order of the keys. Number and instant do not count."""
    changes = [change for part, key in PARTS.items() for change in _entries(part, key, old, new)]
    policies = ({"policies": old.policies}, {"policies": new.policies})
    return [*changes, *_changed("version", "policies", *policies)]


def _entries(part: str, key: Callable[[Any], str], old: ReferenceVersion, new: ReferenceVersion) -> Iterator[Change]:
    before = _by_key(getattr(old, part), key)
    after = _by_key(getattr(new, part), key)
    for name in sorted({*before, *after}):
        if name not in before:
            yield Change(part, name, "added", {}, after[name])
        elif name not in after:
            yield Change(part, name, "removed", before[name], {})
        else:
            yield from _changed(part, name, before[name], after[name])


def changed_entry(part: str, key: str, old: Any, new: Any) -> list[Change]:
    """Return how one entry differs; nothing when it does not."""
    return _changed(part, key, msgspec.structs.asdict(old), msgspec.structs.asdict(new))


def _changed(part: str, key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    fields = [field for field in before if before[field] != after[field]]
    if not fields:
        return []
    return [
        Change(
            part, key, "changed", {field: before[field] for field in fields}, {field: after[field] for field in fields}
        )
    ]


def _by_key(entries: Iterable[Any], key: Callable[[Any], str]) -> dict[str, dict[str, Any]]:
    return {key(entry): msgspec.structs.asdict(entry) for entry in entries}

"""Differences in words: who a thing moves to, how long it may take, what was added and what goes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from services.chassis.pages.words import Language
from services.desk.pages.acting.offering import limit_said
from services.reference.model.version import ReferenceVersion
from services.reference.versions.diff import Change
from services.reference.versions.leaves import leaves_between

UNITS: Final = frozenset(
    {"lead", "cooperating", "duty_of", "unit", "units", "parent", "supervisor", "serves", "areas", "area", "holder",
     "requested_by"}
)  # fmt: skip
ITEMS: Final = frozenset({"item", "items"})
LIMITS: Final = frozenset({"limit"})
MOVES: Final = frozenset({"lead", "unit", "holder"})
"""Fields that say who has it: a change of them is a move."""
NOT_SHOWN: Final = frozenset({"id", "code", "order", "note"})
"""Of something new or gone: its name says it, or nobody reads it."""
FIELDS_MAX: Final = 8
LEAVES_MAX: Final = 12
LIST_MAX: Final = 8
"""Of longer lists only what comes and goes is shown."""
VALUE_MAX: Final = 120

Say = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Told:
    """One difference: what it is about, and what happens to it."""

    subject: str
    what: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartTold:
    """The differences of one part of a version."""

    part: str
    changes: tuple[Told, ...]


class Wording:
    """Says changes between two versions in one language."""

    def __init__(self, versions: Sequence[ReferenceVersion], language: Language, say: Say, term: Say) -> None:
        self._say, self._term = say, term
        self._units = {unit.id: unit.name_zh for version in versions for unit in version.organisation}
        self._items = {
            item.code: item.name_zh if language == "zh" else item.name_en.replace("_", " ").capitalize()
            for version in versions
            for item in version.catalogue
        }

    def parts(self, changes: Iterable[Change]) -> list[PartTold]:
        """Return the changes part by part; rules that only stand in another row are left out."""
        by_part: dict[str, list[Told]] = {}
        for change in changes:
            if not is_row_only(change):
                by_part.setdefault(change.part, []).append(self._told(change))
        return [PartTold(part, tuple(told)) for part, told in by_part.items()]

    def unit(self, unit: str) -> str:
        """Return what a unit or a role is called."""
        return self._units.get(unit) or self._term(f"rules.role.{unit}", unit)

    def _told(self, change: Change) -> Told:
        fields = change.after if change.what == "added" else change.before
        sentences = self._changed(change) if change.what == "changed" else self._listed(fields)
        return Told(self._subject(change), change.what, tuple(sentences))

    def _subject(self, change: Change) -> str:
        match change.part:
            case "organisation":
                return self._units.get(change.key, change.key)
            case "catalogue":
                return self._named(change.key)
            case "duty_lists":
                unit, _, item = change.key.partition("/")
                return f"{self.unit(unit)} · {self._named(item)}"
            case "asset_owners" | "powers":
                return " · ".join(self._word(part) for part in change.key.split("/") if part)
            case _:
                return self._term(f"rules.subject.{change.key}", change.key)

    def _changed(self, change: Change) -> Iterator[str]:
        for field, old in change.before.items():
            new = change.after[field]
            if field == "order":
                continue
            if field == "polygons":
                yield self._say("rules.ground_changed")
            elif field in MOVES and old and new:
                yield self._say("rules.moves", old=self._value(field, old), new=self._value(field, new))
            elif _is_nested(old) or _is_nested(new):
                yield from self._inside(field, old, new)
            elif isinstance(old, tuple) and isinstance(new, tuple) and len(old) + len(new) > LIST_MAX:
                yield from self._members(field, old, new)
            else:
                yield self._differs(self._field(field), self._value(field, old), self._value(field, new))

    def _inside(self, field: str, old: Any, new: Any) -> Iterator[str]:
        leaves = leaves_between(old, new)
        for path, before, after in leaves[:LEAVES_MAX]:
            named = " › ".join((*([] if field == "policies" else [self._field(field)]), *map(self._field, path)))
            yield self._differs(named, *(self._value(path[-1] if path else field, value) for value in (before, after)))
        if len(leaves) > LEAVES_MAX:
            yield self._say("rules.more", n=len(leaves) - LEAVES_MAX)

    def _members(self, field: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[str]:
        for key, members in (
            ("rules.comes", [one for one in new if one not in old]),
            ("rules.goes", [one for one in old if one not in new]),
        ):
            if members:
                yield self._say(key, field=self._field(field), values=self._value(field, members))

    def _listed(self, fields: Mapping[str, Any]) -> Iterator[str]:
        shown = [
            f"{self._field(name)}{self._say('rules.colon')}{self._value(name, value)}"
            for name, value in fields.items()
            if name not in NOT_SHOWN and value and not _is_nested(value)
        ]
        yield from shown[:FIELDS_MAX]

    def _differs(self, field: str, old: str, new: str) -> str:
        return self._say("rules.differs", field=field, old=old, new=new)

    def _field(self, name: str) -> str:
        return self._term(f"rules.field.{name}", name)

    def _value(self, field: str, value: Any) -> str:
        if isinstance(value, list | tuple | frozenset | set):
            return self._say("rules.and").join(self._value(field, one) for one in value) or self._say("rules.nothing")
        if isinstance(value, str) and field in UNITS:
            return self.unit(value)
        if isinstance(value, str) and field in ITEMS:
            return self._named(value)
        if isinstance(value, str) and field not in LIMITS:
            return self._term(f"rules.value.{field}.{value}", self._plain(value))
        return self._plain(value)

    def _plain(self, value: Any) -> str:
        if value is None or value == "":
            return self._say("rules.nothing")
        if isinstance(value, bool):
            return self._say("choice.yes" if value else "choice.no")
        if isinstance(value, str):
            return limit_said(value, self._say)[:VALUE_MAX]
        if isinstance(value, list | tuple | dict):
            return msgspec.json.encode(value).decode()[:VALUE_MAX]
        return str(value)[:VALUE_MAX]

    def _named(self, code: str) -> str:
        return f"{self._items[code]} ({code})" if code in self._items else code

    def _word(self, text: str) -> str:
        return self._named(text) if text in self._items else self.unit(text)


def is_row_only(change: Change) -> bool:
    """Whether a rule says what it said, in another row of the sheet."""
    return change.part == "rules" and change.what == "changed" and set(change.before) == {"order"}


def _is_nested(value: Any) -> bool:
    if isinstance(value, msgspec.Struct | dict):
        return not hasattr(value, "start")  # a window of the day is written as people write it
    return isinstance(value, list | tuple) and bool(value) and isinstance(value[0], msgspec.Struct | dict)

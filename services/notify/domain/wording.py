"""A message's body in words, for people: a title and a few lines from what it holds, with names."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from services.notify.domain.bodies import TEST
from services.notify.domain.phrases import (
    ANSWERS,
    CARDS,
    CLOCKS,
    FACTS,
    FIGURES,
    LABELS,
    NOTICES,
    STEPS,
    WHISTLES,
    Language,
    Phrase,
)
from services.worktime.calendar import SHANGHAI

VALUE_CHARACTERS_MAX: Final = 60
FACTS_MAX: Final = 12
CALLED_MAX: Final = 8


class Wording(msgspec.Struct, frozen=True):
    """What a person reads; `until` is the nearest due date, for channels with little room."""

    title: str
    lines: tuple[str, ...]
    number: str = ""
    what: str = ""
    until: str = ""

    def text(self, bytes_max: int) -> str:
        """Return all of it, cut at whole lines to `bytes_max` of UTF-8."""
        shown = self.title
        for line in self.lines:
            if len(f"{shown}\n{line}".encode()) > bytes_max:
                break
            shown = f"{shown}\n{line}"
        return shown


def wording_of(body: bytes, language: Language, names: Mapping[str, str]) -> Wording:
    """Return a body in words. `names` turns ids of units and codes of items into names; a missing one stays an id."""
    told: dict[str, Any] = msgspec.json.decode(body)
    return _Writer(language, names).write(str(told["type"]), told["data"])


class _Writer:
    def __init__(self, language: Language, names: Mapping[str, str]) -> None:
        self._language = language
        self._names = names

    def write(self, kind: str, data: Mapping[str, Any]) -> Wording:
        room, _, name = kind.partition(".")
        if kind == TEST:
            return self._wording(self._label("test"), [], data)
        if room == "answer":
            return self._wording(self._say(ANSWERS, name), [*self._answer(data)], data)
        if room == "notice":
            return self._wording(self._say(NOTICES, name), [*self._facts(data)], data)
        return self._wording(self._happened(name, data), [*self._case(data)], data)

    def _wording(self, what: str, lines: list[str], data: Mapping[str, Any]) -> Wording:
        due = min(data.get("due", {}).values(), default=None)
        return Wording(
            title=self._label("system") + what,
            lines=tuple(lines),
            number=str(data.get("number", "")),
            what=what,
            until=self._instant(due),
        )

    def _answer(self, data: Mapping[str, Any]) -> Iterator[str]:
        """What a reporter reads: their own number, who has it, until when, and where to look."""
        yield f"{self._label('your_number')}{self._colon}{data['number']}"
        if data.get("lead"):
            yield f"{self._label('lead')}{self._colon}{self._name(data['lead'])}"
        for clock, due in data.get("due", {}).items():
            yield self._due(clock, due)
        yield self._label("look_up")

    def _happened(self, fact: str, data: Mapping[str, Any]) -> str:
        if "step" not in data:
            return self._say(FACTS, fact) + self._decision(data)
        card = data.get("card")
        shown = f"{self._say(CLOCKS, data['clock'])}{self._colon}{self._say(STEPS, data['step'])}"
        return f"{shown} ({self._say(CARDS, card)})" if card else shown

    def _decision(self, data: Mapping[str, Any]) -> str:
        granted = data.get("granted", data.get("confirmed"))
        return "" if granted is None else self._colon + self._label("granted" if granted else "declined")

    def _case(self, data: Mapping[str, Any]) -> Iterator[str]:
        yield f"{self._label('case')} {data['number']}"
        if data.get("sensitive"):
            yield self._label("sensitive")
            return
        if data.get("urgency") == "emergency":
            yield self._label("emergency")
        for label, key in (("item", "item"), ("place", "subdistrict"), ("lead", "lead"), ("late_unit", "late_unit")):
            if data.get(key):
                yield f"{self._label(label)}{self._colon}{self._name(data[key])}"
        if data.get("cooperating"):
            yield f"{self._label('cooperating')}{self._colon}{', '.join(map(self._name, data['cooperating']))}"
        yield from self._set_in_motion(data)
        for clock, due in data.get("due", {}).items():
            yield self._due(clock, due)

    def _set_in_motion(self, data: Mapping[str, Any]) -> Iterator[str]:
        if data.get("unit"):
            late = f" ({self._label('late')})" if data.get("late") else ""
            yield f"{self._label('unit')}{self._colon}{self._name(data['unit'])}{late}"
        if data.get("whistle"):
            yield from self._whistle(data["whistle"])
        if data.get("supervision"):
            order = data["supervision"]
            yield (
                f"{self._label('supervision')} {order['number']}, "
                f"{self._label('reply_by')} {self._instant(order['reply_by'])}"
            )
        if data.get("until"):
            yield f"{self._label('until')}{self._colon}{self._instant(data['until'])}"
        if data.get("problem_ticket"):
            yield self._label("problem_ticket")

    def _whistle(self, whistle: Mapping[str, Any]) -> Iterator[str]:
        yield f"{self._label('whistle')} {whistle['number']}{self._colon}{self._say(WHISTLES, whistle['kind'])}"
        for called in whistle["called"][:CALLED_MAX]:
            by = self._instant(called["due_at"])
            yield f"{self._label('report_in_by')}{self._colon}{self._name(called['unit'])} {by}"

    def _due(self, clock: str, due: str) -> str:
        kind, _, unit = clock.partition(":")
        whose = f" {self._name(unit)}" if unit else ""
        return f"{self._say(CLOCKS, kind)}{whose}{self._colon}{self._instant(due)}"

    def _facts(self, data: Mapping[str, Any]) -> Iterator[str]:
        """A notice's subject and figures, as they were issued: they hold no text of residents."""
        yield str(data["subject"])[:VALUE_CHARACTERS_MAX]
        for name, value in list(data["facts"].items())[:FACTS_MAX]:
            yield f"{self._say(FIGURES, name)}{self._colon}{str(value)[:VALUE_CHARACTERS_MAX]}"

    def _say(self, phrases: Mapping[str, Phrase], name: str) -> str:
        phrase = phrases.get(name)
        return name if phrase is None else str(getattr(phrase, self._language))

    def _label(self, name: str) -> str:
        return self._say(LABELS, name)

    def _name(self, unit: str) -> str:
        return self._names.get(unit, unit)[:VALUE_CHARACTERS_MAX]

    @property
    def _colon(self) -> str:
        return ":" if self._language == "zh" else ": "

    def _instant(self, text: str | None) -> str:
        if not text:
            return ""
        at = datetime.fromisoformat(text).astimezone(SHANGHAI)
        if self._language == "zh":
            return f"{at.month}月{at.day}日 {at:%H:%M}"
        return f"{at:%Y-%m-%d %H:%M}"

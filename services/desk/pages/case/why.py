"""Why a case came here, in a clerk's words: the decision's lines are short English with ids in them."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from services.chassis.pages.words import Language, Words
from services.desk.pages.naming import Names
from services.desk.pages.rules.reasons import reason_said

LINES: Final[Mapping[str, str]] = {
    r"item (?P<item>\S+)": "why.item",
    r"keyword (?P<word>.+)": "why.keyword",
    r"with (?P<word>.+)": "why.with",
    r"area (?P<unit>\S+)": "why.area",
    r"hours (?P<word>.+)": "why.hours",
    r"channel (?P<channel>\w+)": "why.channel",
    r"kind (?P<kind>\w+)": "why.kind",
    r"lane (?P<lane>\w+)": "why.lane",
    r"special route (?P<route>\w+)": "why.special",
    r"suggested by (?P<unit>\S+)": "why.suggested",
    r"dispatched by hand by (?P<unit>\S+)": "why.by_hand",
    r"reopened by (?P<unit>\S+)": "why.reopened",
    r"passed on by (?P<units>.+)": "why.passed_on",
    r"taken apart by (?P<unit>\S+)": "why.taken_apart",
    r"returned by (?P<units>[^;]+)": "why.returned",
    r"returned by (?P<units>[^;]+); no other rule matches": "why.returned_none",
    r"no rule matches": "why.no_rule",
    r"no rule for item (?P<item>\S+) matches": "why.no_rule_for",
    r"the place lies outside the district's grids": "why.outside",
    r"lead (?P<unit>.+): nobody found at this place": "why.nobody",
    r"cooperating (?P<unit>.+): nobody found at this place": "why.nobody_beside",
    r"cooperating (?P<unit>.+): complained about": "why.accused_beside",
    r"(?P<unit>\S+) is complained about: its supervisor takes it": "why.accused",
    r"a duty without an item is not on the duty list of (?P<unit>\S+)": "why.no_duty",
    r"item (?P<word>\S+) is not in the catalogue": "why.no_item",
    r"one step up from (?P<unit>\S+)": "why.one_step_up",
    r"problem ticket": "why.problem_ticket",
}
_PATTERNS: Final = [(re.compile(pattern), key) for pattern, key in LINES.items()]


def why_said(words: Words, names: Names, language: Language) -> Callable[[str], str]:
    """Return what says a line of a decision; one that is a person's own words stays as it is."""
    says: Mapping[str, Callable[[str], str]] = {
        "item": lambda code: f"{names.item(code, language)} ({code})",
        "unit": names.unit,
        "units": lambda units: "、".join(names.unit(unit.strip()) for unit in units.split(",")),
        "channel": lambda name: words.say_or(language, f"channel.{name}", name),
        "lane": lambda name: words.say_or(language, f"lane.{name}", name),
    }

    def said(line: str) -> str:
        for pattern, key in _PATTERNS:
            found = pattern.fullmatch(line)
            if found is not None:
                given = {name: says.get(name, str)(value) for name, value in found.groupdict().items()}
                return words.say(language, key, **given)
        return reason_said(line, language)

    return said

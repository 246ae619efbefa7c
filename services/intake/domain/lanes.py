"""How a report travels: its lane, its special route, who is complained about, and what its reporter is told at once."""

from typing import Final, Protocol

import msgspec

from services.contracts.events.report import Channel
from services.intake.domain.refusals import StateSecretError
from services.intake.domain.text import bears_secrecy_mark
from services.reference.deciding.lanes import Verdict
from services.reference.model.lexicon import Advised, RouteAdvice

ACCUSED_MAX: Final = 10
"""Named in the form and recognised in the text together."""


class Advice(msgspec.Struct, frozen=True):
    """What a reporter is told at once: that there is a quicker or another way."""

    route: Advised
    zh: str
    en: str


class Judge(Protocol):
    """What the reference version in force says of words."""

    def verdict_on(self, text: str, channel: Channel, item: str | None) -> Verdict:
        """Return lane, route and accused of a report by category, channel and words."""
        ...

    def advice_for(self, route: Advised) -> RouteAdvice | None:
        """Return what reporters of a special route are told."""
        ...


def judged(city: Judge, written: str, channel: Channel, item: str | None) -> Verdict:
    """Return the verdict on what was written.

    Raises:
        StateSecretError: nothing of it may be kept.
    """
    verdict = city.verdict_on(written, channel, item)
    if verdict.is_secret or bears_secrecy_mark(written):
        raise StateSecretError(advice_in(city, "state_secret"))
    return verdict


def advice_in(city: Judge, route: Advised | None) -> Advice | None:
    """Return the advice for a route, where the city gives one."""
    found = None if route is None else city.advice_for(route)
    return None if found is None else Advice(found.route, found.advice_zh, found.advice_en)


def all_accused(named: tuple[str, ...], recognised: tuple[str, ...]) -> tuple[str, ...]:
    """Return who is complained about, as named in the form and as recognised, each once."""
    return tuple(dict.fromkeys((*named, *recognised)))[:ACCUSED_MAX]

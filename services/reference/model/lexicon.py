"""Words that decide a lane or a special route, what sounds alike, and sentences that try them (domain §6.5, X-11)."""

from typing import Literal

import msgspec

from services.contracts.events.report import Channel, Lane, SpecialRoute

Meaning = Literal[
    "discipline", "drugs", "stability", "petition", "state_secret",
    "emergency_119", "emergency_120", "emergency_110", "emergency_122",
    "statutory_channel", "secret_or_private", "outside_government", "unlawful_or_immoral",
    "accusing", "conduct", "party",
]  # fmt: skip
"""What a word says about a report: its lane, its special route, or, beside a unit's name, a complaint."""
Advised = Literal[SpecialRoute, "state_secret", "repeat_without_new_facts"]
"""Occasions on which a reporter is told at once which way to go."""


class Word(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of the lexicon. Blanks, marks and other inserted characters of the text do not hide it."""

    word: str
    means: Meaning
    also: tuple[str, ...] = ()
    """Other ways to write it."""
    by_sound: bool = False
    """Found too when some of its characters are replaced by ones that sound alike, or by their letters."""
    unless: tuple[str, ...] = ()
    """Harmless phrases: a word inside one of these does not count."""
    beside: tuple[str, ...] = ()
    """The text must contain one of these as well."""
    channels: tuple[Channel, ...] = ()
    """Counts in reports of these channels only; empty: of every channel."""
    note: str | None = None


class Sound(msgspec.Struct, frozen=True, kw_only=True):
    """Characters that sound alike, whatever their tone."""

    sound: str
    """In letters, without a tone."""
    characters: str


class RouteAdvice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where reports of a special route go, and what their reporters are told at once."""

    route: Advised
    advice_zh: str
    advice_en: str
    unit: str | None = None
    """Who takes it at once; without one the command center looks at it."""
    limit: str | None = None
    """The handling limit of whoever takes it; a `worktime` limit such as `0.5uh`."""


class Sentence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A crafted report and what must become of it: no lexicon is published that decides it otherwise."""

    text: str
    expects: str
    """A lane, a special route, `state_secret`, or `ordinary`."""
    channel: Channel = "web"
    item: str | None = None
    accused: tuple[str, ...] = ()
    """Units that must be recognised."""
    note: str | None = None


class LanePolicy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What decides a lane besides the words."""

    of_item: dict[str, Lane] = msgspec.field(
        default_factory=lambda: {
            "2304": "drugs",
            "2403": "stability",
            "2404": "petition",
            "2405": "discipline",
            "2505": "discipline",
        }
    )
    """By the code of the catalogue item that the reporter named."""
    of_channel: dict[Channel, Lane] = {}
    """A channel of which every report belongs to one lane."""
    unread: frozenset[Channel] = frozenset({"sensor"})
    """Channels whose texts are written by machines: no word of theirs means anything."""

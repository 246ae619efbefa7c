"""Emergency profiles (平急结合): what changes while one is switched on. Published by two persons, like all else."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from services.contracts.events.progress import ClockKind
from services.reference.model.catalogue import Item

Limits = Mapping[ClockKind, str]


class ModeClass(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Items, named one by one or by their domain, and the limits they have while the profile is on."""

    items: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    limits: dict[ClockKind, str]
    """By clock, such as `handling: 4uh`; clocks left out keep theirs. A limit that the law sets is never changed."""


class WorkGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Units that stand together while the profile is on, or wait in reserve."""

    name_zh: str
    units: tuple[str, ...]


class ModeProfile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One kind of emergency, such as 防汛. Classes that it does not name stay as they are."""

    id: str
    name_zh: str
    classes: tuple[ModeClass, ...]
    groups: tuple[WorkGroup, ...] = ()
    """Who does what (S1-19: 4 groups in peacetime, 7 in an emergency)."""
    reserves: tuple[WorkGroup, ...] = ()


class ModeOn(msgspec.Struct, frozen=True):
    """A profile that is on, for the district or one subdistrict."""

    profile: str
    area: str
    since: datetime


def limits_of(profile: ModeProfile, catalogue: Iterable[Item]) -> dict[str, dict[ClockKind, str]]:
    """Return the limits by item; where two classes name an item, the later one counts."""
    found: dict[str, dict[ClockKind, str]] = {}
    for item in catalogue:
        for named in profile.classes:
            if item.code in named.items or item.domain_code in named.domains:
                found.setdefault(item.code, {}).update(named.limits)
    return found

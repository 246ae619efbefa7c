"""A first look at a fact: as little as decides whether anybody may have to be told.

Reading the whole event costs three times as much, and most facts tell nobody: this is the hot path.
"""

from typing import ClassVar
from uuid import UUID

import msgspec

from services.contracts.events import CaseProgressed, Event


class Present(msgspec.Struct, frozen=True, gc=False):
    """Something stands here; what it says does not matter yet."""


class WhatGlance(msgspec.Struct, frozen=True, gc=False):
    """The tag of a fact, and what a step sets in motion."""

    type: str
    step: str | None = None
    whistle: Present | None = None
    supervision: Present | None = None
    proposal: str | int | None = None
    """What a step proposes; of other facts the number of the proposal they are about."""
    proposals: tuple[Present, ...] = ()
    """What a problem ticket proposes."""


class ReportGlance(msgspec.Struct, frozen=True, gc=False):
    """Whether whoever reported can be answered."""

    has_contact: bool = False


class FactGlance(Event, frozen=True, kw_only=True, gc=False):
    """What of a `CaseProgressed` the first look needs."""

    TYPE: ClassVar[str] = CaseProgressed.TYPE

    case_id: UUID
    version: int
    units: tuple[str, ...] = ()
    what: WhatGlance
    reports: tuple[ReportGlance, ...] = ()


def names_of(what: WhatGlance) -> frozenset[str]:
    """Return what a subscription may call this fact: its tag, its step, and what the step set in motion."""
    names = {what.type}
    if what.step is not None:
        names.add(what.step)
    if what.type == "step_taken":
        names |= {"whistle_blown"} if what.whistle is not None else set()
        names |= {"supervision_ordered"} if what.supervision is not None else set()
    if isinstance(what.proposal, str) or what.proposals:
        names.add("proposal")
    return frozenset(names)

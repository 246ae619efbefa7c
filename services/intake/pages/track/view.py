"""What the tracking page shows: four steps with dates, the answer, and what may still be added. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from services.intake.ports import Progress

Mark = Literal["done", "now", "ahead"]
ENDED: Final = frozenset({"closed", "archived", "rejected", "terminated", "handed_over", "resolved_on_spot"})
"""Nothing can be withdrawn any more."""
HAS_RESULT: Final = frozenset({"closed", "archived"})
"""What is new about it begins it again (S4-03)."""
UNHAPPY_MAX: Final = 2
"""Ratings up to here are asked for a reason."""
RATINGS: Final = (5, 4, 3, 2, 1)


class AddedTold(msgspec.Struct, frozen=True):
    kind: str
    at: datetime


class TrackedTold(msgspec.Struct, frozen=True):
    """The API's answer to a tracking code."""

    number: str
    accepted_at: datetime
    progress: Progress
    added: tuple[AddedTold, ...] = ()


class StepShown(msgspec.Struct, frozen=True):
    """One of the four steps."""

    name: str
    mark: Mark
    at: datetime | None


class TrackShown(msgspec.Struct, frozen=True):
    """A report as its reporter sees it."""

    number: str
    state: str
    steps: tuple[StepShown, ...]
    due_at: datetime | None
    """Only while somebody still owes the answer."""
    lead: str | None
    measure: str | None
    done_by: str | None
    added: tuple[AddedTold, ...]
    may_add: bool
    may_withdraw: bool
    may_rate: bool
    again: bool
    """A result was rated, and it is being done again."""


def shown_track(document: Mapping[str, Any]) -> TrackShown:
    """Return what the page shows of the API's answer."""
    tracked = msgspec.convert(document, TrackedTold)
    progress, added = tracked.progress, {one.kind for one in tracked.added}
    ended = progress.state in ENDED or progress.closed_at is not None
    return TrackShown(
        number=tracked.number,
        state=progress.state,
        steps=_steps(tracked),
        due_at=None if ended else progress.promise_due_at,
        lead=progress.lead,
        measure=progress.measure,
        done_by=progress.done_by,
        added=tracked.added,
        may_add=not ended or progress.state in HAS_RESULT,
        may_withdraw=not ended and "withdrawal" not in added,
        may_rate=_may_rate(tracked),
        again=progress.closed_at is None and "rating" in added,
    )


def _may_rate(tracked: TrackedTold) -> bool:
    """Whether there is a result that was not rated: each once, also after it was done again."""
    closed_at = tracked.progress.closed_at
    rated = (one.at for one in tracked.added if one.kind == "rating")
    return closed_at is not None and all(at < closed_at for at in rated)


def followup_in(fields: Mapping[str, str], attachments: tuple[str, ...]) -> dict[str, Any]:
    """Return the API's follow-up of a page's form."""
    form: dict[str, Any] = {"kind": fields.get("kind", ""), "text": fields.get("text", "")}
    if attachments:
        form["attachments"] = attachments
    if form["kind"] == "rating":
        rating = fields.get("rating", "")
        form["rating"] = int(rating) if rating in {"1", "2", "3", "4", "5"} else 0
    if form["kind"] == "facts" and attachments and not form["text"]:
        form["kind"] = "photo"
    return form


def lacking(form: Mapping[str, Any]) -> str:
    """Return the message key of what is missing; empty when the follow-up may be sent."""
    if form["kind"] == "facts" and not form["text"]:
        return "track.missing_text"
    if form["kind"] != "rating":
        return ""
    if not form["rating"]:
        return "track.missing_rating"
    return "track.missing_reason" if form["rating"] <= UNHAPPY_MAX and not form["text"] else ""


def _steps(tracked: TrackedTold) -> tuple[StepShown, ...]:
    progress = tracked.progress
    instants = (
        ("accepted", tracked.accepted_at),
        ("dispatched", progress.dispatched_at),
        ("working", progress.signed_in_at or progress.handled_at),
        ("closed", progress.closed_at),
    )
    reached = max(index for index, (_, at) in enumerate(instants) if at is not None)
    return tuple(
        StepShown(name, _mark(index, reached, len(instants) - 1), at) for index, (name, at) in enumerate(instants)
    )


def _mark(index: int, reached: int, last: int) -> Mark:
    if index > reached:
        return "ahead"
    return "done" if index < reached or reached == last else "now"

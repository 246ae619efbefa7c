"""The facts of a case's life beside its main road, in words."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.contracts.events import life as facts
from services.contracts.events import moves


def _reviewed(fact: facts.RequestReviewed) -> str:
    verdict = "granted" if fact.granted else "refused"
    return f"{fact.request} of {fact.unit} {verdict}{'' if fact.decided else ', one more approval to come'}"


def _corrected(fact: facts.Corrected) -> str:
    right = [f"item {fact.item_before or 'none'} -> {fact.item}"] if fact.item != fact.item_before else []
    if fact.place is not None:
        before, now = (
            place and (place.grid or place.community or place.subdistrict) for place in (fact.place_before, fact.place)
        )
        right.append(f"place {before or 'none'} -> {now or 'none'}")
    return f"{fact.unit} corrected {', '.join(right)}"


LIFE_WORDS: Final[Mapping[type[Any], Callable[[Any], str]]] = {
    facts.Rejected: lambda fact: f"not accepted: {fact.because}",
    facts.HandedOver: lambda fact: f"handed over to {fact.to}",
    facts.ResolvedOnSpot: lambda fact: f"solved on the spot by {fact.unit}",
    facts.ConsultationOpened: lambda fact: " with ".join(
        ["consultation opened", *filter(None, [", ".join(fact.units)])]
    ),
    facts.ExtensionAsked: lambda fact: f"{fact.unit} asks for {fact.by} more",
    facts.SuspensionAsked: lambda fact: f"{fact.unit} asks to suspend it",
    facts.TerminationAsked: lambda fact: f"{fact.unit} asks to end it, explained {fact.explanations} times",
    facts.RequestWithdrawn: lambda fact: f"{fact.request} of {fact.unit} is no longer asked for",
    facts.RequestReviewed: _reviewed,
    facts.Extended: lambda fact: f"extended by {fact.by}, due {fact.due_at:%Y-%m-%d %H:%M}",
    facts.Suspended: lambda fact: f"suspended until {fact.until:%Y-%m-%d %H:%M}",
    facts.Resumed: lambda fact: f"resumed: the {fact.because} has come",
    facts.Explained: lambda fact: f"{fact.unit} explained it to the reporter, time {fact.number}",
    facts.Terminated: lambda _: "ended without a result, after a review",
    facts.Reopened: lambda fact: f"reopened: {fact.because}",
    facts.FollowUpCalled: lambda fact: f"the reporter was asked: {fact.answer}",
    facts.Archived: lambda _: "archived",
    facts.ExclusionAsked: lambda fact: f"{fact.unit} asks to leave it out of the rates: {fact.because}",
    facts.ExclusionReviewed: lambda fact: (
        f"exclusion {'granted' if fact.granted else 'refused'}{', left out of the rates' if fact.excluded else ''}"
    ),
    facts.Corrected: _corrected,
    moves.Moved: lambda fact: "; ".join(
        [
            f"version {fact.version} came into force ({', '.join(fact.because)})",
            *(f"{pair.unit} has what {pair.ended} had" for pair in fact.units),
        ]
    ),
    moves.StageReached: lambda fact: f"{fact.unit} reached {fact.stage}{'' if fact.on_time else ', late'}",
}

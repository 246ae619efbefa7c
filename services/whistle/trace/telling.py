"""The facts of a case in words."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.contracts.events import CaseProgressed, Explanation
from services.contracts.events import progress as facts
from services.whistle.trace.life import LIFE_WORDS
from services.whistle.trace.merging import MERGING_WORDS


def _called(whistle: facts.Whistle) -> str:
    how = "by the clock" if whistle.automatic else "by hand"
    called = ", ".join(call.unit for call in whistle.called)
    return f"whistle {whistle.number} ({whistle.kind}) blown {how} by {whistle.subdistrict}; called {called}"


def _step(fact: facts.StepTaken) -> str:
    of = f"{fact.clock}{f' of {fact.unit}' if fact.unit else ''}"
    effects = [
        f"{fact.card} card" if fact.card else "",
        "marked only, a whistle is open" if fact.marks_only else "",
        _called(fact.whistle) if fact.whistle else "",
        _ordered(fact.supervision) if fact.supervision else "",
        f"{fact.proposal} proposed" if fact.proposal else "",
        "problem ticket" if fact.problem_ticket else "",
    ]
    return "; ".join([f"{fact.step} of {of}, owed {fact.owed_at:%Y-%m-%d %H:%M:%S}", *filter(None, effects)])


def _ordered(order: facts.Supervision) -> str:
    joined = "joined" if order.joined else "ordered"
    return f"supervision order {order.number} {joined}, reply by {order.reply_by:%Y-%m-%d %H:%M}"


WORDS: Final[Mapping[type[Any], Callable[[Any], str]]] = {
    facts.Opened: lambda fact: "opened for the command center to dispatch" if fact.consulting else "opened",
    facts.SignedIn: lambda fact: f"{fact.unit} signed in",
    facts.ReturnAsked: lambda fact: f"{fact.unit} returned it: {fact.reason}; suggests {fact.suggested}",
    facts.DecisionSuperseded: lambda fact: f"decision {fact.decided_attempt} for {fact.lead} is no longer awaited",
    facts.Dispatched: lambda fact: f"dispatched again{' by hand' if fact.by_hand else ''}; before: {fact.old_lead}",
    facts.StepTaken: _step,
    facts.WhistleBlown: lambda fact: _called(fact.whistle),
    facts.ReportedIn: lambda fact: (
        f"{fact.unit} reported in to whistle {fact.number}{', late' if fact.late else ''}"
        f"{'; all are in' if fact.all_in else ''}"
    ),
    facts.PartDelivered: lambda fact: f"{fact.unit} delivered its part",
    facts.Handled: lambda fact: f"{fact.unit} handled it",
    facts.Verified: lambda _: "verified by another person",
    facts.ReworkOrdered: lambda fact: f"rework {fact.round} ordered: {fact.reason}",
    facts.Closed: lambda fact: f"closed {'on time' if fact.on_time else 'late'}",
    facts.FollowedUp: lambda fact: f"the resident added {fact.kind}",
    facts.SupervisionOrdered: lambda fact: _ordered(fact.supervision),
    facts.Noted: lambda fact: f"{fact.unit}: {fact.kind}",
    **LIFE_WORDS,
    **MERGING_WORDS,
}


def in_words(event: CaseProgressed) -> str:
    """Return what happened, without anything a resident wrote."""
    told = WORDS[type(event.what)](event.what)
    if isinstance(event.what, facts.Opened | facts.Dispatched):
        also = f", with {', '.join(event.cooperating)}" if event.cooperating else ""
        branch = f" ({event.branch})" if event.branch else ""
        told += f" in the queue of {event.lead}{branch}{also}"
    return told


def actor_of(event: CaseProgressed) -> str:
    """Return unit and role of who did it; a person's id, never a name."""
    return f"{event.actor.role} of {event.actor.unit}" if event.actor.unit else event.actor.role


def why_of(because: Explanation) -> list[str]:
    """Return why a decision names its lead, a line for each kind of reason."""
    lines = [f"rule {because.rule}" if because.rule else "no rule matched"]
    for heading, reasons in (("matched", because.matched), ("beat", because.beaten), ("note", because.notes)):
        lines += [f"{heading}: {reason}" for reason in reasons]
    return lines

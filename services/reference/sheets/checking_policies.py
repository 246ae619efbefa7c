"""Policies must answer every question that will be asked of them: every urgency, clock, kind of whistle and lane."""

from collections.abc import Iterator, Mapping
from typing import Final, get_args

from services.contracts.events.dispatch import Urgency
from services.contracts.events.progress import ClockKind, WhistleKind
from services.contracts.events.report import Lane
from services.reference.model.catalogue import Item
from services.reference.model.policies import AfterDue, Ladder, Policies
from services.reference.sheets.checking_appraisal import appraisal_faults
from services.reference.sheets.checking_duplicates import duplicate_faults
from services.reference.sheets.refusals import Refusal
from services.worktime.limits import Limit, UnreadableLimitError

SHEET: Final = "policies"
REDS_MIN: Final = 2
"""One red step has its own rung."""


def check_policies(policies: Policies, items: Mapping[str, Item]) -> Iterator[Refusal]:
    """Yield what is missing or unreadable."""
    for place, reason in (
        *_missing(policies),
        *_ladder_faults(policies),
        *_limit_faults(policies),
        *_reds_faults(policies),
        *appraisal_faults(policies.appraisal),
        *duplicate_faults(policies.duplicates),
    ):
        yield Refusal(SHEET, 0, place, reason)
    for lane in get_args(Lane)[1:]:
        if policies.lane_items.get(lane) not in items:
            yield Refusal(SHEET, 0, "lane_items", f"lane {lane} needs an item of the catalogue")
    for code in sorted(policies.major.items - items.keys()):
        yield Refusal(SHEET, 0, "major", f"no item {code} in the catalogue")
    for code in policies.life.statutory_extensions:
        if code not in items or items[code].source != "L":
            yield Refusal(SHEET, 0, "life.statutory_extensions", f"{code} is no item whose limit the law sets")


def _missing(policies: Policies) -> Iterator[tuple[str, str]]:
    for urgency in get_args(Urgency):
        if urgency not in policies.stages:
            yield "stages", f"nothing for {urgency}"
        if urgency not in policies.whistle.kind_of:
            yield "whistle.kind_of", f"nothing for {urgency}"
    for kind in get_args(WhistleKind):
        if kind not in policies.whistle.report_in:
            yield "whistle.report_in", f"nothing for {kind}"
    for clock in get_args(ClockKind):
        if clock not in policies.ladder_of:
            yield "ladder_of", f"nothing for {clock}"


def _reds_faults(policies: Policies) -> Iterator[tuple[str, str]]:
    repeated = policies.repeated_reds
    if repeated is None:
        return
    red = {rung.step for ladder in policies.ladders.values() for rung in ladder.rungs if rung.card == "red"}
    for step in repeated.steps:
        if step not in red:
            yield "repeated_reds", f"the step {step} is red on no ladder"
    if repeated.count < REDS_MIN:
        yield "repeated_reds", f"less than {REDS_MIN}"


def _ladder_faults(policies: Policies) -> Iterator[tuple[str, str]]:
    for name in {*policies.ladder_of.values(), *policies.emergency_ladder_of.values()}:
        if name not in policies.ladders:
            yield "ladders", f"no ladder {name!r}"
    for name, ladder in policies.ladders.items():
        steps = [rung.step for rung in ladder.rungs]
        if len(set(steps)) < len(steps):
            yield f"ladders.{name}", "the same step twice; a step takes effect once"
        if any(not rung.at for rung in ladder.rungs):
            yield f"ladders.{name}", "a rung without a moment"


def _limit_faults(policies: Policies) -> Iterator[tuple[str, str]]:
    for place, text in _limits(policies):
        try:
            Limit.parse(text)
        except UnreadableLimitError as error:
            yield place, str(error)
    for urgency, stage in policies.stages.items():
        if stage.promise_factor < 1:
            yield f"stages.{urgency}", "the promise is at least the handling limit; promise_factor is 1 or more"
        if stage.of_handling_max is not None and not 0 < stage.of_handling_max <= 1:
            yield f"stages.{urgency}", "of_handling_max is a share: more than 0, at most 1"


def _limits(policies: Policies) -> Iterator[tuple[str, str]]:
    for urgency, stage in policies.stages.items():
        for text in (stage.sign_in, stage.verification, stage.follow_up):
            yield f"stages.{urgency}", text
    for kind, text in policies.whistle.report_in.items():
        yield f"whistle.report_in.{kind}", text
    for kind, text in (*policies.whistle.report_in_ongoing.items(), *policies.whistle.result_within.items()):
        yield f"whistle.{kind}", text
    for name, ladder in policies.ladders.items():
        yield from ((f"ladders.{name}", text) for text in _after_due(ladder))
    yield "supervision_reply", policies.supervision_reply
    yield "return_within", policies.return_within
    yield "rework_min", policies.rework_min
    yield "tier_keeps", policies.tier_keeps
    yield "unclassified_limit", policies.unclassified_limit
    for code, text in policies.life.statutory_extensions.items():
        yield f"life.statutory_extensions.{code}", text


def _after_due(ladder: Ladder) -> Iterator[str]:
    return (moment.limit for rung in ladder.rungs for moment in rung.at if isinstance(moment, AfterDue))

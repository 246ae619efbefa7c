"""The decision as a pure function: microseconds by 500 rules, on this process's core."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from services.contracts.events import Place, ReportFacts
from services.reference.deciding.compile import CompiledReference, compile_version
from services.reference.deciding.decide import decide
from services.reference.model.rules import Rule
from services.reference.model.version import ReferenceVersion
from services.reference.versions.content import version_of
from tests.benchmarks.product import Bench

RULES: Final = 500
DECISIONS: Final = 20_000
AT: Final = datetime(2026, 3, 2, 2, tzinfo=UTC)
CONTENT: Final = "select version, content, active_from from reference.versions order by version desc limit 1"


async def measure_decisions(bench: Bench, bodies: Sequence[str]) -> None:
    """Note the time of one decision, point to grid included."""
    row = await bench.connection.fetchrow(CONTENT)
    version = version_of(row["content"], row["version"], row["active_from"])
    reference = compile_version(with_rules(version, RULES))
    forms = [msgspec.json.decode(body) for body in bodies]
    note = f"CPU time; {RULES} rules, {len(forms)} different reports, mean of {DECISIONS}"
    bench.report.found(note, decision_us=_decision_us(forms, reference))


def with_rules(version: ReferenceVersion, count: int) -> ReferenceVersion:
    """Return the version with `count` rules: its own, and narrower ones with keywords of their own."""
    rules: list[Rule] = list(version.rules)
    number = 0
    while len(rules) < count:
        model = version.rules[number % len(version.rules)]
        number += 1
        words = tuple(f"{word}{number}号" for word in model.keywords) or (f"标志{number}号",)
        rules.append(msgspec.structs.replace(model, id=f"{model.id}-{number}", keywords=words))
    return msgspec.structs.replace(version, rules=tuple(rules[:count]))


def _decision_us(forms: Sequence[dict[str, Any]], reference: CompiledReference) -> float:
    facts = [_facts(number, form, reference) for number, form in enumerate(forms)]
    began = time.thread_time()
    for number in range(DECISIONS):
        report = facts[number % len(facts)]
        place = report.place
        if place.longitude is not None and place.latitude is not None:
            reference.organisation.grid_at(place.longitude, place.latitude)
        decide(report, reference, 1)
    return (time.thread_time() - began) / DECISIONS * 1e6


def _facts(number: int, form: dict[str, Any], reference: CompiledReference) -> ReportFacts:
    point, organisation = form.get("point", {}), reference.organisation
    grid = form.get("grid") or (organisation.grid_at(point["longitude"], point["latitude"]) if point else None)
    return ReportFacts(
        report_id=UUID(int=number),
        case_id=UUID(int=number),
        number=str(number),
        accepted_at=AT,
        channel="web",
        reporter_kind="resident",
        place=organisation.place_of(
            Place(
                longitude=point.get("longitude"),
                latitude=point.get("latitude"),
                grid=grid,
                community=form.get("community"),
            )
        ),
        item=form.get("item"),
        text=form.get("text"),
    )

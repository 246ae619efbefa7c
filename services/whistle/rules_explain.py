"""`whistle rules explain`: why a report goes where it goes, by any version."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, get_args
from uuid import UUID

import msgspec
import typer

from services.contracts.codec import decode
from services.contracts.events import CaseDispatched, Place, ReportFacts
from services.contracts.events.report import Channel
from services.reference.deciding.compile import compile_version
from services.reference.deciding.decide import decide
from services.whistle.connecting import Connection, as_operator
from services.whistle.exits import RefusedError, UsageError
from services.whistle.publishing import NOW
from services.whistle.showing import Answer, AsJson, answer
from services.whistle.trace.reading import case_id_of
from services.whistle.trace.telling import why_of
from services.whistle.versions import CITY, IN_FORCE, City, Named, name_of, version_named

DECISION: Final = "select decision::text from ledger.cases where case_id = $1"
NOBODY: Final = UUID(int=0)
EPOCH: Final = 0
"""Such a decision never meets one of the district."""


def explain(  # noqa: PLR0913 -- one option per thing a report may say
    case: Annotated[str | None, typer.Argument(metavar="[ID|NUMBER]", help="A case, decided once more.")] = None,
    *,
    text: Annotated[str | None, typer.Option(help="Or a text, as somebody might report it.")] = None,
    item: Annotated[str | None, typer.Option(help="Catalogue code.")] = None,
    grid: Annotated[str | None, typer.Option(help="Id of the grid.")] = None,
    channel: Annotated[str, typer.Option()] = "web",
    version: Named = IN_FORCE,
    city: City = CITY,
    as_json: AsJson = False,
) -> None:
    """Decide a case or an imagined report, and say why; changes nothing."""
    if (case is None) == (text is None and item is None):
        raise typer.BadParameter("name a case, or give --text or --item")
    if channel not in get_args(Channel):
        raise typer.BadParameter(f"--channel is one of {', '.join(get_args(Channel))}")
    imagined = {"text": text, "item": item, "channel": channel, "place": Place(grid=grid)}
    answer(_explain(case, imagined, version, city), as_json=as_json)


async def _explain(case: str | None, imagined: dict[str, Any], named: str, city: Path) -> Answer:
    async with as_operator() as connection:
        version = await version_named(connection, named, city)
        report = await _report_of(connection, case) if case else _imagined(await connection.fetchval(NOW), imagined)
    try:
        decision = decide(report, compile_version(version), EPOCH)
    except LookupError as error:
        raise UsageError(str(error)) from error
    told = {
        "by": name_of(version),
        "lead": decision.lead,
        "cooperating": decision.cooperating,
        "item": decision.item,
        "tier": decision.tier,
        "urgency": decision.urgency,
        "consulting": decision.consulting,
        "limits": msgspec.to_builtins(decision.limits),
        "reasons": why_of(decision.because),
    }
    return Answer(told, [f"{name}: {_shown(value)}" for name, value in told.items()])


async def _report_of(connection: Connection, asked: str) -> ReportFacts:
    found = await connection.fetchval(DECISION, await case_id_of(connection, asked))
    if found is None:
        raise RefusedError(f"{asked} is no case in the ledger")
    return decode(found.encode(), CaseDispatched).report


def _imagined(now: datetime, parts: dict[str, Any]) -> ReportFacts:
    return ReportFacts(
        report_id=NOBODY, case_id=NOBODY, number="imagined", accepted_at=now, reporter_kind="resident", **parts
    )


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value)) or "–"
    if isinstance(value, dict):
        return ", ".join(f"{name} {limit}" for name, limit in value.items())
    return "–" if value is None else str(value)

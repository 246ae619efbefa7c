"""`whistle rules`: look for mistakes in rules, compare and try versions, ask why, draft and publish."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from services.ledger.store.refused_tasks import count_and_tell
from services.reference.deciding.compile import compile_version
from services.reference.lint.checks import lint as find_mistakes
from services.reference.sheets.refusals import SheetsRefusedError
from services.reference.versions.diff import changes_between
from services.reference.versions.publish import draft as make_draft
from services.reference.versions.publish import publish as publish_draft
from services.reference.versions.publish import redraft
from services.whistle.audit import note
from services.whistle.connecting import as_operator
from services.whistle.publishing import NOTICE, NOW
from services.whistle.rules_evaluate import evaluate
from services.whistle.rules_explain import explain
from services.whistle.rules_replay import replay
from services.whistle.rules_sheets import check, export
from services.whistle.showing import Answer, AsJson, answer, table
from services.whistle.versions import (
    CITY,
    IN_FORCE,
    City,
    Delegated,
    Named,
    name_of,
    own_token,
    require_zone,
    version_named,
)

app = typer.Typer(help="Rules, and the reference versions they come in.", no_args_is_help=True)
app.command()(evaluate)
app.command()(explain)
app.command()(replay)
app.command()(export)
app.command()(check)

FIRST: Final = "select not exists (select from reference.versions)"
VERSIONS: Final = """
    select version, active_from, published_at, drafted_by, approved_by,
        version = reference.version_at((select clock.now())) as active
    from reference.versions order by version desc limit $1
"""
COLUMNS: Final = ("version", "active_from", "published_at", "drafted_by", "approved_by", "active")

Note = Annotated[str, typer.Option("--note", help="Why, for those who look back.")]
AT_FORMATS: Final = ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"]


@app.command("ls")
def list_versions(*, limit: Annotated[int, typer.Option(min=1, max=1000)] = 20, as_json: AsJson = False) -> None:
    """List versions, the newest first."""
    answer(_list(limit), as_json=as_json)


@app.command()
def lint(*, version: Named = IN_FORCE, delegated: Delegated = True, city: City = CITY, as_json: AsJson = False) -> None:
    """Find shadowed, overlapping, never-firing, dead-target rules, duties without a power; status 1 when found."""
    answer(_lint(version, city, delegated=delegated), as_json=as_json)


@app.command()
def diff(old: str, new: str, *, city: City = CITY, as_json: AsJson = False) -> None:
    """Show what differs between two versions, each `active`, a number, or a folder of sheets."""
    answer(_diff(old, new, city), as_json=as_json)


@app.command()
def draft(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    *,
    why: Note = "",
    delegated: Delegated = True,
    city: City = CITY,
    as_json: AsJson = False,
) -> None:
    """Draft a version from sheets, as the person of WHISTLE_CLI_TOKEN; another person publishes it.

    Work sent to a subdistrict or community without an approved admission is refused and counted for its department.
    """
    answer(_draft(str(folder), why, city, delegated=delegated), as_json=as_json)


@app.command()
def publish(
    draft_id: Annotated[int, typer.Argument(metavar="DRAFT")],
    *,
    active_from: Annotated[datetime | None, typer.Option(formats=AT_FORMATS, help="With zone; soon if none.")] = None,
    as_json: AsJson = False,
) -> None:
    """Publish a draft as the person of WHISTLE_CLI_TOKEN, who must be another than its drafter."""
    answer(_publish(draft_id, active_from), as_json=as_json)


@app.command()
def rollback(version: int, *, why: Note = "", as_json: AsJson = False) -> None:
    """Draft an earlier version again; the way back is another publication, by another person."""
    answer(_rollback(version, why), as_json=as_json)


async def _list(limit: int) -> Answer:
    async with as_operator() as connection:
        rows = await connection.fetch(VERSIONS, limit)
    return Answer([dict(row) for row in rows], [table(COLUMNS, rows)] if rows else ["nothing is published"])


async def _lint(named: str, city: Path, *, delegated: bool) -> Answer:
    async with as_operator() as connection:
        found = find_mistakes(compile_version(await version_named(connection, named, city, delegated=delegated)))
    rows = [(each.check, each.rule, each.other, each.reason) for each in found]
    lines = [table(("check", "rule", "collides with", "reason"), rows)] if rows else ["nothing found"]
    return Answer([asdict(each) for each in found], lines, failed=bool(found))


async def _diff(old: str, new: str, city: Path) -> Answer:
    async with as_operator() as connection:
        before, after = await version_named(connection, old, city), await version_named(connection, new, city)
    changes = changes_between(before, after)
    rows = [(each.part, each.key, each.what, _fields(each.before), _fields(each.after)) for each in changes]
    heading = f"{name_of(before)} → {name_of(after)}: {len(changes)} changes"
    told = [{"part": p, "key": k, "what": w, "before": b, "after": a} for p, k, w, b, a in rows]
    return Answer(told, [heading, table(("part", "key", "what", "before", "after"), rows)])


async def _draft(folder: str, why: str, city: Path, *, delegated: bool) -> Answer:
    token = own_token()
    async with as_operator() as connection:
        try:
            version = await version_named(connection, folder, city, delegated=delegated)
        except SheetsRefusedError as error:
            await count_and_tell(connection, error.refusals, token)
            raise
        async with connection.transaction():
            number = await make_draft(connection, version, why, token)
            await note(connection, "version drafted", str(number), {"note": why, "delegation": version.delegation})
    return _drafted(number)


async def _rollback(version: int, why: str) -> Answer:
    token = own_token()
    async with as_operator() as connection, connection.transaction():
        number = await redraft(connection, version, why or f"back to version {version}", token)
        await note(connection, "rollback drafted", str(number), {"version": version})
    return _drafted(number)


def _drafted(number: int) -> Answer:
    return Answer({"draft": number}, [f"draft {number}; another person publishes it: whistle rules publish {number}"])


async def _publish(draft_id: int, active_from: datetime | None) -> Answer:
    require_zone(active_from)
    token = own_token()
    async with as_operator() as connection:
        soon = await connection.fetchval(NOW)
        begins = active_from or (soon if await connection.fetchval(FIRST) else soon + NOTICE)
        published = await publish_draft(connection, draft_id, begins, token)
        await note(connection, "version published", str(published.number), {"draft": draft_id})
    told = {"version": published.number, "active_from": published.active_from, "late": published.is_late}
    late = ["committed late: reports may have been decided without it; compare with `whistle rules replay`"]
    lines = [f"version {published.number} from {published.active_from}", *(late if published.is_late else [])]
    return Answer(told, lines, failed=published.is_late)


def _fields(fields: Any) -> str:
    return "; ".join(f"{name}={value}" for name, value in fields.items() if name != "polygons")

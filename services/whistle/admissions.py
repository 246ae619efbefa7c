"""`whistle admission`: tasks for the grassroots, asked for by a department, decided by the leading group's office."""

from datetime import date, datetime
from typing import Annotated, Final

import msgspec
import typer

from services.ledger.store.refused_tasks import count_and_tell
from services.reference.sheets.refusals import Refusal
from services.reference.versions import admissions as register
from services.reference.versions.register import register as all_admissions
from services.whistle.audit import note
from services.whistle.connecting import as_operator
from services.whistle.exits import UsageError
from services.whistle.publishing import NOTICE
from services.whistle.showing import Answer, AsJson, answer, table
from services.whistle.versions import own_token

app = typer.Typer(help="Task admissions (准入): no work goes down to the grassroots without one.", no_args_is_help=True)

COLUMNS: Final = ("id", "title", "requested_by", "items", "units", "state", "decided_on", "valid_to", "reason")
REFUSALS: Final = "select department, refusals, first_on, last_on from reference.refusals_by_department order by 1"
NOW: Final = "select clock.now()"
TODAY: Final = "select (clock.now() at time zone 'Asia/Shanghai')::date"

Number = Annotated[str, typer.Argument(metavar="ADMISSION", help="Its number, such as ZR-2026-001.")]
Why = Annotated[str, typer.Option("--reason", help="For those who look back.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The first day it no longer holds.")]


@app.command()
def request(  # noqa: PLR0913 -- one option per thing the form asks
    title: Annotated[str, typer.Argument(help="The task in a few words.")],
    *,
    department: Annotated[str, typer.Option(help="Whose work it is; you are its head.")],
    item: Annotated[list[str], typer.Option(help="Catalogue code; once for each.")],
    unit: Annotated[list[str], typer.Option(help="Subdistrict or community; once for each.")],
    funds: Annotated[bool, typer.Option("--funds", help="Funds follow the task.")] = False,
    staff: Annotated[bool, typer.Option("--staff", help="Staff follow the work.")] = False,
    powers: Annotated[bool, typer.Option("--powers", help="Powers match the duty.")] = False,
    as_json: AsJson = False,
) -> None:
    """Ask for an admission as the person of WHISTLE_CLI_TOKEN; refused at once without funds, staff and powers."""
    wanted = register.Request(
        title=title, department=department, items=item, units=unit, funds=funds, staff=staff, powers=powers
    )
    answer(_request(wanted), as_json=as_json)


@app.command()
def approve(admission: Number, *, reason: Why = "", valid_to: Day = None, as_json: AsJson = False) -> None:
    """Approve an admission, as the head of the leading group's office."""
    answer(_decide(admission, reason, valid_to, approved=True), as_json=as_json)


@app.command()
def refuse(admission: Number, *, reason: Why, as_json: AsJson = False) -> None:
    """Refuse an admission, with the reason; counted for the department."""
    answer(_decide(admission, reason, None, approved=False), as_json=as_json)


@app.command()
def withdraw(admission: Number, *, reason: Why, valid_to: Day = None, as_json: AsJson = False) -> None:
    """End an approved admission, today or on a later day: from then on nothing new goes down under it.

    The router knows within seconds, by a version of its own. Open cases stay with whoever has them; the command center
    may dispatch them anew.
    """
    answer(_withdraw(admission, reason, valid_to), as_json=as_json)


@app.command("ls")
def list_admissions(*, as_json: AsJson = False) -> None:
    """List the register."""
    answer(_list(), as_json=as_json)


@app.command()
def refusals(*, as_json: AsJson = False) -> None:
    """Show how often each department sent work down without an approved admission."""
    answer(_refusals(), as_json=as_json)


async def _request(wanted: register.Request) -> Answer:
    token = own_token()
    async with as_operator() as connection, connection.transaction():
        asked = await register.request(connection, wanted, token)
        await note(connection, "admission requested", asked.id, {"state": asked.state})
        if asked.state == "refused":
            reason = f"{asked.id} {wanted.title}: {asked.reason}"
            await count_and_tell(connection, [Refusal("admissions", 0, "", reason, wanted.department)], token)
    told = {"admission": asked.id, "state": asked.state, "reason": asked.reason}
    lines = [f"{asked.id}: {asked.state}" + (f", {asked.reason}" if asked.reason else "")]
    return Answer(told, lines, failed=asked.state == "refused")


async def _decide(admission: str, reason: str, valid_to: datetime | None, *, approved: bool) -> Answer:
    token = own_token()
    if not approved and not reason.strip():
        raise UsageError("a refusal needs its reason")
    async with as_operator() as connection, connection.transaction():
        ends = valid_to.date() if valid_to else None
        await register.decide(connection, admission, reason, token, approved=approved, valid_to=ends)
        state = "approved" if approved else "refused"
        await note(connection, f"admission {state}", admission, {"reason": reason})
        for asked in await all_admissions(connection) if not approved else ():
            if asked.id == admission:
                told = f"{asked.id} {asked.title}: {reason}"
                await count_and_tell(connection, [Refusal("admissions", 0, "", told, asked.requested_by)], token)
    return Answer({"admission": admission, "state": state}, [f"{admission}: {state}"])


async def _withdraw(admission: str, reason: str, valid_to: datetime | None) -> Answer:
    token = own_token()
    async with as_operator() as connection, connection.transaction():
        ends: date = valid_to.date() if valid_to else await connection.fetchval(TODAY)
        active_from = await connection.fetchval(NOW) + NOTICE
        wanted = register.Withdrawal(admission=admission, ends_on=ends, active_from=active_from, reason=reason)
        version = await register.withdraw(connection, wanted, token)
        await note(connection, "admission withdrawn", admission, {"reason": reason, "from": ends.isoformat()})
    told = {"admission": admission, "state": "withdrawn", "from": ends, "version": version, "active_from": active_from}
    known = f"the router knows from {active_from} on (version {version})" if version else "nothing is published yet"
    return Answer(told, [f"{admission}: ends on {ends}; {known}; open cases stay with whoever has them"])


async def _list() -> Answer:
    async with as_operator() as connection:
        found = [msgspec.structs.asdict(admission) for admission in await all_admissions(connection)]
    rows = [[row[name] for name in COLUMNS] for row in found]
    return Answer(found, [table(COLUMNS, rows)] if rows else ["nothing was asked for"])


async def _refusals() -> Answer:
    async with as_operator() as connection:
        rows = [dict(row) for row in await connection.fetch(REFUSALS)]
    columns = ("department", "refusals", "first_on", "last_on")
    return Answer(rows, [table(columns, [row.values() for row in rows])] if rows else ["nothing was refused"])

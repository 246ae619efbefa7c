"""`whistle clock`: what the city's clock says, and letting time act again after it was stopped."""

from typing import Final

import typer

from services.chassis.clock import clock_is_real
from services.whistle.audit import note
from services.whistle.connecting import as_operator
from services.whistle.exits import RefusedError
from services.whistle.showing import Answer, AsJson, answer

app = typer.Typer(help="The clock all deadlines follow.", no_args_is_help=True)

READ: Final = "select clock.now() as now, clock_timestamp() as real"
STOP: Final = "select stopped_at, reason from ledger.clock_stop"
CONFIRM: Final = "delete from ledger.clock_stop returning reason, stopped_at"


@app.command()
def status(*, as_json: AsJson = False) -> None:
    """Show the clock; status 1 while settling is stopped because clocks disagreed."""
    answer(_status(), as_json=as_json)


@app.command()
def confirm(*, as_json: AsJson = False) -> None:
    """Say that the server's clock is right now: owed steps take effect and acts are answered again."""
    answer(_confirm(), as_json=as_json)


async def _status() -> Answer:
    async with as_operator() as connection:
        row = await connection.fetchrow(READ)
        stop = await connection.fetchrow(STOP)
        real = await clock_is_real(connection)
    if row is None:
        raise LookupError("PostgreSQL gave no row for its own clock")
    told = {"now": row["now"], "real": real, "server": row["real"], "stopped": dict(stop) if stop else None}
    lines = [f"now {row['now']}" + ("" if real else f" (stepped; the server's own clock says {row['real']})")]
    lines += [f"stopped since {stop['stopped_at']}: {stop['reason']}"] if stop else ["running"]
    return Answer(told, lines, failed=stop is not None)


async def _confirm() -> Answer:
    async with as_operator() as connection, connection.transaction():
        stop = await connection.fetchrow(CONFIRM)
        if stop is None:
            raise RefusedError("the clock is not stopped")
        await note(connection, "clock confirmed", stop["reason"], {"stopped_at": stop["stopped_at"].isoformat()})
    return Answer({"confirmed": stop["reason"]}, ["time acts again"])

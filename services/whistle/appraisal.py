"""`whistle appraisal`: what units are judged by."""

import asyncio
from typing import Annotated, Final

import typer

from services.contracts.events import CaseProgressed
from services.whistle import bulletins, grades, inspections
from services.whistle.audit import note
from services.whistle.connecting import Connection, as_operator
from services.whistle.showing import Answer, AsJson, answer

app = typer.Typer(help="Appraisal from below (下考上): rates, grades, bulletins.", no_args_is_help=True)

for _command in (bulletins.bulletin, grades.publish, grades.grades, grades.correct, inspections.sample):
    app.command()(_command)

SENT_AT_ONCE: Final = 5_000
PENDING_MAX: Final = 20_000
"""So much may wait to be sent; the relay's alarm is at as many, and cases go first come first served."""
POLL_SECONDS: Final = 0.1
FORGET: Final = "delete from appraisal.facts"
FORGET_NOTICES: Final = "delete from appraisal.notices"
KEYS: Final = """
    select id, version, at from ledger.fact_keys
    where at >= $1 and (at, id, version) > ($1, $2, $3) and at <= $4 order by at, id, version limit $5
"""
NOTICES: Final = "select ledger.resend_notices(array(select id from ledger.notice_keys))"
RESEND: Final = f"select ledger.resend($1::uuid[], $2::integer[], '{CaseProgressed.TYPE}')"
PENDING: Final = "select count(*) from ledger.pending_keys"
FIRST: Final = "select min(at) from ledger.fact_keys"
NIL: Final = "00000000-0000-0000-0000-000000000000"


@app.command()
def rebuild(
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it; figures are incomplete until everything came again.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Forget every fact the figures are computed from, and have all of them sent again over the topics.

    What was published, and what corrected it, stays as it is. Others that read the topics drop what they know.
    """
    if not yes:
        raise typer.BadParameter("figures are incomplete meanwhile; say --yes")
    answer(_rebuild(), as_json=as_json)


async def _rebuild() -> Answer:
    async with as_operator() as connection:
        async with connection.transaction():
            await connection.execute(FORGET)
            await connection.execute(FORGET_NOTICES)
            notices = await connection.fetchval(NOTICES)
            await note(connection, "appraisal rebuilt", "appraisal", {})
        facts = await _send_facts(connection)
    return Answer({"facts": facts, "notices": notices}, [f"{facts} facts and {notices} notices are sent again"])


async def _send_facts(connection: Connection) -> int:
    at, case_id, version, sent = await connection.fetchval(FIRST), NIL, 0, 0
    until = await connection.fetchval("select max(at) from ledger.fact_keys")
    while at is not None:
        rows = await connection.fetch(KEYS, at, case_id, version, until, SENT_AT_ONCE)
        if not rows:
            break
        sent += await connection.fetchval(RESEND, [row["id"] for row in rows], [row["version"] for row in rows])
        at, case_id, version = rows[-1]["at"], rows[-1]["id"], rows[-1]["version"]
        await _room_to_send(connection)
    return sent


async def _room_to_send(connection: Connection) -> None:
    while True:
        if await connection.fetchval(PENDING) <= PENDING_MAX:
            return
        await asyncio.sleep(POLL_SECONDS)

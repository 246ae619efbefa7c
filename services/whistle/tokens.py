"""`whistle token`: gives a person's token once, lists and revokes tokens."""

from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

import typer

from services.identity.persons import give_token
from services.whistle.audit import note
from services.whistle.connecting import as_operator
from services.whistle.exits import RefusedError
from services.whistle.showing import Answer, AsJson, answer, table

app = typer.Typer(help="Staff tokens: shown once, stored as a hash.", no_args_is_help=True)

DAYS_MAX: Final = 366
PERSON: Final = "select name from identity.list_persons() where person_id = $1 limit 1"
GIVE_ROLE: Final = "select identity.give_role($1, $2, $3, $4, date_trunc('day', clock.now()))"
HAS_ROLE: Final = """
    select exists (
        select from identity.list_persons()
        where person_id = $1 and unit = $2 and role = $3 and lane = $4
            and valid_from <= (select clock.now()) and valid_to > (select clock.now()))
"""
ADD_PERSON: Final = "select identity.add_person($1, $2)"
TOKENS: Final = """
    select prefix, person_id, issued_at, expires_at, revoked_at from identity.list_tokens()
    where $1 or (revoked_at is null and expires_at > clock_timestamp())
"""
REVOKE: Final = "select identity.revoke_token($1)"


@app.command()
def issue(  # noqa: PLR0913 -- one option per fact about the person
    *,
    person: Annotated[UUID, typer.Option(help="The person's permanent id.")],
    role: Annotated[
        str | None, typer.Option(help="Give the person this role, from today on, if it has not got it.")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="The unit the role belongs to.")] = None,
    lane: Annotated[str, typer.Option(help="Sensitive lane that the role may see.")] = "ordinary",
    name: Annotated[str | None, typer.Option(help="Add the person under this name.")] = None,
    days: Annotated[int, typer.Option(min=1, max=DAYS_MAX, help="Days until the token expires.")] = 90,
    as_json: AsJson = False,
) -> None:
    """Print a new token, this once. What it may do follows from the person's roles at the time of each request."""
    if (role is None) != (unit is None):
        raise typer.BadParameter("--role and --unit belong together")
    given = (unit, role, lane) if unit and role else None
    answer(_issue(person, name, given, timedelta(days=days)), as_json=as_json)


@app.command("ls")
def list_tokens(
    *,
    every: Annotated[bool, typer.Option("--all", help="Expired and revoked ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List tokens by their prefix; the tokens themselves are nowhere."""
    answer(_list(every=every), as_json=as_json)


@app.command()
def revoke(prefix: str, *, as_json: AsJson = False) -> None:
    """Revoke the token with this prefix; it is refused from its next request on."""
    answer(_revoke(prefix), as_json=as_json)


async def _issue(person: UUID, name: str | None, role: tuple[str, str, str] | None, valid_for: timedelta) -> Answer:
    async with as_operator() as connection, connection.transaction():
        if name:
            await connection.execute(ADD_PERSON, person, name)
        elif await connection.fetchval(PERSON, person) is None:
            raise RefusedError(f"{person} is nobody we know; load persons.csv, or give --name")
        if role and not await connection.fetchval(HAS_ROLE, person, *role):
            await connection.execute(GIVE_ROLE, person, *role)
        token = await give_token(connection, person, valid_for)
        await note(connection, "token issued", token.prefix, {"person": str(person), "days": valid_for.days})
    told = {"token": token.secret, "prefix": token.prefix, "person": person, "days": valid_for.days}
    return Answer(told, [token.secret])


async def _list(*, every: bool) -> Answer:
    async with as_operator() as connection:
        rows = await connection.fetch(TOKENS, every)
    columns = ("prefix", "person_id", "issued_at", "expires_at", "revoked_at")
    return Answer([dict(row) for row in rows], [table(columns, rows)])


async def _revoke(prefix: str) -> Answer:
    async with as_operator() as connection, connection.transaction():
        if not await connection.fetchval(REVOKE, _prefix_in(prefix)):
            raise RefusedError(f"no token {prefix} that could still be used")
        await note(connection, "token revoked", _prefix_in(prefix), {})
    return Answer({"revoked": _prefix_in(prefix)}, ["revoked"])


def _prefix_in(text: str) -> str:
    # People paste what they have; a whole token must not travel further than here.
    return text.split("_")[1] if text.startswith("wst_") and text.count("_") == 2 else text

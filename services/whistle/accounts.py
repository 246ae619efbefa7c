"""`whistle account`: opens, resets, disables accounts; moves people between units; hands over when somebody leaves."""

from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

import typer

from services.identity.passwords import hash_password, new_password
from services.whistle.audit import note
from services.whistle.connecting import Connection, as_operator
from services.whistle.exits import RefusedError
from services.whistle.showing import Answer, AsJson, answer, table

app = typer.Typer(help="Accounts of staff: passwords are shown once, stored as a hash.", no_args_is_help=True)

Login = Annotated[str, typer.Argument(help="The login, e.g. clerk.drainage.")]
Person = Annotated[UUID, typer.Option(help="The person's permanent id.")]

PERSON: Final = "select name from identity.list_persons() where person_id = $1 limit 1"
NOW: Final = "select clock.now()"
OPEN: Final = "select identity.open_account($1, $2, $3, $4)"
RESET: Final = "select identity.reset_account($1, $2)"
DISABLE: Final = "select identity.disable_account($1)"
ENABLE: Final = "select identity.enable_account($1)"
SHUT_OUT: Final = "select identity.shut_out($1)"
LIST: Final = "select login, person_id, name, must_change, disabled_at, sessions from identity.list_accounts()"
END_ROLE: Final = "select identity.end_role($1, $2, $3, $4)"
GIVE_ROLE: Final = "select identity.give_role($1, $2, $3, $4, $5)"
ROLES: Final = """
    select unit, role, lane from identity.list_persons()
    where person_id = $1 and valid_from <= $2 and valid_to > $2
"""
ACCOUNT: Final = "select login from identity.list_accounts() where person_id = $1 and disabled_at is null"
HAND_OVER: Final = "select ledger.hand_over_work($1, $2, $3)"


@app.command("open")
def open_account(person: Person, login: Annotated[str, typer.Option()], *, as_json: AsJson = False) -> None:
    """Open an account, or open it again; prints a password, this once, that must be changed at the first log-in."""
    answer(_open(person, login), as_json=as_json)


@app.command("ls")
def list_accounts(*, as_json: AsJson = False) -> None:
    """List accounts, and how many sessions each has now."""
    answer(_list(), as_json=as_json)


@app.command()
def reset(login: Login, *, as_json: AsJson = False) -> None:
    """Print a new password, this once; the old one and every session end at once."""
    answer(_reset(login), as_json=as_json)


@app.command()
def disable(login: Login, *, as_json: AsJson = False) -> None:
    """Let nobody in by this login; sessions and tokens of its person end at once."""
    answer(_switch(DISABLE, "account disabled", login), as_json=as_json)


@app.command()
def enable(login: Login, *, as_json: AsJson = False) -> None:
    """Let a disabled account's person in again, with the same password."""
    answer(_switch(ENABLE, "account enabled", login), as_json=as_json)


@app.command()
def move(
    person: Person,
    role: Annotated[str, typer.Option(help="The role that goes along.")],
    from_unit: Annotated[str, typer.Option(help="The unit it ends in, now.")],
    to_unit: Annotated[str, typer.Option(help="The unit it begins in, now.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Move a person to another unit: effective with the next request of theirs."""
    answer(_move(person, role, from_unit, to_unit), as_json=as_json)


@app.command()
def leave(
    person: Person,
    successor: Annotated[UUID, typer.Option(help="The colleague who takes over what the person has.")],
    *,
    as_json: AsJson = False,
) -> None:
    """End all roles of a person who leaves, shut them out, and hand their cases to a colleague of the same unit."""
    answer(_leave(person, successor), as_json=as_json)


async def _open(person: UUID, login: str) -> Answer:
    password = new_password()
    async with as_operator() as connection, connection.transaction():
        await _require_person(connection, person)
        await connection.execute(OPEN, person, login.lower(), hash_password(password), True)
        await note(connection, "account opened", login, {"person": str(person)})
    told = {"login": login.lower(), "password": password, "person": person}
    return Answer(told, [f"{login.lower()}  {password}"])


async def _list() -> Answer:
    async with as_operator() as connection:
        rows = await connection.fetch(LIST)
    columns = ("login", "person_id", "name", "must_change", "disabled_at", "sessions")
    return Answer([dict(row) for row in rows], [table(columns, rows)])


async def _reset(login: str) -> Answer:
    password = new_password()
    async with as_operator() as connection, connection.transaction():
        if not await connection.fetchval(RESET, login, hash_password(password)):
            raise RefusedError(f"there is no account {login}")
        await note(connection, "account reset", login, {})
    return Answer({"login": login, "password": password}, [f"{login}  {password}"])


async def _switch(statement: str, act: str, login: str) -> Answer:
    async with as_operator() as connection, connection.transaction():
        if not await connection.fetchval(statement, login):
            raise RefusedError(f"nothing changed: no account {login}, or it is so already")
        await note(connection, act, login, {})
    return Answer({"login": login, "done": act}, [act])


async def _move(person: UUID, role: str, from_unit: str, to_unit: str) -> Answer:
    async with as_operator() as connection, connection.transaction():
        now = await connection.fetchval(NOW)
        held = [
            row for row in await connection.fetch(ROLES, person, now) if (row["unit"], row["role"]) == (from_unit, role)
        ]
        if not held:
            raise RefusedError(f"{person} has no role {role} in {from_unit} now")
        await connection.execute(END_ROLE, person, from_unit, role, now)
        for row in held:
            await connection.execute(GIVE_ROLE, person, to_unit, role, row["lane"], now)
        await note(connection, "person moved", str(person), {"role": role, "from": from_unit, "to": to_unit})
    return Answer({"person": person, "unit": to_unit, "role": role}, [f"{role} in {to_unit} from now on"])


async def _leave(person: UUID, successor: UUID) -> Answer:
    async with as_operator() as connection, connection.transaction():
        now = await connection.fetchval(NOW)
        ended = await connection.fetch(ROLES, person, now)
        theirs = {row["unit"] for row in await connection.fetch(ROLES, successor, now)}
        left_over = sorted({row["unit"] for row in ended} - theirs)
        if person == successor or left_over:
            raise RefusedError(f"the successor does not work in {', '.join(left_over) or 'another person’s place'}")
        moved = sum([await connection.fetchval(HAND_OVER, person, successor, row["unit"]) for row in ended])
        for row in ended:
            # A moment back, so that a role that began at this very instant has ended too.
            await connection.execute(END_ROLE, person, row["unit"], row["role"], now - timedelta(microseconds=1))
        for row in await connection.fetch(ACCOUNT, person):
            await connection.fetchval(DISABLE, row["login"])
        await connection.fetchval(SHUT_OUT, person)
        await note(connection, "person left", str(person), {"successor": str(successor), "cases": moved})
    told = {"person": person, "successor": successor, "cases": moved, "roles_ended": len(ended)}
    return Answer(told, [f"{len(ended)} roles ended, {moved} cases handed over"])


async def _require_person(connection: Connection, person: UUID) -> None:
    if await connection.fetchval(PERSON, person) is None:
        raise RefusedError(f"{person} is nobody we know; load persons.csv first")

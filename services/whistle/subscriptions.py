"""`whistle subscribe`: which unit hears of what, at which address."""

from typing import Annotated, Final, cast
from uuid import UUID

import typer

from services.chassis.postgres import Pool
from services.chassis.sealing import keys_in
from services.notify.channels.destinations import RefusedDestinationError
from services.notify.channels.egress import Egress
from services.notify.settings import networks_in
from services.notify.store.subscribing import Subscribing, UnknownEventError
from services.whistle.audit import note
from services.whistle.connecting import as_operator
from services.whistle.exits import RefusedError, UsageError
from services.whistle.settings import CliSettings
from services.whistle.showing import Answer, AsJson, answer, table

app = typer.Typer(help="Webhooks: who is told of what.", no_args_is_help=True)

LIST: Final = """
    select subscription_id, unit, role, events, url, secret_tail, state, waiting, dead, added_at, ended_at
    from notify.list() where $1 or state = 'active'
"""
COLUMNS: Final = ("subscription_id", "unit", "role", "events", "url", "secret_tail", "state", "waiting", "dead")
DISABLE: Final = "select notify.disable($1)"
RETRY: Final = "select notify.retry_dead($1)"


@app.command()
def add(
    *,
    unit: Annotated[str, typer.Option(help="Id of the unit that hears.")],
    url: Annotated[str, typer.Option(help="Where its messages are posted.")],
    role: Annotated[str, typer.Option(help="One role of the unit; `*` for all that are told.")] = "*",
    event: Annotated[list[str] | None, typer.Option(help="What it hears of, such as `no_show`; all if none.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add a webhook. Its signing secret is shown this once."""
    answer(_add(unit, url, role, event or ["*"]), as_json=as_json)


@app.command("ls")
def list_subscriptions(
    *,
    every: Annotated[bool, typer.Option("--all", help="Disabled ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List subscriptions, with how many messages wait or were given up."""
    answer(_list(every=every), as_json=as_json)


@app.command()
def disable(subscription: UUID, *, as_json: AsJson = False) -> None:
    """End a subscription; what was still to be delivered is given up, visibly."""
    answer(_disable(subscription), as_json=as_json)


@app.command()
def retry(subscription: UUID, *, as_json: AsJson = False) -> None:
    """Try the messages of a subscription again that were given up."""
    answer(_retry(subscription), as_json=as_json)


async def _add(unit: str, url: str, role: str, events: list[str]) -> Answer:
    settings = CliSettings.read()
    if settings.vault_keys is None:
        raise UsageError("WHISTLE_CLI_VAULT_KEYS_FILE is not set; it seals the secret")
    keys = keys_in(settings.vault_keys.get_secret_value().encode())
    async with (
        as_operator() as connection,
        connection.transaction(),
        Egress(networks_in(settings.allowed_networks)) as out,
    ):
        try:
            # One connection answers as a pool does.
            subscribing = Subscribing(cast("Pool", connection), keys, out.check)
            made = await subscribing.subscribe(unit=unit, url=url, role=role, events=events)
        except (RefusedDestinationError, UnknownEventError) as error:
            raise RefusedError(str(error)) from error
        await note(connection, "subscription added", str(made.subscription_id), {"unit": unit, "events": events})
    told = {"subscription_id": made.subscription_id, "secret": made.secret}
    return Answer(told, [f"{made.subscription_id}", made.secret])


async def _list(*, every: bool) -> Answer:
    async with as_operator() as connection:
        rows = await connection.fetch(LIST, every)
    shown = ([row[name] for name in COLUMNS] for row in rows)
    return Answer([dict(row) for row in rows], [table(COLUMNS, shown)] if rows else ["nobody subscribes"])


async def _disable(subscription: UUID) -> Answer:
    async with as_operator() as connection, connection.transaction():
        if not await connection.fetchval(DISABLE, subscription):
            raise RefusedError(f"no active subscription {subscription}")
        await note(connection, "subscription disabled", str(subscription), {})
    return Answer({"disabled": subscription}, ["disabled"])


async def _retry(subscription: UUID) -> Answer:
    async with as_operator() as connection, connection.transaction():
        count = await connection.fetchval(RETRY, subscription)
        await note(connection, "messages retried", str(subscription), {"messages": count})
    return Answer({"retried": count}, [f"{count} messages will be tried again"])

"""`whistle subscription`: which unit hears of what, by which channel and at which address."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, cast
from uuid import UUID

import typer

from services.chassis.postgres import Pool
from services.chassis.sealing import keys_in
from services.notify.channels.destinations import RefusedDestinationError
from services.notify.channels.egress import Egress
from services.notify.domain.targets import CHANNELS, Channel, WrongTargetError
from services.notify.settings import networks_in
from services.notify.store.subscribing import Subscribing, UnknownEventError
from services.whistle.audit import note
from services.whistle.connecting import as_operator
from services.whistle.exits import RefusedError, UsageError
from services.whistle.settings import CliSettings
from services.whistle.showing import Answer, AsJson, answer, table
from services.whistle.trying import replay_of, test_of

app = typer.Typer(help="Who is told of what, by which channel.", no_args_is_help=True)

LIST: Final = """
    select subscription_id, unit, role, events, channel, url, secret_tail, state, waiting, dead, added_at, ended_at
    from notify.list() where $1 or state = 'active'
"""
COLUMNS: Final = (
    "subscription_id",
    "unit",
    "role",
    "events",
    "channel",
    "url",
    "secret_tail",
    "state",
    "waiting",
    "dead",
)
DISABLE: Final = "select notify.disable($1)"
TO: Final = (
    "Where messages go: a webhook's URL, wecom:URL or dingtalk:URL of a group's robot, sms:NUMBER, mail:ADDRESS; "
    "@FILE reads it from a file."
)
RETRY: Final = "select notify.retry_dead($1)"


@app.command()
def add(
    *,
    unit: Annotated[str, typer.Option(help="Id of the unit that hears.")],
    to: Annotated[str, typer.Option("--to", "--url", help=TO)],
    role: Annotated[str, typer.Option(help="One role of the unit; `*` for all that are told.")] = "*",
    event: Annotated[list[str] | None, typer.Option(help="What it hears of, such as `no_show`; all if none.")] = None,
    secret: Annotated[str | None, typer.Option(help="What signs for a DingTalk robot; @FILE reads it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Add a subscription. A webhook's signing secret is shown this once."""
    answer(_add(Wanted(unit, to, role, event or ["*"], secret)), as_json=as_json)


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


@app.command("test")
def send_test(
    subscription: UUID,
    *,
    wait: Annotated[float, typer.Option(min=0, max=600, help="Seconds to wait for the outcome.")] = 30.0,
    as_json: AsJson = False,
) -> None:
    """Send a test message and say how it went."""
    answer(test_of(subscription, wait), as_json=as_json)


@app.command()
def replay(
    subscription: UUID,
    *,
    since: Annotated[datetime, typer.Option(help="From when, local time.")],
    until: Annotated[datetime | None, typer.Option(help="Until when, local time; now if not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Send again what was delivered in a stretch of time, under the same ids; at most 10,000 messages."""
    answer(replay_of(subscription, since, until), as_json=as_json)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A subscription as it was asked for."""

    unit: str
    to: str
    role: str
    events: list[str]
    secret: str | None


async def _add(wanted: Wanted) -> Answer:
    settings = CliSettings.read()
    if settings.vault_keys is None:
        raise UsageError("WHISTLE_CLI_VAULT_KEYS_FILE is not set; it seals addresses and secrets")
    channel, to = channel_of(_read(wanted.to))
    keys = keys_in(settings.vault_keys.get_secret_value().encode())
    async with (
        as_operator() as connection,
        connection.transaction(),
        Egress(networks_in(settings.allowed_networks)) as out,
    ):
        try:
            # One connection answers as a pool does.
            made = await Subscribing(cast("Pool", connection), keys, out.check).subscribe(
                unit=wanted.unit,
                to=to,
                channel=channel,
                role=wanted.role,
                events=wanted.events,
                secret=None if wanted.secret is None else _read(wanted.secret),
            )
        except (RefusedDestinationError, UnknownEventError, WrongTargetError) as error:
            raise RefusedError(str(error)) from error
        what = {"unit": wanted.unit, "channel": channel, "events": wanted.events}
        await note(connection, "subscription added", str(made.subscription_id), what)
    told = {"subscription_id": made.subscription_id, "secret": made.secret}
    return Answer(told, [f"{made.subscription_id}", *([made.secret] if made.secret else [])])


def channel_of(to: str) -> tuple[Channel, str]:
    """Return the channel that an address names before its first colon, and the rest; a URL alone is a webhook."""
    name, _, rest = to.partition(":")
    for channel in CHANNELS:
        if name == channel and rest:
            return channel, rest
    return "webhook", to


def _read(text: str) -> str:
    """Return what was written, or what stands in the file named: keys and numbers stay out of the shell's history."""
    if not text.startswith("@"):
        return text
    try:
        return Path(text[1:]).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"cannot read {text[1:]}") from None


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

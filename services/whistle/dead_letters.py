"""`whistle dlq`: messages that never took effect: list them, look at one, send them to their topic again."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Final

import typer

from services.chassis.delivery.producer import Outgoing, Producer
from services.chassis.settings import KafkaSettings
from services.whistle.audit import note
from services.whistle.connecting import Connection, as_operator
from services.whistle.exits import RefusedError, UsageError
from services.whistle.settings import CliSettings
from services.whistle.showing import Answer, AsJson, answer, table

app = typer.Typer(help="Dead letters: messages put aside with a reason.", no_args_is_help=True)

SHOWN_MAX: Final = 1_000
BATCH_MAX: Final = 100
COLUMNS: Final = ("id", "first_at", "consumer", "topic", "partition", "kafka_offset", "event_id", "state", "reason")
LIST: Final = f"""
    select {", ".join(COLUMNS)} from delivery.dead_letters
    where ($1 or state = 'open') and ($2::text is null or consumer = $2) and ($3::text is null or topic = $3)
    order by id desc limit $4
"""
SHOW: Final = f"select {', '.join(COLUMNS)}, headers::text, key, value from delivery.dead_letters where id = $1"
TAKE: Final = """
    select id, topic, headers::text, key, value from delivery.dead_letters
    where ($1::bigint[] is null and state = 'open' or id = any ($1)) and ($2::text is null or topic = $2)
        and id > $3
    order by id limit $4
"""
MARK: Final = "update delivery.dead_letters set state = $2 where id = any ($1) returning id"

Topic = Annotated[str | None, typer.Option(help="Only of this topic.")]


@app.command("ls")
def list_letters(
    *,
    every: Annotated[bool, typer.Option("--all", help="Replayed and discarded ones too.")] = False,
    consumer: Annotated[str | None, typer.Option(help="Only of this consumer, by its database role.")] = None,
    topic: Topic = None,
    limit: Annotated[int, typer.Option(min=1, max=SHOWN_MAX)] = 100,
    as_json: AsJson = False,
) -> None:
    """List dead letters, the newest first."""
    answer(_list(every, consumer, topic, limit), as_json=as_json)


@app.command()
def show(letter: Annotated[int, typer.Argument(metavar="ID")], *, as_json: AsJson = False) -> None:
    """Show one dead letter whole: reason, headers, key and bytes. Looking is written down."""
    answer(_show(letter), as_json=as_json)


@app.command()
def replay(
    letters: Annotated[list[int] | None, typer.Argument(metavar="[ID]...")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="All that are open.")] = False,
    topic: Topic = None,
    as_json: AsJson = False,
) -> None:
    """Send dead letters to their topic again, as they were. Repeating is safe: readers drop what they know."""
    if bool(letters) == every:
        raise typer.BadParameter("name dead letters, or say --all")
    answer(_replay(letters, topic), as_json=as_json)


@app.command()
def discard(
    letters: Annotated[list[int], typer.Argument(metavar="ID...")],
    *,
    reason: Annotated[str, typer.Option(help="Why they will never be sent again.")],
    as_json: AsJson = False,
) -> None:
    """Say that dead letters need nothing more; the rows stay."""
    answer(_discard(letters, reason), as_json=as_json)


async def _list(every: bool, consumer: str | None, topic: str | None, limit: int) -> Answer:  # noqa: FBT001 -- as asked
    async with as_operator() as connection:
        rows = await connection.fetch(LIST, every, consumer, topic, limit)
    return Answer([dict(row) for row in rows], [table(COLUMNS, rows)] if rows else ["no dead letters"])


async def _show(letter: int) -> Answer:
    async with as_operator() as connection, connection.transaction():
        row = await connection.fetchrow(SHOW, letter)
        if row is None:
            raise RefusedError(f"no dead letter {letter}")
        await note(connection, "dead letter shown", str(letter), {})
    told = {**dict(row), "headers": json.loads(row["headers"]), "key": _text(row["key"]), "value": _text(row["value"])}
    return Answer(told, [f"{name}: {value}" for name, value in told.items()])


async def _replay(letters: Sequence[int] | None, topic: str | None) -> Answer:
    settings = CliSettings.read()
    producer = Producer(KafkaSettings(brokers=settings.brokers, service="whistle"))
    sent: list[int] = []
    try:
        async with as_operator() as connection:
            while rows := await connection.fetch(TAKE, letters, topic, max(sent, default=0), BATCH_MAX):
                await _send(connection, producer, rows)
                sent += [row["id"] for row in rows]
    finally:
        await producer.close()
    missing = sorted(set(letters or ()) - set(sent))
    if missing:
        raise RefusedError(f"sent {len(sent)}; no dead letter {', '.join(map(str, missing))}")
    return Answer({"replayed": sent}, [f"{len(sent)} sent again"])


async def _send(connection: Connection, producer: Producer, rows: Sequence[Any]) -> None:
    # Sent first: a crash between the two sends twice, which the natural keys of every reader make harmless.
    unsendable = [str(row["id"]) for row in rows if row["value"] is None]
    if unsendable:
        raise UsageError(f"without bytes, nothing to send: {', '.join(unsendable)}; see `whistle dlq discard`")
    await producer.send_all([_record(row) for row in rows])
    numbers = [row["id"] for row in rows]
    async with connection.transaction():
        await connection.execute(MARK, numbers, "replayed")
        await note(connection, "dead letters replayed", f"{len(numbers)}", {"ids": numbers})


async def _discard(letters: Sequence[int], reason: str) -> Answer:
    async with as_operator() as connection, connection.transaction():
        done = [row["id"] for row in await connection.fetch(MARK, list(letters), "discarded")]
        if missing := sorted(set(letters) - set(done)):
            raise RefusedError(f"no dead letter {', '.join(map(str, missing))}")
        await note(connection, "dead letters discarded", f"{len(done)}", {"ids": done, "reason": reason})
    return Answer({"discarded": done}, [f"{len(done)} discarded"])


def _record(row: Any) -> Outgoing:
    headers = [(name, value.encode()) for name, value in json.loads(row["headers"])]
    return Outgoing(row["id"], row["topic"], row["key"] or b"", row["value"], headers)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "backslashreplace")

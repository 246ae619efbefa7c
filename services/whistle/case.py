"""`whistle case trace`: a case's way, hop by hop, why this department, how the deadlines came, who was told."""

from typing import Annotated

import typer
from aiokafka.errors import KafkaError

from services.chassis.clock import clock_is_real
from services.whistle.connecting import as_operator
from services.whistle.settings import CliSettings
from services.whistle.showing import Answer, AsJson, answer, busy
from services.whistle.trace.hops import hops_of
from services.whistle.trace.passing import Passages, passages_of
from services.whistle.trace.reading import CaseRecord, case_id_of, read_case
from services.whistle.trace.writing import Traced, lines_of, told_of

app = typer.Typer(help="One case.", no_args_is_help=True)


@app.callback()
def _case() -> None: ...


@app.command()
def trace(
    case: Annotated[str, typer.Argument(metavar="ID|NUMBER", help="The case's id, or the number the resident has.")],
    *,
    topics: Annotated[bool, typer.Option(help="Look for its records in Kafka, too.")] = True,
    seconds_max: Annotated[float, typer.Option(min=0.1, max=600, help="Stop looking in Kafka after so long.")] = 15.0,
    as_json: AsJson = False,
) -> None:
    """Tell a case's whole way: every hop with its time, the reasons, the deadlines, the messages."""
    answer(_trace(case, seconds_max if topics else 0.0), as_json=as_json)


async def _trace(asked: str, seconds_max: float) -> Answer:
    settings = CliSettings.read()
    async with as_operator() as connection:
        record = await read_case(connection, await case_id_of(connection, asked))
        is_real = await clock_is_real(connection)
    with busy("reading topics"):
        passages = await _passages(settings, record, seconds_max, is_real=is_real)
    traced = Traced(record, hops_of(record, passages), passages)
    return Answer(told_of(traced), list(lines_of(traced)))


async def _passages(settings: CliSettings, record: CaseRecord, seconds_max: float, *, is_real: bool) -> Passages:
    if not seconds_max or not settings.kafka_brokers:
        return Passages(complete=False, trouble="not asked")
    try:
        # On a stepped clock the instants of the tables say nothing about when a record was written.
        since = record.accepted_at if is_real else None
        return await passages_of(settings.kafka_brokers, record.case_id, since, seconds_max)
    except (KafkaError, OSError) as error:
        return Passages(complete=False, trouble=f"Kafka does not answer: {error}")

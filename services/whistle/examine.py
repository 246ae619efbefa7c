"""`whistle doctor`: every check, and a remedy for each that fails."""

from collections.abc import Awaitable, Sequence
from dataclasses import asdict

from aiokafka.errors import KafkaError

from services.whistle.connecting import postgres
from services.whistle.doctor import database, kafka, machine, services
from services.whistle.doctor.finding import Finding
from services.whistle.exits import UnreachableError, reason_of
from services.whistle.settings import CliSettings
from services.whistle.showing import Answer, AsJson, answer, busy, table


def doctor(*, as_json: AsJson = False) -> None:
    """Name every failed check with its remedy; status 1 when there is one. Changes nothing."""
    answer(_doctor(), as_json=as_json)


async def _doctor() -> Answer:
    settings = CliSettings.read()
    with busy("looking"):
        findings = [await machine.python(), await machine.java(), await machine.postgres_tools()]
        findings += await _database(settings)
        findings += await _kafka(settings)
        findings += await services.look(settings.services_host)
    failed = [finding for finding in findings if finding.state == "failed"]
    rows = ((each.state, each.check, each.detail, each.remedy) for each in findings)
    verdict = f"{len(failed)} of {len(findings)} checks failed" if failed else "all is well"
    told = {"failed": len(failed), "findings": [asdict(each) for each in findings]}
    return Answer(told, [table(("", "check", "found", "remedy"), rows), verdict], failed=bool(failed))


async def _database(settings: CliSettings) -> Sequence[Finding]:
    if settings.postgres_dsn is None:
        return [Finding.failed("postgres", "WHISTLE_CLI_POSTGRES_DSN is not set", "set it, as role operator")]
    try:
        async with postgres(settings.operator) as connection:
            return await database.look(connection, settings)
    except UnreachableError as error:
        return [Finding.failed("postgres", str(error), "start PostgreSQL, or correct WHISTLE_CLI_POSTGRES_DSN")]


async def _kafka(settings: CliSettings) -> Sequence[Finding]:
    if settings.kafka_brokers is None:
        return [Finding.failed("kafka", "WHISTLE_CLI_KAFKA_BROKERS is not set", "set it: host:port")]
    looking: Awaitable[Sequence[Finding]] = kafka.look(settings.kafka_brokers)
    try:
        return await looking
    except (KafkaError, OSError, TimeoutError) as error:
        remedy = "start Kafka, or correct WHISTLE_CLI_KAFKA_BROKERS; reports are still accepted meanwhile"
        return [Finding.failed("kafka", f"does not answer: {reason_of(error)}", remedy)]

"""One case of the sample district, brought as far as a test needs it, by the product's own parts."""

from uuid import UUID

import asyncpg

from services.chassis.delivery.producer import Outgoing, Producer
from services.chassis.settings import KafkaSettings
from services.contracts.codec import encode, event_id_of, headers_of, key_of
from services.contracts.events import Event, ReportFacts, ReportReceived
from services.ledger.store.cities import Cities
from services.ledger.store.opening import Openings
from services.reference.deciding.decide import decide
from services.reference.versions.cache import reference_cache
from tests.builders import a_report
from tests.environment.database import Database

REPORTED = """
    insert into intake.reports (report_id, serial, epoch, accepted_at, key_id, lane, body)
    values ($1, $2, 1, $3, 'k1', 'ordinary', $4)
"""


async def accept(database: Database, name: str = "case") -> ReportFacts:
    """Write the report as intake would."""
    report = a_report(name)
    connection = await asyncpg.connect(database.dsn("migrator"))
    serial = await connection.fetchval("select nextval('intake.serials')")
    await connection.execute(REPORTED, report.report_id, serial, report.accepted_at, encode(received(report)))
    await connection.close()
    return report


def received(report: ReportFacts) -> ReportReceived:
    return ReportReceived(event_id=event_id_of(1, report.report_id, "received"), report=report)


async def dispatch(database: Database, brokers: str | None = None, name: str = "case") -> UUID:
    """Accept, publish, decide and open; return the case's id."""
    report = await accept(database, name)
    async with (
        asyncpg.create_pool(database.dsn("ledger_writer"), min_size=1, max_size=4) as pool,
        reference_cache(pool) as reference,
    ):
        decision = decide(report, await reference.version(1), 1)
        async with Openings(pool, Cities(reference)).gate() as gate:
            await gate.open_once([decision])
    if brokers:
        await publish(brokers, received(report), decision)
    return report.case_id


async def publish(brokers: str, *events: Event) -> None:
    """Send events as the relays do."""
    producer = Producer(KafkaSettings(brokers=brokers, service="test"))
    for event in events:
        await producer.send_all([Outgoing(0, event.TYPE, key_of(event.key), encode(event), headers_of(event))])
    await producer.close()

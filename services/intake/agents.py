"""intake's pending rows as records: the event's bytes from the row that states it, with its CloudEvents headers."""

from typing import Any, Final

from services.chassis.delivery.pending import PostgresSource
from services.chassis.delivery.producer import Outgoing, Producer
from services.chassis.delivery.relay import Relay, RelayMetrics
from services.chassis.delivery.watchdog import Pulse, Watchdog
from services.chassis.shell import Shell
from services.contracts.codec import headers_for, key_of
from services.contracts.events import Event, ReportFollowedUp, ReportReceived
from services.intake.settings import IntakeRelaySettings

EVENTS: Final[dict[str, type[Event]]] = {event.TYPE: event for event in (ReportReceived, ReportFollowedUp)}

# Each body by its primary key: `limit 1` keeps the planner from joining whole tables while it has no statistics.
READ: Final = """
    with waiting as (
        select seq, topic, id from intake.pending where seq <> all($2::bigint[]) order by seq limit $1
    )
    select w.seq, w.topic, w.id, r.report_id as case_id, r.accepted_at as at, r.body
    from waiting w cross join lateral (
        select report_id, accepted_at, body from intake.reports where report_id = w.id limit 1
    ) r
    where w.topic = 'report.received.v1'
    union all
    select w.seq, w.topic, w.id, f.report_id, f.at, f.body
    from waiting w cross join lateral (
        select report_id, at, body from intake.followups where followup_id = w.id limit 1
    ) f
    where w.topic = 'report.followed_up.v1'
    order by seq
"""
FORGET: Final = "delete from intake.pending where seq = any($1::bigint[])"


def outgoing(row: Any) -> Outgoing:
    """Return the record of a pending row."""
    headers = headers_for(EVENTS[row["topic"]], row["id"], row["at"].isoformat())
    return Outgoing(row["seq"], row["topic"], key_of(row["case_id"]), row["body"], headers)


async def run_relay(settings: IntakeRelaySettings, shell: Shell) -> None:
    """Relay until the process is asked to stop."""
    source = PostgresSource(settings.postgres, read_sql=READ, forget_sql=FORGET, lock="intake.pending", row=outgoing)
    producer = Producer(settings.kafka)
    metrics = RelayMetrics.create(shell.registry, "intake")
    pulse = Pulse()
    relay = Relay(source, producer, shell.outages, metrics, pulse)
    watchdog = Watchdog(shell.health, shell.progress, shell.outages, rounds={"relay": pulse}, end=shell.die)
    shell.start("relay", relay.run(), stop=relay.stop)
    watchdog.start()
    try:
        await shell.serve()
    finally:
        watchdog.stop()
        await producer.close()
        await source.close()

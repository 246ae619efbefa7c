"""The Faust app as this house uses it: a pump with static membership; what could lose or hide work is off."""

import tempfile
from typing import Any, Final

import faust
import faust.streams

from services.chassis.delivery.faust_lean import RawSchema
from services.chassis.settings import KafkaSettings

COMMIT_SECONDS: Final = 1.0


class NotCrashOnlyError(RuntimeError):
    """Something is switched on that could acknowledge, store or serve behind our back."""


class CrashOnlyStream(faust.Stream):  # type: ignore[misc]  # Faust is followed without its types
    """A stream that can be sealed: from then on nothing it still holds is acknowledged, whatever ends it.

    `take_events` restores `enable_acks` when it is closed, while its background task still drains: in Faust 0.15.3 one
    message is then acknowledged that nobody has seen.
    """

    _sealed = False
    _acks = True

    @property
    def enable_acks(self) -> bool:
        return self._acks and not self._sealed

    @enable_acks.setter
    def enable_acks(self, value: bool) -> None:
        self._acks = value

    def seal(self) -> None:
        self._sealed = True

    async def ack(self, event: Any) -> bool:
        return False if self._sealed else bool(await super().ack(event))


def worker_app(name: str, settings: KafkaSettings) -> Any:
    """Return the app of service `name`; nothing is dialled before it is started."""
    servers = ";".join(f"kafka://{server}" for server in settings.brokers.split(","))
    return faust.App(
        name,
        broker=servers,
        broker_client_id=settings.instance_id,
        consumer_group_instance_id=settings.instance_id,
        Stream=CrashOnlyStream,
        store="memory://",
        datadir=tempfile.mkdtemp(prefix=f"{name}-"),
        processing_guarantee="at_least_once",
        stream_wait_empty=False,
        stream_publish_on_commit=False,
        stream_buffer_maxsize=512,
        producer_threaded=False,
        producer_acks=-1,
        producer_request_timeout=15.0,
        broker_commit_interval=COMMIT_SECONDS,
        broker_commit_every=5_000,
        broker_request_timeout=20.0,
        broker_session_timeout=15.0,
        broker_heartbeat_interval=3.0,
        broker_rebalance_timeout=30.0,
        # The watchdog ends a worker that is stuck; the group must not (a waiting worker is no dead one).
        broker_max_poll_interval=86_400.0,
        broker_max_poll_records=500,
        consumer_auto_offset_reset="earliest",
        consumer_metadata_max_age_ms=10_000,
        key_serializer="raw",
        value_serializer="raw",
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        web_enabled=False,
        worker_redirect_stdouts=False,
        autodiscover=False,
    )


def raw_topic(app: Any, name: str) -> Any:
    """Return the topic as bytes."""
    schema = RawSchema(key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
    return app.topic(name, schema=schema)


def assert_nothing_else_is_on(app: Any) -> None:
    """Refuse an app with anything of Faust's that design §5 forbids.

    Raises:
        NotCrashOnlyError: naming it.
    """
    conf = app.conf
    wrong = {
        "the compiled stream iterator is missing": faust.streams._CStreamIterator is None,  # noqa: SLF001 -- no other sign
        "tables": bool(app.tables),
        "exactly_once": str(conf.processing_guarantee.value) != "at_least_once",
        "web server": conf.web_enabled,
        "leader topic": not conf.topic_disable_leader,
        "topic declaration": conf.topic_allow_declare,
        "threaded producer": conf.producer_threaded,
        "publish on commit": conf.stream_publish_on_commit,
        "a stream that cannot be sealed": conf.Stream is not CrashOnlyStream,
        "no static membership": not conf.consumer_group_instance_id,
        "agents at work side by side": any(agent.concurrency != 1 for agent in app.agents.values()),
        "timers or tasks": bool(app._app_tasks),  # noqa: SLF001 -- no other sign
    }
    found = [what for what, is_so in wrong.items() if is_so]
    if found:
        raise NotCrashOnlyError(f"Faust: {', '.join(found)}")

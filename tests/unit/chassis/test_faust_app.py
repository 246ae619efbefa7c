"""What Faust must not do is off, and an app that does it is refused."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from services.chassis.delivery.faust_app import NotCrashOnlyError, assert_nothing_else_is_on, raw_topic, worker_app
from services.chassis.settings import KafkaSettings

SETTINGS = KafkaSettings(brokers="never-dialled:9092,nor-this:9092", service="probe", instance="a")


@pytest.fixture
def app() -> Iterator[Any]:
    app = worker_app("probe", SETTINGS)

    @app.agent(raw_topic(app, "said"), name="probe.note")  # type: ignore[untyped-decorator]  # Faust has no types here
    async def note(stream: Any) -> None:
        async for _ in stream:
            pass

    yield app
    shutil.rmtree(str(app.conf.datadir), ignore_errors=True)


def test_what_faust_must_not_do_is_off(app: Any) -> None:
    assert_nothing_else_is_on(app)

    conf = app.conf
    assert conf.consumer_group_instance_id == "probe-a"
    assert not conf.web_enabled
    assert not conf.topic_allow_declare
    assert conf.topic_disable_leader
    assert conf.producer_request_timeout == 15.0
    assert conf.broker_max_poll_interval == 86_400.0


def test_topics_are_read_as_bytes_because_faust_acknowledges_what_it_cannot_decode(app: Any) -> None:
    topic = raw_topic(app, "heard")

    assert topic.value_type is bytes
    assert topic.value_serializer == "raw"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("web_enabled", True),
        ("topic_allow_declare", True),
        ("topic_disable_leader", False),
        ("producer_threaded", True),
        ("stream_publish_on_commit", True),
        ("processing_guarantee", "exactly_once"),
        ("consumer_group_instance_id", ""),
        ("Stream", "faust:Stream"),
    ],
)
def test_an_app_that_could_lose_or_hide_work_is_refused(app: Any, setting: str, value: object) -> None:
    setattr(app.conf, setting, value)

    with pytest.raises(NotCrashOnlyError):
        assert_nothing_else_is_on(app)


def test_a_table_is_refused(app: Any) -> None:
    app.Table("counts", default=int)

    with pytest.raises(NotCrashOnlyError, match="tables"):
        assert_nothing_else_is_on(app)


def test_agents_side_by_side_are_refused(app: Any) -> None:
    @app.agent(raw_topic(app, "heard"), concurrency=2)  # type: ignore[untyped-decorator]  # Faust has no types here
    async def twice(stream: Any) -> None:
        async for _ in stream:
            pass

    with pytest.raises(NotCrashOnlyError, match="side by side"):
        assert_nothing_else_is_on(app)


def test_a_timer_is_refused_because_its_failure_ends_the_worker_and_its_hanging_is_silent(app: Any) -> None:
    @app.timer(1.0)  # type: ignore[untyped-decorator]  # Faust has no types here
    async def tick() -> None: ...

    with pytest.raises(NotCrashOnlyError, match="timers"):
        assert_nothing_else_is_on(app)


async def test_a_sealed_stream_acknowledges_nothing_any_more(app: Any) -> None:
    stream = app.stream(raw_topic(app, "said"))
    stream.enable_acks = False

    stream.seal()
    stream.enable_acks = True  # what take_events does when it is closed

    assert not stream.enable_acks
    assert await stream.ack(object()) is False

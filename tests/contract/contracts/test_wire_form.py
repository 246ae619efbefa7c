"""The wire stays readable: recorded messages, released schemas, CloudEvents as others understand them."""

import json
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka_event
from cloudevents.core.formats.json import JSONFormat

from deploy.documents.flow import flow_page
from deploy.documents.life import life_page
from deploy.documents.schemas import breaks, schema_files, schema_of
from services.appraisal.domain import glance as appraisal
from services.contracts.codec import CannotDecodeError, decode, encode, headers_of, key_of
from services.contracts.events import CaseDispatched, CaseProgressed, Event
from services.contracts.flow import FLOW, RECORD_BYTES_MAX, Hop
from services.notify.domain import glance as notify
from tests.builders import a_dispatched_case

ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "tests" / "contract" / "examples"

every_hop = pytest.mark.parametrize("hop", FLOW, ids=lambda hop: hop.topic)


@every_hop
def test_every_recorded_message_is_still_readable(hop: Hop) -> None:
    recorded = sorted((EXAMPLES / hop.topic).glob("*.json"))
    assert recorded, f"{hop.topic} has no recorded message"

    for path in recorded:
        event = decode(path.read_bytes(), hop.carries)
        assert decode(encode(event), hop.carries) == event


@pytest.mark.parametrize("part", [notify.FactGlance, appraisal.FactGlance], ids=["notify", "appraisal"])
def test_whoever_reads_a_part_of_a_fact_reads_every_recorded_one(part: type[Event]) -> None:
    for path in sorted((EXAMPLES / CaseProgressed.TYPE).glob("*.json")):
        assert decode(path.read_bytes(), part).TYPE == CaseProgressed.TYPE


@every_hop
def test_the_committed_schema_is_the_one_of_the_code(hop: Hop) -> None:
    name = f"{hop.topic}.json"
    assert (ROOT / "schemas" / name).read_text(encoding="utf-8") == schema_files()[name], "run `make docs`"


@every_hop
def test_a_released_schema_is_only_added_to(hop: Hop) -> None:
    released = json.loads((ROOT / "schemas" / "released" / f"{hop.topic}.json").read_text(encoding="utf-8"))

    assert breaks(released, schema_of(hop.carries)) == []


def test_a_field_that_goes_or_becomes_required_breaks() -> None:
    def schema(required: list[str], **properties: str) -> dict[str, Any]:
        shapes = {name: {"type": kind} for name, kind in properties.items()}
        return {"$defs": {"Case": {"properties": shapes, "required": required}}}

    released = schema(["lead"], lead="string", item="string")

    assert breaks(released, schema(["lead"], lead="string", item="string", grid="string")) == []
    assert breaks(released, schema(["lead"], lead="string")) == ["Case.item is gone"]
    assert breaks(released, schema(["lead", "item"], lead="string", item="string")) == ["Case.item became required"]
    assert breaks(released, schema(["lead"], lead="integer", item="string")) == ["Case.lead changed its type"]


def test_the_flows_page_is_current() -> None:
    assert (ROOT / "docs" / "flow.md").read_text(encoding="utf-8") == flow_page(), "run `make docs`"


def test_the_page_of_a_cases_life_is_current() -> None:
    assert (ROOT / "docs" / "life-of-a-case.md").read_text(encoding="utf-8") == life_page(), "run `make docs`"


def test_others_read_our_headers_as_cloudevents() -> None:
    decision = a_dispatched_case()
    message = KafkaMessage(headers=dict(headers_of(decision)), key=key_of(decision.key), value=encode(decision))

    read = from_kafka_event(message, JSONFormat())

    assert (read.get_id(), read.get_type(), read.get_source()) == (
        str(decision.event_id),
        "case.dispatched.v1",
        "/whistle/router",
    )
    assert read.get_time() == decision.happened_at


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(None, id="a-tombstone"),
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"event_id":', id="cut-off"),
        pytest.param(b"\x80\x04\x95pickle", id="a-pickle"),
        pytest.param(b'{"__faust":{"ns":"x"}}', id="a-faust-record"),
        pytest.param(b"[" * 100_000, id="too-deep"),
        pytest.param(b'{"event_id":"not-a-uuid"}', id="a-field-of-the-wrong-type"),
    ],
)
def test_bytes_that_are_no_event_are_refused_with_a_reason(value: bytes | None) -> None:
    with pytest.raises(CannotDecodeError):
        decode(value, CaseDispatched)


def test_a_decision_fits_a_record_many_times_over() -> None:
    assert len(encode(a_dispatched_case())) * 100 < RECORD_BYTES_MAX

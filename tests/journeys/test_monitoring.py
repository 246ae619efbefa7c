"""What is watched is there: every metric that a panel or an alert asks for, in a form Prometheus agrees with."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from deploy.embedded.running import System
from tests.journeys.running_city import RunningCity
from tests.monitoring.expressions import expressions, missing
from tests.monitoring.scraping import complaint_about, names_of, scrape
from tests.waiting import eventually
from tests.wire.whistle.command_line import CommandLine

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(300)]

PROCESSES = (
    "intake-api", "intake-relay", "router", "ledger", "desk", "sla", "board", "notify", "appraisal", "reconciler",
)  # fmt: skip


@pytest.fixture(scope="module")
def scrapes(system: System) -> Mapping[str, str]:
    """One scrape of every process."""
    return dict(zip(PROCESSES, scrape(system.url(name) for name in PROCESSES).values(), strict=True))


def test_every_metric_of_dashboard_and_alerts_exists(scrapes: Mapping[str, str]) -> None:
    assert missing(expressions(), names_of(scrapes)) == []


@pytest.mark.parametrize("process", PROCESSES)
def test_promtool_accepts_every_scrape(scrapes: Mapping[str, str], process: str) -> None:
    assert complaint_about(scrapes[process]) == ""


async def test_doctor_finds_every_service_ready(system: System) -> None:
    # Whoever could not think for two seconds is not ready just then.
    states: Mapping[str, Any] = await eventually(partial(once_all_are_ready, system), within_seconds=60)

    for check in ("postgres", "durable commits", "migrations", "kafka", "topics", "reference version", "dead letters"):
        assert states[check]["state"] == "ok", states[check]
    # A stepped clock must never go unnoticed.
    assert states["clock"]["state"] == "failed"


async def once_all_are_ready(system: System) -> Mapping[str, Any]:
    """Return what doctor finds, by the name of the check."""
    ended = await asyncio.to_thread(CommandLine(environment_of(system)).run, "doctor", "--json")
    states = {finding["check"]: finding for finding in ended.told["findings"]}
    assert [states[process] for process in PROCESSES if states[process]["state"] != "ok"] == []
    return states


async def test_a_case_tells_who_decided_and_when(city: RunningCity, system: System) -> None:
    filed = await city.report("路边井盖缺失，行人危险", **city.a_grid("sub-01"))
    whistle = CommandLine(environment_of(system))

    told = await asyncio.to_thread(whistle.told, "case", "trace", filed.receipt.number)

    whats = [hop["what"].split(" ")[0] for hop in told["hops"]]
    assert whats[:5] == ["reported", "accepted", "published", "dispatched", "opened"]
    assert all(hop["at"] for hop in told["hops"])
    assert told["why"][0]["reasons"]
    assert {clock["kind"] for clock in told["deadlines"]} >= {"promise", "sign_in", "handling"}


def environment_of(system: System) -> dict[str, str]:
    """Return the command line's settings for the running system."""
    secrets = system.state.secrets
    ports = {name: value for name, value in system.values.items() if name.endswith("_PORT")}
    return ports | {
        "WHISTLE_CLI_POSTGRES_DSN": f"postgresql://operator@{system.postgres.address}/whistle",
        "WHISTLE_CLI_POSTGRES_PASSWORD_FILE": str(secrets / "operator_password"),
        "WHISTLE_CLI_KAFKA_BROKERS": system.kafka.address,
    }

"""What is watched is there: every metric that a panel or an alert asks for, in a form Prometheus agrees with."""

from collections.abc import Mapping

import pytest

from deploy.embedded.running import System
from tests.monitoring.expressions import expressions, missing
from tests.monitoring.scraping import complaint_about, names_of, scrape

PROCESSES = ("intake-api", "intake-relay", "router", "ledger", "desk", "sla", "board", "notify", "reconciler")


@pytest.fixture(scope="module")
def scrapes(system: System) -> Mapping[str, str]:
    """One scrape of every process."""
    return dict(zip(PROCESSES, scrape(system.url(name) for name in PROCESSES).values(), strict=True))


def test_every_metric_of_dashboard_and_alerts_exists(scrapes: Mapping[str, str]) -> None:
    assert missing(expressions(), names_of(scrapes)) == []


@pytest.mark.parametrize("process", PROCESSES)
def test_promtool_accepts_every_scrape(scrapes: Mapping[str, str], process: str) -> None:
    assert complaint_about(scrapes[process]) == ""

"""The dashboard is what its questions say, and each red line leads to a page."""

from typing import Any

import pytest

from deploy.grafana.build import OUTPUT, dashboard, text
from deploy.grafana.questions import ROWS
from tests.monitoring.expressions import alerts, missing, names_in, panels


def test_the_committed_dashboard_is_the_built_one() -> None:
    assert OUTPUT.read_text(encoding="utf-8") == text(), "run `python -m deploy.grafana.build`"


@pytest.mark.parametrize("panel", panels(), ids=lambda panel: panel["title"])
def test_a_panel_is_a_question_and_a_red_line_links_to_its_page(panel: dict[str, Any]) -> None:
    red = len(panel["fieldConfig"]["defaults"]["thresholds"]["steps"]) > 1
    linked = [link["title"].removeprefix("Runbook: ") for link in panel["links"]]

    assert panel["title"].endswith("?")
    assert bool(linked) or not red
    assert set(linked) <= {rule["alert"] for rule in alerts()}


def test_panels_have_their_own_numbers_and_places() -> None:
    found = dashboard()["panels"]

    assert len({panel["id"] for panel in found}) == len(found)
    assert len({(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in found}) == len(found)
    assert [row.title for row in ROWS] == ["Is it flowing?", "Is it late?", "Is it correct?", "Is it healthy?"]


def test_a_metric_that_does_not_exist_is_found_out() -> None:
    asked = ['sum(rate(whistle_router_gone_total{name="whistle_x"}[5m]))', 'max({__name__=~"whistle_.+_gone"})']

    assert names_in(asked) == {"whistle_router_gone_total"}
    assert missing(asked, {"whistle_router_cases_routed_total"}) == ["whistle_.+_gone", "whistle_router_gone_total"]

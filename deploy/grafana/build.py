"""Builds the dashboard from its questions: `python -m deploy.grafana.build` writes the JSON that Grafana reads."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from deploy.grafana.panels import Panel, Row, Series
from deploy.grafana.questions import ROWS

OUTPUT: Final = Path(__file__).parent / "dashboards" / "route-of-a-case.json"
WIDTH: Final = 24
PANEL_WIDTH: Final = 6
PANEL_HEIGHT: Final = 8
SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}


def dashboard() -> dict[str, Any]:
    """Return the whole dashboard; the same questions give the same JSON."""
    return {
        "uid": "route-of-a-case",
        "title": "The route of a case",
        "description": "Is it flowing? Is it late? Is it correct? Is it healthy?",
        "tags": ["whistle"],
        "schemaVersion": 41,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "timezone": "browser",
        "templating": {"list": [_datasource(), _runbooks()]},
        "annotations": {"list": [_restarts()]},
        "panels": list(_panels()),
    }


def _panels() -> Iterator[dict[str, Any]]:
    number, top = 0, 0
    for row in ROWS:
        number += 1
        yield _row(row, number, top)
        top += 1
        for place, panel in enumerate(row.panels):
            number += 1
            left = place * PANEL_WIDTH % WIDTH
            yield _panel(panel, number, left, top + place * PANEL_WIDTH // WIDTH * PANEL_HEIGHT)
        top += -(-len(row.panels) * PANEL_WIDTH // WIDTH) * PANEL_HEIGHT


def _row(row: Row, number: int, top: int) -> dict[str, Any]:
    place = {"x": 0, "y": top, "w": WIDTH, "h": 1}
    return {"id": number, "type": "row", "title": row.title, "collapsed": False, "gridPos": place, "panels": []}


def _panel(panel: Panel, number: int, left: int, top: int) -> dict[str, Any]:
    return {
        "id": number,
        "type": "timeseries",
        "title": panel.title,
        "description": panel.means,
        "datasource": SOURCE,
        "gridPos": {"x": left, "y": top, "w": PANEL_WIDTH, "h": PANEL_HEIGHT},
        "links": _links(panel),
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
        "targets": [_target(series, name) for series, name in zip(panel.series, "ABCDEFGH", strict=False)],
    }


def _target(series: Series, name: str) -> dict[str, Any]:
    return {"refId": name, "datasource": SOURCE, "expr": series.expr, "legendFormat": series.legend, "range": True}


def _defaults(panel: Panel) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if panel.red is not None:
        steps.append({"color": "red", "value": panel.red})
    return {
        "unit": panel.unit,
        "min": 0,
        "thresholds": {"mode": "absolute", "steps": steps},
        "custom": {
            "drawStyle": "line",
            "fillOpacity": 20 if panel.stacked else 0,
            "stacking": {"mode": "normal" if panel.stacked else "none", "group": "A"},
            "showPoints": "never",
            "thresholdsStyle": {"mode": "line" if panel.red is not None else "off"},
        },
    }


def _links(panel: Panel) -> list[dict[str, Any]]:
    if panel.runbook is None:
        return []
    return [{"title": f"Runbook: {panel.runbook}", "url": f"${{runbooks}}/{panel.runbook}.md", "targetBlank": True}]


def _datasource() -> dict[str, Any]:
    return {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "hide": 0}


def _runbooks() -> dict[str, Any]:
    """Where docs/runbook is served for the people on duty; each installation sets its own address."""
    return {"name": "runbooks", "label": "Runbook", "type": "textbox", "query": "docs/runbook", "hide": 0}


def _restarts() -> dict[str, Any]:
    return {
        "name": "Starts",
        "datasource": SOURCE,
        "enable": True,
        "expr": "changes(process_start_time_seconds[1m]) > 0",
        "titleFormat": "{{job}} started",
        "iconColor": "blue",
    }


def text() -> str:
    """Return the file's content."""
    return json.dumps(dashboard(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    OUTPUT.write_text(text(), encoding="utf-8")

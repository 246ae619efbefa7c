"""Prometheus' own tool accepts configuration and rules; every alert has its cases and its page."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from deploy.embedded.state import COMPOSE
from tests.monitoring.expressions import PROMETHEUS, RUNBOOK, alerts, expressions

HEADINGS = ["Meaning", "Impact", "Checks", "Fixes", "Escalation"]


def promtool(*words: str) -> None:
    assert shutil.which("promtool"), "promtool is missing: install the Debian package `prometheus`"
    done = subprocess.run(["promtool", *words], cwd=PROMETHEUS, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("check", "config", "prometheus.yml"), id="the-configuration-is-valid"),
        pytest.param(("check", "rules", "alerts.yml"), id="the-rules-are-valid"),
        pytest.param(("test", "rules", "alerts_test.yml"), id="each-alert-fires-and-is-silent-when-it-must"),
    ],
)
def test_promtool_agrees(words: tuple[str, ...]) -> None:
    promtool(*words)


def test_every_expression_is_promql(tmp_path: Path) -> None:
    asked = [re.sub(r"\$__rate_interval", "5m", each) for each in expressions()]
    rules = {"groups": [{"name": "all", "rules": [{"record": f"r:{n}", "expr": e} for n, e in enumerate(asked)]}]}
    (tmp_path / "all.yml").write_text(yaml.safe_dump(rules), encoding="utf-8")

    promtool("check", "rules", str(tmp_path / "all.yml"))


def test_every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_is_silent() -> None:
    tests = yaml.safe_load((PROMETHEUS / "alerts_test.yml").read_text(encoding="utf-8"))["tests"]
    cases = [(case["alertname"], bool(case["exp_alerts"])) for test in tests for case in test["alert_rule_test"]]

    assert sorted(set(cases)) == sorted((rule["alert"], fires) for rule in alerts() for fires in (False, True))


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_every_alert_says_how_bad_it_is_and_what_to_do(rule: dict[str, dict[str, str]]) -> None:
    page = RUNBOOK / f"{rule['alert']}.md"

    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"]["runbook_url"] == f"docs/runbook/{rule['alert']}.md"
    assert re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE) == HEADINGS


def test_every_page_belongs_to_an_alert_and_stands_in_the_index() -> None:
    pages = {page.stem for page in RUNBOOK.glob("*.md")} - {"README"}
    index = (RUNBOOK / "README.md").read_text(encoding="utf-8")

    assert pages == {rule["alert"] for rule in alerts()}
    assert all(f"[{page}]({page}.md)" in index for page in pages)


def test_every_process_of_compose_is_scraped_at_its_port() -> None:
    compose = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    ports = {
        name: re.fullmatch(r"\$\{\w+:-(\d+)\}", value)
        for name, service in compose.items()
        for key, value in service.get("environment", {}).items()
        if key == f"WHISTLE_{name.upper().replace('-', '_')}_PORT"
    }
    scraped = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"]

    assert {job["job_name"]: job["static_configs"][0]["targets"] for job in scraped} == {
        name: [f"{name}:{port[1]}"] for name, port in ports.items() if port
    }

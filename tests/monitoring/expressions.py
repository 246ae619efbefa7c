"""Which metrics PromQL expressions ask for."""

import json
import re
from collections.abc import Iterable
from typing import Final

import yaml

from deploy.embedded.state import PROJECT
from deploy.grafana.build import OUTPUT

PROMETHEUS: Final = PROJECT / "deploy" / "prometheus"
RUNBOOK: Final = PROJECT / "docs" / "runbook"
_NAME: Final = re.compile(r'(?<![\w"$])((?:whistle|process|python)_[a-z0-9_]+)(?![\w"(])')
_PATTERN: Final = re.compile(r'__name__=~"([^"]+)"')
_STRINGS: Final = re.compile(r'"[^"]*"')


def alerts() -> list[dict[str, str]]:
    """Return every alerting rule."""
    groups = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, object]]:
    """Return every panel of the committed dashboard that asks something."""
    found = json.loads(OUTPUT.read_text(encoding="utf-8"))["panels"]
    return [panel for panel in found if panel["type"] != "row"]


def expressions() -> list[str]:
    """Return every expression of alerts and dashboard."""
    asked = [target["expr"] for panel in panels() for target in panel["targets"]]  # type: ignore[attr-defined]
    return [rule["expr"] for rule in alerts()] + asked


def names_in(expressions: Iterable[str]) -> set[str]:
    """Return the metrics named outright; `up` is Prometheus's own."""
    return {name for each in expressions for name in _NAME.findall(_STRINGS.sub('""', each))}


def patterns_in(expressions: Iterable[str]) -> set[str]:
    """Return the patterns over metric names."""
    return {pattern for each in expressions for pattern in _PATTERN.findall(each)}


def missing(expressions: Iterable[str], there: set[str]) -> list[str]:
    """Return the names, and the patterns, that nothing of `there` answers."""
    asked = list(expressions)
    names = [name for name in names_in(asked) if name not in there]
    patterns = [each for each in patterns_in(asked) if not any(re.fullmatch(each, name) for name in there)]
    return sorted(names + patterns)

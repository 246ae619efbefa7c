"""What the supervisor reads from compose.yaml, and that it refuses what it does not understand."""

from datetime import timedelta
from pathlib import Path

import pytest

from deploy.embedded.compose import ComposeError, interpolate, read_compose
from deploy.embedded.plan import needed_by, services_to_run


def compose(folder: Path, services: str, top: str = "") -> Path:
    path = folder / "compose.yaml"
    path.write_text(f"{top}services:\n{services}", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("${PORT:-8101}", "9000", id="the-value-goes-before-the-default"),
        pytest.param("${OTHER:-8101}", "8101", id="the-default-stands-in"),
        pytest.param("${OTHER:-}", "", id="a-default-may-be-empty"),
        pytest.param("a ${PORT} b ${PORT}", "a 9000 b 9000", id="as-often-as-it-stands-there"),
        pytest.param("$${PORT}", "${PORT}", id="two-dollars-are-one"),
    ],
)
def test_variables_are_filled_in(text: str, expected: str) -> None:
    assert interpolate(text, {"PORT": "9000"}) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("${OTHER}", id="neither-value-nor-default"),
        pytest.param("$PORT", id="without-braces"),
        pytest.param("${PORT:?must be set}", id="another-operator"),
        pytest.param("${port}", id="lower-case"),
    ],
)
def test_other_uses_of_a_dollar_are_refused(text: str) -> None:
    with pytest.raises(ComposeError):
        interpolate(text, {"PORT": "9000"})


def test_a_service_is_read_whole(tmp_path: Path) -> None:
    path = compose(
        tmp_path,
        """
  migrate: {command: [python, -m, migrate], restart: "no"}
  router:
    image: whistle:0.1.0
    command: [python, -m, services.router]
    environment: {WHISTLE_ROUTER_PORT: "${ROUTER_PORT:-8103}"}
    depends_on: {migrate: {condition: service_completed_successfully}}
    restart: unless-stopped
    stop_grace_period: 1m30s
    healthcheck: {test: [CMD, python, --health], start_interval: 500ms, start_period: 90s, timeout: 10s}
""",
    )

    router = read_compose(path, {"ROUTER_PORT": "9103"})["router"]

    assert router.command == ("python", "-m", "services.router")
    assert router.environment == {"WHISTLE_ROUTER_PORT": "9103"}
    assert router.depends_on == {"migrate": "service_completed_successfully"}
    assert router.stop_grace == timedelta(seconds=90)
    assert router.health
    assert router.health.start_interval == timedelta(milliseconds=500)


@pytest.mark.parametrize(
    ("service", "complaint"),
    [
        pytest.param("{command: [x], entrypoint: [y]}", "does not know entrypoint", id="key-of-a-service"),
        pytest.param("{command: [x], x-embeded: skip}", "does not know x-embeded", id="misspelt-extension"),
        pytest.param("{command: python -m x}", "list of words", id="command-for-a-shell"),
        pytest.param("{command: [x], restart: sometimes}", "'sometimes' is not one of", id="restart-policy"),
        pytest.param("{command: [x], x-embedded: redis}", "'redis' is not one of", id="unknown-server"),
        pytest.param("{command: [x], stop_grace_period: soon}", "'soon' is not a span", id="span"),
        pytest.param("{command: [x], healthcheck: {test: [CMD-SHELL, x]}}", "begins with CMD", id="check-for-a-shell"),
        pytest.param(
            "{command: [x], healthcheck: {test: [CMD, x], disable: true}}", "know disable", id="key-of-a-check"
        ),
        pytest.param("{command: [x], depends_on: {y: {condition: maybe}}}", "'maybe' is not one of", id="condition"),
    ],
)
def test_what_it_does_not_understand_is_refused(tmp_path: Path, service: str, complaint: str) -> None:
    with pytest.raises(ComposeError, match=complaint):
        read_compose(compose(tmp_path, f"  a: {service}\n"), {})


def test_an_unknown_key_at_the_top_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ComposeError, match="does not know include"):
        read_compose(compose(tmp_path, "  a: {command: [x]}\n", top="include: [other.yaml]\n"), {})


def test_dependencies_come_first_and_skipped_services_not_at_all(tmp_path: Path) -> None:
    path = compose(
        tmp_path,
        """
  c: {command: [x], depends_on: {b: {condition: service_started}}}
  b: {command: [x], depends_on: {a: {condition: service_healthy}}}
  a: {x-embedded: kafka}
  d: {x-embedded: skip, depends_on: {c: {condition: service_started}}}
""",
    )

    assert list(services_to_run(read_compose(path, {}))) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("services", "complaint"),
    [
        pytest.param("  a: {command: [x], depends_on: {b: {condition: service_started}}}", "not started", id="unknown"),
        pytest.param(
            "  a: {command: [x], depends_on: {b: {condition: service_started}}}\n  b: {x-embedded: skip}",
            "b, which is not started here",
            id="skipped",
        ),
        pytest.param(
            "  a: {command: [x], depends_on: {b: {condition: service_healthy}}}\n  b: {command: [x]}",
            "has no health check",
            id="never-healthy",
        ),
        pytest.param(
            "  a: {command: [x], depends_on: {b: {condition: service_completed_successfully}}}\n"
            "  b: {command: [x], restart: always}",
            "always restarted",
            id="never-complete",
        ),
        pytest.param(
            "  a: {command: [x], depends_on: {b: {condition: service_started}}}\n"
            "  b: {command: [x], depends_on: {a: {condition: service_started}}}",
            "wait for each other",
            id="circle",
        ),
    ],
)
def test_a_dependency_that_can_never_be_met_is_refused(tmp_path: Path, services: str, complaint: str) -> None:
    with pytest.raises(ComposeError, match=complaint):
        services_to_run(read_compose(compose(tmp_path, services), {}))


def test_a_part_of_the_system_brings_what_it_needs(tmp_path: Path) -> None:
    path = compose(
        tmp_path,
        """
  a: {x-embedded: postgres}
  b: {command: [x], depends_on: {a: {condition: service_healthy}}}
  c: {command: [x]}
""",
    )

    assert list(needed_by(["b"], read_compose(path, {}))) == ["a", "b"]

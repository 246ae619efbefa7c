"""Doctor's verdicts: what is well, what fails, and a remedy for everything that fails."""

from typing import Any

import msgspec
import pytest
import yaml

from deploy.embedded.state import COMPOSE
from services.reference.model.calendars import CalendarYear
from services.reference.model.version import ReferenceVersion
from services.whistle.doctor.database import calendar, census
from services.whistle.doctor.kafka import LAG_MAX, keeping_up
from services.whistle.doctor.services import PORTS, ask, judged
from services.whistle.groups import Standing
from tests.builders import REFERENCE, the_policies

WELL = {"step_owed_seconds": 0.0, "steps_owed": 0, "open_dead_letters": 0}


def a_version(status_of_2027: str) -> ReferenceVersion:
    years = [
        msgspec.json.decode((REFERENCE / "calendars" / f"CN-{year}.json").read_bytes(), type=CalendarYear)
        for year in (2026, 2027)
    ]
    years[1] = msgspec.structs.replace(years[1], status=status_of_2027)
    return ReferenceVersion(organisation=(), catalogue=(), rules=(), policies=the_policies(), calendars=tuple(years))


@pytest.mark.parametrize(
    ("status", "year", "state"),
    [
        pytest.param("confirmed", 2026, "ok", id="both-years-are-confirmed"),
        pytest.param("provisional", 2026, "failed", id="next-year-is-provisional"),
        pytest.param("confirmed", 2027, "failed", id="the-year-after-is-unknown"),
    ],
)
def test_deadlines_need_confirmed_calendars(status: str, year: int, state: str) -> None:
    assert calendar(a_version(status), year).state == state


@pytest.mark.parametrize(
    ("changes", "fails"),
    [
        pytest.param({}, [], id="all-is-well"),
        pytest.param({"step_owed_seconds": 61.0, "steps_owed": 3}, ["owed steps"], id="time-does-not-act"),
        pytest.param({"open_dead_letters": 2}, ["dead letters"], id="somebody-must-decide"),
    ],
)
def test_what_is_counted_is_judged(changes: dict[str, Any], fails: list[str]) -> None:
    findings = census(WELL | changes)

    assert [each.check for each in findings if each.state == "failed"] == fails
    assert all(each.remedy for each in findings if each.state == "failed")


def test_a_group_that_falls_behind_fails() -> None:
    assert keeping_up(Standing("notify", "case.progressed.v1", LAG_MAX, 0)).state == "ok"
    assert keeping_up(Standing("notify", "case.progressed.v1", LAG_MAX + 1, 0)).state == "failed"


def test_a_service_that_waits_says_for_what() -> None:
    told = {"ready": False, "checks": {"outages": "waiting for kafka", "postgres": "ok"}}

    found = judged("router", told)

    assert (found.state, found.detail) == ("failed", "outages: waiting for kafka")


def test_a_service_that_does_not_answer_fails() -> None:
    assert ask("router", "127.0.0.1", 1).state == "failed"


def test_every_service_of_compose_is_asked_at_its_port() -> None:
    services = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    doors = {
        name
        for name, service in services.items()
        if service["image"].startswith("whistle:") and "healthcheck" in service
    }

    assert set(PORTS) == doors
    for name, port in PORTS.items():
        variable = f"WHISTLE_{name.upper().replace('-', '_')}_PORT"
        assert services[name]["environment"][variable] == f"${{{variable}:-{port}}}"

"""`whistle mode`: what is published, what is on, and who switched it."""

import pytest

from tests.wire.whistle.command_line import CommandLine
from tests.wire.whistle.test_load import load, persons_with
from tests.wire.whistle.test_rules import as_person

WHY = ("--reason", "气象台暴雨红色预警")


@pytest.fixture
def leader(whistle: CommandLine) -> CommandLine:
    """The command center's leader of the sample district."""
    whistle.told(*load(whistle))
    return as_person(whistle, persons_with("center_leader")[0])


def test_a_profile_is_switched_on_for_a_subdistrict_and_off_again(leader: CommandLine) -> None:
    area = ("--area", "sub-01")

    on = leader.told("mode", "on", "flood", *WHY, *area)
    again = leader.run("mode", "on", "flood", *WHY, *area)
    shown = leader.told("mode", "show")

    assert on["version"] == 2
    assert on["told"] > 40
    assert again.status == 1
    assert {profile["profile"] for profile in shown["profiles"]} == {"flood", "snow"}
    assert [(switch["profile"], switch["area"], switch["switched_on"]) for switch in shown["switches"]] == [
        ("flood", "sub-01", True)
    ]


def test_who_is_not_the_centers_leader_switches_nothing(leader: CommandLine) -> None:
    clerk = as_person(leader, persons_with("clerk")[0])

    refused = clerk.run("mode", "on", "flood", *WHY)
    unknown = leader.run("mode", "on", "earthquake", *WHY)

    assert (refused.status, "center_leader" in refused.err) == (1, True)
    assert (unknown.status, "published are: flood, snow" in unknown.err) == (1, True)
    assert leader.told("mode", "show")["switches"] == []

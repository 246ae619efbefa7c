"""Pace: a burst is fine, a flood waits, memory stays bounded."""

import pytest

from services.chassis.web.buckets import Buckets, client_of


def test_a_burst_passes_and_the_next_one_learns_when_to_come_again() -> None:
    buckets = Buckets(per_minute=60, burst=3)

    waits = [buckets.take("a", 100.0) for _ in range(4)]

    assert waits == [0, 0, 0, 1]


def test_waiting_as_long_as_told_is_enough() -> None:
    buckets = Buckets(per_minute=6, burst=1)
    buckets.take("a", 0.0)
    wait = buckets.take("a", 0.0)

    assert wait == 10
    assert buckets.take("a", float(wait)) == 0


def test_addresses_do_not_share_a_bucket() -> None:
    buckets = Buckets(per_minute=1, burst=1)

    assert [buckets.take(address, 0.0) for address in ("a", "b", "a")] == [0, 0, 60]


def test_looking_takes_nothing() -> None:
    buckets = Buckets(per_minute=60, burst=1)

    assert [buckets.wait("a", 0.0), buckets.take("a", 0.0), buckets.wait("a", 0.0)] == [0, 0, 1]


def test_a_flood_of_addresses_costs_no_memory() -> None:
    buckets = Buckets(per_minute=60, burst=1, addresses_max=100)

    for number in range(1_000):
        buckets.take(str(number), 0.0)

    assert len(buckets) == 100


def test_who_asks_seldom_is_forgotten_as_soon_as_that_changes_nothing() -> None:
    buckets = Buckets(per_minute=60, burst=2)

    for second in range(1_000):
        buckets.take(str(second), float(second))

    assert len(buckets) <= 3


def test_who_has_to_wait_is_remembered_among_many() -> None:
    buckets = Buckets(per_minute=6, burst=1)
    buckets.take("a", 0.0)

    for number in range(1_000):
        buckets.take(str(number), number / 1_000)

    assert buckets.take("a", 1.0) == 9


@pytest.mark.parametrize(
    ("address", "client"),
    [
        pytest.param("203.0.113.7", "203.0.113.7", id="ipv4"),
        pytest.param("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002", id="ipv6-by-its-network"),
        pytest.param("::ffff:203.0.113.7", "203.0.113.7", id="ipv4-in-ipv6"),
        pytest.param("unknown", "unknown", id="no-address"),
    ],
)
def test_a_household_is_one_client(address: str, client: str) -> None:
    assert client_of(address) == client

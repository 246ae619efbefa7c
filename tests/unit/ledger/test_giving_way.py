"""Comparing gives way to the route: when cases come fast it stands back, but never for long."""

from dataclasses import dataclass

from services.ledger.timers import BUSY_FROM, GIVEN_WAY_SECONDS_MAX, GivingWay


@dataclass(slots=True)
class Route:
    """A route that opens as many cases, and sends as many facts, as it is told."""

    at: float = 100.0
    opened: float = 0.0
    sent: float = 0.0

    def goes_on(self, seconds: float, cases_a_second: float = 0.0, facts_a_second: float = 0.0) -> None:
        self.at += seconds
        self.opened += seconds * cases_a_second
        self.sent += seconds * facts_a_second


def giving_way_to(route: Route) -> GivingWay:
    return GivingWay((lambda: route.opened, lambda: route.sent), lambda: route.at)


def test_beside_a_quiet_route_every_look_goes() -> None:
    route = Route()
    giving_way = giving_way_to(route)

    for _ in range(5):
        route.goes_on(0.5, BUSY_FROM / 2)

        assert giving_way.may_go()
        assert not giving_way.is_busy


def test_beside_a_busy_route_one_look_goes_every_few_seconds() -> None:
    route = Route()
    giving_way = giving_way_to(route)
    went = 0

    for _ in range(round(6 * GIVEN_WAY_SECONDS_MAX / 0.5)):
        route.goes_on(0.5, 4 * BUSY_FROM)
        went += giving_way.may_go()
        assert giving_way.is_busy

    assert went == 6


def test_it_gives_way_to_many_steps_that_fall_due_at_once_too() -> None:
    route = Route()
    giving_way = giving_way_to(route)

    route.goes_on(0.5, facts_a_second=4 * BUSY_FROM)

    assert not giving_way.may_go()


def test_when_the_rush_is_over_it_goes_at_once() -> None:
    route = Route()
    giving_way = giving_way_to(route)
    route.goes_on(0.5, 4 * BUSY_FROM)
    assert not giving_way.may_go()

    route.goes_on(0.5, 1.0)

    assert giving_way.may_go()
    assert not giving_way.is_busy

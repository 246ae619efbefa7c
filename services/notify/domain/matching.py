"""Recipients and subscriptions: who of those that are told has somewhere to be told."""

from collections.abc import Iterable, Iterator, Sequence

from services.notify.domain.subscription import ANY_ROLE, Subscription
from services.notify.domain.telling.parties import Recipient


class Subscriptions:
    """The active subscriptions, found by unit."""

    __slots__ = ("_by_unit", "all")

    def __init__(self, subscriptions: Sequence[Subscription] = ()) -> None:
        self.all = tuple(subscriptions)
        self._by_unit: dict[str, list[Subscription]] = {}
        for subscription in subscriptions:
            self._by_unit.setdefault(subscription.unit, []).append(subscription)

    def __bool__(self) -> bool:
        return bool(self.all)

    def may_concern(self, units: Iterable[str], names: frozenset[str]) -> bool:
        """Whether any of `units` has subscribed to one of `names`; false means that nobody is told."""
        return any(one.hears(names) for unit in units for one in self._by_unit.get(unit, ()))

    def of(
        self, recipients: Sequence[Recipient], names: frozenset[str]
    ) -> Iterator[tuple[Subscription, tuple[str, ...]]]:
        """Give each subscription that hears of it, once, with the roles of its unit that are told."""
        for unit in dict.fromkeys(one.unit for one in recipients):
            roles = tuple(one.role for one in recipients if one.unit == unit)
            for subscription in self._by_unit.get(unit, ()):
                if subscription.hears(names) and (subscription.role == ANY_ROLE or subscription.role in roles):
                    yield subscription, roles

    def of_units(self, units: Sequence[str], names: frozenset[str]) -> Iterator[Subscription]:
        """Give each subscription of these units that hears of it, whatever its role."""
        for unit in dict.fromkeys(units):
            yield from (one for one in self._by_unit.get(unit, ()) if one.hears(names))

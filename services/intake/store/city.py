"""The reference version in force, answering intake's questions about items, units and places."""

from dataclasses import dataclass

from services.contracts.events.dispatch import Urgency
from services.contracts.events.report import Channel, Place
from services.reference.deciding.compile import CompiledReference
from services.reference.deciding.lanes import Verdict, judged
from services.reference.model.lexicon import Advised, RouteAdvice
from services.reference.versions.cache import ReferenceCache


@dataclass(frozen=True, slots=True)
class ReferenceCity:
    """Asks the copy in memory. The router decides by the version that holds at `accepted_at`; here it only checks."""

    reference: CompiledReference

    def urgency_of(self, item: str) -> Urgency | None:
        known = self.reference.items.get(item)
        return None if known is None else known.urgency

    def kind_of(self, unit: str) -> str | None:
        known = self.reference.organisation.units.get(unit)
        return None if known is None else known.kind

    def grid_at(self, longitude: float, latitude: float) -> str | None:
        return self.reference.organisation.grid_at(longitude, latitude)

    def place_of(self, place: Place) -> Place:
        return self.reference.organisation.place_of(place)

    def barred_by(self, accused: tuple[str, ...]) -> tuple[str, ...]:
        return self.reference.organisation.barred_by(accused)

    def verdict_on(self, text: str, channel: Channel, item: str | None) -> Verdict:
        return judged(self.reference.lexicon, self.reference.policies.lanes, text, channel, item)

    def advice_for(self, route: Advised) -> RouteAdvice | None:
        return self.reference.advice.get(route)


def warmed(reference: CompiledReference) -> None:
    """Make the lexicon ready when its version is loaded, not when its first report comes."""
    reference.lexicon.read(reference.version.organisation[0].name_zh, "web")


def city_in(cache: ReferenceCache) -> ReferenceCity:
    """Return the city as last read. Raises NothingPublishedError before anything is published."""
    return ReferenceCity(cache.latest())

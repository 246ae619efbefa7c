"""Facts become messages: real pump finishing and handlers, a book in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry

from services.chassis.delivery.batch import Batch, Delivered
from services.contracts.codec import decode, encode
from services.contracts.events import CaseProgressed
from services.contracts.events.progress import SignedIn
from services.notify.domain.glance import FactGlance
from services.notify.domain.matching import Subscriptions
from services.notify.domain.subscription import Subscription
from services.notify.domain.targets import Target
from services.notify.handlers import TellOfCases
from services.notify.metrics import NotifyMetrics
from services.notify.ports import FactKey
from tests.builders import an_id
from tests.contract.notify.books import InMemoryBook
from tests.unit.notify.facts import a_fact, a_step, a_whistle


@dataclass(frozen=True)
class Record:
    """What of a Kafka record the handler reads."""

    value: bytes


@dataclass
class KnownHere:
    """Subscriptions that a test changes."""

    known: Sequence[Subscription] = ()

    async def current(self) -> Subscriptions:
        return Subscriptions(self.known)

    async def target(self, recipient: str) -> Target | None:
        return None


@dataclass
class Telling:
    """The handler, its book, and how often the courier was woken."""

    subscriptions: KnownHere = field(default_factory=KnownHere)
    book: InMemoryBook = field(default_factory=InMemoryBook)
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    woken: list[None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tell = TellOfCases(
            book=self.book,
            subscriptions=self.subscriptions,
            metrics=NotifyMetrics.create(self.registry),
            wake=lambda: self.woken.append(None),
        )

    async def hear(self, *events: CaseProgressed) -> None:
        values = [encode(event) for event in events]
        await self.tell(Batch([Delivered(decode(value, FactGlance), Record(value)) for value in values]))

    def counted(self, name: str) -> float | None:
        return self.registry.get_sample_value(f"whistle_notify_{name}_total")

    @property
    def told(self) -> list[tuple[int, str]]:
        """Version and unit of every message, in the order of writing."""
        units = {one.subscription_id: one.unit for one in self.subscriptions.known}
        return [
            (entry.message.fact.version, units[entry.message.subscription_id]) for entry in self.book.entries.values()
        ]


def a_subscription(unit: str, *events: str, role: str = "*") -> Subscription:
    return Subscription(
        subscription_id=an_id(f"{unit}/{role}/{events}"),
        unit=unit,
        role=role,
        events=frozenset(events or ("*",)),
        destination="hook.example:443",
    )


async def test_where_nobody_subscribed_each_fact_leaves_one_row() -> None:
    here = Telling()

    await here.hear(a_fact(), a_fact(SignedIn("drainage"), version=2))

    assert here.book.nobody == {FactKey(an_id("case"), 1), FactKey(an_id("case"), 2)}
    assert (here.told, here.woken) == ([], [])


async def test_a_redelivered_batch_tells_once() -> None:
    here = Telling(KnownHere([a_subscription("drainage"), a_subscription("sanitation")]))

    for _ in range(3):
        await here.hear(a_fact(), a_fact(a_step("limit", whistle=a_whistle("drainage", "sanitation")), version=2))

    assert here.told == [(1, "drainage"), (1, "sanitation"), (2, "drainage"), (2, "sanitation")]
    assert (here.counted("facts"), here.counted("messages"), here.counted("repeats")) == (6, 4, 8)
    assert len(here.woken) == 1


async def test_a_subscription_hears_only_what_it_asked_for() -> None:
    here = Telling(KnownHere([a_subscription("drainage", "no_show", "whistle_blown")]))

    await here.hear(a_fact(), a_fact(a_step("limit", whistle=a_whistle("drainage")), version=2))

    assert here.told == [(2, "drainage")]
    assert here.book.nobody == {FactKey(an_id("case"), 1)}


async def test_a_role_hears_what_its_role_is_told() -> None:
    here = Telling(KnownHere([a_subscription("drainage", role="unit_head")]))

    await here.hear(a_fact(), a_fact(a_step("reminder"), version=2), a_fact(a_step("limit"), version=3))

    assert here.told == [(3, "drainage")]


async def test_an_accused_unit_is_not_told_though_it_subscribed() -> None:
    here = Telling(KnownHere([a_subscription("drainage"), a_subscription("sanitation")]))

    await here.hear(a_fact(lead="sanitation", cooperating=("drainage",), barred_units=("drainage",)))

    assert here.told == [(1, "sanitation")]

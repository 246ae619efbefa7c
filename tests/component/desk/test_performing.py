"""Acts through the handler with a ledger that answers as told: outcomes are counted, problems are in words."""

import asyncio
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import pytest
from prometheus_client import CollectorRegistry

from services.chassis.web.problems import Problem
from services.desk.domain.permitted import ACT_TYPES
from services.desk.handlers import AT_ONCE_MAX, PerformActs
from services.desk.metrics import DeskMetrics
from services.ledger.domain.acts import RefusedError, SignIn
from services.ledger.store.acting import (
    ActAnswer,
    Asking,
    ClockStoppedError,
    KeyReusedError,
    NoSuchCaseError,
    StaleRevisionError,
    UnknownTokenError,
)
from tests.builders import MONDAY_NOON, an_id


@dataclass
class TellingLedger:
    """Answers every act, or raises what it was told to for a case; remembers the order and how many at once."""

    refusals: dict[UUID, Exception] = field(default_factory=dict)
    performed: list[str] = field(default_factory=list)
    at_once: int = 0
    at_once_max: int = 0

    async def perform(self, asking: Asking) -> ActAnswer:
        self.at_once += 1
        self.at_once_max = max(self.at_once, self.at_once_max)
        await asyncio.sleep(0)
        self.at_once -= 1
        if asking.case_id in self.refusals:
            raise self.refusals[asking.case_id]
        self.performed.append(asking.key)
        return ActAnswer(case_id=asking.case_id, number="n", state="in_progress", version=2, revision=2, at=MONDAY_NOON)


class HangingLedger:
    async def perform(self, asking: Asking) -> ActAnswer:
        return await asyncio.Future[ActAnswer]()


def an_asking(case: str = "case", key: str = "k") -> Asking:
    return Asking(token_hash=b"t" * 32, case_id=an_id(case), act=SignIn(), if_match=1, key=key)


def performing(
    ledger: TellingLedger | HangingLedger, seconds_max: float = 60.0
) -> tuple[PerformActs, CollectorRegistry]:
    registry = CollectorRegistry()
    metrics = DeskMetrics.create(registry, ACT_TYPES)
    return PerformActs(ledger=ledger, metrics=metrics, seconds_max=seconds_max), registry


def counted(registry: CollectorRegistry, outcome: str) -> float | None:
    return registry.get_sample_value("whistle_desk_acts_total", {"kind": "sign_in", "outcome": outcome})


REFUSALS: Final = [
    pytest.param(NoSuchCaseError(), 404, "not-found", "not_found", id="no-such-case"),
    pytest.param(UnknownTokenError(), 401, "token-required", "nobody", id="a-token-that-opens-nothing"),
    pytest.param(StaleRevisionError(7), 412, "stale-revision", "stale", id="an-old-revision"),
    pytest.param(RefusedError("whistle-open", "…"), 409, "whistle-open", "refused", id="refused"),
    pytest.param(RefusedError("not-yours-to-do", "…"), 403, "not-yours-to-do", "not_yours", id="not-theirs"),
    pytest.param(KeyReusedError(), 422, "idempotency-key-reused", "key_reused", id="a-key-used-before"),
    pytest.param(ClockStoppedError(), 503, "unavailable", "stopped", id="clocks-that-disagree"),
    pytest.param(ConnectionRefusedError(), 503, "unavailable", "unavailable", id="a-database-that-is-away"),
]


@pytest.mark.parametrize(("error", "status", "slug", "outcome"), REFUSALS)
async def test_each_refusal_has_its_status_its_type_and_its_count(
    error: Exception, status: int, slug: str, outcome: str
) -> None:
    act, registry = performing(TellingLedger(refusals={an_id("case"): error}))

    with pytest.raises(Problem) as refused:
        await act.one(an_asking())

    assert (refused.value.status, refused.value.slug) == (status, slug)
    assert counted(registry, outcome) == 1
    if status == 503:
        assert int(refused.value.headers["Retry-After"]) > 0


async def test_an_error_nobody_expected_is_not_dressed_up() -> None:
    act, _ = performing(TellingLedger(refusals={an_id("case"): ZeroDivisionError()}))

    with pytest.raises(ZeroDivisionError):
        await act.one(an_asking())


async def test_an_act_that_takes_too_long_is_told_to_be_repeated() -> None:
    act, registry = performing(HangingLedger(), seconds_max=0.01)

    with pytest.raises(Problem) as refused:
        await act.one(an_asking())

    assert (refused.value.status, counted(registry, "unavailable")) == (503, 1)


def test_every_kind_and_outcome_shows_zero_before_anybody_asks() -> None:
    _, registry = performing(TellingLedger())

    for kind in ACT_TYPES:
        assert registry.get_sample_value("whistle_desk_acts_total", {"kind": kind, "outcome": "stale"}) == 0


async def test_many_acts_keep_their_order_per_case_and_do_not_crowd_the_pool() -> None:
    ledger = TellingLedger(refusals={an_id("bad"): NoSuchCaseError()})
    act, _ = performing(ledger)
    asked = [an_asking(f"case-{number % 10}", f"{number:02}") for number in range(40)] + [an_asking("bad", "bad")]

    results = await act.many(asked)

    assert [type(result) for result in results] == [ActAnswer] * 40 + [Problem]
    for last_digit in range(10):
        of_case = [key for key in ledger.performed if int(key) % 10 == last_digit]
        assert of_case == sorted(of_case)
    assert 1 < ledger.at_once_max <= AT_ONCE_MAX

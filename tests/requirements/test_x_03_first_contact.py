"""X-03: case is never without an owner in any interleaving (property test)."""

from typing import Any

import pytest

from tests.builders import a_dispatched_case, an_id
from tests.wire.desk.office import Office
from tests.wire.ledger.test_any_order import pools, run

__all__ = ["pools"]

pytestmark = pytest.mark.postgres

RETURN = {"type": "return", "reason": "不属于我单位职责", "suggested": "municipal_works"}


async def lead_of(office: Office) -> tuple[str, str]:
    case = (await office.get("center", f"/api/v1/cases/{an_id('case')}")).json()
    leads = [part["unit"] for part in case["assignments"] if part["role"] == "lead" and part["ended_at"] is None]
    assert leads == [case["lead"]]
    return case["state"], case["lead"]


async def test_the_first_contact_stays_lead_until_another_has_the_case(office: Office) -> None:
    await office.open("case")

    await office.act("drainage", RETURN)
    meanwhile = await lead_of(office)
    async with office.openings.gate() as gate:
        await gate.open_attempts([a_dispatched_case(attempt=2, lead="municipal_works")])

    assert meanwhile == ("return_requested", "drainage")
    assert await lead_of(office) == ("dispatched", "municipal_works")


async def test_it_stays_lead_while_the_center_consults(office: Office) -> None:
    await office.open("case")

    await office.act("center", {"type": "consult", "reason": "职责交叉", "units": ["municipal_works", "sanitation"]})

    assert await lead_of(office) == ("consulting", "drainage")


async def test_in_any_interleaving_a_case_has_exactly_one_owner(pools: tuple[Any, Any, Any]) -> None:
    city = await run(11, 25, pools)  # 200 steps each of two seeds are in tests/wire/ledger/test_any_order.py

    assert city.done

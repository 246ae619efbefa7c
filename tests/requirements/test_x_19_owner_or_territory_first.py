"""X-19: parts: owner first; events: territory first (Changshu): tie-break tests."""

import pytest

from services.reference.deciding.decide import decide
from services.reference.model.rules import Rule
from tests.unit.reference.town import a_report, rule, the_town

COVER = "0101"
"""A component; whose pipe it is, `asset_owner` says."""
VENDOR = "1001"
"""An incident, taken over by sub-01."""


def winner(*rules: Rule, text: str) -> str | None:
    return decide(a_report(text=text), the_town(*rules), 1).because.rule


@pytest.mark.parametrize("order", [1, -1], ids=["as-written", "the-other-way-round"])
def test_a_component_goes_to_its_owner_first(order: int) -> None:
    owner = rule("owner", keywords=("井盖",), item=COVER, lead="asset_owner")
    territory = rule("territory", keywords=("井盖",), item=COVER, lead="sub-01")

    assert winner(*[owner, territory][::order], text="井盖") == "owner"


@pytest.mark.parametrize("order", [1, -1], ids=["as-written", "the-other-way-round"])
def test_an_incident_goes_to_its_territory_first(order: int) -> None:
    department = rule("department", keywords=("摆摊",), item=VENDOR, lead="urban_management")
    territory = rule("territory", keywords=("摆摊",), item=VENDOR, lead="subdistrict")

    assert winner(*[department, territory][::order], text="摆摊") == "territory"


def test_the_owner_is_whoever_owns_it_there() -> None:
    owner = rule("owner", keywords=("井盖",), item=COVER, lead="asset_owner")

    assert decide(a_report(text="井盖"), the_town(owner), 1).lead == "water_company"


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param({"lead": "sub-01", "priority": 1}, {"lead": "asset_owner"}, id="a-priority"),
        pytest.param({"lead": "sub-01", "areas": ("com-0101",)}, {"lead": "asset_owner"}, id="a-smaller-area"),
    ],
)
def test_the_principle_only_parts_equals(better: dict[str, object], worse: dict[str, object]) -> None:
    rules = (
        rule("better", keywords=("井盖",), item=COVER, **better),
        rule("worse", keywords=("井盖",), item=COVER, **worse),
    )

    assert winner(*rules, text="井盖") == "better"


def test_of_two_owners_the_order_of_the_sheet_decides() -> None:
    rules = [rule(name, keywords=("井盖",), item=COVER, lead=name) for name in ("drainage", "municipal_works")]

    assert winner(*rules, text="井盖") == "drainage"
    assert winner(*reversed(rules), text="井盖") == "municipal_works"

"""What the grassroots of the sample district took over, and who owns or manages what where."""

import csv
from collections.abc import Iterator
from datetime import date
from typing import Final

from deploy.demo.departments import DISTRICT_ID, ESTATE_MANAGERS
from deploy.demo.draws import Draws
from deploy.demo.names import words
from deploy.demo.streets import AREAS, TOWNSHIP, communities, subdistricts
from deploy.embedded.state import PROJECT
from services.reference.model.duties import Admission, AssetOwner, Duty, Power

SUBDISTRICT_ITEMS: Final = words(
    "0102 0709 0802 1001 1002 1003 1004 1005 1007 1008 1101 1102 1105 1301 1302 1303 1402 1501 1507 1703 2002 2203"
)
COMMUNITY_ITEMS: Final = ("0810", "1404", "1602", "2003", "2401", "2402", "2503")
NOT_IN_THE_TOWNSHIP: Final = frozenset({"1004", "1007", "1301", "1302"})
"""Never admitted there: night markets, barbecues and illegal buildings stay with the department."""
NOT_IN_VILLAGES: Final = frozenset({"0810", "1602"})
ENFORCED_DOMAINS: Final = ("10", "11", "13")
"""Street order, advertising, illegal buildings: whoever leads them must be allowed to punish."""
CATALOGUE: Final = PROJECT / "deploy" / "reference" / "catalogue.csv"
ADMITTED_ON: Final = date(2025, 11, 20)
COVER_ITEMS: Final = ("0101", "0103", "0104")
COVER_OWNERS: Final = ("drainage", "water_company", "telecom_operator", "heating_company", "power_company")
SIGN_ITEMS: Final = ("1104", "1105")
LIAISON_UNITS: Final = (
    "education", "health", "commerce", "transport", "justice", "civil_affairs", "power_company", "water_company",
    "sports_culture", "development_reform",
)  # fmt: skip


def duty_lists() -> list[Duty]:
    """Return the duties of every subdistrict and community; one admission per item and tier."""
    rows = [(unit.id, item) for unit in subdistricts() for item in SUBDISTRICT_ITEMS if _admitted(unit.id, item)]
    rows += [(unit.id, item) for unit in communities() for item in COMMUNITY_ITEMS if _admitted(unit.id, item)]
    items = SUBDISTRICT_ITEMS + COMMUNITY_ITEMS
    return [
        Duty(unit=unit, item=item, admission=f"ZR-2025-{items.index(item) + 1:03}", approved_on=ADMITTED_ON)
        for unit, item in rows
    ]


def admissions() -> list[Admission]:
    """Return the admissions behind the duty lists: every subdistrict's, or every community's, one per item."""
    names, items = _catalogue(), SUBDISTRICT_ITEMS + COMMUNITY_ITEMS
    return [
        Admission(
            id=f"ZR-2025-{number:03}",
            title=names[item][0],
            requested_by=names[item][1],
            items=(item,),
            units=(DISTRICT_ID,),
            funds=True,
            staff=True,
            powers=True,
            state="approved",
            decided_on=ADMITTED_ON,
        )
        for number, item in enumerate(items, start=1)
    ]


def powers() -> list[Power]:
    """Return the powers to enforce that the subdistricts hold: what the duty lists ask for in the streets."""
    return [
        Power(item=item, holder="subdistrict", valid_from=ADMITTED_ON, basis="赋权执法事项清单2025")
        for item in SUBDISTRICT_ITEMS
        if item.startswith(ENFORCED_DOMAINS)
    ]


def _catalogue() -> dict[str, tuple[str, str]]:
    """Return the name and the department of every item that the shipped catalogue gives to the grassroots."""
    with CATALOGUE.open(encoding="utf-8", newline="") as sheet:
        return {row["code"]: (row["name_zh"], row["duty_of"]) for row in csv.DictReader(sheet)}


def _admitted(unit: str, item: str) -> bool:
    if unit == f"sub-{TOWNSHIP:02}":
        return item not in NOT_IN_THE_TOWNSHIP
    if unit.startswith(f"com-{TOWNSHIP:02}"):
        return item not in NOT_IN_VILLAGES
    return True


def asset_owners(seed: int) -> list[AssetOwner]:
    """Return who stands behind the roles rules name: owners, estate managers, bike firms, partner units."""
    return [*_district_owners(), *_subdistrict_owners(seed), *_community_owners(seed)]


def _district_owners() -> Iterator[AssetOwner]:
    yield AssetOwner(role="asset_owner", area=DISTRICT_ID, unit="public_facilities_company")
    for item in SIGN_ITEMS:
        yield AssetOwner(role="asset_owner", area=DISTRICT_ID, item=item, unit="outdoor_media_company")


def _subdistrict_owners(seed: int) -> Iterator[AssetOwner]:
    for number, street in enumerate(subdistricts(), start=1):
        draws = Draws(seed, "owners", street.id)
        for item in COVER_ITEMS:
            yield AssetOwner(role="asset_owner", area=street.id, item=item, unit=draws.pick(COVER_OWNERS))
        firm = "bike_operator_south" if number <= TOWNSHIP // 2 else "bike_operator_north"
        yield AssetOwner(role="bike_operator", area=street.id, unit=firm)


def _community_owners(seed: int) -> Iterator[AssetOwner]:
    """Villages have no estate manager: there the role stays empty, and cases that name it go to the center."""
    for area in AREAS:
        community = f"com-{area.digits}"
        draws = Draws(seed, "owners", community)
        if not area.is_village:
            yield AssetOwner(role="property_company", area=community, unit=draws.pick(ESTATE_MANAGERS))
        yield AssetOwner(role="partner_units", area=community, unit=draws.pick(LIAISON_UNITS))

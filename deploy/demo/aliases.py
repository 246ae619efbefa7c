"""What residents call the units of the sample district, so that a complaint about one is recognised."""

from typing import Final

from msgspec.structs import replace

from services.reference.model.organisation import Unit

ALIASES: Final[dict[str, tuple[str, ...]]] = {
    "urban_management": ("城管局", "城管", "综合执法局", "城管执法局"),
    "police": ("公安局", "区公安局"),
    "sanitation": ("环卫中心", "环卫处"),
    "market_regulation": ("市场监管局", "工商局", "市监局"),
    "fire_rescue": ("消防大队", "消防队"),
    "municipal_works": ("市政处", "市政工程处"),
    "drainage": ("排水所",),
    "parks": ("园林局", "园林中心", "绿化中心"),
    "traffic_police": ("交警大队", "交警队", "交警"),
    "transport": ("交通局", "运管所"),
    "housing": ("住建局", "房管局", "建设局"),
    "emergency_management": ("应急局",),
    "ecology_environment": ("环保局", "生态环境局"),
    "natural_resources": ("自然资源局", "国土局"),
    "agriculture": ("农牧局",),
    "health": ("卫健委", "卫生局"),
    "medical_insurance": ("医保局",),
    "human_resources": ("人社局", "劳动局", "劳动监察大队"),
    "veterans": ("退役军人局",),
    "disabled_federation": ("残联",),
    "women_federation": ("妇联",),
    "sports_culture": ("文旅局", "体育局"),
    "development_reform": ("发改委",),
    "industry_information": ("工信局",),
    "administrative_approval": ("行政审批局", "政务大厅", "政务服务中心", "政务服务局"),
    "political_legal": ("政法委",),
    "discipline_inspection": ("纪委", "监委", "纪检委"),
    "supervision_office": ("督查室",),
    "district_command_center": ("指挥中心", "区指挥中心"),
    "water_company": ("供水公司", "自来水公司"),
    "heating_company": ("热力公司", "供热公司", "供暖公司"),
    "gas_company": ("燃气公司", "天然气公司"),
    "power_company": ("电力公司", "供电局"),
}


def with_aliases(unit: Unit) -> Unit:
    """Return the unit with what it is also called; of the grassroots their offices, not the places."""
    match unit.kind:
        case "subdistrict":
            return replace(unit, aliases=_of_a_street(unit.name_zh))
        case "community":
            return replace(unit, aliases=_of_a_community(unit.name_zh))
        case _:
            return replace(unit, aliases=ALIASES.get(unit.id, ()))


def _of_a_street(name: str) -> tuple[str, ...]:
    if name.endswith("镇"):
        return (f"{name}政府", f"{name}人民政府")
    return (f"{name}办", f"{name}办事处", f"{name.removesuffix('街道')}办事处")


def _of_a_community(name: str) -> tuple[str, ...]:
    if name.endswith("村"):
        return (f"{name}委会", f"{name}村委会")
    return (f"{name}居委会", f"{name.removesuffix('社区')}居委会")

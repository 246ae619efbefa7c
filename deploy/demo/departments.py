"""The units of the sample district that are not its ground: departments, branch offices, companies, the center."""

from dataclasses import dataclass
from typing import Final

from deploy.demo.names import COMPANIES, DISTRICT
from services.contracts.events.report import Lane
from services.reference.model.organisation import COMMAND_CENTER, Unit

DISTRICT_ID: Final = "district"


@dataclass(frozen=True, slots=True)
class Department:
    """A department of the district; `branches` says whether it has an office in every subdistrict."""

    id: str
    name: str
    branches: str = ""
    """What a branch office is called after the subdistrict's name; empty: it has none."""
    lanes: tuple[Lane, ...] = ()


DEPARTMENTS: Final = (
    Department("urban_management", "城市管理综合执法局", "综合执法中队"),
    Department("police", "公安分局", "派出所", lanes=("drugs",)),
    Department("sanitation", "环境卫生服务中心", "环卫所"),
    Department("market_regulation", "市场监督管理局", "市场监管所"),
    Department("fire_rescue", "消防救援大队", "消防站"),
    Department("municipal_works", "市政工程管理处"),
    Department("drainage", "排水管理所"),
    Department("parks", "园林绿化服务中心"),
    Department("traffic_police", "交通警察大队"),
    Department("transport", "交通运输局"),
    Department("housing", "住房和城乡建设局"),
    Department("emergency_management", "应急管理局"),
    Department("ecology_environment", "生态环境分局"),
    Department("water_affairs", "水务局"),
    Department("natural_resources", "自然资源分局"),
    Department("agriculture", "农牧和科技局"),
    Department("health", "卫生健康委员会"),
    Department("medical_insurance", "医疗保障局"),
    Department("human_resources", "人力资源和社会保障局"),
    Department("civil_affairs", "民政局"),
    Department("veterans", "退役军人事务局"),
    Department("disabled_federation", "残疾人联合会"),
    Department("women_federation", "妇女联合会"),
    Department("education", "教育局"),
    Department("sports_culture", "文旅体育局"),
    Department("commerce", "商务局"),
    Department("development_reform", "发展和改革委员会"),
    Department("industry_information", "工业和信息化局"),
    Department("justice", "司法局"),
    Department("administrative_approval", "行政审批政务服务局"),
    Department("party_building_office", "党建引领基层治理领导小组办公室"),
    Department("political_legal", "政法委员会", lanes=("stability",)),
    Department("petition_office", "信访局", lanes=("petition",)),
    Department("discipline_inspection", "纪检监察委员会", lanes=("discipline",)),
    Department("supervision_office", "政府督查室"),
)
LANE_UNITS: Final = {lane: (own.id,) for own in DEPARTMENTS for lane in own.lanes}
"""Who receives cases of a sensitive lane; each has one unit."""
_SUPPLIERS: Final = (
    ("water_company", "供水有限公司", "water_affairs"),
    ("heating_company", "热力有限公司", "housing"),
    ("gas_company", "燃气有限公司", "housing"),
    ("power_company", "供电公司", "development_reform"),
    ("telecom_operator", "通信运营企业联合服务中心", "industry_information"),
    ("public_facilities_company", "公共设施运营有限公司", "municipal_works"),
    ("outdoor_media_company", "户外传媒有限公司", "urban_management"),
    ("bike_operator_north", "青程单车运营部", "urban_management"),
    ("bike_operator_south", "快风单车运营部", "urban_management"),
)
"""Companies and the department that takes complaints about them."""
BRANDS: Final = (*COMPANIES, "青程", "快风")
"""Names that stand without the district's."""
ESTATE_MANAGERS: Final = tuple(f"property_company_{number:02}" for number in range(1, len(COMPANIES) + 1))


def departments() -> list[Unit]:
    """Return the district, the command center and the departments."""
    units = [
        Unit(id=DISTRICT_ID, name_zh=DISTRICT, kind="district"),
        Unit(id=COMMAND_CENTER, name_zh=f"{DISTRICT}城市运行指挥中心", kind="center", parent=DISTRICT_ID),
    ]
    units += [
        Unit(id=own.id, name_zh=DISTRICT + own.name, kind="department", parent=DISTRICT_ID, lanes=own.lanes)
        for own in DEPARTMENTS
    ]
    return units


def companies() -> list[Unit]:
    """Return the suppliers and the estate managers."""
    named = [*_SUPPLIERS]
    named += [
        (unit, f"{name}物业服务有限公司", "housing") for unit, name in zip(ESTATE_MANAGERS, COMPANIES, strict=True)
    ]
    return [
        Unit(
            id=unit,
            name_zh=name if name.startswith(BRANDS) else DISTRICT + name,
            kind="company",
            parent=DISTRICT_ID,
            supervisor=supervisor,
        )
        for unit, name, supervisor in named
    ]


def branch_offices(subdistricts: list[Unit]) -> list[Unit]:
    """Return the offices that departments keep in each subdistrict."""
    return [
        Unit(
            id=f"{own.id}@{street.id}",
            name_zh=street.name_zh.removesuffix("街道").removesuffix("镇") + own.branches,
            kind="branch_office",
            parent=own.id,
            serves=street.id,
        )
        for own in DEPARTMENTS
        if own.branches
        for street in subdistricts
    ]

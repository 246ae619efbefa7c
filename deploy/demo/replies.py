"""What simulated staff and residents write: reasons, measures, notes, and whom else a department points at."""

from typing import Final

MEASURES: Final = (
    "已安排人员到场处置，现场清理完毕并恢复原状",
    "抢修队已更换损坏部件，试运行正常",
    "已对责任人宣传教育并当场整改，后续加强巡查",
    "已组织现场会商，明确责任并完成整改，留存前后照片",
    "已上门核实情况，向反映人说明政策并办理完毕",
    "已设置警示围挡消除隐患，随后完成修复",
)
PARTS: Final = (
    "已到场配合处置，完成本单位职责部分",
    "已提供技术支持并协助现场秩序维护",
    "已核对权属资料并移交主办单位",
)
TALKED_WITH: Final = (
    "反映人本人，电话沟通",
    "反映人本人，现场见面",
    "所在社区网格员",
    "小区物业负责人",
    "现场商户负责人",
)
RETURN_REASONS: Final = (
    "经现场核实，设施权属不在我单位",
    "该事项主管职责已划转，不属于我单位管辖范围",
    "反映位置不在我单位管养路段",
    "需先由行业主管部门认定，我单位无相应执法权限",
)
REWORK_REASONS: Final = ("现场复查问题仍然存在", "只处理了一部分，周边仍有遗留", "反映人表示未见人员到场")
VERIFIED: Final = ("现场复查，问题已解决", "电话核实，反映人认可", "对照前后照片核查通过")
UNSATISFIED: Final = (
    "说是办好了，现场根本没变",
    "只处理了一半，两天后又成了老样子",
    "一直没有人联系我，不知道怎么处理的",
)
ARRIVALS: Final = ("事发现场", "街道指挥室", "社区居委会", "现场路口集合点")
DISPATCH_REASONS: Final = ("规则未覆盖，经研判由该单位主办", "位置在区界附近，经协商由该单位先行受理")

POINTS_AT: Final = {
    "municipal_works": ("drainage", "water_company", "traffic_police"),
    "drainage": ("municipal_works", "sanitation", "water_affairs"),
    "sanitation": ("urban_management", "parks", "housing"),
    "urban_management": ("ecology_environment", "market_regulation", "sanitation"),
    "market_regulation": ("commerce", "urban_management", "health"),
    "traffic_police": ("urban_management", "municipal_works", "transport"),
    "housing": ("market_regulation", "natural_resources", "development_reform"),
    "parks": ("sanitation", "municipal_works"),
    "heating_company": ("housing",),
    "water_company": ("municipal_works", "housing"),
    "power_company": ("telecom_operator", "housing"),
    "telecom_operator": ("power_company", "municipal_works"),
    "fire_rescue": ("housing", "traffic_police"),
    "ecology_environment": ("urban_management", "water_affairs"),
    "health": ("market_regulation", "ecology_environment"),
    "commerce": ("market_regulation",),
    "transport": ("traffic_police",),
    "human_resources": ("housing", "justice"),
}
"""Units a department names when it returns a case; who is not here never returns one."""

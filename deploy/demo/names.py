"""Invented names: the district, its streets and communities, and the people in them."""

from typing import Final

from deploy.demo.draws import Draws


def words(text: str) -> tuple[str, ...]:
    """Return the words between spaces; long lists of short names read better so."""
    return tuple(text.split())


DISTRICT: Final = "青桐区"
SUBDISTRICTS: Final = ("桥西街道", "河湾街道", "白桦街道", "东关街道", "南园街道", "新城街道", "铁西街道", "云杉镇")
COMMUNITIES: Final = words(
    "槐荫 柳岸 石桥 望河 钟楼 文汇 书香 长青 永宁 福泽 "
    "水岸 芦苇 渡口 平湖 临波 闸北 月湾 柳堤 清泉 观澜 "
    "桦林 松涛 林语 枫桥 鹿鸣 百灵 青禾 向阳 山泉 云溪 "
    "东盛 瓮城 鼓楼 集贤 迎春 马市 仓街 古井 泰和 安定 "
    "南苑 果园 桃李 杏林 榆园 梨花 花圃 景和 瑞和 惠民 "
    "启航 创新 锦绣 凤鸣 星河 学府 科苑 金桥 未来 和悦 "
    "机务 车站 钢苑 厂前 工农 建业 振兴 红旗 劳动 团结 "
    "云杉 北坡 南沟 大井 油坊 双榆 石窑 西滩 柳树湾 高家营"
)
STREETS: Final = words(
    "青桐大街 桥西路 河湾路 白桦路 东关街 南园路 新城大道 铁西街 云杉路 文化街 建设路 光明路 "
    "育才路 解放街 民主路 滨河路 迎宾大道 站前街 工业路 幸福街 春晖路 团结街 长青路 北环路"
)
ESTATES: Final = words(
    "和顺家园 金水花园 锦绣苑 书香名邸 阳光小区 兴业里 丽景苑 康宁小区 翠微园 站前小区 职工新村 福满园 "
    "御景湾 民馨家园 云锦园 安居小区 老干部楼院 棉纺厂家属院 一中家属院 供销社楼院"
)
COMPANIES: Final = ("安康", "嘉和", "绿洲", "恒信", "暖阳", "百家", "鑫源", "同心")
"""Estate managers of the sample district."""
_SURNAMES: Final = "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹严金魏陶姜谢邹苏潘葛范彭马方任袁柳史唐薛雷贺"
_GIVEN: Final = words(
    "建国 志强 海燕 晓梅 文博 丽华 振东 春生 雅琴 国栋 玉兰 立新 雪峰 红霞 明远 慧敏 少华 永刚 桂英 俊杰 "
    "思雨 子涵 天宇 秀芳 学军 小龙 佳怡 世杰 凤英 一鸣 卫东 静怡 宏伟 淑珍 启明 晨曦 德胜 艳玲 浩然 金梅"
)


def person_name(draws: Draws) -> str:
    """Return a surname and a given name; invented, and the same name may occur twice."""
    return draws.pick(_SURNAMES) + draws.pick(_GIVEN)

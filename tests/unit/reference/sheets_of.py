"""The town's sheets as files, with one cell or line changed."""

import json
from pathlib import Path
from typing import Final

from services.reference.model.version import ReferenceVersion
from services.reference.sheets.district import read_version
from tests.builders import REFERENCE

UNITS: Final = """\
id,name_zh,kind,parent,supervisor,serves,lanes,grid_level
district,区,district,,,,,
district_command_center,指挥中心,center,district,,,,
sub-01,一街道,subdistrict,district,,,,
com-0101,一社区,community,sub-01,,,,
grid-0101-01,一网格,grid,com-0101,,,,3
grid-0101-02,二网格,grid,com-0101,,,,3
drainage,排水中心,department,district,,,,
drainage@sub-01,排水一所,branch_office,drainage,,sub-01,,
police,公安分局,department,district,,,stability; drugs; petition; discipline,
"""
CATALOGUE: Final = """\
code,domain_code,domain_zh,domain_en,name_zh,name_en,kind,lead,cooperating,duty_of,tier,urgency,limit,stages,source
0203,02,排水,drainage,箅子堵塞,grate_blocked,component,drainage,police,,D,normal,1wd,,Y
1001,10,街面,street,游商,vendor,incident,subdistrict,police,drainage,S,urgent,2uh,,Y
2304,23,治安,order,涉毒,drugs,incident,police,,,D,sensitive,0.5uh,,I
2403,24,信访,petition,苗头,sign,incident,police,,,D,sensitive,0.5uh,,I
2404,24,信访,petition,信访,petition,incident,police,,,D,statutory,15d,,L
2405,24,信访,petition,检举,accusation,incident,police,,,D,sensitive,15d,,L
"""
RULES: Final = """\
id,keywords,item,lead,cooperating,areas,priority
drains,雨水箅;雨水口,0203,,,,
vendors,摆摊,1001,,,sub-01,5
"""
DUTIES: Final = "unit,item,admission,approved_on\nsub-01,1001,ZR-1,2025-12-01\n"
ADMISSIONS: Final = """\
id,title,requested_by,items,units,funds,staff,powers,state,decided_on,valid_to,reason
ZR-1,游商,drainage,1001,sub-01,yes,yes,yes,approved,2025-12-01,,
"""
POWERS: Final = "item,holder,valid_from,valid_to,basis\n1001,subdistrict,,,清单\n"
OWNERS: Final = "role,area,item,unit,note\nasset_owner,sub-01,0203,drainage,\n"


def square(grid: str, west: float, *, side: float = 0.01) -> dict[str, object]:
    east, south, north = round(west + side, 6), 41.0, 41.01
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {"grid": grid},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def geojson(*features: dict[str, object]) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


GRIDS: Final = geojson(square("grid-0101-01", 113.10), square("grid-0101-02", 113.11))
FILES: Final = {
    "city/catalogue.csv": CATALOGUE,
    "city/rules.csv": RULES,
    "district/units.csv": UNITS,
    "district/duty_lists.csv": DUTIES,
    "district/asset_owners.csv": OWNERS,
    "district/admissions.csv": ADMISSIONS,
    "district/powers.csv": POWERS,
    "district/grids.geojson": GRIDS,
}


def write_sheets(folder: Path, changed: dict[str, str | bytes] | None = None) -> None:
    """Write the town's sheets under `folder`, some of them as given in `changed`."""
    (folder / "city/calendars").mkdir(parents=True)
    (folder / "district").mkdir()
    files: dict[str, str | bytes] = {**FILES, **(changed or {})}
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    for name in ("calendars/CN-2026.json", "calendars/CN-2027.json"):
        (folder / "city" / name).write_bytes((REFERENCE / name).read_bytes())
    # The city's policies, without what they say of items that the town does not know.
    policies = json.loads((REFERENCE / "policies.json").read_bytes())
    (folder / "city" / "policies.json").write_text(json.dumps({**policies, "major": {}, "life": {}}))


def read_sheets(folder: Path, *, delegated: bool = True) -> ReferenceVersion:
    return read_version(folder / "city", folder / "district", delegated=delegated)

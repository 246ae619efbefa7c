"""catalogue.csv: what can be reported, one item per row: lead, cooperators, tier, urgency, limit."""

from typing import Final, get_args

from services.contracts.events.dispatch import StagedLimit, Tier, Urgency
from services.reference.model.catalogue import STAGES_MAX, Item, ItemKind, LimitSource
from services.reference.sheets.reading import Column, Entry, Row, parse_rows, rows_of
from services.worktime.limits import Limit

SHEET: Final = "catalogue"
TIERS: Final[tuple[Tier, ...]] = get_args(Tier)
URGENCIES: Final[tuple[Urgency, ...]] = get_args(Urgency)
KINDS: Final[tuple[ItemKind, ...]] = get_args(ItemKind)
SOURCES: Final[tuple[LimitSource, ...]] = get_args(LimitSource)
COLUMNS: Final = (
    Column("code", "catalogue code, such as 0101; unique", required=True),
    Column("domain_code", "two digits of the domain", required=True),
    Column("domain_zh", "domain in Chinese", required=True),
    Column("domain_en", "domain in English, as an identifier", required=True),
    Column("name_zh", "item in Chinese", required=True),
    Column("name_en", "item in English, as an identifier", required=True),
    Column(
        "kind",
        "component: a fixed thing with an owner; incident: something that happens",
        required=True,
        choices=KINDS,
    ),
    Column(
        "lead",
        "exactly one unit id or role: subdistrict, community, grid, asset_owner, property_company, bike_operator",
        required=True,
        refers="unit",
    ),
    Column("cooperating", "unit ids or roles; not the lead"),
    Column(
        "duty_of",
        "the department whose duty it is by law, when the lead is a subdistrict, community or grid",
        refers="department",
    ),
    Column("tier", "lowest tier that may close: G, C, S or D", required=True, choices=TIERS),
    Column("urgency", "which stage limits and which ladder hold", required=True, choices=URGENCIES),
    Column("limit", "handling limit: 2uh, 4wh, 1wd or 15d", required=True),
    Column("stages", "limits on the way, such as `制止=2d; 处罚=7wd`; the last one is the handling limit"),
    Column("source", "of the limit: Y municipal standard, L law, H hotline, I our own", required=True, choices=SOURCES),
    Column("note", "free text"),
)


def read_catalogue(name: str, content: bytes) -> list[Entry[Item]]:
    """Return the items of the sheet, in its order."""
    return parse_rows(rows_of(SHEET, name, content, COLUMNS), _item)


def _item(row: Row) -> Item:
    lead, cooperating = row.text("lead"), row.many("cooperating")
    if ";" in lead:
        row.refuse("lead", "names more than one; a case has exactly one lead")
    if lead in cooperating:
        row.refuse("cooperating", f"{lead} leads already")
    if not row.optional("limit"):
        row.refuse("limit", "missing; every case has a due date")
    return Item(
        code=row.text("code"),
        domain_code=row.text("domain_code"),
        domain_zh=row.text("domain_zh"),
        domain_en=row.text("domain_en"),
        name_zh=row.text("name_zh"),
        name_en=row.text("name_en"),
        kind=row.choice("kind", KINDS),
        lead=lead,
        cooperating=cooperating,
        duty_of=row.optional("duty_of"),
        tier=row.choice("tier", TIERS),
        urgency=row.choice("urgency", URGENCIES),
        limit=str(row.read("limit", Limit.parse)),
        stages=_stages(row),
        source=row.choice("source", SOURCES),
        note=row.optional("note"),
    )


def _stages(row: Row) -> tuple[StagedLimit, ...]:
    stages = tuple(stage for text in row.many("stages") if (stage := _stage(row, text)) is not None)
    if len(stages) > STAGES_MAX:
        row.refuse("stages", f"more than {STAGES_MAX}")
    if stages and stages[-1].limit != row.optional("limit"):
        row.refuse("stages", "the last stage is the handling limit")
    return stages


def _stage(row: Row, text: str) -> StagedLimit | None:
    name, _, limit = (part.strip() for part in text.partition("="))
    try:
        return StagedLimit(name, str(Limit.parse(limit)))
    except ValueError as error:
        row.refuse("stages", f"{text!r}: {error}")
        return None

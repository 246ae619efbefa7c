"""How the sample district reports: shares and weights, each a number somebody may want to change."""

from typing import Final, Literal

from services.contracts.events.report import Channel, ReporterKind

Flavour = Literal["ordinary", "duplicate", "uncovered", "sensitive"]

FLAVOURS: Final[tuple[tuple[Flavour, float], ...]] = (
    ("ordinary", 0.86), ("duplicate", 0.08), ("uncovered", 0.03), ("sensitive", 0.03),
)  # fmt: skip
NEAR: Final = 25
"""A duplicate is about one of this many reports before it."""

SENSITIVE_ITEMS: Final = frozenset({"2304", "2403", "2404", "2405"})
EMERGENCY_ITEMS: Final = frozenset(
    {"0101", "0102", "0107", "0201", "0301", "0303", "0401", "0403", "0501", "0601", "0701", "1503", "1506", "1703"}
)
EMERGENCY_WEIGHT: Final = 0.6
COMMON_ITEMS: Final = {"0402": 6.0, "0703": 5.0, "0801": 5.0, "0804": 3.0, "1002": 3.0, "1501": 3.0, "0808": 3.0}
"""What a northern city hears most in early March; everything else weighs 1, an emergency less."""

CHANNELS: Final[tuple[tuple[Channel, float], ...]] = (
    ("grid_worker", 30), ("one_key", 25), ("hotline", 22), ("web", 18), ("counter", 4), ("sensor", 4),
)  # fmt: skip
SENSED_ITEMS: Final = frozenset({"0105", "0201", "0301", "0401", "0701"})
"""What devices notice; they report nothing else."""
KINDS: Final[dict[Channel, ReporterKind]] = {
    "grid_worker": "grid_worker", "one_key": "resident", "web": "resident", "hotline": "operator",
    "counter": "operator", "sensor": "device",
}  # fmt: skip
NAMES_ITEM: Final[dict[Channel, float]] = {
    "grid_worker": 0.85, "hotline": 0.8, "counter": 0.9, "sensor": 1.0, "one_key": 0.35, "web": 0.35,
}  # fmt: skip
"""How often the catalogue item is named; residents seldom do, and keywords must decide."""
LEAVES_PHONE: Final[dict[Channel, float]] = {
    "grid_worker": 0.0, "hotline": 0.9, "counter": 0.8, "sensor": 0.0, "one_key": 0.75, "web": 0.5,
}  # fmt: skip
PHONE_IN_TEXT: Final = 0.12
PLATE_ITEMS: Final = frozenset({"0703", "0706", "1203"})
PLATE_IN_TEXT: Final = 0.3

ACCUSED: Final = {"2501": "administrative_approval", "0402": "heating_company", "1502": "housing"}
"""Items whose reporters may name the unit they complain about; it would lead the case, so somebody else must."""
ACCUSES: Final = 0.2

"""docs/settings.md: every setting of every process, with its default and what it means."""

from typing import Any, Final

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from services.appraisal.settings import AppraisalSettings
from services.board.settings import BoardSettings
from services.chassis.settings import ServiceSettings, WithKafka, WithPostgres
from services.desk.settings import DeskSettings
from services.intake.settings import IntakeApiSettings, IntakeRelaySettings
from services.ledger.settings import LedgerSettings
from services.notify.settings import NotifySettings
from services.reconciler.settings import ReconcilerSettings
from services.router.settings import RouterSettings
from services.sla.settings import SlaSettings

SETTINGS: Final[tuple[type[ServiceSettings], ...]] = (
    IntakeApiSettings, IntakeRelaySettings, RouterSettings, LedgerSettings, SlaSettings, DeskSettings, BoardSettings,
    NotifySettings, AppraisalSettings, ReconcilerSettings,
)  # fmt: skip
SHARED: Final = ((ServiceSettings, "every process"), (WithPostgres, "with PostgreSQL"), (WithKafka, "with Kafka"))
HEAD: Final = """# Settings

Generated from the settings of each service by `make docs`. Every process reads variables with a prefix of its own. Any
setting may come from a file: `<NAME>_FILE` names a file whose text is the value; passwords and keys should.
`python -m services.<name> --check-config` prints what would be used, secrets hidden, and refuses what it does not
understand, with status 78. What a container engine sets stands in [compose.yaml](../compose.yaml); how messages reach
people: [messages.md](messages.md).

"""


def settings_page() -> str:
    """Return the page's text."""
    shared = [_shared()]
    return HEAD + "\n".join([*shared, *map(_section, SETTINGS)])


def _shared() -> str:
    rows = []
    known: set[str] = set()
    for settings, whose in SHARED:
        own = {name: field for name, field in settings.model_fields.items() if name not in known}
        known |= own.keys()
        rows += [_row(f"…_{name.upper()}", field, f" ({whose})") for name, field in own.items()]
    return _table("## Of every process", rows)


def _section(settings: type[ServiceSettings]) -> str:
    shared = {name for base, _ in SHARED if issubclass(settings, base) for name in base.model_fields}
    own = {name: field for name, field in settings.model_fields.items() if name not in shared}
    rows = [_row(f"{settings.prefix()}{name.upper()}", field) for name, field in own.items()]
    name = settings.prefix().removeprefix("WHISTLE_").rstrip("_").lower().replace("_", "-")
    return _table(f"## {name}", rows) if rows else f"## {name}\n\nNothing of its own: prefix `{settings.prefix()}`.\n"


def _table(heading: str, rows: list[str]) -> str:
    return "\n".join([heading, "", "| variable | default | meaning |", "|---|---|---|", *rows, ""])


def _row(name: str, field: FieldInfo, whose: str = "") -> str:
    meaning = (field.description or "").replace("|", "\\|")
    return f"| `{name}` | {_default(field)} | {meaning}{whose} |"


def _default(field: FieldInfo) -> str:
    default: Any = field.default
    if default is PydanticUndefined:
        return "must be set"
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    return "" if default in (None, "") else f"`{default}`"

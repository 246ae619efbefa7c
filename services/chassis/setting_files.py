"""Settings from files: `<NAME>_FILE` names a file whose text is the value of `<NAME>`."""

import os
from pathlib import Path
from typing import Any, Final

from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource

FILE_BYTES_MAX: Final = 64 * 1024


class UnreadableSettingError(ValueError):
    """A `_FILE` variable names no readable file, or stands beside the variable itself."""


class FromFiles(PydanticBaseSettingsSource):
    """Reads `<PREFIX><FIELD>_FILE`: the file's text without its last line break."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        del field
        name = f"{self.config.get('env_prefix', '')}{field_name}".upper()
        path = os.environ.get(f"{name}_FILE")
        if not path:
            return None, field_name, False
        if os.environ.get(name) is not None:
            raise UnreadableSettingError(f"{name} and {name}_FILE are both set; keep one")
        return _text_of(f"{name}_FILE", Path(path)), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def _text_of(name: str, path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > FILE_BYTES_MAX:
            raise UnreadableSettingError(f"{name}: {path} is larger than {FILE_BYTES_MAX} bytes")
        text = path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableSettingError(f"{name}: cannot read {path}: {error}") from error
    if not text:
        raise UnreadableSettingError(f"{name}: {path} is empty")
    return text

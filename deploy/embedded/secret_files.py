"""Makes the secret files once: a password per database role and the vault's keys, readable by the owner only."""

import base64
import json
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from deploy.embedded.state import COMPOSE, State

PASSWORD_SUFFIX: Final = "_password"  # noqa: S105 (a file name's end, not a password)
KEYS_SUFFIX: Final = "_keys"
PROVIDER_SUFFIX: Final = "_secret"
PASSWORD_BYTES: Final = 24
KEY_BYTES: Final = 32


def make_secrets(folder: Path, names: Iterable[str]) -> None:
    """Write each missing secret of `names`; a file that exists is never touched.

    `<role>_password` holds a random password, `<what>_keys` a key file as JSON. `<provider>_secret` holds a random text
    until the operator writes what the provider gave.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in names:
        if not (folder / name).exists():
            write_private(folder / name, _new(name))


def write_private(path: Path, text: str) -> None:
    """Write `text` whole or not at all, with mode 0600 from the first byte."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600, exist_ok=False)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def read_secret(folder: Path, name: str) -> str:
    """Return the text of one secret without its line end."""
    return (folder / name).read_text(encoding="utf-8").strip()


def _new(name: str) -> str:
    if name.endswith((PASSWORD_SUFFIX, PROVIDER_SUFFIX)):
        return secrets.token_urlsafe(PASSWORD_BYTES) + "\n"
    if name.endswith(KEYS_SUFFIX):
        key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")
        return json.dumps({"current": "k1", "keys": {"k1": key}}) + "\n"
    raise ValueError(
        f"{name}: a secret is named <role>{PASSWORD_SUFFIX}, <what>{KEYS_SUFFIX} or <who>{PROVIDER_SUFFIX}"
    )


def declared_secrets(compose: Path) -> list[str]:
    """Return the names of the secrets that compose.yaml declares, one to a line (read without a YAML library)."""
    return re.findall(r"^  (\w+): \{file: ", compose.read_text(encoding="utf-8"), re.MULTILINE)


if __name__ == "__main__":  # before the first `docker compose up`; needs nothing but Python
    make_secrets(State.named("system").secrets, declared_secrets(COMPOSE))

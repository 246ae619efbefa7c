"""Built assets: named with a hash of their content, served for ever, listed in a manifest that the build wrote."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import msgspec
from starlette.responses import Response

from services.chassis.web.problems import of_status

PATH: Final = "/assets/"
MEDIA_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
_NAME: Final = re.compile(r"^[A-Za-z0-9._-]{1,120}$")


class NotBuiltError(RuntimeError):
    """The build has not run; the message says how to run it."""


@dataclass(frozen=True, slots=True)
class Assets:
    """What the build made, in memory: a few files of some ten KiB."""

    names: dict[str, str]
    """By the name templates use, e.g. `queue.js`: the name with the hash."""
    contents: dict[str, bytes]

    @classmethod
    def read(cls, folders: Iterable[Path]) -> Self:
        """Read every folder's `dist`.

        Raises:
            NotBuiltError: one has none.
        """
        names: dict[str, str] = {}
        contents: dict[str, bytes] = {}
        for folder in folders:
            dist = folder / "dist"
            try:
                names |= msgspec.json.decode((dist / "manifest.json").read_bytes(), type=dict[str, str])
            except FileNotFoundError:
                told = f"{dist} is missing: `make setup` builds what pages load"
                raise NotBuiltError(told) from None
            contents |= {file.name: file.read_bytes() for file in dist.iterdir() if file.suffix in MEDIA_TYPES}
        return cls(names, contents)

    def address(self, name: str) -> str:
        """Return where a page loads `name` from. Raises KeyError for one that was not built."""
        return PATH + self.names[name]

    def answer(self, name: str) -> Response:
        """Return the file. Raises Problem 404."""
        content = self.contents.get(name) if _NAME.match(name) else None
        if content is None:
            raise of_status(404)
        return Response(content, headers=FOR_EVER, media_type=MEDIA_TYPES[Path(name).suffix])

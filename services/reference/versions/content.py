"""A reference version <-> the bytes that are stored and published: gzip of canonical JSON."""

import gzip
import io
from datetime import datetime
from typing import Final

import msgspec

from services.reference.model.version import ReferenceVersion

CONTENT_BYTES_MAX: Final = 128 * 1024 * 1024
"""Unpacked; a district of 2,000 grids takes 3 MB."""

_DECODER: Final = msgspec.json.Decoder(ReferenceVersion)


class CannotReadVersionError(ValueError):
    """The bytes are no reference version."""


def content_of(version: ReferenceVersion) -> bytes:
    """Return the bytes to store: the same decisions give the same bytes, whatever number they will carry."""
    bare = msgspec.structs.replace(version, number=0, active_from=None)
    return gzip.compress(msgspec.json.encode(bare, order="deterministic"), mtime=0)


def version_of(content: bytes, number: int, active_from: datetime | None) -> ReferenceVersion:
    """Return the version that the stored bytes hold, under its number.

    Raises:
        CannotReadVersionError: no gzip, too large, or another structure.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            text = file.read(CONTENT_BYTES_MAX + 1)
        if len(text) > CONTENT_BYTES_MAX:
            raise CannotReadVersionError(f"more than {CONTENT_BYTES_MAX} bytes")
        return msgspec.structs.replace(_DECODER.decode(text), number=number, active_from=active_from)
    except (OSError, EOFError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CannotReadVersionError(f"no reference version: {error}") from error

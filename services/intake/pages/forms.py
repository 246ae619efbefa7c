"""Reads a page's form: few short fields and few pictures, within limits."""

from dataclasses import dataclass
from typing import Final

from starlette.datastructures import UploadFile
from starlette.requests import Request

FIELDS_MAX: Final = 40
FIELD_BYTES_MAX: Final = 64 * 1024
PHOTOS_MAX: Final = 3
FORM_BYTES_MAX: Final = 24 * 1024 * 1024
"""Two or three photos as a phone takes them, where no script makes them smaller."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as filled in."""

    fields: dict[str, str]
    photos: tuple[bytes, ...] = ()

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")


async def filled_in(request: Request) -> Filled:
    """Return the form's fields, trimmed, and its photos; of a repeated field the last counts.

    Raises:
        HTTPException: 400; more or longer fields than any of our forms has.
    """
    async with request.form(max_files=PHOTOS_MAX, max_fields=FIELDS_MAX, max_part_size=FIELD_BYTES_MAX) as form:
        fields = {name: value.strip() for name, value in form.multi_items() if isinstance(value, str)}
        files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
        photos = [await file.read() for file in files]
    return Filled(fields, tuple(photo for photo in photos if photo))

"""Pictures encoded anew: whatever came with the pixels, such as where and when and a second file, stays behind."""

import io
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

BYTES_MAX: Final = 10 * 1024 * 1024
PIXELS_MAX: Final = 40_000_000
"""Above what phones take; refused by the header, before a pixel is unpacked."""
SIDE_MAX: Final = 3_000
"""Longest side kept: number plates and house numbers stay readable."""
QUALITY: Final = 85
MAGIC: Final = ((b"\xff\xd8\xff", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"RIFF", "WEBP"), (b"GIF8", "GIF"))


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as kept: encoded anew, with nothing but pixels in it."""

    content: bytes
    media_type: str
    width: int
    height: int


class NotAPictureError(ValueError):
    """Not a picture of a kind we take, damaged, or too large."""


def encoded_anew(content: bytes) -> Picture:
    """Return the picture as JPEG without metadata; of an animation the first frame. Takes a thread for 0.1 to 1 s.

    Raises:
        NotAPictureError: with the reason.
    """
    kind = next((kind for magic, kind in MAGIC if content.startswith(magic)), None)
    if kind is None:
        raise NotAPictureError("send a JPEG, PNG, WebP or GIF picture")
    try:
        with warnings.catch_warnings():
            # Pillow only warns of pictures somewhat above its own limit; ours is lower and strict.
            warnings.simplefilter("error")
            return _encoded_anew(content, kind)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Warning, MemoryError) as error:
        if isinstance(error, NotAPictureError):
            raise
        raise NotAPictureError("the picture is damaged") from error


def _encoded_anew(content: bytes, kind: str) -> Picture:
    with Image.open(io.BytesIO(content), formats=[kind]) as opened:
        if opened.width * opened.height > PIXELS_MAX:
            raise NotAPictureError(f"more than {PIXELS_MAX // 1_000_000} million pixels")
        # A JPEG is unpacked at an eighth, a quarter or half of its size where that is enough.
        opened.draft("RGB", (SIDE_MAX, SIDE_MAX))
        picture = ImageOps.exif_transpose(opened)
        picture.thumbnail((SIDE_MAX, SIDE_MAX))
        pixels = _on_white(picture)
    # Pillow writes what it read beside the pixels, such as comments and profiles, into the new file.
    pixels.info.clear()
    out = io.BytesIO()
    pixels.save(out, "JPEG", quality=QUALITY)
    return Picture(out.getvalue(), "image/jpeg", pixels.width, pixels.height)


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    ground = Image.new("RGB", seen.size, "white")
    ground.paste(seen, mask=seen.getchannel("A"))
    return ground

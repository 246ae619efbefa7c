"""Pictures: only pixels are kept, bombs are refused by their header, an id serves one report."""

import io
import zlib
from uuid import uuid4

import pytest
from PIL import ExifTags, Image

from tests.component.intake.window import Window

PATH = "/api/v1/attachments"


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    return out.getvalue()


def a_photo_with_place() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SpyCam"
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (41.0, 0.0, 0.0)
    return a_picture(exif=exif, comment=b"canary")


def a_png_that_claims(width: int, height: int) -> bytes:
    header = b"IHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\x0d" + header + zlib.crc32(header).to_bytes(4, "big") + b"\0" * 64


async def sent(window: Window, content: bytes, media_type: str = "image/jpeg") -> tuple[int, dict[str, object]]:
    answer = await window.client.post(PATH, content=content, headers={"Content-Type": media_type})
    return answer.status_code, answer.json()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
async def test_a_picture_is_kept_as_jpeg(window: Window, kind: str) -> None:
    status, receipt = await sent(window, a_picture(kind), f"image/{kind.lower()}")

    (kept,) = window.pictures.kept.values()
    assert (status, receipt["media_type"], receipt["width"], receipt["height"]) == (201, "image/jpeg", 64, 48)
    assert Image.open(io.BytesIO(kept.content)).format == "JPEG"


async def test_where_and_with_what_it_was_taken_stays_behind(window: Window) -> None:
    await sent(window, a_photo_with_place() + b"<script>canary</script>")

    (kept,) = window.pictures.kept.values()
    picture = Image.open(io.BytesIO(kept.content))
    assert dict(picture.getexif()) == {}
    assert not any(word in kept.content for word in (b"SpyCam", b"canary", b"Exif"))
    assert picture.size == (48, 64), "turned as the camera said"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<svg onload=alert(1)>", id="svg"),
        pytest.param(b"%PDF-1.7", id="pdf"),
        pytest.param(b"\xff\xd8\xff" + b"x" * 1_000, id="only-the-magic"),
        pytest.param(a_picture()[:200], id="cut-in-the-middle"),
        pytest.param(a_png_that_claims(50_000, 50_000), id="a-pixel-flood"),
        pytest.param(b"RIFF\x00\x00\x00\x00WAVEfmt ", id="a-sound"),
    ],
)
async def test_what_is_no_picture_is_refused(window: Window, content: bytes) -> None:
    status, problem = await sent(window, content)

    assert (status, problem["type"]) == (422, "/problems/not-a-picture")
    assert window.pictures.kept == {}


async def test_other_media_and_large_files_are_refused(window: Window) -> None:
    html, _ = await sent(window, b"<html>", "text/html")
    large, _ = await sent(window, b"\xff\xd8\xff" + b"x" * 11 * 1024 * 1024)

    assert (html, large) == (415, 413)


async def test_a_large_photo_is_made_smaller(window: Window) -> None:
    status, receipt = await sent(window, a_picture(size=(6_000, 4_000)))

    assert (status, receipt["width"], receipt["height"]) == (201, 3_000, 2_000)


async def test_a_picture_serves_one_report_also_when_the_report_is_repeated(window: Window) -> None:
    _, receipt = await sent(window, a_picture())
    picture = str(receipt["attachment_id"])

    first = await window.report(key="once", attachments=[picture])
    again = await window.report(key="once", attachments=[picture])
    other = await window.report(attachments=[picture])
    unknown = await window.report(attachments=[str(uuid4())])

    assert [answer.status_code for answer in (first, again, other, unknown)] == [201, 201, 422, 422]


async def test_the_twenty_first_picture_is_too_many(window: Window) -> None:
    answer = await window.report(attachments=[str(uuid4()) for _ in range(21)])

    assert answer.status_code == 413

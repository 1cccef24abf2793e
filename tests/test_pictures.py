"""Photos made harmless: hostile bytes of all kinds, built here."""

import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from time import sleep

import pytest
from PIL import Image, TiffImagePlugin

from portal import pictures
from portal.pictures import LARGE, MEGABYTE, SMALL, Picture, repainted
from tests.conftest import broken

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)
SCRIPT = b"<script>alert(1)</script>"
GPS = 0x8825


def saved(image: Image.Image, kind: str, **options) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def half_and_half(mode: str = "RGB", size: tuple[int, int] = (400, 200)) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image.convert(mode)


def opened(picture: Picture) -> Image.Image:
    image = Image.open(BytesIO(picture.webp))
    image.load()
    return image


def at(picture: Picture, x: float, y: float) -> str:
    """The colour at a share of width and height, by name."""
    image = opened(picture)
    pixel = image.getpixel((int(x * image.width), int(y * image.height)))
    return min(
        {"red": RED, "blue": BLUE, "white": WHITE, "grey": (128,) * 3, "black": (0,) * 3}.items(),
        key=lambda named: sum((a - b) ** 2 for a, b in zip(named[1], pixel, strict=True)),
    )[0]


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is so large and has no pixels."""
    body = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + body
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(body)) + chunk
    return start + struct.pack(">I", zlib.crc32(chunk)) + b"\x00\x00\x00\x00IEND\xaeB`\x82"


def chunk_of_png(data: bytes, kind: bytes, body: bytes) -> bytes:
    """The PNG with one chunk more behind its header."""
    more = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return data[:33] + more + data[33:]


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("RGB", "JPEG"), ("L", "JPEG"), ("CMYK", "JPEG"), ("RGB", "PNG"), ("P", "PNG"), ("1", "PNG"), ("LA", "PNG"),
        ("RGBA", "PNG"), ("RGB", "WEBP"), ("RGBA", "WEBP"), ("P", "GIF"),
    ],
)  # fmt: skip
def test_every_usual_kind_is_repainted(mode, kind):
    picture = repainted(saved(half_and_half(mode), kind))
    image = opened(picture)
    assert (image.format, image.mode, image.size) == ("WEBP", "RGB", (400, 200))
    assert (picture.width, picture.height) == (400, 200)
    assert not image.info.keys() & {"exif", "icc_profile", "xmp"}
    if mode not in ("1", "L", "LA"):
        assert (at(picture, 0.2, 0.5), at(picture, 0.8, 0.5)) == ("red", "blue")


def test_a_large_photo_is_scaled_and_a_small_one_is_not():
    picture = repainted(saved(half_and_half(size=(4000, 3000)), "JPEG"))
    assert (picture.width, picture.height) == (LARGE, 1200)
    assert Image.open(BytesIO(picture.thumb)).size == (SMALL, 300)
    assert Image.open(BytesIO(repainted(saved(half_and_half(), "JPEG")).thumb)).size == (400, 200)


def test_one_pixel_and_one_long_line_are_pictures():
    assert repainted(saved(Image.new("RGB", (1, 1)), "PNG"))[2:] == (1, 1)
    assert repainted(saved(Image.new("RGB", (20_000, 1)), "PNG")).height == 1


def test_nothing_that_the_camera_wrote_is_kept():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(GPS)[2] = tuple(TiffImagePlugin.IFDRational(n) for n in (53, 24, 30))
    data = saved(
        half_and_half(), "JPEG", exif=exif, icc_profile=b"SecretProfile" * 20, comment=b"SecretComment",
        xmp=b"<x:xmpmeta>SecretXmp</x:xmpmeta>",
    )  # fmt: skip
    before = Image.open(BytesIO(data))
    assert before.getexif().get_ifd(GPS)
    assert b"Secret" in data
    picture = repainted(data)
    for kept in picture[:2]:
        after = Image.open(BytesIO(kept))
        assert not after.getexif()
        assert not after.info.keys() & {"exif", "icc_profile", "xmp", "comment"}
        for trace in (b"Secret", b"EXIF", b"XMP ", b"ICCP", b"GPS"):
            assert trace not in kept


@pytest.mark.parametrize(
    ("orientation", "size", "left", "right", "top", "bottom"),
    [
        (1, (400, 200), "red", "blue", None, None),
        (2, (400, 200), "blue", "red", None, None),
        (3, (400, 200), "blue", "red", None, None),
        (4, (400, 200), "red", "blue", None, None),
        (5, (200, 400), None, None, "red", "blue"),
        (6, (200, 400), None, None, "red", "blue"),
        (7, (200, 400), None, None, "blue", "red"),
        (8, (200, 400), None, None, "blue", "red"),
        (99, (400, 200), "red", "blue", None, None),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_it_is_turned_upright(kind, orientation, size, left, right, top, bottom):  # noqa: PLR0917, PLR0913
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = repainted(saved(half_and_half(), kind, exif=exif))
    assert (picture.width, picture.height) == size
    if left:
        assert (at(picture, 0.2, 0.5), at(picture, 0.8, 0.5)) == (left, right)
    else:
        assert (at(picture, 0.5, 0.2), at(picture, 0.5, 0.8)) == (top, bottom)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_camera_notes_do_not_spoil_a_photo():
    data = saved(half_and_half(), "JPEG", exif=b"Exif\x00\x00MM\x00\x2a\xff\xff\xff\xff")
    assert repainted(data).width == 400
    assert repainted(saved(half_and_half(), "PNG", exif=b"rubbish")).width == 400


def test_sixteen_bits_of_grey_keep_their_shades():
    image = Image.new("I;16", (100, 50), 128 * 256)
    assert at(repainted(saved(image, "PNG")), 0.5, 0.5) == "grey"


def test_what_is_see_through_stands_on_white():
    palette = Image.new("P", (100, 50), 0)
    palette.putpalette([*RED, *BLUE])
    palette.paste(1, (50, 0, 100, 50))
    picture = repainted(saved(palette, "PNG", transparency=0))
    assert (at(picture, 0.2, 0.5), at(picture, 0.8, 0.5)) == ("white", "blue")
    assert at(repainted(saved(Image.new("RGBA", (9, 9), (0, 0, 0, 0)), "PNG")), 0.5, 0.5) == "white"


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_moving_pictures_the_first_is_kept(kind):
    first, second = Image.new("RGB", (80, 60), RED), Image.new("RGB", (80, 60), BLUE)
    data = saved(first, kind, save_all=True, append_images=[second], duration=100)
    picture = repainted(data)
    assert at(picture, 0.5, 0.5) == "red"
    assert not getattr(opened(picture), "is_animated", False)


def test_of_a_phones_picture_of_two_the_first_is_kept():
    data = saved(
        Image.new("RGB", (80, 60), RED), "MPO", save_all=True,
        append_images=[Image.new("RGB", (80, 60), BLUE)],
    )  # fmt: skip
    picture = repainted(data)
    assert at(picture, 0.5, 0.5) == "red"
    assert len(picture.webp) < 1000


def test_what_hides_in_or_behind_a_picture_is_gone():
    polyglots = [
        saved(half_and_half(), "JPEG", comment=SCRIPT),
        saved(half_and_half(), "JPEG") + SCRIPT + b"PK\x03\x04",
        saved(half_and_half("P"), "GIF", comment=SCRIPT),
        saved(half_and_half("P"), "GIF") + b";" + SCRIPT,
        chunk_of_png(saved(half_and_half(), "PNG"), b"tEXt", b"Comment\x00" + SCRIPT),
        saved(half_and_half(), "PNG") + b"%PDF-1.7" + SCRIPT,
    ]
    for data in polyglots:
        assert SCRIPT in data
        for kept in repainted(data)[:2]:
            assert b"script" not in kept
            assert kept.startswith(b"RIFF")


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7\n1 0 obj",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
        b"MZ\x90\x00",
        b"PK\x03\x04",
        b"\x00" * 1000,
        b"just words",
        b"RIFF\x00\x00\x00\x00WEBP",
        b"BM" + b"\x00" * 60,
        b"II*\x00\x08\x00\x00\x00\x00\x00",
        b"\x00\x00\x00\x1cftypavif" + b"\x00" * 100,
    ],
)
def test_what_is_no_photo_is_refused(data):
    with broken("photo-unreadable"):
        repainted(data)


def test_an_empty_file_a_heavy_one_and_one_of_a_phone_are_told_apart():
    with broken("photo-empty"):
        repainted(b"")
    with broken("photo-heavy"):
        repainted(saved(half_and_half(), "JPEG") + b"\x00" * (20 * MEGABYTE))
    with broken("photo-heavy"):
        repainted(b"x" * (15 * MEGABYTE + 1))
    with broken("photo-heic"):
        repainted(b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 100)


@pytest.mark.parametrize("size", [(10_000, 5001), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_by_its_header(size):
    with broken("photo-large"):
        repainted(png_header(*size))


def test_too_many_pixels_in_few_bytes_are_refused():
    data = saved(Image.new("1", (10_000, 5001)), "PNG")
    assert len(data) < MEGABYTE
    with broken("photo-large"):
        repainted(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_truncated_file_is_refused_or_read_never_more(kind):
    whole = saved(half_and_half("P" if kind == "GIF" else "RGB"), kind)
    codes = set()
    for length in range(0, len(whole) - 1, max(1, len(whole) // 60)):
        try:
            repainted(whole[:length])
        except Exception as refusal:  # noqa: BLE001 - that it is one of ours is what is tested
            codes.add(getattr(refusal, "code", repr(refusal)))
    assert codes <= {"photo-empty", "photo-unreadable", "photo-damaged", "photo-large"}
    with broken("photo-damaged"):
        repainted(saved(half_and_half(size=(3000, 2000)), "JPEG", quality=100)[:9000])


def test_a_png_without_pixels_is_damaged():
    with broken("photo-damaged"):
        repainted(png_header(100, 100))


def test_four_at_once_are_painted_one_after_the_other(monkeypatch):
    """A picture of some kilobytes can take half a gigabyte while it is painted; a worker has several threads."""
    now, most = [], []

    def slowly(image):
        now.append(1)
        most.append(len(now))
        sleep(0.02)
        now.pop()
        return image.convert("RGB")

    monkeypatch.setattr(pictures, "_painted", slowly)
    data = saved(half_and_half(), "PNG")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(repainted, [data] * 4))
    assert most == [1] * 4

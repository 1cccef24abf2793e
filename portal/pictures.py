"""Photos made harmless: read, turned upright, repainted as plain pixels and saved anew. Knows nothing of who sent them.

Nothing of the file that came is kept but what it shows: no place, time or name of the camera (EXIF, GPS, XMP), no
comment, no second file hidden behind the first.
"""

import warnings
from io import BytesIO
from threading import Lock
from typing import NamedTuple

from PIL import Image, UnidentifiedImageError

from portal.errors import N_, BadInput

MEGABYTE = 1_000_000
MOST_BYTES = 15 * MEGABYTE
MOST_PIXELS = 50_000_000  # what the best phones take; decoded 200 MB, and as much again while it is made smaller
LARGE, SMALL = 1600, 400  # pixels along the longer side
QUALITY = 80

# A browser on a phone that keeps photos in another format sends a JPEG when it is asked for one of these.
ACCEPTED = "image/jpeg,image/png,image/webp,image/gif"
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")

# A file of some kilobytes can be as large as that: a worker paints one at a time, or four would take all its memory.
ONE_AT_A_TIME = Lock()

# Two guards: Pillow's own when it reads the header, and ours before a pixel is decoded.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)

ORIENTATION = 0x0112  # EXIF: how the camera was held
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# How a file of an iPhone begins, after four bytes: https://github.com/nokiatech/heif (brands of ISO/IEC 23008-12).
HEIC = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypheim", b"ftypheis", b"ftypmif1", b"ftypmsf1")

EMPTY = N_("This file is empty. Choose the photo again.")
TOO_HEAVY = N_("This file has %(size)s MB, and a photo may have %(most)s MB. Send a smaller one.")
NO_PICTURE = N_("This is not a photo that we can read. Send it as JPEG, PNG or WebP.")
NO_HEIC = N_(
    "Your phone saved this as HEIC, which we cannot read. Send it as JPEG: share it to yourself by e-mail, "
    "or choose “Most compatible” under Camera, Formats in the settings."
)
TOO_LARGE = N_("This picture has too many pixels. Send a smaller one.")
DAMAGED = N_("This photo is damaged or breaks off in the middle. Send it again, or another one.")


class Picture(NamedTuple):
    """A photo as it is kept: WebP bytes, large and small, and the size of the large one in pixels."""

    webp: bytes
    thumb: bytes
    width: int
    height: int


def repainted(data: bytes) -> Picture:
    """The photo upright, as plain RGB pixels, at most 1600 pixels long, without anything else. Raises BadInput."""
    check_size(len(data))
    with _opened(data) as image:
        try:
            with ONE_AT_A_TIME:
                canvas = _painted(image)
        except Exception as broken:
            # What a decoder raises on hostile bytes is no closed list; all of it means the same.
            raise BadInput("photo-damaged", DAMAGED) from broken
    small = canvas.copy()
    small.thumbnail((SMALL, SMALL))
    return Picture(_webp(canvas), _webp(small), *canvas.size)


def check_size(size: int) -> None:
    """Refuse a file of so many bytes before it is read. Raises BadInput."""
    if not size:
        raise BadInput("photo-empty", EMPTY)
    if size > MOST_BYTES:
        shown = -(-size // MEGABYTE)
        raise BadInput("photo-heavy", TOO_HEAVY, size=shown, most=MOST_BYTES // MEGABYTE)


def _opened(data: bytes) -> Image.Image:
    """The file with its header read; nothing is decoded yet."""
    if data[4:12] in HEIC:
        raise BadInput("photo-heic", NO_HEIC)
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise BadInput("photo-large", TOO_LARGE) from bomb
    except UnidentifiedImageError as unknown:
        raise BadInput("photo-unreadable", NO_PICTURE) from unknown
    except Exception as broken:
        raise BadInput("photo-damaged", DAMAGED) from broken
    if image.width * image.height > MOST_PIXELS:
        raise BadInput("photo-large", TOO_LARGE)
    return image


def _painted(image: Image.Image) -> Image.Image:
    """Fresh pixels on white ground, scaled down and turned upright."""
    turn = UPRIGHT.get(_orientation(image))
    image.draft("RGB", (LARGE, LARGE))  # a JPEG is decoded at about the size that is wanted
    plain = _plain(image)
    plain.thumbnail((LARGE, LARGE))
    if turn is not None:
        plain = plain.transpose(turn)
    canvas = Image.new("RGB", plain.size, "white")
    canvas.paste(plain, mask=plain.getchannel("A") if plain.mode == "RGBA" else None)
    return canvas


def _plain(image: Image.Image) -> Image.Image:
    """In eight bits a colour; what is transparent stays so until it is painted."""
    if image.mode.startswith("I"):  # 16 bits of grey, which would else be cut off, not scaled
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    see_through = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    wanted = "RGBA" if see_through else "RGB"
    return image if image.mode == wanted else image.convert(wanted)


def _orientation(image: Image.Image) -> int:
    """How the camera was held; a note that cannot be read says nothing."""
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - as above: a broken note does not spoil a good photo
        return 1


def _webp(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "WEBP", quality=QUALITY)
    return out.getvalue()

"""Pictures for a document: QR codes, photos and an area's mark, each an SVG and what it shows in words."""

import re
from base64 import b64decode, b64encode
from io import BytesIO
from typing import TypedDict
from xml.sax.saxutils import quoteattr

import segno
from PIL import Image

SVG = 'xmlns="http://www.w3.org/2000/svg"'


class Drawing(TypedDict):
    """A picture and the words for those who do not see it."""

    svg: str
    alt: str


def qr(address: str, alt: str) -> Drawing:
    """The address as a QR code that a phone still reads when a quarter of it is wet or torn."""
    out = BytesIO()
    code = segno.make(address, error="q", micro=False, boost_error=False)
    code.save(out, kind="svg", xmldecl=False, border=0)
    return {"svg": out.getvalue().decode(), "alt": alt}


def photo(webp: bytes, size: tuple[int, int], alt: str) -> Drawing:
    """A photo as portal.pictures keeps it (width and height in pixels), wrapped so that it travels as text."""
    width, height = size
    inside = f'width="{width}" height="{height}"'
    image = f'<image {inside} href="data:image/webp;base64,{b64encode(webp).decode()}"/>'
    return {"svg": f"<svg {SVG} {inside}>{image}</svg>", "alt": alt}


def as_jpeg(drawing: Drawing) -> bytes | None:
    """The photo within a drawing as Word can show it; None for a drawing that is no photo."""
    found = re.search(r'data:image/webp;base64,([^"]+)"', drawing["svg"])
    if not found:
        return None
    out = BytesIO()
    Image.open(BytesIO(b64decode(found[1]))).convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


def mark(path: str, colour: str = "#ffffff") -> str:
    """An area's mark, one SVG path in a box of 24 by 24, in a colour. It decorates and needs no words."""
    shape = f"<path fill={quoteattr(colour)} d={quoteattr(path)}/>"
    return f'<svg {SVG} viewBox="0 0 24 24" width="24" height="24">{shape}</svg>'

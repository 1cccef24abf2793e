"""Photos for the walks and the demonstration: drawn, because nobody stands at the gate with a camera."""

from io import BytesIO

from PIL import Image, ImageDraw

SIZE = (800, 600)
SKY, GROUND, BOARD, INK = "#b9d3e6", "#7d9a5b", "#ffffff", "#1d1d1b"


def snapshot(shows: str) -> bytes:
    """A JPEG of a board that says what the photo would show."""
    picture = Image.new("RGB", SIZE, SKY)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 380, *SIZE), fill=GROUND)
    draw.rectangle((160, 140, 640, 440), fill=BOARD, outline=INK, width=6)
    draw.text((200, 260), shows, fill=INK, font_size=34)
    out = BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()

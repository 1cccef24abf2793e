"""An uploaded file made harmless: a photo is repainted."""

from typing import NamedTuple

from portal.pictures import repainted


class Paper(NamedTuple):
    """A file as it is kept."""

    mime: str
    data: bytes
    thumb: bytes | None = None
    pages: int | None = None


def harmless(data: bytes, name: str) -> Paper:  # noqa: ARG001 - documents follow
    """The file without anything but what it shows. Raises BadInput."""
    picture = repainted(data)
    return Paper("image/webp", picture.webp, picture.thumb)


def original_name(name: str) -> str:
    """What the file was called, without its path."""
    return name.replace("\\", "/").rpartition("/")[2]

"""Files that people send, made harmless: photos are repainted, of a PDF the pages are written anew. No other kind."""

import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import NamedTuple

from portal import pictures
from portal.errors import N_, BadInput

MEGABYTE = 1_000_000
MOST_BYTES = 15 * MEGABYTE
MOST_PAGES = 300
# Longer than the program's own limit of time on the processor: a busy machine is not the file's fault.
SECONDS = 60
PAGES = (sys.executable, "-m", "portal.papers.pages")
ROOT = Path(__file__).resolve().parents[2]

ACCEPTED = f"application/pdf,{pictures.ACCEPTED}"
PHOTOS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF")
PDF_WITHIN = 1024  # bytes: where readers look for the mark of a PDF

EMPTY = N_("This file is empty. Choose it again.")
TOO_HEAVY = N_(
    "This file has %(size)s MB, and a file may have %(most)s MB. Send a smaller one, or send it in parts."
)
TOO_LONG = N_("This PDF has more than %(most)s pages. Send only the pages that matter here.")
LOCKED = N_(
    "This PDF is locked with a password. Save it without one, or print it to a new PDF, and send that."
)
DAMAGED = N_(
    "This PDF is damaged or not complete. Open it, save or print it as a new PDF, and send that."
)
OTHER = N_(
    "We can take photos and PDF files. Open this file, save it or print it as PDF, and send that."
)
OFFICE = N_(
    "We cannot take this kind of file, because we cannot make sure that it is safe. "
    "Open it, choose “Save as” or “Export”, then PDF, and send that."
)
PACKED = N_(
    "This is several files packed into one. Unpack it and send each photo or PDF by itself."
)

ADVICE = dict.fromkeys((
    "doc", "docx", "docm", "odt", "rtf", "pages", "xls", "xlsx", "xlsm", "ods", "numbers", "csv", "ppt", "pptx", "odp",
    "key", "txt",
), OFFICE) | dict.fromkeys(("zip", "7z", "rar", "tar", "gz", "tgz"), PACKED)  # fmt: skip

# How the program that rewrites a PDF ends (portal/papers/pages.py). However else it ends, the file is broken.
ENDS = {3: ("paper-locked", LOCKED), 4: ("paper-long", TOO_LONG)}

LONGEST_NAME, LONGEST_ENDING = 100, 8
_UNFIT = re.compile(r'[\\/:*?"<>|%;\x00-\x1f\x7f-\x9f]+')


class Paper(NamedTuple):
    """A file as it is kept: what it is, its bytes, a small picture of a photo, the number of a PDF's pages."""

    mime: str
    data: bytes
    thumb: bytes | None
    pages: int | None


def harmless(data: bytes, name: str) -> Paper:
    """The file as it may be kept and shown. Raises BadInput with what to do instead."""
    check_size(len(data))
    if data.startswith(PHOTOS) or data[4:12] in pictures.HEIC:
        picture = pictures.repainted(data)
        return Paper("image/webp", picture.webp, picture.thumb, None)
    if b"%PDF-" in data[:PDF_WITHIN]:
        return _pages_of(data)
    raise BadInput("paper-kind", ADVICE.get(name.lower().rpartition(".")[2], OTHER))


def check_size(size: int) -> None:
    """Refuse a file of so many bytes before it is read. Raises BadInput."""
    if not size:
        raise BadInput("paper-empty", EMPTY)
    if size > MOST_BYTES:
        shown = -(-size // MEGABYTE)
        raise BadInput("paper-heavy", TOO_HEAVY, size=shown, most=MOST_BYTES // MEGABYTE)


def original_name(name: str) -> str:
    """The name a file came with, fit for a header and a page: no folders, no marks, no hidden letters."""
    last = re.split(r"[\\/]", name)[-1]
    seen = "".join(one for one in unicodedata.normalize("NFC", last) if _visible(one))
    fit = " ".join(_UNFIT.sub("_", seen).split()).strip(". ")
    stem, dot, ending = fit.rpartition(".")
    if not dot or len(ending) > LONGEST_ENDING or not stem:
        return fit[:LONGEST_NAME].strip(". ") or "file"
    return f"{stem[: LONGEST_NAME - len(ending) - 1].strip('. ')}.{ending}"


def _visible(char: str) -> bool:
    """A letter that stands where it is written, or a space."""
    return unicodedata.category(char)[0] != "C" or char == "\t"


def _pages_of(data: bytes) -> Paper:
    """Read by a program of its own, which may fail in any way without harm."""
    try:
        ran = subprocess.run(  # noqa: S603 - our own program; the file is its input, never its name
            PAGES, input=data, capture_output=True, timeout=SECONDS, check=False, cwd=ROOT
        )
    except subprocess.TimeoutExpired as slow:
        raise BadInput("paper-damaged", DAMAGED) from slow
    if ran.returncode:
        code, sentence = ENDS.get(ran.returncode, ("paper-damaged", DAMAGED))
        raise BadInput(code, sentence, most=MOST_PAGES)
    count, _, pages = ran.stdout.partition(b"\n")
    if len(pages) > 2 * MOST_BYTES:
        raise BadInput("paper-damaged", DAMAGED)
    return Paper("application/pdf", pages, None, int(count))

"""The pages of a PDF and nothing else, as a program of its own: PDF in, number of pages and a new PDF out.

A file that somebody sends is read where little time and memory can be lost and nothing else be reached. What is
written anew has pages with what they show; scripts, actions, forms, links, embedded files, layers, structure, names
and notes about the file are never copied, because only what is listed here is looked for.
"""

import sys
from contextlib import suppress
from io import BytesIO
from typing import NamedTuple

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    EncodedStreamObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    StreamObject,
)

from portal.papers import MOST_PAGES

# A page of a brochure is drawn in some seconds at most; what takes more was made to.
SECONDS, MEMORY = 20, 1_000_000_000

KEPT_OF_PAGE = (
    "/MediaBox",
    "/CropBox",
    "/Rotate",
    "/UserUnit",
    "/Group",
    "/Resources",
    "/Contents",
)
# What a picture, a font or a form within a page may carry beside what it shows, or call from elsewhere.
DROPPED = frozenset({
    "/A", "/AA", "/AF", "/AcroForm", "/Alternates", "/Annots", "/B", "/EF", "/JS", "/LastModified", "/Metadata",
    "/Names", "/OC", "/OCProperties", "/OPI", "/OpenAction", "/Outlines", "/P", "/Parent", "/PieceInfo", "/Properties",
    "/Ref", "/StructParent", "/StructParents", "/StructTreeRoot", "/Thumb", "/URI",
})  # fmt: skip
ELSEWHERE = frozenset(
    {"/F", "/FFilter", "/FDecodeParms"}
)  # of a stream: its bytes are in another file
# Below these stand names that the file's maker chose: a font may be called /A.
NAMED = frozenset({"/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/CharProcs", "/Colorants"})  # fmt: skip
# Notes on a page that show something by themselves: a filled field, a signature, a stamp.
SHOWN = frozenset({
    "/Widget", "/Stamp", "/FreeText", "/Ink", "/Highlight", "/Underline", "/StrikeOut", "/Square", "/Circle", "/Line",
})  # fmt: skip
HIDDEN = 2 | 32  # flags of ISO 32000-1, table 165: hidden, not to be viewed
PRINTED = 4

FINE, LOCKED, LONG, BROKEN = 0, 3, 4, 5  # how the program ends


class Unfit(Exception):
    """Why there is no new file, as the program's last word."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)


class Pages(NamedTuple):
    """A PDF written anew."""

    count: int
    data: bytes


def rewritten(data: bytes) -> Pages:
    """The pages alone. Raises Unfit; on hostile bytes also whatever a reader of PDFs may raise."""
    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted:
        raise Unfit(LOCKED)
    count = len(reader.pages)
    if count > MOST_PAGES:
        raise Unfit(LONG)
    if not count:
        raise Unfit(BROKEN)
    writer = PdfWriter()
    writer.pdf_header = "%PDF-1.7"
    writer.metadata = None
    copies = _Copies(writer)
    for page in reader.pages:
        writer.add_page(copies.page(page))
    copies.finish()
    out = BytesIO()
    writer.write(out)
    return Pages(count, out.getvalue())


class _Copies:
    """What pages refer to, each thing once. Nothing is unpacked: a stream's bytes go over as they are."""

    def __init__(self, writer: PdfWriter) -> None:
        self.writer = writer
        self.known: dict[tuple[int, int], IndirectObject] = {}
        self.waiting: list[tuple[IndirectObject, IndirectObject, bool]] = []

    def page(self, page: PageObject) -> PageObject:
        made = PageObject()
        for key in KEPT_OF_PAGE:
            if key in page:
                made[NameObject(key)] = self.of(page.raw_get(key))
        made[NameObject("/Type")] = NameObject("/Page")
        if notes := self.notes(page):
            made[NameObject("/Annots")] = notes
        return made

    def notes(self, page: PageObject) -> ArrayObject:
        """What is filled in or stamped on a page, as pictures that can do nothing."""
        listed = page.get("/Annots", NullObject()).get_object()
        found = ArrayObject()
        for one in listed if isinstance(listed, ArrayObject) else ():
            note = one.get_object()
            if isinstance(note, DictionaryObject) and (shown := _appearance(note)) is not None:
                made = DictionaryObject()
                made[NameObject("/Type")] = NameObject("/Annot")
                made[NameObject("/Subtype")] = NameObject("/Stamp")
                made[NameObject("/Rect")] = self.of(note.raw_get("/Rect"))
                made[NameObject("/F")] = NumberObject(PRINTED)
                made[NameObject("/AP")] = DictionaryObject({NameObject("/N"): self.of(shown)})
                found.append(made)
        return found

    def of(self, thing: PdfObject, *, named: bool = False) -> PdfObject:
        match thing:
            case IndirectObject():
                return self.later(thing, named=named)
            case StreamObject():
                return self.stream(thing)
            case DictionaryObject():
                return self.filled(DictionaryObject(), thing, frozenset() if named else DROPPED)
            case ArrayObject():
                return ArrayObject(self.of(one) for one in thing)
        return thing

    def stream(self, thing: StreamObject) -> StreamObject:
        packed = isinstance(thing, EncodedStreamObject)
        made = EncodedStreamObject() if packed else DecodedStreamObject()
        made._data = thing._data  # noqa: SLF001 - get_data() would unpack it
        return self.filled(made, thing, DROPPED | ELSEWHERE)

    def filled(self, made: DictionaryObject, thing: DictionaryObject, without: frozenset[str]):
        for key in thing:
            if key not in without:
                made[NameObject(key)] = self.of(thing.raw_get(key), named=key in NAMED)
        return made

    def later(self, thing: IndirectObject, *, named: bool) -> IndirectObject:
        """A place for it; it is copied when its turn comes, so that no chain is too long."""
        at = (thing.idnum, thing.generation)
        if at not in self.known:
            self.known[at] = self.writer._add_object(NullObject())  # noqa: SLF001 - as its manual says
            self.waiting.append((thing, self.known[at], named))
        return self.known[at]

    def finish(self) -> None:
        while self.waiting:
            thing, place, named = self.waiting.pop()
            found = thing.get_object()
            copied = NullObject() if found is None else self.of(found, named=named)
            self.writer._replace_object(place, copied)  # noqa: SLF001 - as above


def _appearance(note: DictionaryObject) -> PdfObject | None:
    """What a note shows as it stands, if it shows anything."""
    flags = note.get("/F", 0)
    if note.get("/Subtype") not in SHOWN or "/Rect" not in note or int(flags) & HIDDEN:
        return None
    looks = note.get("/AP", NullObject()).get_object()
    if not isinstance(looks, DictionaryObject) or "/N" not in looks:
        return None
    normal = looks.raw_get("/N")
    if not isinstance(normal.get_object(), StreamObject):  # a box that is ticked or not
        states, state = normal.get_object(), note.get("/AS")
        if not isinstance(states, DictionaryObject) or state not in states:
            return None
        normal = states.raw_get(state)
    return normal if isinstance(normal.get_object(), StreamObject) else None


def _bounded() -> None:
    """No more than so many seconds and so much memory, where the machine knows such limits."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main() -> int:
    _bounded()
    try:
        pages = rewritten(sys.stdin.buffer.read())
    except Unfit as unfit:
        return unfit.code
    except Exception:  # noqa: BLE001 - what a reader raises on hostile bytes is no closed list
        return BROKEN
    sys.stdout.buffer.write(b"%d\n" % pages.count + pages.data)
    return FINE


if __name__ == "__main__":
    sys.exit(main())

"""Files made harmless: what a PDF may hide, built here, and bytes that are nothing."""

import re
import struct
import time
import zlib
from io import BytesIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from portal.errors import BadInput
from portal.papers import LONGEST_NAME, MEGABYTE, MOST_PAGES, Paper, harmless, original_name
from portal.papers.pages import Unfit, rewritten
from tests.conftest import broken

SCRIPT = "app.alert('SECRET-SCRIPT')"
TRACES = (
    b"SECRET", b"/JavaScript", b"/JS", b"/OpenAction", b"/AA", b"/Launch", b"/EmbeddedFile", b"/Filespec", b"/URI",
    b"/AcroForm", b"/Names", b"/Metadata", b"/Info", b"/Producer", b"/Widget", b"/Link", b"/FileAttachment",
)  # fmt: skip


def name(text: str) -> NameObject:
    return NameObject(text)


def of(**values) -> DictionaryObject:
    """A dictionary of a PDF: of(S="/JavaScript", JS="words", Rect=[0, 0, 9, 9])."""
    return DictionaryObject({name(f"/{key}"): plain(value) for key, value in values.items()})


def plain(value):
    match value:
        case str() if value.startswith("/"):
            return name(value)
        case str():
            return TextStringObject(value)
        case bool() | None:
            raise TypeError
        case int():
            return NumberObject(value)
        case float():
            return FloatObject(value)
        case list():
            return ArrayObject(map(plain, value))
    return value


def stream(data: bytes, **values) -> DecodedStreamObject:
    made = DecodedStreamObject()
    made.set_data(data)
    made.update(of(**values))
    return made


def blank(pages: int = 1, words: bytes = b"") -> PdfWriter:
    """A PDF whose pages say these words."""
    writer = PdfWriter()
    font = writer._add_object(of(Type="/Font", Subtype="/Type1", BaseFont="/Helvetica"))
    for _ in range(pages):
        page = writer.add_blank_page(200, 100)
        page[name("/Resources")] = of(Font=DictionaryObject({name("/A"): font}))
        page[name("/Contents")] = writer._add_object(
            stream(b"BT /A 12 Tf 20 50 Td (" + words + b") Tj ET")
        )
    return writer


def saved(writer: PdfWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def script() -> DictionaryObject:
    return of(Type="/Action", S="/JavaScript", JS=SCRIPT)


def booby_trapped() -> PdfWriter:
    """Everything at once that a PDF can do beside showing pages."""
    writer = blank(words=b"Good words")
    writer.add_attachment("SECRET.exe", b"MZ SECRET")
    writer.add_metadata({"/Author": "SECRET name", "/Title": "SECRET title"})
    writer.add_outline_item(title="SECRET outline", page_number=0)
    root = writer.root_object
    root["/Names"][name("/JavaScript")] = of(Names=["SECRET", script()])
    root[name("/OpenAction")] = script()
    root[name("/AA")] = of(WC=script())
    root[name("/Metadata")] = writer._add_object(
        stream(b"<x>SECRET</x>", Type="/Metadata", Subtype="/XML")
    )
    seen = writer._add_object(
        stream(b"BT /A 9 Tf (Filled in) Tj ET", Type="/XObject", Subtype="/Form", BBox=[0, 0, 90, 20],
               PieceInfo=of(SECRET=1), Metadata=stream(b"SECRET"))
    )  # fmt: skip
    field = of(
        Type="/Annot",
        Subtype="/Widget",
        FT="/Tx",
        T="SECRET",
        Rect=[10, 10, 100, 30],
        AA=of(K=script()),
        A=script(),
    )
    field[name("/AP")] = DictionaryObject({name("/N"): seen})
    link = of(
        Type="/Annot", Subtype="/Link", Rect=[0, 0, 9, 9], A=of(S="/URI", URI="https://SECRET")
    )
    launch = of(
        Type="/Annot", Subtype="/Link", Rect=[0, 0, 9, 9], A=of(S="/Launch", F="SECRET.exe")
    )
    attached = of(
        Type="/Annot",
        Subtype="/FileAttachment",
        Rect=[0, 0, 9, 9],
        FS=of(Type="/Filespec", F="SECRET"),
    )
    film = of(Type="/Annot", Subtype="/RichMedia", Rect=[0, 0, 9, 9], RichMediaContent=of(SECRET=1))
    page = writer.pages[0]
    page[name("/Annots")] = ArrayObject(
        map(writer._add_object, (field, link, launch, attached, film))
    )
    page[name("/AA")] = of(O=script())
    page[name("/PieceInfo")] = of(SECRET=1)
    root[name("/AcroForm")] = of(Fields=page["/Annots"], XFA="SECRET", CO=page["/Annots"])
    # A way back from what a page shows to all that.
    page["/Resources"][name("/XObject")] = DictionaryObject({name("/Back"): writer._add_object(
        stream(b"", Type="/XObject", Subtype="/Form", BBox=[0, 0, 1, 1], Parent=root, OPI=of(SECRET=1), Ref=of(F="SECRET"))
    )})  # fmt: skip
    page["/Resources"]["/XObject"][name("/Far")] = writer._add_object(
        stream(b"", Type="/XObject", Subtype="/Image", F="https://SECRET", FFilter="/FlateDecode")
    )
    return writer


def read(paper: Paper) -> PdfReader:
    return PdfReader(BytesIO(paper.data), strict=True)


def test_a_photo_is_repainted():
    out = BytesIO()
    Image.new("RGB", (600, 300), (255, 0, 0)).save(out, "JPEG", comment=b"SECRET %PDF-1.7")
    paper = harmless(out.getvalue(), "wall.pdf")
    assert paper.mime == "image/webp"
    assert paper.pages is None
    assert Image.open(BytesIO(paper.thumb)).size == (400, 200)
    assert b"SECRET" not in paper.data


def test_of_a_pdf_the_pages_stay_and_nothing_else():
    data = saved(booby_trapped())
    assert all(trace in data for trace in TRACES if trace not in (b"/Link", b"/Widget")), TRACES
    paper = harmless(data, "plan.pdf")
    assert (paper.mime, paper.pages, paper.thumb) == ("application/pdf", 1, None)
    assert not [trace for trace in TRACES if trace in paper.data]
    reader = read(paper)
    assert "Good words" in reader.pages[0].extract_text()
    assert set(reader.trailer["/Root"]) == {"/Type", "/Pages"}
    assert reader.pages[0].mediabox.width == 200


def test_what_is_filled_in_on_a_form_is_still_seen():
    notes = read(harmless(saved(booby_trapped()), "form.pdf")).pages[0]["/Annots"]
    assert [note.get_object()["/Subtype"] for note in notes] == ["/Stamp"]
    note = notes[0].get_object()
    assert set(note) == {"/Type", "/Subtype", "/Rect", "/F", "/AP"}
    assert b"Filled in" in note["/AP"]["/N"].get_data()


def test_of_a_box_the_tick_is_seen_and_what_is_hidden_is_not():
    writer = blank()
    looks = DictionaryObject(
        {name(f"/{state}"): writer._add_object(stream(state.encode(), Subtype="/Form", BBox=[0, 0, 9, 9]))
         for state in ("Yes", "Off")}
    )  # fmt: skip
    ticked = of(Subtype="/Widget", Rect=[0, 0, 9, 9], AS="/Yes", AP=of(N=looks))
    hidden = of(Subtype="/Widget", Rect=[0, 0, 9, 9], AS="/Yes", AP=of(N=looks), F=2)
    unknown = of(Subtype="/Widget", Rect=[0, 0, 9, 9], AS="/Maybe", AP=of(N=looks))
    writer.pages[0][name("/Annots")] = ArrayObject([ticked, hidden, unknown])
    (note,) = read(harmless(saved(writer), "form.pdf")).pages[0]["/Annots"]
    assert note.get_object()["/AP"]["/N"].get_data() == b"Yes"


def test_what_a_page_inherits_and_shares_stays():
    writer = blank(pages=3, words=b"Shared")
    parent = writer.pages[0]["/Parent"]
    parent[name("/Rotate")] = NumberObject(90)
    paper = harmless(saved(writer), "x.PDF")
    assert paper.pages == 3
    for page in read(paper).pages:
        assert page["/Rotate"] == 90
        assert "Shared" in page.extract_text()
    assert paper.data.count(b"/Helvetica") == 1


def test_the_same_file_gives_the_same_bytes():
    data = saved(booby_trapped())
    assert harmless(data, "a.pdf") == harmless(data, "b.pdf")


def test_a_clean_file_stays_clean():
    once = harmless(saved(booby_trapped()), "a.pdf")
    again = harmless(once.data, "a.pdf")
    assert again.pages == 1
    assert "Good words" in read(again).pages[0].extract_text()


def test_a_locked_file_is_refused():
    for password in ("word", ""):
        writer = blank()
        writer.encrypt(password, algorithm="RC4-128")
        with broken("paper-locked"):
            harmless(saved(writer), "x.pdf")


def test_too_many_pages_are_refused():
    assert harmless(saved(blank(MOST_PAGES)), "x.pdf").pages == MOST_PAGES
    with broken("paper-long"):
        harmless(saved(blank(MOST_PAGES + 1)), "x.pdf")


def test_an_empty_file_and_a_heavy_one_are_refused_before_they_are_read():
    with broken("paper-empty"):
        harmless(b"", "x.pdf")
    with broken("paper-heavy"):
        harmless(b"%PDF-1.7" + b"x" * (15 * MEGABYTE), "x.pdf")


@pytest.mark.parametrize(
    ("data", "called", "advice"),
    [
        (b"PK\x03\x04", "plan.docx", "Save as"),
        (b"\xd0\xcf\x11\xe0", "Plan.DOC", "Save as"),
        (b"PK\x03\x04", "all.zip", "Unpack"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "x.svg", "as PDF"),
        (b"<!DOCTYPE html><script>1</script>", "x.html", "as PDF"),
        (b"MZ\x90\x00", "x.exe", "as PDF"),
        (b"just words", "plan", "as PDF"),
        (b"just words", "", "as PDF"),
        (b"x" * 2000 + b"%PDF-1.7", "x.pdf", "as PDF"),
    ],
)
def test_every_other_kind_is_refused_with_advice(data, called, advice):
    with pytest.raises(BadInput) as refusal:
        harmless(data, called)
    assert refusal.value.code == "paper-kind"
    assert advice in refusal.value.sentence


ROOT, TAIL = b"<</Type/Catalog/Pages 2 0 R>>", b"trailer<</Root 1 0 R/Size 9>>\n"
LEAF = b"<</Type/Page/MediaBox[0 0 9 9]>>"


def by_hand(*things: bytes) -> bytes:
    """A PDF of a catalog and these things, the first the tree of its pages, and a table of where they are."""
    data, places = b"%PDF-1.7\n", []
    for number, thing in enumerate((ROOT, *things), start=1):
        places.append(len(data))
        data += b"%d 0 obj %b endobj\n" % (number, thing)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + table + TAIL + b"startxref\n%d\n%%%%EOF" % len(data)


def tree(kids: bytes, count: bytes = b"1") -> bytes:
    return b"<</Type/Pages/Count %b/Kids[%b]>>" % (count, kids)


def bomb(size: int) -> bytes:
    """A PDF whose tree of pages is packed among so many bytes of nothing."""
    packed = zlib.compress(b"2 0 " + b" " * size + tree(b""), 9)
    data = b"%PDF-1.7\n1 0 obj " + ROOT + b" endobj\n"
    second = len(data)
    data += b"3 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(
        packed
    )
    data += packed + b"\nendstream endobj\n"
    rows = ((0, 0, 65535), (1, 9, 0), (2, 3, 0), (1, second, 0), (1, len(data), 0))
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    data += b"4 0 obj<</Type/XRef/W[1 4 2]/Size 5/Root 1 0 R/Length %d>>stream\n" % len(table)
    return data + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % data.rindex(b"4 0 obj")


BOMBS = {
    "only the mark": b"%PDF-1.7",
    "no root": b"%PDF-1.7\n%%EOF",
    "no pages": by_hand(tree(b"", b"0")),
    "its own child": by_hand(tree(b"2 0 R")),
    "a ring": by_hand(tree(b"3 0 R"), tree(b"2 0 R")),
    "a page that is a word": by_hand(tree(b"3 0 R"), b"(hello)"),
    "a million brackets": by_hand(tree(b"3 0 R"), b"[" * 1_000_000),
    "a million dictionaries": by_hand(tree(b"3 0 R"), b"<</A" * 1_000_000),
    "a million pages": by_hand(tree(b"3 0 R " * 1_000_000, b"1000000"), LEAF),
    "half a gigabyte in half a megabyte": bomb(500_000_000),
    "a table far away": b"%PDF-1.7\nstartxref\n99999999999999\n%%EOF",
    "a table before the start": b"%PDF-1.7\nstartxref\n-5\n%%EOF",
    "marks without end": b"%PDF-1.7\n" + b"1 0 obj\n" * 200_000,
}


@pytest.mark.parametrize("data", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_in_little_time(data):
    began = time.monotonic()
    with pytest.raises(BadInput) as refusal:
        harmless(data, "x.pdf")
    assert refusal.value.code in ("paper-damaged", "paper-long")
    assert time.monotonic() - began < 40


def test_what_bombs_are_made_of_is_read_when_it_is_small():
    assert harmless(by_hand(tree(b"3 0 R"), LEAF), "x.pdf").pages == 1
    itself = by_hand(tree(b"3 0 R"), LEAF).replace(b"/Size 9", b"/Size 9/Prev 9")
    assert harmless(itself, "x.pdf").pages == 1
    with pytest.raises(Unfit):  # it was unpacked: it has no pages
        rewritten(bomb(10))


def test_a_count_that_lies_is_not_believed():
    assert harmless(by_hand(tree(b"3 0 R", b"1000000000"), LEAF), "x.pdf").pages == 1


def test_one_thing_shown_by_many_pages_is_written_once():
    writer = blank()
    picture = writer._add_object(
        stream(b"x" * 200_000, Type="/XObject", Subtype="/Form", BBox=[0, 0, 9, 9])
    )
    for _ in range(200):
        page = writer.add_page(PageObject.create_blank_page(width=9, height=9))
        page[name("/Resources")] = of(XObject=of(X=picture))
    assert len(harmless(saved(writer), "x.pdf").data) < 400_000


def test_a_long_chain_is_no_trouble():
    writer = blank()
    last = of(End=1)
    for _ in range(20_000):
        last = of(Next=writer._add_object(last))
    writer.pages[0]["/Resources"][name("/ExtGState")] = of(G=writer._add_object(last))
    assert harmless(saved(writer), "x.pdf").pages == 1


GOOD = saved(booby_trapped())


@pytest.mark.filterwarnings("ignore")
@given(
    cut=st.integers(0, len(GOOD)), at=st.integers(0, len(GOOD) - 1), noise=st.binary(max_size=40)
)
@example(cut=0, at=0, noise=b"")
@settings(max_examples=120)
def test_noise_in_a_pdf_is_read_or_refused_and_never_lets_a_script_through(cut, at, noise):
    data = GOOD[:at] + noise + GOOD[at + len(noise) :]
    for hurt in (data, data[:cut]):
        try:
            pages = rewritten(hurt)
        except (Unfit, Exception):  # noqa: BLE001 - the program around it says of each that the file is broken
            continue
        assert not re.search(
            rb"/JavaScript|/OpenAction|/AcroForm|/Launch|SECRET-SCRIPT", pages.data
        )


@given(data=st.binary(max_size=400), called=st.text(max_size=20))
@settings(max_examples=60)
def test_any_bytes_are_kept_or_refused_by_a_sentence(data, called):
    try:
        paper = harmless(data, called)
        mime = paper.mime
    except BadInput as refusal:
        mime = str(refusal)
    assert mime


@pytest.mark.parametrize(
    "head", [b"%PDF-1.7\n", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"GIF8"]
)
@given(tail=st.binary(max_size=200))
@settings(max_examples=5)
def test_what_only_begins_well_is_refused(head, tail):
    with pytest.raises(BadInput):
        harmless(head + tail, "x")


@pytest.mark.parametrize(
    ("came", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\My plans\\gate.JPG", "gate.JPG"), ("", "file"), ("...", "file"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"), ('a";x.pdf', "a_x.pdf"), ("Cynllun tŷ gŵr.pdf", "Cynllun tŷ gŵr.pdf"),
        ("\u202egpj.exe", "gpj.exe"), (".pdf", "pdf"), ("plan.", "plan"), ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
    ],
)  # fmt: skip
def test_a_name_is_made_safe(came, kept):
    assert original_name(came) == kept


@given(st.text(max_size=200))
def test_any_name_is_made_safe(came):
    safe = original_name(came)
    assert 0 < len(safe) <= LONGEST_NAME
    assert not re.search(r'[\\/:*?"<>|%;\x00-\x1f\x7f-\x9f\u202a-\u202e]', safe)
    assert safe == safe.strip(". ")
    assert original_name(safe) == safe

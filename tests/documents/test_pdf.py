"""PDFs as they are read back: by a program, by a screen reader, and with the worst words that people send."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
import segno
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from portal.documents import make
from portal.documents.drawings import qr
from portal.documents.plain import BOX
from tests.documents import samples
from tests.documents.samples import ADDRESS, MADE

TEMPLATES = ("sign", "letter", "agreement")
HOSTILE = (
    '#read("/etc/passwd")', "$x$", "$ \\sum_(", '#import "@preview/x:0.1.0"', "*bold* _it_ `raw` <label> @ref",
    "= no heading", "// no comment", "/* open", "\\", "]", "}", '"', "#panic(1)", "{{ 7 * 7 }}", "<script>",
)  # fmt: skip


def made(template: str, data: dict, lang: str = "en_GB") -> PdfReader:
    return PdfReader(BytesIO(make.pdf(template, data, lang=lang, made=MADE)))


def words(reader: PdfReader) -> str:
    """All its text in one line, without the places where a long word may break."""
    text = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(text.replace("\u200b", "").split())


def tags(reader: PdfReader) -> list[tuple[str, str | None]]:
    """Every element of the structure in reading order, with its language."""

    def walk(node):
        node = node.get_object()
        if isinstance(node, list):
            for one in node:
                yield from walk(one)
        elif isinstance(node, dict):
            if "/S" in node:
                yield str(node["/S"]), node.get("/Lang"), node.get("/Alt")
            if "/K" in node:
                yield from walk(node["/K"])

    from pypdf.generic import NumberObject

    def safe(node):
        return [] if isinstance(node, NumberObject) else walk(node)

    return list(safe(reader.trailer["/Root"]["/StructTreeRoot"]["/K"]))


def fonts(reader: PdfReader) -> dict[str, bool]:
    """The fonts of a file and whether each is in it."""
    found = {}
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            inner = font.get_object()
            inner = inner.get("/DescendantFonts", [inner])[0].get_object()
            described = inner["/FontDescriptor"].get_object()
            name = str(inner["/BaseFont"]).split("+")[-1]
            found[name] = any(key.startswith("/FontFile") for key in described)
    return found


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_screen_reader_finds_its_way(template):
    data = getattr(samples, template)()
    reader = made(template, data)
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - pypdf's own kind of truth
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712 - pypdf's own kind of truth
    assert reader.metadata.title == data["title"]
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    kinds = [kind for kind, *_ in tags(reader)]
    assert "/H1" in kinds
    assert all(fonts(reader).values())
    assert "SourceSans3-Regular" in fonts(reader)


def test_what_is_in_a_letter_can_be_read_back():
    data = samples.letter()
    reader = made("letter", data)
    text = words(reader)
    for said in (
        "Siân Ŵyn", "You may use the land at Mill Lane", "Environmental wellbeing", "The holder's plan",
        "Clause 5.1 of the Gwynfa Compact", "Monday 21 December 2026", "20 working days; day 1 is",
        "Say yes to each term", "Mair Pugh", "GW-2026-014 · Decision", "Page 1 of 2", "Page 2 of 2",
    ):  # fmt: skip
        assert said in text, said
    kinds = [kind for kind, *_ in tags(reader)]
    assert kinds.count("/TH") == 3
    assert {"/Table", "/L", "/H2"} <= set(kinds)


def test_what_is_in_an_agreement_can_be_read_back():
    reader = made("agreement", samples.agreement())
    text = words(reader)
    for said in (
        "Subject to contract and without prejudice", "Tir Glas Growers CIC", "2.2", "one month's",
        "Schedule 1: condition", "Rusted, opens", "1. The gate", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ):  # fmt: skip
        assert said in text, said
    shown = [alt for kind, _, alt in tags(reader) if kind == "/Figure"]
    assert shown == ["A brick wall with a closed gate"] * 2


def test_a_sign_says_each_language_in_its_own_voice():
    reader = made("sign", samples.sign())
    text = words(reader)
    assert "Neighbours want to grow food here" in text
    assert "Mae cymdogion am dyfu bwyd yma" in text
    assert "gwynfa.meanwhile.example/s/7KQ2" in text
    assert "cy" in {str(lang) for _, lang, _ in tags(reader) if lang}
    assert [alt for kind, _, alt in tags(reader) if kind == "/Figure"] == [
        "QR code: opens the page of this case"
    ]


def test_a_code_holds_the_address():
    drawn = qr(ADDRESS, "alt")
    assert drawn["alt"] == "alt"
    assert drawn == qr(ADDRESS, "alt")
    code = segno.make(ADDRESS, error="q", micro=False, boost_error=False)
    again = BytesIO()
    code.save(again, kind="svg", xmldecl=False, border=0)
    assert drawn["svg"].encode() == again.getvalue()


@pytest.mark.parametrize("many", [1, 2, 3])
@pytest.mark.parametrize(
    "text",
    ["W" * 10_000, "long words " * 900, "\n" * 300 + "x", "", "ŵ", "🌱" * 500, "مرحبا " * 400],
)
def test_a_sign_is_one_page_whatever_it_says(text, many):
    data = samples.sign()
    block = data["blocks"][0] | {
        "kicker": text, "headline": text, "words": [text] * 4, "facts": [(text, text)] * 2, "scan": text,
    }  # fmt: skip
    data |= {
        "blocks": [block] * many,
        "area": text,
        "product": text,
        "short": text,
        "small": [text] * 5,
    }
    reader = made("sign", data)
    assert len(reader.pages) == 1
    if text.startswith(("W", "long")):
        assert "…" in words(reader)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("template", TEMPLATES)
def test_what_looks_like_code_is_shown(template, text):
    assert text in words(made(template, everywhere(template, text)))


@pytest.mark.parametrize("template", TEMPLATES)
@given(text=st.text(max_size=300))
@example(text="\ud800\x00\x1b\u202e\ufeff\uffff")
@example(text="e\u0301\u200d\ufe0f👩\u200d👩\u200d👧 日本 हिन्दी ਪੰਜਾਬੀ שלום")
@example(text="".join(map(chr, range(0x1F300, 0x1F700))))
@settings(max_examples=30)
def test_no_text_breaks_a_document(template, text):
    reader = made(template, everywhere(template, text))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] == True  # noqa: E712 - pypdf's own kind of truth


def everywhere(template: str, text: str) -> dict:
    """The sample with this text wherever it may be."""
    if template == "sign":
        data = samples.sign()
        data["blocks"] = [one | {"words": [text], "headline": text} for one in data["blocks"]]
        return data | {"short": text, "small": [text]}
    if template == "letter":
        parts = [
            {"kind": "text", "heading": text, "paragraphs": [text]},
            {"kind": "table", "columns": [text, text], "rows": [[text, text]], "note": text},
            {"kind": "clause", "clause": text, "text": text},
            {"kind": "steps", "steps": [text]},
        ]
        return samples.letter(subject=text, to=[text], parts=parts, reference=text, closing=[text])
    return samples.agreement(
        banner=text, clauses=[{"heading": text, "paragraphs": [text]}], opening=[text],
        parties=[{"role": text, "name": text, "lines": [text]}] * 2,
        signatures=[{"party": text, "facts": [(text, text)]}],
    )  # fmt: skip


def test_what_no_font_draws_becomes_a_box_and_the_rest_stays():
    reader = made("letter", samples.letter(subject="Grow 🌱 日 ŵ и مرحبا"))
    assert f"Grow {BOX} {BOX} ŵ и" in words(reader)
    assert b"pdfuaid:part" in reader.trailer["/Root"]["/Metadata"].get_data()


def test_an_unknown_document_and_a_missing_word_are_our_mistakes_and_say_so():
    with pytest.raises(RuntimeError):
        made("../make", samples.letter())
    with pytest.raises(RuntimeError, match="subject"):
        made("letter", {key: value for key, value in samples.letter().items() if key != "subject"})


HASHES = """
from hashlib import sha256
from portal.documents import make
from tests.documents import samples
for name in {names!r}:
    print(sha256(make.pdf(name, getattr(samples, name)(), lang="cy", made=samples.MADE)).hexdigest())
"""


def test_the_same_data_give_the_same_bytes_in_another_process():
    ran = subprocess.run(
        [sys.executable, "-c", HASHES.format(names=TEMPLATES)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    here = [
        sha256(make.pdf(name, getattr(samples, name)(), lang="cy", made=MADE)).hexdigest()
        for name in TEMPLATES
    ]
    assert ran.stdout.split() == here


def test_many_at_once_do_not_mix():
    def one(number: int) -> bool:
        subject = f"Letter number {number}"
        return subject in words(made("letter", samples.letter(subject=subject)))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(32)))


STATM = Path("/proc/self/statm")  # the second number: pages of 4 KB in memory


@pytest.mark.skipif(not STATM.exists(), reason="asks Linux how much memory is held")
def test_a_web_worker_does_not_grow_with_every_letter():
    def held_after(letters: int) -> int:
        for number in range(letters):
            made("letter", samples.letter(subject=f"Letter {number} of {letters}"))
        return int(STATM.read_text().split()[1]) * 4096

    warm = held_after(60)
    assert held_after(120) - warm < 10_000_000


def test_no_template_reaches_outside_its_folder():
    for path in make.TEMPLATES.glob("*.typ"):
        text = path.read_text()
        assert "read(" not in text
        assert "@preview" not in text
        assert "image(" not in text.replace("image(bytes(", "")


def test_the_font_comes_with_its_licence():
    assert "SIL Open Font License" in (make.HERE / "fonts" / "LICENSE.md").read_text()
    assert sum(path.stat().st_size for path in (make.HERE / "fonts").iterdir()) < 1_500_000

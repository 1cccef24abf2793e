"""The Word file as python-docx, standing in for Word, reads it back."""

import subprocess
import sys
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx as reader
import pytest
from docx.oxml.ns import qn
from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.documents.word import docx
from tests.documents import samples
from tests.documents.samples import MADE
from tests.documents.test_pdf import HOSTILE, everywhere


def made(data: dict | None = None, lang: str = "en_GB"):
    return reader.Document(BytesIO(docx(data or samples.agreement(), lang=lang, made=MADE)))


def words(paper) -> str:
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([one.text for one in paper.paragraphs] + cells)


def level(paragraph) -> int | None:
    """Of a numbered paragraph, 0 for 1, 2, 3 and 1 for 1.1, 1.2."""
    properties = paragraph._p.pPr
    return (
        properties.numPr.ilvl.val
        if properties is not None and properties.numPr is not None
        else None
    )


def test_headings_are_headings_and_clauses_count_themselves():
    paper = made()
    headings = [one.text for one in paper.paragraphs if one.style.name == "Heading 1"]
    assert headings == [
        "Who agrees", "At a glance", "The land", "How long", "Rent", "What grows here", "Signed",
        "Schedule 1: condition on 20 November 2026",
    ]  # fmt: skip
    assert [one.text for one in paper.paragraphs if one.style.name == "Title"] == [
        "Heads of terms for a Meanwhile Use lease"
    ]
    assert [one.text for one in paper.paragraphs if level(one) == 0] == headings[2:6]
    assert len([one for one in paper.paragraphs if level(one) == 1]) == 6
    texts = paper.part.numbering_part.element.xpath(
        '//w:abstractNum[@w:abstractNumId="77"]//w:lvlText/@w:val'
    )
    assert texts == ["%1", "%1.%2"]


def test_all_that_the_pdf_says_is_there():
    text = words(made())
    for said in (
        "Subject to contract and without prejudice", "Tir Glas Growers CIC", "12 Stryd yr Eglwys", "A peppercorn",
        "with three months' notice", "Rusted, opens", "2. The north wall", "9f86d081884c7d659a2feaa0c55ad015",
    ):  # fmt: skip
        assert said in text, said


def test_the_file_says_its_title_language_and_day():
    about = made(lang="cy").core_properties
    assert (about.title, about.language) == ("Heads of terms for a Meanwhile Use lease", "cy")
    assert about.author == about.last_modified_by == "Cyngor Gwynfa Council"
    assert about.created.replace(tzinfo=MADE.tzinfo) == MADE
    (lang,) = made(lang="en_GB").styles.element.xpath("w:docDefaults//w:lang")
    assert lang.get(qn("w:val")) == "en-GB"


def test_tables_have_a_head_and_photos_their_words():
    paper = made()
    table = next(table for table in paper.tables if table.cell(0, 0).text == "Part")
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    alts = [shape._inline.docPr.get("descr") for shape in paper.inline_shapes]
    assert alts == ["A brick wall with a closed gate"] * 2


def test_every_kind_of_part_is_written():
    data = samples.agreement(schedules=[{"heading": "All", "parts": samples.letter()["parts"]}])
    text = words(made(data))
    assert "Clause 5.1 of the Gwynfa Compact" in text
    assert "20 working days; day 1 is" in text
    assert "2. Say yes to each term" in text


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_code_is_shown(text):
    assert text in words(made(everywhere("agreement", text)))


@given(st.text(max_size=300))
@example("\ud800\x00\x1b\u202e\ufffe\uffff 🌱 日本 مرحبا ŵŷ")
@settings(max_examples=20)
def test_no_text_breaks_it(text):
    made(everywhere("agreement", text) | {"title": text, "area": text * 3, "reference": text})


ONE = """
from hashlib import sha256
from portal.documents.word import docx
from tests.documents import samples
print(sha256(docx(samples.agreement(), lang="cy", made=samples.MADE)).hexdigest())
"""


def test_the_same_data_give_the_same_bytes_in_another_process():
    ran = subprocess.run(
        [sys.executable, "-c", ONE],
        capture_output=True, text=True, check=True, cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    data = docx(samples.agreement(), lang="cy", made=MADE)
    assert ran.stdout.strip() == sha256(data).hexdigest()
    assert {entry.date_time for entry in ZipFile(BytesIO(data)).infolist()} == {
        (2026, 11, 21, 9, 30, 0)
    }

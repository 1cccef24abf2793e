"""An agreement as a Word file that both sides can edit: real headings, numbers that count themselves, real tables."""

from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

from portal.documents.drawings import as_jpeg
from portal.documents.plain import plain

FONT = "Arial"  # on every machine; ours is not
STYLES = ("Normal", "Title", "Heading 1", "Heading 2")
CLAUSES = "77"  # the number of our list of clauses; no list of the empty document has it
# Two levels that count together: 1, and under it 1.1. w:lvlText says what stands there.
LEVEL = (
    '<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="{text}"/>'
    '<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="720" w:hanging="720"/></w:pPr></w:lvl>'
)


def docx(data: Mapping[str, Any], *, lang: str, made: datetime) -> bytes:
    """The agreement (shapes.Agreement) as a Word file in a language ("cy", "en_GB"). `made` is written into it."""
    tidy = plain(dict(data))
    paper = Document()
    _dress(paper, tidy, lang)
    _label(paper, tidy, lang, made)
    _number(paper)
    _fill(paper, tidy)
    return _packed(paper, made)


def _fill(paper: Paper, data: Mapping[str, Any]) -> None:
    """All of it, in the order of agreement.typ."""
    _head(paper, data)
    for clause in data["clauses"]:
        _counted(paper.add_heading(clause["heading"], 1), 0)
        for words in clause["paragraphs"]:
            _counted(paper.add_paragraph(words), 1)
    paper.add_heading(data["signatures_heading"], 1)
    _paragraphs(paper, data.get("signatures_opening", ()))
    for signature in data["signatures"]:
        paper.add_heading(signature["party"], 2)
        _facts(paper, signature["facts"])
    for schedule in data.get("schedules", ()):
        _schedule(paper, schedule)


def _head(paper: Paper, data: Mapping[str, Any]) -> None:
    if banner := data.get("banner"):
        paper.add_paragraph().add_run(banner).bold = True
    paper.add_paragraph(data["title"], style="Title")
    _paragraphs(paper, data.get("opening", ()))
    paper.add_heading(data["parties_heading"], 1)
    for party in data["parties"]:
        _party(paper, party)
    if data.get("facts"):
        if data.get("facts_heading"):
            paper.add_heading(data["facts_heading"], 1)
        _facts(paper, data["facts"])


def _schedule(paper: Paper, schedule: Mapping[str, Any]) -> None:
    paper.add_heading(schedule["heading"], 1).paragraph_format.page_break_before = True
    for part in schedule["parts"]:
        if part.get("heading"):
            paper.add_heading(part["heading"], 2)
        PARTS[part["kind"]](paper, part)


def _paragraphs(paper: Paper, texts: list[str]) -> None:
    for words in texts:
        paper.add_paragraph(words)


def _party(paper: Paper, party: Mapping[str, Any]) -> None:
    said = paper.add_paragraph(f"{party['role']}\n")
    said.add_run(party["name"]).bold = True
    said.add_run("".join(f"\n{line}" for line in party["lines"]))


def _facts(paper: Paper, rows: list[list[str]]) -> None:
    table = paper.add_table(rows=0, cols=2, style="Table Grid")
    for label, value in rows:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, value
        cells[0].width, cells[1].width = Cm(5), Cm(11)
    paper.add_paragraph()


def _table(paper: Paper, part: Mapping[str, Any]) -> None:
    table = paper.add_table(rows=1, cols=max(1, len(part["columns"])), style="Table Grid")
    _row(table, 0, part["columns"], bold=True)
    # A screen reader says the first row with each cell, and Word repeats it on the next page.
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 - python-docx has no word for it
    for place, row in enumerate(part["rows"], start=1):
        table.add_row()
        _row(table, place, row)
    paper.add_paragraph(part.get("note", ""))


def _row(table: Table, place: int, texts: list[str], *, bold: bool = False) -> None:
    for cell, words in zip(table.rows[place].cells, texts, strict=False):
        cell.paragraphs[0].add_run(words).bold = bold


def _dates(paper: Paper, part: Mapping[str, Any]) -> None:
    for one in part["dates"]:
        said = paper.add_paragraph(f"{one['what']}: ")
        said.add_run(one["day"]).bold = True
        said.add_run(f"\n{one['how']}")


def _clause(paper: Paper, part: Mapping[str, Any]) -> None:
    paper.add_paragraph().add_run(part["clause"]).bold = True
    paper.add_paragraph(part["text"])


def _steps(paper: Paper, part: Mapping[str, Any]) -> None:
    for place, step in enumerate(part["steps"], start=1):
        paper.add_paragraph(f"{place}. {step}")


def _pictures(paper: Paper, part: Mapping[str, Any]) -> None:
    for drawing, caption in part["pictures"]:
        if jpeg := as_jpeg(drawing):
            shown = paper.add_paragraph()
            shown.paragraph_format.keep_with_next = True
            picture = shown.add_run().add_picture(BytesIO(jpeg), width=Mm(120))
            picture._inline.docPr.set("descr", drawing["alt"])  # noqa: SLF001 - as above
        paper.add_paragraph(caption, style="Caption")


PARTS = {
    "text": lambda paper, part: _paragraphs(paper, part["paragraphs"]),
    "table": _table,
    "dates": _dates,
    "clause": _clause,
    "steps": _steps,
    "pictures": _pictures,
}


def _dress(paper: Paper, data: Mapping[str, Any], lang: str) -> None:
    """A4, one plain font, headings in the area's colour, the language, and a foot on every page."""
    page = paper.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(25)
    for name, size in zip(STYLES, (11, 24, 14, 12), strict=True):
        style = paper.styles[name]
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.attrib.clear()  # the empty document's theme, which is stronger than a name
        for script in ("w:ascii", "w:hAnsi", "w:cs"):
            fonts.set(qn(script), FONT)
        style.font.size = Pt(size)
        if name != "Normal":
            style.font.color.rgb = RGBColor.from_string(data["colour"].lstrip("#").upper())
    (default,) = paper.styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr/w:lang")
    default.set(qn("w:val"), lang.replace("_", "-"))
    _foot(page.footer.paragraphs[0], data)


def _foot(foot: Paragraph, data: Mapping[str, Any]) -> None:
    foot.alignment = WD_ALIGN_PARAGRAPH.LEFT
    foot.add_run(f"{data['reference']}    ")
    before, _, rest = data["page"].partition("{page}")
    between, _, after = rest.partition("{pages}")
    for words, field in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        foot.add_run(words)
        if field:
            foot._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="{field}"/>'))  # noqa: SLF001 - as above


def _label(paper: Paper, data: Mapping[str, Any], lang: str, made: datetime) -> None:
    """What the file says of itself. Word keeps at most 255 letters of each."""
    about = paper.core_properties
    when = made.astimezone(UTC).replace(tzinfo=None)
    about.title, about.author = data["title"][:255], data["area"][:255]
    about.last_modified_by, about.comments = data["area"][:255], ""
    about.language, about.revision = lang.replace("_", "-"), 1
    about.created = about.modified = when


def _number(paper: Paper) -> None:
    """Give the file our list of clauses."""
    lists = paper.part.numbering_part.element
    levels = LEVEL.format(level=0, text="%1") + LEVEL.format(level=1, text="%1.%2")
    kind = '<w:multiLevelType w:val="multilevel"/>'
    # Word wants all the kinds of lists before all the lists.
    lists.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{CLAUSES}">{kind}{levels}</w:abstractNum>'))  # fmt: skip
    lists.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{CLAUSES}"><w:abstractNumId w:val="{CLAUSES}"/></w:num>'))  # fmt: skip


def _counted(paragraph: Paragraph, level: int) -> None:
    """Make it an item of the list of clauses."""
    number = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001 - as above
    number.get_or_add_ilvl().val = level
    number.get_or_add_numId().val = int(CLAUSES)


def _packed(paper: Paper, made: datetime) -> bytes:
    """The file with `made` as the time of everything in it, so that the same data give the same bytes."""
    loose, packed = BytesIO(), BytesIO()
    paper.save(loose)
    with ZipFile(loose) as before, ZipFile(packed, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            entry = ZipInfo(name, made.astimezone(UTC).timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            after.writestr(entry, before.read(name))
    return packed.getvalue()

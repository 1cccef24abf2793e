"""Files and texts with bytes changed, cut, moved: a register, a picture, a PDF, a calendar, opening hours. Told in a sentence or read."""

import json
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter

from geo import write
from portal import pictures
from portal.errors import BadInput
from portal.intake.importer import Options, import_register, show
from portal.intake.spoken import weekly_hours
from portal.papers import harmless, original_name
from portal.papers.pages import Unfit, rewritten
from portal.venues import termdates, weekly
from portal.venues.hours import readable
from tests import factories
from tests.fuzzing import FILES, SHORT, WRITTEN, bounded, values, written
from tests.hostile import everything

HEADINGS = "OrganisationLabel,AssetCode,PropertyName,PostCode,GeoX,GeoY,TenureDetail,HoldingType,Capacity,OpeningHours"
ROWS = (
    "Testing Council,A1,Yard,M33 2AA,378000,393000,Vacant,Land,,",
    'Testing Council,A2,"Hall, old",M33 2AA,-2.3,53.4,Occupied,Building,30,Mo-Fr 09:00-17:00',
)
CSV = "\n".join([HEADINGS, *ROWS, *ROWS]).encode()
PLOT = {
    "type": "Polygon",
    "coordinates": [[[-2.3, 53.4], [-2.29, 53.4], [-2.29, 53.41], [-2.3, 53.4]]],
}
GEOJSON = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": "Yard", "status": "vacant"},
                "geometry": PLOT,
            }
        ],
    }
).encode()
CALENDAR = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Autumn\r\n"
    b"DTSTART;VALUE=DATE:20260901\r\nDTEND;VALUE=DATE:20261219\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
PATIENCE = 5  # seconds that one text or file may take on a busy machine


def packed(data: bytes, name: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr(name, data)
    return out.getvalue()


def pages() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@st.composite
def harmed(draw, *originals: bytes):
    """One of these with some bytes changed, put in, taken out, doubled, or cut off."""
    data = draw(st.sampled_from(originals))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(data)))
        end = min(at + draw(st.sampled_from((0, 1, 1, 4, 40))), len(data))
        put = draw(st.one_of(st.binary(max_size=4), values.map(written), FILES))
        again = data[at:end] * draw(st.sampled_from((0, 1, 1, 50)))
        data = data[:at] + again + put + data[end:]
    return data[: draw(st.integers(0, len(data)))] if draw(st.integers(0, 7)) == 0 else data


@pytest.fixture
def geopackage(tmp_path):
    source, target = tmp_path / "a.geojson", tmp_path / "a.gpkg"
    source.write_bytes(GEOJSON)
    write.geopackage(source, target, "places")
    return target.read_bytes()


def test_a_register_of_any_bytes_is_told_in_a_sentence_or_read(app, tmp_path, geopackage):
    """Looked at and read in without writing: a refusal, or a report; the tables stay as they are."""
    factories.area()
    before = everything()
    originals = {
        "a.csv": CSV,
        "b.csv": ("\ufeff" + CSV.decode().replace(",", ";")).encode("utf-16"),
        "a.geojson": GEOJSON,
        "a.zip": packed(CSV, "a.csv"),
        "a.gpkg": geopackage,
    }
    read = []

    @bounded(60)
    @given(st.sampled_from(sorted(originals)), st.data())
    def reads(name, data):
        path = tmp_path / "harmed" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data.draw(harmed(originals[name])))
        for use in (show, import_register):
            try:
                use(path, "testing", Options(dry_run=True))
                read.append(name)
            except BadInput:
                pass

    reads()
    assert everything() == before
    assert len(read) > 10, "most files can still be read"


def in_time(call, *given_values):
    began = time.monotonic()
    try:
        return call(*given_values)
    except BadInput:
        return None
    finally:
        assert time.monotonic() - began < PATIENCE, given_values


# No form and no file brings half a letter of UTF-16 that far.
whole = values.map(lambda text: text.encode("utf-8", "replace").decode())
HOURS = st.one_of(
    whole,
    st.text(st.sampled_from('MoTuWeFrSaPHSHoff09:17-,; +|weekJan"()[]open'), max_size=60),
    st.lists(
        st.sampled_from(("Mo-Fr", "Mo", "PH", "SH", "off", "09:00-17:00", "22:00-02:00", ",", ";", "||", "Jan-Mar", "easter",
                         "week 1-53/2", "sunset", "2026", "9am", "to", "noon", "closed", "Monday", "and", "5.30pm", "24/7", '"x"')),
        max_size=12,
    ).map(" ".join),
)  # fmt: skip


@bounded(150)
@given(HOURS)
def test_any_text_is_hours_or_not(text):
    if in_time(readable, text):
        in_time(weekly.read, text)
    said = in_time(weekly_hours, text)
    assert said is None or readable(said), (text, said)


@bounded(100)
@given(
    st.lists(
        st.one_of(st.sampled_from(("Autumn, 1 September 2026 to 18 December 2026",)), values),
        max_size=4,
    ).map("\n".join)
)
def test_any_lines_are_terms_or_told(text):
    in_time(termdates.read_lines, text)


@bounded(100)
@given(harmed(CALENDAR))
def test_any_calendar_is_terms_or_told(data):
    in_time(termdates.read_calendar, data)


@bounded(60)
@given(harmed(factories.photo(), factories.photo("red")))
def test_any_picture_is_repainted_or_told(data):
    in_time(pictures.repainted, data)


@bounded(60)
@given(harmed(pages()))
def test_any_pdf_is_written_anew_or_refused(data):
    """What a reader of PDFs raises is no closed list; it runs in a process of its own, asked three times below."""
    try:
        assert rewritten(data).data.startswith(b"%PDF-1.7")
    except Unfit:
        pass
    except Exception:  # noqa: BLE001 - that process answers "damaged" to all of them
        pass


def test_what_breaks_the_reader_of_pdfs_is_told(app):
    good = pages()
    for data in (good[:-40], good.replace(b"/Pages", b"/Page "), b"%PDF-1.7\n" + bytes(400)):
        with pytest.raises(BadInput):
            harmless(data, "a.pdf")


@bounded(100)
@given(st.one_of(values, st.sampled_from(SHORT + WRITTEN)))
def test_any_name_of_a_file_is_fit_for_a_header(name):
    fit = original_name(name)
    assert fit
    assert "/" not in fit
    assert fit.isprintable()
    assert Path(fit).name == fit

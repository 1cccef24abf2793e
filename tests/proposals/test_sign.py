"""The site sign: its sheet, its short address, the street's page, and the photo that proves it is up."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pypdf
import pytest
import segno

from portal import clock
from portal.areas.rules import Nation
from portal.db import db
from portal.people.models import Group
from portal.proposals import service
from portal.proposals.files import Sent
from portal.proposals.filing import FileKind
from portal.proposals.signs import sign
from portal.proposals.writing import declaring
from portal.register.rules import Kind
from tests import factories
from tests.conftest import broken
from tests.proposals.stage import Stage, to_day

SECRET = "Hearing Voices Circle"


@pytest.fixture
def stage(app):
    return Stage()


@pytest.fixture
def hall(stage):
    """The same for a building, where the interest comes first."""
    stage.asset.kind = Kind.BUILDING
    db.session.commit()
    return stage


def words_of(pdf: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) == 1
    # Where a long address may break stands a space without width.
    return " ".join(reader.pages[0].extract_text().replace("\u200b", "").split())


def get_sign(client, stage) -> str:
    answer = client.get(f"/cases/{stage.case_id}/sign.pdf")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    return words_of(answer.data)


def street_of(client, stage):
    answer = client.get(f"/s/{sign.token_of(stage.case_id)}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_sign_says_what_is_intended_by_whom_and_until_when(client, stage):
    stage.on_notice()
    said = get_sign(client, stage)
    for part in (
        "A garden for the street",
        "Mill Lane neighbours asks to use",
        "Raised beds and a bench.",
        "until Monday 30 March 2026",
        "This sheet was made on Monday 2 March 2026",
        f"/s/{sign.token_of(stage.case_id)}",
        "at least 28 days",
    ):
        assert part in said, part
    assert "Preview" not in said


def test_it_changes_with_the_case(client, stage):
    stage.under_test()
    assert "The time ended on Monday 30 March 2026" in get_sign(client, stage)
    service.withdraw(stage.case_id, stage.organiser, "Moved.")
    assert "This proposal is over" in get_sign(client, stage)


def test_before_anybody_may_read_the_group_alone_sees_a_preview(client, stage):
    stage.draft()
    path = f"/cases/{stage.case_id}/sign.pdf"
    assert client.get(path).status_code == 404
    client.sign_in(stage.emails["resident"])
    assert client.get(path).status_code == 404
    client.sign_in(stage.emails["organiser"])
    assert "Preview: not published yet" in get_sign(client, stage)


def test_an_interest_has_its_sign(client, hall):
    hall.draft()
    declaring.register_interest(hall.case_id, hall.organiser)
    said = get_sign(client, hall)
    assert "a group intends to ask for this place" in said
    assert "As soon as it is published" in said
    assert "Preview" not in said


@pytest.mark.parametrize(
    ("nation", "languages"), [(Nation.WALES, ["en", "cy"]), (Nation.SCOTLAND, ["en"])]
)
def test_it_speaks_the_languages_of_the_area(app, nation, languages):
    stage = Stage(nation=nation)
    stage.on_notice()
    sheet = sign.sheet(stage.case)
    assert [block["lang"] for block in sheet["blocks"]] == languages
    assert "A garden for the street" in words_of(sign.pdf(stage.case, preview=False))


def test_the_code_holds_the_short_address(app, stage):
    stage.on_notice()
    address = f"{app.config['BASE_URL']}/s/{sign.token_of(stage.case_id)}"
    drawn = sign.sheet(stage.case)["qr"]["svg"]
    matrix = segno.make(address, error="q", micro=False, boost_error=False).matrix
    # A path of runs: the same dark modules, row by row, as the code for this address has.
    assert dark_of(drawn) == {
        (x, y) for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark
    }


def dark_of(svg: str) -> set[tuple[int, int]]:
    """The dark modules of segno's drawing: `Mx y` to begin with, `m` to move on, `h` to draw a run."""
    path = re.search(r' d="([^"]+)"', svg)[1]
    x, y, found = 0.0, 0.0, set()
    for command, numbers in re.findall(r"([Mmh])([^Mmh]*)", path):
        values = [float(n) for n in re.findall(r"-?\d*\.?\d+", numbers)]
        if command == "h":
            found |= {(int(x) + n, int(y)) for n in range(int(values[0]))}
            x += values[0]
        else:
            x, y = (values[0], values[1]) if command == "M" else (x + values[0], y + values[1])
    return found


def test_the_word_is_made_once_and_can_be_read(app, stage):
    stage.on_notice()
    token = sign.token_of(stage.case_id)
    assert re.fullmatch(f"[{sign.LETTERS}]{{8}}", token)
    assert not set("01ilosz25") & set(sign.LETTERS)
    assert sign.token_of(stage.case_id) == token

    def asked(_number):
        with app.app_context():
            return sign.token_of(other)

    other = stage.rival()
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(asked, range(8)))) == 1


def test_the_street_offers_what_can_be_done_now(client, stage):
    stage.on_notice()
    shown = street_of(client, stage)
    for part in (
        "Mill Lane neighbours",
        "until Monday 30 March 2026",
        f"/cases/{stage.case_id}/represent?stance=for",
        f"/cases/{stage.case_id}/represent?stance=against",
        f'href="/cases/{stage.case_id}"',
    ):
        assert part in shown, part
    assert "/petition" not in shown
    client.sign_in(stage.emails["resident"])
    form = client.get(f"/cases/{stage.case_id}/represent?stance=against").get_data(as_text=True)
    assert re.search(r'value="against"\s+checked', form)


def test_the_street_leads_to_the_petition_and_the_hearing(client, stage):
    from portal.petitions import service as petitions

    stage.on_notice()
    petitions.open_petition(stage.case_id, stage.organiser, "Open it.", date(2026, 6, 1))
    assert f"/cases/{stage.case_id}/petition" in street_of(client, stage)


@pytest.mark.parametrize("years", [0, 5])
def test_years_later_it_says_how_it_ended(client, stage, years):
    service.withdraw(stage.on_notice().case_id, stage.organiser, "Moved.")
    to_day(clock.today() + timedelta(days=365 * years))
    shown = street_of(client, stage)
    assert "Withdrawn" in shown
    assert "represent" not in shown


def test_typed_by_hand_and_mistyped(client, stage):
    token = sign.token_of(stage.on_notice().case_id)
    sloppy = f"{token[:4].upper()}-{token[4:]}"
    assert client.get(f"/s/{sloppy}").status_code == 200
    assert client.get(f"/s?word={sloppy}").location.endswith(f"/s/{sloppy}")
    for wrong in ("nosuch", token[:-1], token + "a", "a" * 400, "%00%ff", "' OR 1=1", "../cases"):
        answer = client.get(f"/s/{wrong}")
        assert answer.status_code == 404, wrong
    assert "The word on the sign" in client.get("/s/nosuch").get_data(as_text=True)
    assert client.get("/s").status_code == 200


def test_the_sign_of_a_draft_leads_nobody_to_it(client, stage):
    token = sign.token_of(stage.draft().case_id)
    answer = client.get(f"/s/{token}")
    assert answer.status_code == 404
    assert "garden" not in answer.get_data(as_text=True)
    client.sign_in(stage.emails["organiser"])
    assert client.get(f"/s/{token}").status_code == 200


def test_a_private_group_is_on_no_sign_and_not_in_the_street(client, stage):
    stage.on_notice()
    group = db.session.get(Group, stage.group_id)
    group.name, group.private = SECRET, True
    db.session.commit()
    for email in (None, stage.emails["organiser"], stage.emails["broker"]):
        if email:
            client.sign_in(email)
        assert SECRET not in get_sign(client, stage)
        assert "A community group asks to use" in get_sign(client, stage)
        assert SECRET not in street_of(client, stage)


# ---- the photo


def photo(colour: str = "red") -> dict:
    return {"photo": (io.BytesIO(factories.photo(colour)), "sign.jpg")}


def on(day: date) -> dict:
    return {f"taken_on-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def test_a_photo_proves_it_and_the_days_are_counted(client, stage):
    stage.lodged()
    path = f"/cases/{stage.case_id}"
    client.sign_in(stage.emails["organiser"])
    page = client.get(f"{path}/show-sign").get_data(as_text=True)
    assert 'capture="environment"' in page
    assert "28 days" in page
    sent = {"shows": "On the gate."} | on(date(2026, 3, 2))
    assert client.send(f"{path}/show-sign", sent).status_code == 409  # no photo
    to_day(date(2026, 3, 4))
    assert client.send(f"{path}/show-sign", sent | photo()).location == path
    assert stage.case.sign_shown_on == date(2026, 3, 2)
    shown = client.get(path).get_data(as_text=True)
    assert "Monday 30 March 2026" in shown  # 2 March and 28 days
    assert "28 days after Monday 2 March 2026" in shown
    assert 'alt="On the gate."' in shown
    # A later photo shows that it still stands; the first day goes on counting. The same photo again says nothing new.
    assert client.send(f"{path}/show-sign", on(date(2026, 3, 4)) | photo("blue")).location == path
    assert client.send(f"{path}/show-sign", on(date(2026, 3, 4)) | photo("blue")).status_code == 409
    assert stage.case.sign_shown_on == date(2026, 3, 2)
    assert len([f for f in stage.case.files if f.kind is FileKind.SIGN]) == 2


def test_no_photo_of_tomorrow_nor_a_text_file(client, stage):
    stage.lodged()
    path = f"/cases/{stage.case_id}/show-sign"
    client.sign_in(stage.emails["organiser"])
    assert client.send(path, on(date(2026, 3, 3)) | photo()).status_code == 409
    words = {"photo": (io.BytesIO(b"hello"), "sign.txt")}
    answer = client.send(path, on(date(2026, 3, 2)) | words)
    assert answer.status_code == 409
    assert stage.case.sign_shown_on is None
    assert not stage.case.files


def test_when_the_days_are_over_the_page_says_so(client, stage):
    stage.on_notice()
    case = stage.case
    assert not sign.stay(case).over
    to_day(sign.stay(case).counted.due)
    assert not sign.stay(case).over
    to_day(date(2026, 3, 31))
    assert sign.stay(case).over
    assert "It stood its time" in client.get(f"/cases/{stage.case_id}").get_data(as_text=True)


def test_only_the_group_shows_it(stage):
    stage.lodged()
    with broken("not-your-part"):
        sent = Sent(factories.photo(), "sign.jpg")
        declaring.show_sign(stage.case_id, stage.broker, sent, clock.today())


def test_a_building_needs_none(hall):
    hall.draft()
    declaring.register_interest(hall.case_id, hall.organiser)
    assert sign.stay(hall.case) is None
    with broken("no-sign"):
        sent = Sent(factories.photo(), "sign.jpg")
        declaring.show_sign(hall.case_id, hall.organiser, sent, clock.today())

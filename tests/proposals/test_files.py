"""Photos and PDFs beside a proposal: made harmless, said in words, opened only by whoever may."""

from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfWriter

from portal.errors import BadInput
from portal.proposals import files, moves, service
from portal.proposals.filing import MOST_FILES, FileKind
from portal.proposals.models import CaseFile
from portal.proposals.writing import declaring, uploads
from tests import factories
from tests.conftest import broken, csrf_token
from tests.proposals.stage import Stage
from tests.proposals.test_races import at_once


@pytest.fixture
def stage(app):
    return Stage()


@pytest.fixture(scope="module")
def photos() -> list[files.Ready]:
    """More photos than a case may have, made harmless once."""
    names = [f"photo {number}.jpg" for number in range(MOST_FILES + 2)]
    paper = files.ready(files.Sent(factories.photo(), "one.jpg")).paper
    return [files.Ready(paper, name) for name in names]


def pdf(pages: int = 1) -> bytes:
    writer, out = PdfWriter(), BytesIO()
    for _number in range(pages):
        writer.add_blank_page(200, 200)
    writer.write(out)
    return out.getvalue()


def text(answer) -> str:
    return answer.get_data(as_text=True)


def kept(stage: Stage) -> list[CaseFile]:
    return files.of_group(stage.case)


def send(client, path: str, sent: list[tuple[bytes, str]], **more):
    token = csrf_token(text(client.get(path)))
    data = {"csrf_token": token, "files": [(BytesIO(data), name) for data, name in sent], **more}
    return client.post(path, data=data, content_type="multipart/form-data")


def test_several_at_once_with_what_they_show_and_the_bad_one_by_its_name(client, stage):
    stage.draft()
    client.sign_in(stage.emails["organiser"])
    path = f"/cases/{stage.case_id}/files"
    sent = [(factories.photo(), "plot.jpg"), (pdf(), "../../plan.pdf"), (b"MZ\x00", "virus.exe")]
    answer = send(client, path, sent, shows="The plot, and a plan.")
    assert answer.status_code == 422
    assert "virus.exe: We can take photos and PDF files." in text(answer)
    assert [(one.name, one.mime, one.shows) for one in kept(stage)] == [
        ("plot.jpg", "image/webp", "The plot, and a plan."),
        ("plan.pdf", "application/pdf", "The plot, and a plan."),
    ]
    assert "2 files are kept" in text(answer)
    # What each one shows is said afterwards; one is taken out with the same button press.
    first, second = (one.id for one in kept(stage))
    answer = client.send(path, {f"shows_{first}": "The gate.", "remove": str(second)})
    assert answer.location == path
    assert [one.shows for one in kept(stage)] == ["The gate."]
    assert client.send(path, {"remove": str(second)}).location == path  # it is gone already


def test_a_photo_tells_nothing_that_a_camera_hides(stage):
    out, exif = BytesIO(), Image.Exif()
    exif[0x9286] = "Taken at home"
    Image.new("RGB", (40, 30), "red").save(out, "JPEG", exif=exif)
    paper = files.ready(files.Sent(out.getvalue(), "x.jpg")).paper
    assert b"Taken at home" not in paper.data
    with pytest.raises(BadInput):
        files.ready(files.Sent(b"", "empty.jpg"))


def test_there_is_room_for_twenty_and_the_same_file_is_kept_once(stage, photos):
    stage.draft()
    left_out = files.add(stage.case_id, stage.organiser, photos)
    assert left_out == [one.name for one in photos[MOST_FILES:]]
    assert len(kept(stage)) == MOST_FILES
    assert files.add(stage.case_id, stage.organiser, photos[:3]) == []
    assert len(kept(stage)) == MOST_FILES


def test_two_presses_at_once_keep_a_file_once(app, stage, photos):
    stage.draft()
    case_id, rosa = stage.case_id, stage.organiser
    at_once(app, *[lambda: files.add(case_id, rosa, photos[:1])] * 2)
    assert len(kept(stage)) == 1


def test_after_lodging_nothing_is_added_or_taken_out(client, stage, photos):
    stage.draft()
    files.add(stage.case_id, stage.organiser, photos[:1])
    number = kept(stage)[0].id
    service.lodge(stage.case_id, stage.organiser)
    with broken("not-now"):
        files.add(stage.case_id, stage.organiser, photos[1:2])
    with broken("not-now"):
        files.remove(stage.case_id, stage.organiser, number)
    with broken("not-your-part"):
        files.remove(stage.case_id, stage.officer, number)
    client.sign_in(stage.emails["organiser"])
    assert client.get(f"/cases/{stage.case_id}/files").location == f"/cases/{stage.case_id}"


def test_more_than_the_page_takes_is_told_and_nothing_is_read(client, stage, monkeypatch):
    stage.draft()
    client.sign_in(stage.emails["organiser"])
    monkeypatch.setattr(uploads, "AT_ONCE", 5_000)
    answer = send(client, f"/cases/{stage.case_id}/files", [(b"x" * 9_000, "large.jpg")])
    assert answer.status_code == 413
    assert "too large together" in text(answer)


def test_whoever_is_signed_out_or_has_an_old_page_adds_nothing(client, stage):
    stage.draft()
    path = f"/cases/{stage.case_id}/files"
    data = {"csrf_token": "old", "shows": "The plot.", "files": (BytesIO(b"x"), "a.jpg")}
    assert client.post(path, data=dict(data)).status_code == 403
    client.sign_in(stage.emails["organiser"])
    data["files"] = (BytesIO(factories.photo()), "a.jpg")
    answer = client.post(path, data=data, content_type="multipart/form-data")
    assert "open for a long time" in text(answer)
    assert "The plot." in text(answer)
    assert kept(stage) == []


def with_one_of_each(stage: Stage) -> dict[FileKind, int]:
    """A published case with a public PDF, a public photo and a private scan: kind -> number."""
    stage.draft()
    sent = files.ready(files.Sent(pdf(), "plan “b”;x.pdf", "A plan."))
    files.add(stage.case_id, stage.organiser, [sent])
    service.lodge(stage.case_id, stage.organiser)
    service.validate(stage.case_id, stage.broker)
    with moves.turn(stage.case_id, stage.broker) as turn:
        files.keep(turn, FileKind.MINUTES, files.Sent(factories.photo(), "page.png"))
        files.keep(turn, FileKind.PAPER_SIGNATURES, files.Sent(factories.photo(), "names.png"))
    return {one.kind: one.id for one in stage.case.files}


def test_who_may_open_what(client, stage):
    ids = with_one_of_each(stage)
    path = f"/cases/{stage.case_id}/files"
    scan = f"{path}/{ids[FileKind.PAPER_SIGNATURES]}"
    for who, opens in (
        (None, 404),
        ("resident", 404),
        ("panel", 404),
        ("organiser", 404),
        ("officer", 404),
        ("broker", 200),
    ):
        if who:
            client.sign_in(stage.emails[who])
        assert client.get(scan).status_code == opens, who
        assert client.get(f"{scan}/thumb").status_code == opens, who
        assert client.get(f"{path}/{ids[FileKind.EVIDENCE]}").status_code == 200, who
    assert client.get(f"{path}/999").status_code == 404
    assert (
        client.get(f"/cases/{stage.case_id + 1}/files/{ids[FileKind.EVIDENCE]}").status_code == 404
    )


def test_files_can_do_nothing_but_be_seen(client, stage):
    ids = with_one_of_each(stage)
    path = f"/cases/{stage.case_id}/files"
    document = client.get(f"{path}/{ids[FileKind.EVIDENCE]}")
    assert document.mimetype == "application/pdf"
    assert document.headers["Content-Disposition"].startswith("attachment")
    assert "\n" not in document.headers["Content-Disposition"]
    photo = client.get(f"{path}/{ids[FileKind.MINUTES]}")
    assert photo.mimetype == "image/webp"
    assert photo.headers["Content-Disposition"].startswith("inline")
    small = client.get(f"{path}/{ids[FileKind.MINUTES]}/thumb")
    assert small.mimetype == "image/webp"
    for answer in (document, photo, small):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cache-Control"].startswith("private")
    assert client.get(f"{path}/{ids[FileKind.EVIDENCE]}/thumb").status_code == 404  # a PDF has none
    client.sign_in(stage.emails["broker"])
    scan = client.get(f"{path}/{ids[FileKind.PAPER_SIGNATURES]}")
    assert scan.headers["Cache-Control"] == "private, no-store"


def test_a_drafts_files_are_for_the_group_alone_and_an_interests_too(client, stage, photos):
    stage.draft()
    files.add(stage.case_id, stage.organiser, photos[:1])
    path = f"/cases/{stage.case_id}/files/{kept(stage)[0].id}"
    assert client.get(path).status_code == 404
    declaring.register_interest(stage.case_id, stage.organiser)
    assert client.get(path).status_code == 404
    for who in ("resident", "officer", "broker"):
        client.sign_in(stage.emails[who])
        assert client.get(path).status_code == 404, who
        page = client.get(f"/cases/{stage.case_id}").get_data(as_text=True)
        assert "£600 collected." not in page, who
    client.sign_in(stage.emails["organiser"])
    assert client.get(path).status_code == 200
    assert "£600 collected." in client.get(f"/cases/{stage.case_id}").get_data(as_text=True)


def test_a_draft_that_was_given_up_stays_the_groups_alone(client, stage, photos):
    stage.draft()
    files.add(stage.case_id, stage.organiser, photos[:1])
    path = f"/cases/{stage.case_id}"
    file = f"{path}/files/{kept(stage)[0].id}"
    service.withdraw(stage.case_id, stage.organiser, "")
    for who, opens in (("broker", 404), ("officer", 404), ("organiser", 200)):
        client.sign_in(stage.emails[who])
        assert client.get(path).status_code == opens, who
        assert client.get(file).status_code == opens, who

"""The pages as people use them: a resident reports, the broker answers, everybody sees what may be seen."""

from io import BytesIO

import pytest
from limits import parse_many
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from portal.db import db
from portal.limits import LIMITS, limiter
from portal.notices.models import Letter
from portal.register.models import Asset
from portal.register.rules import Kind
from portal.sightings import answering, service
from portal.sightings.models import Photo, Sighting
from portal.sightings.rules import SightingState
from tests.conftest import csrf_token
from tests.sightings import make


@pytest.fixture
def here(app):
    return make.place()


def text(response):
    return response.get_data(as_text=True)


def file(data: bytes, name: str):
    return FileStorage(BytesIO(data), name, "photos")


def upload(client, path, files=(), **buttons):
    token = csrf_token(text(client.get(path)))
    sent = {"csrf_token": token, "photos": [file(*one) for one in files]} | buttons
    boundary, body = encode_multipart(sent)  # in memory: Werkzeug's client leaves its own file open
    kind = f"multipart/form-data; boundary={boundary}"
    return client.post(
        path, input_stream=BytesIO(body), content_length=len(body), content_type=kind
    )


def letters(to):
    return db.session.scalars(select(Letter).where(Letter.to == to).order_by(Letter.id)).all()


def test_from_a_postcode_to_the_register(client, app, here):
    page = text(client.get("/report"))
    assert "Where is the place?" in page
    assert "data-here" in page
    assert 'data-pins="place"' in page
    page = text(client.get("/report/here?place=m33+2aa&at="))
    assert "M33 2AA" in page
    assert "in the ward Middle" in page
    assert "mw-map--here" in page
    begun = client.send("/report/here?place=m33+2aa", {})
    assert begun.status_code == 302, text(begun)
    answers = {
        "words": "High grass behind a fence.",
        "how_long": "years",
        "email": "Ruth@Example.org ",
    }
    missing = client.send(begun.location, answers | {"words": ""})
    assert missing.status_code == 422
    assert "Say in a few words" in text(missing)
    assert "Ruth@Example.org" in text(missing)
    told = client.send(begun.location, answers)
    assert told.status_code == 302, text(told)
    done = upload(client, told.location, [(make.jpeg(), "a.jpg")], send="1")
    assert done.status_code == 302, text(done)
    page = text(client.get(done.location))
    assert "Thank you" in page
    assert "Your report has the number 1" in page
    assert "ruth" not in page.lower()
    assert "number is 1" in letters("ruth@example.org")[0].body
    assert done.location in letters("ruth@example.org")[0].body
    _broker_accepts(app.test_client().sign_in(here.emails.broker), here)
    page = text(client.get(f"/assets/{db.session.scalar(select(Asset.id))}"))
    for words in (
        "Photo by a resident, 2 March 2026",
        "A plot with high grass",
        "Grass, published.",
    ):
        assert words in page
    assert "in the register now" in text(client.get(done.location))
    assert "/assets/" in letters("ruth@example.org")[1].body
    assert client.get("/sightings/photos/1.webp").status_code == 200


def _broker_accepts(browser, here):
    page = text(browser.get("/desk/sightings"))
    assert "1 report waits for you" in page
    assert "High grass behind a fence." in page
    page = text(browser.get("/desk/sightings/1"))
    assert "Put this place into the register" in page
    answers = {
        "kind": "land",
        "name": "Land behind the fence",
        "where": "53.4, -2.3",
        "street": "",
        "postcode": "m33 2aa",
        "holder": "unknown",
        "words": "Grass, published.",
        "show_1": "y",
        "alt_1": "",
    }
    wrong = browser.send("/desk/sightings/1/accept", answers)
    assert wrong.status_code == 422
    assert "Say what this photo shows" in text(wrong)
    assert "Land behind the fence" in text(wrong)
    done = browser.send("/desk/sightings/1/accept", answers | {"alt_1": "A plot with high grass"})
    assert done.status_code == 302, text(done)
    assert "Answered by" in text(browser.get(done.location))
    assert "No report waits" in text(browser.get("/desk/sightings"))


# ---- where


def test_a_pin_leads_to_the_same_page(client, here):
    sent = client.get("/report?at=53.4,-2.3")
    assert sent.status_code == 302
    page = text(client.get(sent.location))
    assert "Is this the place?" in page
    assert "Within 50 metres nothing is known yet" in page
    assert "Is this the place?" in text(client.get("/report/here?place=&at=53.4,-2.3"))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("place=", "a postcode or a street is enough"),
        ("", "a postcode or a street is enough"),
        ("place=Atlantis", "We do not know “Atlantis”"),
        ("place=Atlantis&at=", "We do not know “Atlantis”"),
        ("at=53.8,-1.55", "lies outside Testing"),
        ("at=NaN,NaN", "We do not know"),
        ("at=1e999,2", "We do not know"),
        ("at=x,y", "We do not know"),
        (f"place={'x' * 5000}", "too long"),
        ("place=%00%ff%3Cscript%3E", "We do not know"),
    ],
)
def test_a_place_that_makes_no_sense_is_told_and_kept(client, here, asked, sentence):
    answer = client.get(f"/report/here?{asked}")
    assert answer.status_code == 422
    assert sentence in text(answer)
    if "Atlantis" in asked:
        assert 'value="Atlantis"' in text(answer)


def test_likely_duplicates_come_first_and_can_be_joined(client, here):
    plot = make.plot(here, 30, name="Near plot")
    make.plot(here, 200, name="Farther plot")
    known = make.sent(here, photos=1)
    page = text(client.get("/report/here?place=M33+2AA"))
    assert "30 m away" in page
    assert "Near it are: Farther plot (200 m)" in page
    assert "Reported on 2 March 2026" in page
    # What nobody has looked at yet is not shown.
    assert "High grass" not in page
    assert "/photos/" not in page
    begun = client.send("/report/here?place=M33+2AA", {"asset": str(plot.id)})
    assert "Near plot" in text(client.get(begun.location))
    client.send("/report/here?place=M33+2AA", {"report": str(known.id)})
    joined = db.session.scalars(select(Sighting).order_by(Sighting.id.desc())).first()
    assert joined.same_as_id == known.id


@pytest.mark.parametrize("wrong", [{"asset": "999"}, {"report": "999"}])
def test_what_is_gone_cannot_be_joined(client, here, wrong):
    answer = client.send("/report/here?place=M33+2AA", wrong)
    assert answer.status_code == 409
    assert "Look again" in text(answer)
    rubbish = client.send("/report/here?place=M33+2AA", {"asset": "x' OR 1", "report": str(2**70)})
    assert rubbish.status_code == 302


# ---- words and photos


def test_words_can_be_changed_until_it_is_sent_and_are_on_the_page_again(client, here):
    token = make.told(here, email="ruth@example.org")
    page = text(client.get(f"/report/{token}/words"))
    for kept in ("High grass behind a fence.", "Behind the chip shop", "ruth@example.org"):
        assert kept in page
    assert client.get(f"/report/{token}").location.endswith("/words")
    service.send(token)
    for step in ("words", "photos"):
        assert client.get(f"/report/{token}/{step}").location == f"/report/{token}"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"words": " \n "}, "Say in a few words"),
        ({"words": "x" * 3000}, "too long"),
        ({"email": "nobody"}, "Write an e-mail address"),
        ({"how_long": "ages"}, "Choose one of the answers"),
        ({"exactly": "x" * 400}, "too long"),
    ],
)
def test_bad_answers_are_told_and_nothing_is_lost(client, here, wrong, sentence):
    token = make.draft(here)
    answers = {"words": "Kept words", "exactly": "Kept place", "how_long": "year", "email": ""}
    answer = client.send(f"/report/{token}/words", answers | wrong)
    assert answer.status_code == 422
    page = text(answer)
    assert sentence in page
    for name in ("words", "exactly"):
        assert name in wrong or answers[name] in page


def test_good_photos_are_kept_beside_bad_ones_and_each_bad_one_is_named(client, here):
    token = make.told(here)
    path = f"/report/{token}/photos"
    files = [
        (make.jpeg(), "good.jpg"),
        (b"%PDF-1.7", "plan.pdf"),
        (b"", "empty.jpg"),
        (b"\x00\x00\x00\x24ftypheic" + b"\x00" * 99, "IMG_1.HEIC"),
    ]
    answer = upload(client, path, files, send="1")
    assert answer.status_code == 422
    page = text(answer)
    for said in (
        "1 photo is kept",
        "plan.pdf: This is not a photo",
        "empty.jpg: This file is empty",
        "IMG_1.HEIC: Your phone",
    ):
        assert said in page, said
    one = db.session.scalars(select(Sighting)).one()
    assert one.state is SightingState.DRAFT
    photo = client.get(f"/report/{token}/photos/{one.photos[0].id}.webp")
    assert photo.mimetype == "image/webp"
    assert photo.headers["Cache-Control"] == "private, no-store"
    assert upload(client, path, send="1").location == f"/report/{token}"
    assert db.session.scalar(select(func.count(Photo.id))) == 1


def test_photos_are_added_and_taken_out_one_by_one(client, here):
    token = make.told(here)
    path = f"/report/{token}/photos"
    for colour in ("red", "green"):
        assert upload(client, path, [(make.jpeg(colour), "a.jpg")], add="1").location == path
    assert "2 photos are kept" in text(client.get(path))
    assert upload(client, path, remove="1").location == path
    assert "1 photo is kept" in text(client.get(path))
    many = [(make.jpeg(size=(50 + n, 50)), f"{n}.jpg") for n in range(5)]
    answer = upload(client, path, many, send="1")
    assert "There is room for 4 photos" in text(answer)
    assert "4 photos are kept" in text(answer)
    assert 'type="file"' not in text(answer)


def test_an_old_page_keeps_the_photos_and_sends_nothing(client, here):
    token = make.told(here)
    data = {"csrf_token": "old", "photos": [file(make.jpeg(), "a.jpg")], "send": "1"}
    answer = client.post(f"/report/{token}/photos", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "This page was open for a long time" in text(answer)
    assert "1 photo is kept" in text(answer)


def test_a_photo_of_twenty_megabytes_is_refused_in_words_and_more_than_a_page_takes_too(
    client, here
):
    token = make.told(here)
    path = f"/report/{token}/photos"
    heavy = make.jpeg() + b"\x00" * 20_000_000
    answer = upload(client, path, [(heavy, "heavy.jpg"), (make.jpeg(), "good.jpg")], send="1")
    assert answer.status_code == 422
    assert "heavy.jpg: This file has 21 MB, and a photo may have 15 MB" in text(answer)
    assert "1 photo is kept" in text(answer)
    answer = client.post(
        path,
        content_type="multipart/form-data; boundary=x",
        input_stream=BytesIO(b"x" * 1000),
        environ_overrides={"CONTENT_LENGTH": "200000000"},
    )
    assert answer.status_code == 413
    assert "at most 100 MB can be sent at once" in text(answer)
    assert "1 photo is kept" in text(answer)


def test_a_double_click_sends_one_report(client, here):
    token = make.told(here, email="ruth@example.org")
    path = f"/report/{token}/photos"
    sent = [
        client.post(
            path, data={"csrf_token": csrf, "send": "1", "photos": [file(make.jpeg(), "a.jpg")]}
        )
        for csrf in [csrf_token(text(client.get(path)))] * 2
    ]
    assert [answer.location for answer in sent] == [f"/report/{token}"] * 2
    assert db.session.scalar(select(func.count(Photo.id))) == 1
    assert len(letters("ruth@example.org")) == 1


def test_who_left_an_address_can_take_it_back_by_one_button(client, here):
    one = make.sent(here, email="ruth@example.org")
    assert "Write to me no more" in text(client.get(f"/report/{one.token}/leave"))
    assert db.session.get(Sighting, one.id).email  # a scanner that opens links does nothing
    assert client.send(f"/report/{one.token}/leave", {}).status_code == 302
    assert db.session.get(Sighting, one.id).email is None
    assert "there is no address with it" in text(client.get(f"/report/{one.token}/leave"))


def test_reports_are_limited(client, here, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    limiter.reset()
    most = parse_many(LIMITS["sighting"].visitor)[0].amount
    codes = [client.post("/report/here?place=M33+2AA").status_code for _ in range(most + 1)]
    limiter.reset()
    assert set(codes[:most]) == {422}
    assert codes[most] == 429


# ---- who sees what


def test_what_was_not_accepted_is_seen_by_the_broker_alone(client, app, here):
    one = make.sent(here, email="ruth@example.org", photos=1)
    paths = ["/sightings/photos/1.webp", "/sightings/photos/1-small.webp"]
    officer = app.test_client().sign_in(here.emails.officer)
    for browser in (client, officer):
        for path in paths:
            assert browser.get(path).status_code == 404
        assert browser.get("/desk/sightings").status_code in (302, 403)
        assert browser.get(f"/desk/sightings/{one.id}").status_code in (302, 403)
        assert browser.get(f"/desk/sightings/{one.id}/accept").status_code in (302, 403)
    broker = app.test_client().sign_in(here.emails.broker)
    for path in paths:
        seen = broker.get(path)
        assert seen.status_code == 200
        assert seen.headers["Cache-Control"] == "private, no-store"
        assert seen.headers["X-Content-Type-Options"] == "nosniff"
        assert seen.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert seen.headers["Content-Disposition"] == "inline"
    assert "ruth@example.org" not in text(broker.get(f"/desk/sightings/{one.id}"))
    assert broker.get("/desk/sightings/99").status_code == 404
    draft = make.told(here)
    number = db.session.scalar(select(Sighting.id).where(Sighting.token == draft))
    assert broker.get(f"/desk/sightings/{number}").status_code == 404


def test_a_public_photo_is_kept_in_caches_for_a_day(client, here):
    _accepted(here)
    seen = client.get("/sightings/photos/1.webp")
    assert seen.headers["Cache-Control"] == "public, max-age=86400"
    again = client.get("/sightings/photos/1.webp", headers={"If-None-Match": seen.headers["ETag"]})
    assert again.status_code == 304


def test_no_public_page_tells_who_reported(client, here):
    one = _accepted(here)
    make.sent(here, email="other@example.org")
    for path in (
        f"/assets/{one.asset_id}", "/assets", "/report/here?place=M33+2AA", f"/report/{one.token}",
        f"/assets/{one.asset_id}.geojson", f"/report/{one.token}/leave",
    ):  # fmt: skip
        page = text(client.get(path))
        assert "example.org" not in page, path
        assert "High grass behind a fence." not in page, path


def _accepted(here):
    one = make.sent(here, email="ruth@example.org", photos=1)
    found = answering.Found(Kind.LAND, "The plot", make.HERE, holder_id=here.holder.id)
    answering.accept(here.ids.broker, one.id, found, shown=answering.Shown("", {1: "A fence"}))
    return db.session.get(Sighting, one.id)


# ---- the broker


def test_the_broker_merges_with_a_place_nearby_or_elsewhere(client, here):
    plot = make.plot(here, 100, name="Known plot")
    one = make.sent(here, photos=1)
    client.sign_in(here.emails.broker)
    path = f"/desk/sightings/{one.id}/merge"
    page = text(client.get(path))
    assert "Known plot" in page
    assert "100 m away" in page
    page = text(client.get(f"{path}?near=53.45,-2.4"))
    assert "No place of the register was found there" in page
    assert "No place of the register was found there" in text(client.get(f"{path}?near=Atlantis"))
    missing = client.send(path, {"words": "Kept"})
    assert missing.status_code == 422
    assert "Choose the place that it is" in text(missing)
    assert "Kept" in text(missing)
    done = client.send(path, {"asset": str(plot.id), "words": "", "show_1": "y", "alt_1": "Grass"})
    assert done.status_code == 302, text(done)
    assert 'alt="Grass"' in text(client.get(f"/assets/{plot.id}"))
    assert client.get(path).status_code == 302  # answered already
    late = client.send(f"/desk/sightings/{one.id}/show", {"words": "", "alt_1": "Grass"})
    assert late.status_code == 302
    assert 'alt="Grass"' not in text(client.get(f"/assets/{plot.id}"))


def test_the_broker_declines_with_a_reason_that_the_reporter_reads(client, here):
    one = make.sent(here)
    client.sign_in(here.emails.broker)
    path = f"/desk/sightings/{one.id}/decline"
    missing = client.send(path, {"answer": "Kept words"})
    assert "Choose a reason" in text(missing)
    assert "Kept words" in text(missing)
    assert client.send(path, {"reason": "home", "answer": "A garden."}).status_code == 302
    page = text(client.get(f"/report/{one.token}"))
    assert "home, or a part of it" in page
    assert "A garden." in page


def test_the_second_broker_reads_who_was_quicker_and_loses_nothing(client, app, here):
    one = make.sent(here)
    client.sign_in(here.emails.other_broker)
    path = f"/desk/sightings/{one.id}/decline"
    token = csrf_token(text(client.get(path)))
    app.test_client().sign_in(here.emails.broker).send(path, {"reason": "in_use"})
    late = client.post(path, data={"csrf_token": token, "reason": "home", "answer": "Long words"})
    assert late.status_code == 409
    assert "broker@example.org has answered this report already" in text(late)
    assert "Long words" in text(late)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Give it a name"),
        ({"kind": "room"}, "Choose one"),
        ({"where": "Atlantis"}, "We do not know “Atlantis”"),
        ({"where": "53.8, -1.55"}, "lies outside"),
        ({"postcode": "M33"}, "Write a whole postcode"),
        ({"holder": "999"}, "Choose one of the answers"),
        ({"show_1": "y", "alt_1": " "}, "Say what this photo shows"),
    ],
)
def test_what_the_broker_gets_wrong_is_told_and_kept(client, here, wrong, sentence):
    one = make.sent(here, photos=1)
    client.sign_in(here.emails.broker)
    answers = {"kind": "land", "name": "Kept name", "where": "53.4, -2.3", "holder": "unknown"}
    answer = client.send(f"/desk/sightings/{one.id}/accept", answers | wrong)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert "name" in wrong or "Kept name" in text(answer)
    assert db.session.scalar(select(func.count(Asset.id))) == 0


@pytest.mark.parametrize("page", ["0", "-1", "99999999999", "x"])
def test_far_pages_of_the_queue_are_no_trouble(client, here, page):
    make.sent(here)
    client.sign_in(here.emails.broker)
    assert "1 report waits" in text(client.get(f"/desk/sightings?page={page}"))

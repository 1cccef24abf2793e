"""The pages as people use them, and what is sent to them badly."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from portal import clock
from portal.db import db
from portal.watches import words
from portal.watches.models import Watch
from portal.watches.rules import Often
from portal.web import limiter
from tests.conftest import THE_DAY
from tests.watches import make

ANSWERS = {"email": make.RUTH, "often": "daily"}


@pytest.fixture
def here(app):
    return make.place()


def text(response):
    return response.get_data(as_text=True)


def watch() -> Watch | None:
    db.session.rollback()
    return db.session.scalar(select(Watch))


def test_from_the_list_to_the_first_letter_and_out_again(client, here):
    page = text(
        client.get("/watches/new?near=M33+2AA&within=500&kind=land&kind=room&status=vacant")
    )
    for said in ("Near M33 2AA", "Within 500 m", "Land or Rooms", "Vacant"):
        assert said in page
    sent = client.send("/watches/new?near=M33+2AA&within=500&kind=land", ANSWERS)
    assert "We have sent you a letter" in text(sent)
    path = make.link(make.letters()[0])
    assert watch().confirmed_at is None
    assert "Shall we watch this for you?" in text(client.get(path))
    assert watch().confirmed_at is None, "opening the link confirms nothing: mail scanners do that"
    assert client.send(path, {"often": "daily"}).status_code == 302
    assert watch().confirmed_at is not None
    with clock.at(THE_DAY + timedelta(hours=1)):
        make.plot(here, name="New plot")
    assert make.ticks(1) == 1
    leave = f"{make.link(make.digests()[0])}/leave"
    assert "Within 500 m" in text(client.get(leave))
    assert watch() is not None
    assert "This watch has ended" in text(client.send(leave, {}))
    assert watch() is None


def test_how_often_is_changed_by_the_link(client, here):
    token = make.confirmed(often=Often.WEEKLY)
    page = text(client.get(f"/watches/{token}"))
    assert re.search(r'value="weekly"[^>]*checked', page)
    assert client.send(f"/watches/{token}", {"often": "daily"}).status_code == 302
    assert watch().often is Often.DAILY
    assert make.RUTH not in page, "the link may be read over a shoulder; the address is not on it"


def test_leaving_twice_or_by_the_mail_program_is_all_the_same(client, here):
    token = make.confirmed()
    page = client.get(f"/watches/{token}/leave")
    csrf = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text(page)).group(1)
    for _ in range(2):
        again = client.post(f"/watches/{token}/leave", data={"csrf_token": csrf})
        assert again.status_code == 200
        assert "You get no more letters" in text(again)
    token = make.confirmed()
    for _ in range(2):
        answer = client.post(
            f"/watches/{token}/leave", data={"List-Unsubscribe": "One-Click"}
        )  # no cookie, no token of a form
        assert answer.status_code == 200
        assert watch() is None
    assert client.get(f"/watches/{token}").status_code == 404


def test_a_page_that_was_open_too_long_leaves_nothing_undone(client, here):
    token = make.confirmed()
    page = client.post(f"/watches/{token}/leave", data={})
    assert page.status_code == 422
    assert "This page was open for a long time" in text(page)
    assert watch() is not None


def test_whether_an_address_is_known_nobody_learns(client, here):
    make.confirmed("kind=land")
    known = text(client.send("/watches/new?kind=land", ANSWERS))
    other = text(client.send("/watches/new?kind=land", ANSWERS | {"email": "new@example.org"}))
    told = [re.sub(r'nonce="[^"]+"', "", page.partition("<main")[2]) for page in (known, other)]
    assert told[0] == told[1].replace("new@example.org", make.RUTH)


def test_asking_is_limited(client, here):
    limiter.enabled = True
    try:
        limiter.reset()
        page = client.get("/watches/new")
        csrf = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text(page)).group(1)
        codes = [
            client.post("/watches/new", data=ANSWERS | {"csrf_token": csrf}).status_code
            for _ in range(11)
        ]
    finally:
        limiter.enabled = False
    assert codes == [200] * 10 + [429]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"email": ""}, "Write an e-mail address"),
        ({"email": "ruth"}, "Write an e-mail address like"),
        ({"email": "a@b.c\r\nBcc: all@example.org"}, "Write an e-mail address like"),
        ({"email": "x" * 300 + "@example.org"}, "at most 254"),
        ({"often": "hourly"}, "Choose one of the answers shown"),
    ],
)
def test_bad_answers_are_told_and_nothing_is_lost(client, here, values, sentence):
    page = client.send("/watches/new?kind=land", ANSWERS | values)
    assert page.status_code == 422
    assert sentence in text(page)
    assert values.get("email", make.RUTH)[:20] in text(page)
    assert watch() is None


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("near=Atlantis", "We do not know"),
        ("ward=999", "Choose one from the list"),
        ("ward=x", "Choose one from the list"),
        ("inside=1,2;3", "three corners"),
        ("inside=nan,nan;1,1;2,2", "three corners"),
        ("bbox=1,2", "four numbers"),
        ("kind=castle", "Choose one from the list"),
        ("words=" + "x" * 101, "too long"),
    ],
)
def test_what_cannot_be_looked_for_cannot_be_watched(client, here, query, sentence):
    page = client.get(f"/watches/new?{query}")
    assert page.status_code == 422
    assert sentence in text(page)
    assert f"/assets?{query.split('=')[0]}=" in text(page), "back to the list with all of it"
    assert client.get(f"/assets.atom?{query}").status_code == 400


@pytest.mark.parametrize(
    "token", ["x", "x" * 43, "x" * 5000, "%00", "..%2f..", "'; DROP TABLE watch; --", "\N{SNOWMAN}"]
)
def test_a_link_that_is_no_link_is_an_address_where_nothing_is(client, here, token):
    make.confirmed()
    for path in (f"/watches/{token}", f"/watches/{token}/leave"):
        assert client.get(path).status_code == 404
        assert client.post(path, data={"often": "daily"}).status_code == 404
    one_click = {"List-Unsubscribe": "One-Click"}
    assert client.post(f"/watches/{token}/leave", data=one_click).status_code in (200, 404)
    assert db.session.scalar(select(func.count(Watch.id))) == 1


@pytest.mark.parametrize(
    ("one", "other", "canonical"),
    [
        ("status=vacant&kind=room&kind=land", "kind=land&kind=room&status=vacant&kind=land", None),
        ("kind=land&sort=largest&after=7&view=map", "kind=land", "kind=land"),
        ("within=500", "", ""),
        ("step_free=y&parking=0", "step_free=on", "step_free=y"),
        ("near=+M33+2AA+", "near=M33+2AA&within=1000", "near=M33+2AA&within=1000"),
        (
            "bbox=-2.4,53.3,-2.3,53.4",
            "inside=-2.30000,53.30000;-2.30000,53.40000;-2.40000,53.40000;-2.40000,53.30000",
            None,
        ),
    ],
)
def test_the_same_search_has_the_same_address(app, here, one, other, canonical):
    def kept(query: str) -> str:
        given = words.read(here.area, query).asked
        return words.canonical(words.watched(here.area, MultiDict(given)))

    assert kept(one) == kept(other)
    assert kept(kept(one)) == kept(one)
    assert canonical is None or kept(one) == canonical


def test_a_drawn_area_of_many_corners_is_watched(client, here):
    corners = ";".join(f"{-2.4 + n / 2000:.5f},{53.35 + (n % 2) / 10:.5f}" for n in range(150))
    path = f"/watches/new?{urlencode({'inside': corners})}"
    assert "Inside the area drawn" in text(client.get(path))
    assert client.send(path, ANSWERS).status_code == 200
    assert watch().query.startswith("inside=")

"""The feed, held against what RFC 4287 and RFC 4151 demand."""

import re
from datetime import timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest

from portal import clock
from portal.db import transaction
from portal.register.models import Asset
from portal.register.rules import Kind, Status
from tests.conftest import THE_DAY
from tests.watches import make

ATOM = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}(-\d\d(-\d\d)?)?:\S+")


@pytest.fixture
def here(app):
    return make.place()


def read(client, query: str = "", **headers):
    answer = client.get(f"/assets.atom{query}", headers=headers)
    assert answer.status_code == 200
    assert answer.mimetype == "application/atom+xml"
    feed = fromstring(answer.data)
    check(feed)
    return answer, feed


def titles(feed: Element) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]


def check(feed: Element) -> None:
    """The musts of RFC 4287, sections 4.1.1 and 4.1.2."""
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    for holder in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(holder.findall(f"{ATOM}{name}")) == 1, name
        assert TAG.fullmatch(holder.findtext(f"{ATOM}id"))
        assert MOMENT.fullmatch(holder.findtext(f"{ATOM}updated"))
        assert holder.findtext(f"{ATOM}title").strip()
        alternates = [
            link for link in holder.findall(f"{ATOM}link") if link.get("rel") == "alternate"
        ]
        assert len(alternates) == 1, (
            "at most one of a type and language; a must where there is no content"
        )
        for link in holder.findall(f"{ATOM}link"):
            assert link.get("href").startswith("http")
        assert len(holder.findall(f"{ATOM}summary")) <= 1
        assert all(category.get("term") for category in holder.findall(f"{ATOM}category"))
    assert [link.get("rel") for link in feed.findall(f"{ATOM}link")].count("self") == 1
    assert feed.findtext(f"{ATOM}author/{ATOM}name"), "of the feed, so of every entry"
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    moments = [entry.findtext(f"{ATOM}updated") for entry in entries]
    assert moments == sorted(moments, reverse=True), "newest first"
    if moments:
        assert feed.findtext(f"{ATOM}updated") == moments[0]


def test_an_empty_feed_is_a_feed(client, here):
    _answer, feed = read(client, "?kind=room")
    assert titles(feed) == []
    assert feed.findtext(f"{ATOM}title") == "Meanwhile · Rooms"


def test_the_newest_come_first_and_what_fell_vacant_again_comes_anew(client, here):
    for days, name, status in ((9, "First", Status.OCCUPIED), (5, "Second", Status.VACANT)):
        with clock.at(THE_DAY - timedelta(days=days)):
            one = make.plot(here, name=name, status=status)
        if name == "First":
            number = one.id
    _answer, feed = read(client)
    assert titles(feed) == ["Second", "First"]
    before = {entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")}
    with transaction() as session:
        asset = session.get_one(Asset, number)
        asset.status, asset.changed_at = Status.VACANT, clock.now()
    _answer, feed = read(client)
    assert titles(feed) == ["First", "Second"]
    first = next(feed.iter(f"{ATOM}entry"))
    assert first.findtext(f"{ATOM}id") not in before
    assert first.findtext(f"{ATOM}summary").startswith("Newly vacant. Land, Vacant.")
    assert titles(read(client, "?words=second")[1]) == ["Second"]


def test_the_same_filters_as_the_list_and_nothing_that_is_withheld_or_gone(client, here):
    make.plot(here, 50, name="Near")
    make.plot(here, 3000, name="Far")
    make.plot(here, 60, name="Refuge", withheld_why="a refuge")
    make.plot(here, 70, name="Sold", gone_on=THE_DAY.date())
    make.plot(here, name="Hall", kind=Kind.BUILDING, status=Status.OCCUPIED)
    assert sorted(titles(read(client)[1])) == ["Far", "Hall", "Near"]
    assert titles(read(client, "?near=M33+2AA&within=500&kind=land")[1]) == ["Near"]
    _answer, feed = read(client, "?kind=land&near=M33+2AA&within=500&sort=name&after=2")
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"].endswith("/assets.atom?kind=land&near=M33+2AA&within=500")
    assert links["alternate"].endswith("/assets?kind=land&near=M33+2AA&within=500")


def test_a_reader_that_has_it_already_gets_nothing(client, here):
    make.plot(here)
    answer, _feed = read(client)
    for header, value in (
        ("If-None-Match", answer.headers["ETag"]),
        ("If-Modified-Since", answer.headers["Last-Modified"]),
    ):
        again = client.get("/assets.atom", headers={header: value})
        assert again.status_code == 304
        assert not again.data
    make.plot(here)
    assert client.get("/assets.atom", headers={"If-None-Match": answer.headers["ETag"]}).data


def test_no_name_breaks_the_feed(client, here):
    make.plot(here, name='<b>"&\x0b\x1f]]> \N{SNOWMAN} </title>', street="a\x01b", code="x\x02")
    _answer, feed = read(client)
    assert titles(feed) == ['<b>"&]]> \N{SNOWMAN} </title>']

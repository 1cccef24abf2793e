"""Pages are counted without anybody: a number for a kind of page and a day, written down beside the requests."""

from threading import Thread

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.people.rules import Role
from portal.privacy import drawing, visits
from portal.privacy.models import VisitCount
from tests import factories
from tests.conftest import THE_DAY


@pytest.fixture
def counter(app):
    counter = app.extensions["visits"]
    counter.waiting.clear()
    yield counter
    counter.waiting.clear()


@pytest.fixture
def admin(app):
    return factories.with_role(factories.area(), Role.ADMINISTRATOR)


def rows():
    db.session.rollback()
    found = db.session.scalars(select(VisitCount).order_by(VisitCount.endpoint))
    return [(row.endpoint, row.count) for row in found]


def test_pages_are_counted_and_nothing_else(admin, client, counter):
    for path in ("/", "/", "/how-it-works", "/ping", "/nowhere", "/area.css", "/account"):
        client.get(path)
    assert rows() == []  # a request writes nothing
    counter.write()
    assert rows() == [("home.first_page", 2), ("home.how_it_works", 1)]
    client.get("/")
    counter.write()
    counter.write()
    assert rows() == [("home.first_page", 3), ("home.how_it_works", 1)]


def test_what_a_row_can_hold_is_a_day_a_page_and_a_number():
    assert set(VisitCount.__table__.columns.keys()) == {"day", "endpoint", "count"}


def test_two_workers_at_once_lose_nothing(app, counter):
    factories.area()
    others = [visits.Visits(app) for _ in range(4)]
    for one in others:
        one.waiting["home.first_page"] = 10

    def run(one):
        with clock.at(THE_DAY):
            one.write()

    threads = [Thread(target=run, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows() == [("home.first_page", 40)]


def test_a_database_that_is_away_costs_a_number_and_not_a_worker(app, counter, monkeypatch):
    def away(*_args, **_kwargs):
        raise RuntimeError("away")

    counter.waiting["home.first_page"] = 1
    monkeypatch.setattr(visits, "transaction", away)
    counter._safely()


def test_the_administrator_sees_them(admin, client, counter):
    client.get("/")
    client.get("/privacy")
    counter.write()
    client.sign_in(admin.email)
    page = client.get("/setup/visits").get_data(as_text=True)
    assert "/privacy" in page
    assert page.count("<rect") == visits.DAYS


def test_it_can_be_turned_off(tmp_path):
    from portal.app import create_app

    app = create_app(DATABASE_URL=f"sqlite:///{tmp_path / 'x'}", SECRET_KEY="x", VISITS="0")
    assert "visits" not in app.extensions


def test_bars_fill_the_picture():
    made = drawing.bars([(THE_DAY.date(), 5), (THE_DAY.date(), 10), (THE_DAY.date(), 0)])
    assert [bar.height for bar in made] == [60, 120, 0]
    assert [bar.y for bar in made] == [60, 0, 120]
    assert drawing.bars([(THE_DAY.date(), 0)])[0].height == 0

"""Find by anything, and what is on today."""

from datetime import UTC, datetime

import pytest

from portal import clock
from portal.broker import finding
from portal.lettings.paying import deposits
from portal.money.rules import Paid
from tests import factories
from tests.lettings import make
from tests.proposals.stage import Stage


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def let(here):
    return make.deposit_due(here, make.room(here, name="Garden room", code="LIB-7"))


def found(app, text):
    with app.test_request_context():
        return [(one.sort, one.url) for one in finding.find(text)]


@pytest.mark.parametrize(
    "text",
    [
        "stroke",
        "THE STROKE CIRCLE",
        "ruth@example.org",
        "ruth@",
        "garden ROOM",
        "{number}",
        "let {number}",
        "#{number}",
    ],
)
def test_a_let_is_found_by_whatever_one_knows_of_it(app, let, text):
    assert ("Let", f"/lets/{let.id}") in found(app, text.format(number=let.id))


def test_a_receipt_is_found_by_its_number(app, here, let):
    number = deposits.record_deposit(here.ids.broker, let.id, paid_by=Paid.CASH)
    assert [sort for sort, _url in found(app, number)] == ["Receipt"]


def test_a_place_is_found_by_the_holders_own_number_first(app, here, let):
    factories.asset(here.holder, name="LIB-7 annex")
    places = [url for sort, url in found(app, "lib-7") if sort == "Place"]
    assert places[0] == f"/assets/{let.room_id}"


def test_a_case_is_found_by_its_group_its_place_and_its_number(app):
    stage = Stage().on_notice()
    for text in (stage.case.group.name, stage.case.asset.name, f"case {stage.case.id}"):
        assert ("Case", f"/cases/{stage.case.id}") in found(app, text)


@pytest.mark.parametrize(
    "text", ["", " ", "x", "%", "_", "99999999999999999999", "'; drop table", "\x00", "let", "zzzz"]
)
def test_what_means_nothing_finds_nothing(app, let, text):
    assert found(app, text) == []


def test_what_another_area_has_is_not_found(app, let):
    elsewhere = factories.area(slug="elsewhere", name="Elsewhere")
    with app.test_request_context():
        from flask import g

        g.area_id = elsewhere.id
        assert finding.find("stroke") == []
        assert finding.find(str(let.id)) == []


def test_only_a_broker_finds(client, here, let):
    for who in (here.organiser, here.officer):
        assert client.sign_in(who.email).get("/desk/find?q=stroke").status_code == 403
    page = client.sign_in(here.broker.email).get("/desk/find?q=stroke").text
    assert "Garden room" in page
    assert "Nothing found" in client.get("/desk/find?q=zzzz").text


def test_today_shows_who_comes_when_and_to_whom_it_matters(client, here):
    let = make.confirmed(here, make.room(here, name="Garden room"))
    with clock.at(datetime(2026, 3, 5, 9, tzinfo=UTC)):
        assert "Garden room" in today_of(client, here.broker)
        assert "Garden room" in today_of(client, here.officer)
        assert "Garden room" not in today_of(client, here.stranger)
    with clock.at(datetime(2026, 3, 6, 9, tzinfo=UTC)):
        assert "Nobody comes today" in today_of(client, here.broker)
    assert let.id


def today_of(client, who):
    page = client.sign_in(who.email).get("/desk").text
    return page.partition("Waits for you")[0]

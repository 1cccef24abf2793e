"""A watch's life: asked for, confirmed, told once of what is new, left. On both engines."""

import threading
from datetime import timedelta

import pytest
import shapely
from sqlalchemy import func, select

from portal import clock
from portal.areas.models import Ward
from portal.db import db, transaction
from portal.notices import service as notices
from portal.notices import smtp
from portal.notices.post import message
from portal.notices.rules import Outcome, Verdict
from portal.register.models import Asset
from portal.register.rules import Kind, Status
from portal.watches import queries, service
from portal.watches.models import Watch
from portal.watches.rules import LISTED, MOST, Often
from tests.conftest import THE_DAY, broken
from tests.watches import make


@pytest.fixture
def here(app):
    return make.place()


def change(asset_id: int, **values) -> None:
    with transaction() as session:
        asset = session.get_one(Asset, asset_id)
        for name, value in values.items():
            setattr(asset, name, value)
        asset.changed_at = clock.now()


def watches() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Watch.id)))


def test_nothing_is_sent_before_the_address_is_confirmed(here):
    make.asked()
    with clock.at(THE_DAY + timedelta(hours=1)):
        make.plot(here, name="New plot")
    assert make.ticks(2) == 0
    [letter] = make.letters()
    assert "open this link and press the button" in letter.body
    assert letter.leave_url.endswith("/leave")


def test_what_came_after_the_confirmation_is_told_once(here):
    make.plot(here, name="Old plot")
    make.confirmed()
    with clock.at(THE_DAY + timedelta(hours=1)):
        new = make.plot(here, name="New plot", postcode="M33 2AA")
    assert make.ticks(1) == 1
    assert make.ticks(1) == make.ticks(2) == 0
    [letter] = make.digests()
    assert letter.subject == "1 place is new in what you watch"
    assert "New plot\nNew in the register. Land, Vacant" in letter.body
    assert f"/assets/{new.id}" in letter.body
    assert "Old plot" not in letter.body
    assert "Every place in Testing" in letter.body
    assert "You get this letter because" in letter.body


def test_a_newly_vacant_place_is_told_and_one_that_always_was_is_not(here):
    with clock.at(THE_DAY - timedelta(days=100)):
        shop = make.plot(here, name="Shop", status=Status.OCCUPIED, kind=Kind.BUILDING).id
        plot = make.plot(here, name="Plot").id
    make.confirmed("status=vacant")
    with clock.at(THE_DAY + timedelta(days=1)):
        change(shop, status=Status.VACANT)
        change(plot, capacity=5)
    assert make.ticks(2) == 1
    [letter] = make.digests()
    assert "Shop\nNewly vacant." in letter.body
    assert "Plot\n" not in letter.body


def test_what_is_taken_again_before_the_letter_is_no_news(here):
    with clock.at(THE_DAY - timedelta(days=1)):
        shop = make.plot(here, status=Status.OCCUPIED).id
    make.confirmed()
    with clock.at(THE_DAY + timedelta(hours=1)):
        change(shop, status=Status.VACANT)
        change(shop, status=Status.OCCUPIED)
    assert make.ticks(1) == 0


def test_a_place_that_was_found_on_the_map_is_news_for_who_watches_around_it(here):
    with clock.at(THE_DAY - timedelta(days=9)):
        plot = make.plot(here, shape=None, west=None, name="Lost plot")
        plot.shape = None
        db.session.commit()
        number = plot.id
    make.confirmed("near=M33+2AA&within=500")
    with clock.at(THE_DAY + timedelta(hours=1)):
        change(number, shape=shapely.Point(make.LON, make.LAT))
    assert make.ticks(1) == 1
    assert "Lost plot\nNow on the map." in make.digests()[0].body


@pytest.mark.parametrize("hidden", [{"withheld_why": "a refuge"}, {"gone_on": THE_DAY.date()}])
def test_what_is_withheld_or_gone_is_never_told(here, hidden):
    make.confirmed()
    with clock.at(THE_DAY + timedelta(hours=1)):
        number = make.plot(here, name="Secret", **hidden).id
    assert make.ticks(1) == 0
    with clock.at(THE_DAY + timedelta(days=2)):
        change(number, withheld_why=None, gone_on=None)
    assert make.ticks(3) == 1
    assert "Secret\nIn the register again." in make.digests()[0].body


def test_only_what_fits_all_filters_is_told(here):
    drawn = "-2.301,53.399;-2.299,53.399;-2.299,53.401;-2.301,53.401"
    for query, email in (
        ("near=M33+2AA&within=500", "around@example.org"),
        (f"ward={here.east}", "ward@example.org"),
        (f"ward={here.west}", "west@example.org"),
        (f"inside={drawn}", "drawn@example.org"),
        ("kind=room", "room@example.org"),
    ):
        make.confirmed(query, email)
    with clock.at(THE_DAY + timedelta(hours=1)):
        make.plot(here, 50, name="Here", ward_id=here.east)
        make.plot(here, 2000, name="Farther", ward_id=here.east)
    assert make.ticks(1) == 3
    told = {
        name: [n for n in ("Here", "Farther") if any(n in one.body for one in make.digests(name))]
        for name in ("around@example.org", "ward@example.org", "drawn@example.org")
    }
    assert told == {
        "around@example.org": ["Here"],
        "ward@example.org": ["Here", "Farther"],
        "drawn@example.org": ["Here"],
    }


def test_a_weekly_watch_waits_for_its_morning(here):
    make.confirmed(often=Often.WEEKLY)
    with clock.at(THE_DAY + timedelta(days=2)):
        make.plot(here)
    assert make.ticks(6) == 0
    with clock.at(THE_DAY.replace(hour=6) + timedelta(days=7)):
        assert service.tick() == 0
    with clock.at(THE_DAY.replace(hour=7) + timedelta(days=7)):
        assert service.tick() == 1


def test_a_register_that_is_being_read_in_is_not_missed(here):
    """Its rows say when it began; they can be seen only at its end."""
    make.confirmed()
    at_seven = THE_DAY.replace(hour=7) + timedelta(days=1)
    with clock.at(at_seven):
        assert service.tick() == 0
    with clock.at(at_seven - timedelta(minutes=30)):
        make.plot(here)
    assert make.ticks(2) == 1


def test_many_are_counted_and_twenty_listed(here):
    make.confirmed("kind=land")
    with clock.at(THE_DAY + timedelta(hours=1)):
        for number in range(LISTED + 3):
            make.plot(here, name=f"Plot No {number:02}")
    assert make.ticks(1) == 1
    [letter] = make.digests()
    assert letter.subject == f"{LISTED + 3} places are new in what you watch"
    assert letter.body.count("Plot No") == LISTED
    assert "And 3 more." in letter.body
    assert "/assets?kind=land" in letter.body


def test_two_clocks_at_once_write_one_letter(app, here):
    for number in range(4):
        make.confirmed(email=f"p{number}@example.org")
    with clock.at(THE_DAY + timedelta(hours=1)):
        make.plot(here)
    db.session.commit()
    together, failed = threading.Barrier(2), []

    def run() -> None:
        try:
            with app.app_context(), clock.at(THE_DAY + timedelta(days=1, hours=1)):
                together.wait()
                service.tick()
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    for number in range(4):
        assert len(make.digests(f"p{number}@example.org")) == 1


def test_two_who_press_at_once_are_one_watch(app, here):
    together, failed = threading.Barrier(3), []

    def run() -> None:
        try:
            with app.app_context(), clock.at(THE_DAY):
                together.wait()
                service.ask(make.RUTH, "kind=land", Often.DAILY)
        except Exception as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert watches() == 1
    assert len(make.letters()) == 1


def test_the_same_search_asked_twice_is_one_watch(here):
    first = make.asked("kind=land")
    assert make.asked("kind=land", often=Often.WEEKLY) == first
    assert watches() == 1
    assert len(make.letters()) == 1, "two clicks, one letter"
    service.keep(first, Often.DAILY)
    with clock.at(THE_DAY + timedelta(days=1)):
        make.asked("kind=land", often=Often.WEEKLY)
    assert "watching this already" in make.letters()[-1].body
    assert queries.by_token(first).often is Often.DAILY, "only who has the link may change it"


def test_who_lost_the_letter_asks_again(here):
    make.asked()
    with clock.at(THE_DAY + timedelta(minutes=11)):
        make.asked()
    assert len(make.letters()) == 2


def test_who_leaves_is_forgotten_in_the_outbox_too(here):
    token = make.confirmed()
    make.confirmed("kind=land", email="other@example.org")
    with clock.at(THE_DAY + timedelta(hours=1)):
        make.plot(here)
    make.ticks(1)
    assert len(make.letters()) == 2
    service.leave(token)
    assert make.letters() == []
    assert len(make.letters("other@example.org")) == 2
    assert make.confirmed() != token, "and may come back"
    assert len(make.letters()) == 1


def test_an_address_watches_so_much_and_alone_learns_that(here):
    for number in range(MOST):
        make.asked(f"words=w{number}")
    service.ask(make.RUTH, "words=more", Often.DAILY)
    service.ask(make.RUTH, "words=evenmore", Often.DAILY)
    assert watches() == MOST
    assert len(make.letters()) == MOST + 1
    assert make.letters()[-1].body.count("/watches/") == MOST


def test_an_address_that_nobody_confirmed_is_forgotten(here):
    token = make.asked()
    make.ticks(6)
    with clock.at(THE_DAY + timedelta(days=6)):
        assert queries.by_token(token)
    with clock.at(THE_DAY + timedelta(days=7)), broken("no-watch"):
        service.keep(token, Often.DAILY)
    make.ticks(7)
    assert watches() == 0


def test_after_two_years_its_watcher_is_asked_and_without_an_answer_it_ends(here):
    token, other = make.confirmed(), make.confirmed(email="other@example.org")
    make.ticks(730)
    make.ticks(731)
    assert [letter.subject for letter in make.letters()][1:] == ["Do you still want our letters?"]
    with clock.at(THE_DAY + timedelta(days=735)):
        service.keep(other, Often.WEEKLY)
    make.ticks(761)
    assert watches() == 1
    with broken("no-watch"):
        queries.by_token(token)


def test_a_watch_whose_ward_is_gone_says_so_and_ends(here):
    make.confirmed(f"ward={here.west}")
    make.confirmed(email="other@example.org")
    with transaction() as session:
        session.delete(session.get_one(Ward, here.west))
    with clock.at(THE_DAY + timedelta(hours=1)):
        make.plot(here)
    assert make.ticks(1) == 2
    assert "something that we do not find any more" in make.letters()[-1].body
    assert len(make.digests("other@example.org")) == 1
    assert watches() == 1


def test_one_watch_that_breaks_does_not_silence_the_others(here, monkeypatch):
    make.confirmed("kind=land")
    make.confirmed(email="other@example.org")
    real = queries.fitting

    def breaks(area, search, *told):
        if search.kinds:
            raise ValueError("no")
        return real(area, search, *told)

    monkeypatch.setattr(queries, "fitting", breaks)
    with clock.at(THE_DAY + timedelta(hours=1)):
        make.plot(here)
    assert make.ticks(1) == 1
    assert make.digests("other@example.org")


def test_a_letter_can_be_stopped_by_the_mail_program(app, here, monkeypatch):
    """RFC 8058: both headers, and the address takes a POST."""
    sent = []

    class Server:
        def __init__(self, *_args): ...
        def __enter__(self):
            return self

        def __exit__(self, *_args): ...
        def carry(self, item):
            sent.append(message(item))
            return Outcome(Verdict.TAKEN)

    monkeypatch.setattr(smtp, "Smtp", Server)
    app.config["SMTP_URL"] = "smtp://mail.example.org"
    token = make.asked()
    notices.write(to="x@example.org", subject="Other", body="Hello", key="other")
    db.session.commit()
    notices.send_waiting()
    [ours, other] = sent
    assert ours["List-Unsubscribe"] == f"<{app.config['BASE_URL']}/watches/{token}/leave>"
    assert ours["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert other["List-Unsubscribe"] is None

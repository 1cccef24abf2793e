"""Two people, two tabs or two machines at the same moment: each gets a clear answer, nothing is doubled."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.areas.models import Area
from portal.db import db
from portal.errors import PortalError
from portal.notices.models import Letter
from portal.people.models import Holder
from portal.pictures import repainted
from portal.register.models import Asset
from portal.register.rules import Kind
from portal.sightings import answering, queries, service, tick
from portal.sightings.answering import Found
from portal.sightings.models import Photo, Sighting
from portal.sightings.rules import MOST_PHOTOS, Reason, SightingState
from tests.conftest import THE_DAY
from tests.sightings import make
from tests.test_many_at_once import at_once


@pytest.fixture
def here(app):
    return make.place()


def count(model, *where):
    return db.session.scalar(select(func.count()).select_from(model).where(*where))


def refused(call):
    """Do it; "" or the code of the refusal."""
    try:
        call()
    except PortalError as refusal:
        return refusal.code
    return ""


def test_two_brokers_answer_at_once_and_one_is_told_who_was_quicker(app, here):
    one = make.sent(here, email="ruth@example.org")
    number, brokers = one.id, (here.ids.broker, here.ids.other_broker)
    found = Found(Kind.LAND, "The plot", make.HERE, holder_id=None)
    told = at_once(
        app,
        [
            lambda: refused(lambda: answering.accept(brokers[0], number, found)),
            lambda: refused(lambda: answering.accept(brokers[1], number, found)),
            lambda: refused(lambda: answering.decline(brokers[1], number, Reason.IN_USE)),
        ],
    )
    assert sorted(told) == ["", "not-now", "not-now"]
    state = db.session.get(Sighting, number).state
    assert count(Asset) == (1 if state is SightingState.ACCEPTED else 0)
    assert count(Letter, Letter.to == "ruth@example.org") == 2


def test_one_answers_the_first_and_one_the_joined_report_and_both_hear_once(app, here):
    first = make.sent(here, email="one@example.org")
    joined = make.sent(here, email="two@example.org", same_as_id=first.id)
    numbers, brokers = (first.id, joined.id), (here.ids.broker, here.ids.other_broker)
    told = at_once(
        app,
        [
            lambda: refused(lambda: answering.decline(brokers[0], numbers[0], Reason.IN_USE)),
            lambda: refused(lambda: answering.decline(brokers[1], numbers[1], Reason.HARMFUL)),
        ],
    )
    assert told[0] == ""
    assert told[1] in ("", "not-now")
    reason = db.session.get(Sighting, numbers[1]).reason
    assert reason is (Reason.HARMFUL if told[1] == "" else Reason.IN_USE)
    assert count(Letter, Letter.to == "two@example.org") == 2


def test_two_reports_of_nobodys_places_are_accepted_at_once(app, here):
    numbers = [make.sent(here).id for _ in range(2)]
    by, area_id = here.ids.broker, here.area_id
    found = Found(Kind.LAND, "The plot", make.HERE, holder_id=None)
    told = at_once(
        app,
        [lambda n=n: refused(lambda: answering.accept(by, n, found)) for n in numbers],
    )
    assert told == ["", ""]
    assert count(Asset) == 2
    assert (
        count(Holder, Holder.area_id == area_id) == 2
    )  # the council, and the one that stands for nobody


def test_two_clicks_send_one_report_and_four_photos_are_the_most(app, here):
    token = make.told(here, email="ruth@example.org")
    photos = [repainted(make.jpeg(size=(60 + n, 60))) for n in range(6)]
    left = at_once(
        app,
        [
            lambda: service.add_photos(token, photos[:3]),
            lambda: service.add_photos(token, photos[3:]),
        ],
    )
    assert sorted(left) == [0, 2]
    assert count(Photo) == MOST_PHOTOS
    sent = at_once(app, [lambda: service.send(token).state for _ in range(3)])
    assert sent == [SightingState.REPORTED] * 3
    assert count(Letter, Letter.to == "ruth@example.org") == 1


def test_two_clocks_forget_once(app, here):
    for _ in range(3):
        make.told(here, photos=1)
    area_id = here.area_id
    with clock.at(THE_DAY + timedelta(days=2)):
        assert sum(at_once(app, [tick.tick, tick.tick])) == 3
    assert count(Sighting) == count(Photo) == 0
    assert queries.waiting(db.session.get_one(Area, area_id)) == 0

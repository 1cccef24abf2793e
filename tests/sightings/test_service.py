"""A report's whole life through the services, on both engines: joined, answered once, forgotten in time."""

from datetime import timedelta

import pytest
import shapely
from sqlalchemy import func, select

from portal import clock
from portal.areas.queries import Place
from portal.db import db
from portal.errors import RuleBroken
from portal.notices.models import Letter
from portal.pictures import repainted
from portal.register.models import Asset, Fact
from portal.register.rules import Kind, Status
from portal.sightings import answering, queries, service, tick
from portal.sightings.answering import Found, Shown
from portal.sightings.models import Photo, Sighting
from portal.sightings.rules import MOST_PHOTOS, Action, Reason, SightingState
from tests import factories
from tests.conftest import THE_DAY, broken
from tests.sightings import make


@pytest.fixture
def here(app):
    return make.place()


def count(model, *where):
    return db.session.scalar(select(func.count()).select_from(model).where(*where))


def letters(to):
    found = db.session.scalars(select(Letter).where(Letter.to == to).order_by(Letter.id))
    return [letter.subject for letter in found]


def found(here, **values) -> Found:
    known = {"kind": Kind.LAND, "name": "Land behind the fence", "place": make.HERE}
    return Found(**known | {"holder_id": here.holder.id} | values)


# ---- the reporter


def test_a_draft_is_nobodys_but_the_reporters(here):
    token = make.told(here, photos=1)
    one = queries.by_token(token)
    assert queries.waiting(here.area) == 0
    assert queries.queue(here.area) == []
    assert not queries.reports_near(here.area, make.HERE)
    with broken("no-report"):
        queries.sent(one.id)
    with broken("no-report"):
        queries.by_token("x")
    with broken("no-photo"):
        queries.photo(one.photos[0].id, small=True, of="x")


def test_sent_twice_it_is_one_report_and_one_letter(here):
    token = make.told(here, email="ruth@example.org")
    first, again = service.send(token), service.send(token)
    assert first.id == again.id
    assert first.state is SightingState.REPORTED
    assert letters("ruth@example.org") == ["Your report has arrived"]
    for late in (
        lambda: service.tell(token, words="More", email=""),
        lambda: service.add_photos(token, [repainted(make.jpeg())]),
        lambda: service.remove_photo(token, 1),
    ):
        with broken("sent-already"):
            late()


def test_a_report_without_words_is_not_sent(here):
    token = make.draft(here)
    with broken("no-words"):
        service.send(token)
    assert queries.by_token(token).state is SightingState.DRAFT


def test_a_photo_is_kept_once_and_four_at_most(here):
    token = make.draft(here)
    photos = [repainted(make.jpeg(size=(100 + n, 100))) for n in range(6)]
    assert service.add_photos(token, photos[:1] * 2) == 0
    assert service.add_photos(token, photos[:3]) == 0
    assert count(Photo) == 3
    assert service.add_photos(token, photos) == 2
    assert count(Photo) == MOST_PHOTOS
    first = queries.by_token(token).photos[0].id
    service.remove_photo(token, first)
    service.remove_photo(token, first)
    assert count(Photo) == MOST_PHOTOS - 1


def test_the_place_has_its_ward_and_must_be_in_the_area(here):
    one = queries.by_token(make.draft(here))
    assert one.ward_id == here.ward.id
    with broken("outside"):
        make.draft(here, Place("Leeds", -1.55, 53.8))
    assert count(Sighting) == 1


def test_the_brokers_hear_once_a_day(here):
    make.sent(here)
    make.sent(here)
    assert letters(here.emails.broker) == ["Reports of empty places wait for you"]
    with clock.at(THE_DAY + timedelta(days=1)):
        make.sent(here)
    assert len(letters(here.emails.broker)) == 2


# ---- likely duplicates


def test_what_stands_within_fifty_metres_may_be_the_same(here):
    near = make.plot(here, 30, name="Near plot")
    make.plot(here, 60, name="Far plot")
    make.plot(here, 10, name="Room", kind=Kind.ROOM)
    make.plot(here, 10, name="Withheld", withheld_why="A refuge.")
    other = make.sent(here)
    make.sent(here, place=Place("", make.LON, make.LAT + 80 * make.METRE))
    assets = queries.assets_near(here.area, make.HERE, 50)
    assert [(one.thing.id, round(one.metres)) for one in assets] == [(near.id, 30)]
    reports = queries.reports_near(here.area, make.HERE)
    assert [(one.thing.id, one.metres) for one in reports] == [(other.id, 0)]
    assert not queries.reports_near(here.area, make.HERE, but=other.id)


def test_distance_is_to_the_nearest_point_of_a_plot(here):
    plot = factories.asset(here.holder, shape=shapely.box(-2.32, 53.39, make.LON - 0.0002, 53.41))
    (near,) = queries.assets_near(here.area, make.HERE, 50)
    assert near.thing.id == plot.id
    assert near.metres == pytest.approx(13.3, abs=0.5)


def test_what_is_withheld_cannot_be_joined(here):
    hidden = make.plot(here, withheld_why="A refuge.")
    room = make.plot(here, kind=Kind.ROOM)
    for asset_id in (hidden.id, room.id, 999):
        with broken("no-asset"):
            make.draft(here, asset_id=asset_id)
    with broken("no-report"):
        make.draft(here, same_as_id=queries.by_token(make.draft(here)).id)


def test_a_report_that_joins_is_behind_the_first_and_answered_with_it(here):
    first = make.sent(here, email="one@example.org")
    second = make.sent(here, email="two@example.org", same_as_id=first.id, photos=1)
    third = make.sent(here, email="three@example.org", same_as_id=second.id)
    assert db.session.get(Sighting, third.id).same_as_id == first.id
    assert queries.waiting(here.area) == 1
    photo_id = db.session.scalar(select(Photo.id))
    shown = Shown("Grass", {photo_id: "Grass"})
    asset = answering.accept(here.ids.broker, first.id, found(here), shown=shown)
    states = [db.session.get(Sighting, n).state for n in (first.id, second.id, third.id)]
    assert states == [SightingState.ACCEPTED, SightingState.MERGED, SightingState.MERGED]
    assert {one.asset_id for one in db.session.scalars(select(Sighting))} == {asset.id}
    for name in ("one", "two", "three"):
        assert letters(f"{name}@example.org")[1:] == ["The broker has answered your report"]
    assert [photo.id for photo in queries.shown_photos([asset.id])[asset.id]] == [photo_id]


def test_who_joins_a_report_that_is_answered_meanwhile_joins_its_place(here):
    first = make.sent(here)
    late = make.told(here, same_as_id=first.id)
    asset = answering.accept(here.ids.broker, first.id, found(here))
    one = service.send(late)
    assert (one.same_as_id, one.asset_id) == (None, asset.id)
    assert [waits.id for waits in queries.queue(here.area)] == [one.id]


def test_who_joins_a_report_that_is_declined_meanwhile_stands_alone(here):
    first = make.sent(here)
    late = make.told(here, same_as_id=first.id)
    answering.decline(here.ids.broker, first.id, Reason.NOT_FOUND)
    one = service.send(late)
    assert (one.same_as_id, one.asset_id) == (None, None)
    assert queries.waiting(here.area) == 1


def test_a_joined_report_that_was_answered_by_itself_stays_so(here):
    first = make.sent(here)
    bad = make.sent(here, same_as_id=first.id, photos=1)
    answering.decline(here.ids.broker, bad.id, Reason.HARMFUL, answer="No.")
    photo_id = db.session.scalar(select(Photo.id))
    assert queries.photos_of(queries.with_joined(queries.sent(first.id))) == []
    shown = Shown("", {photo_id: "Harm"})
    answering.accept(here.ids.other_broker, first.id, found(here), shown=shown)
    bad = db.session.get(Sighting, bad.id)
    assert (bad.state, bad.reason, bad.asset_id) == (SightingState.DECLINED, Reason.HARMFUL, None)
    assert count(Photo, Photo.shown_at.is_not(None)) == 0


# ---- the broker


def test_accepting_makes_a_place_of_the_register(here):
    one = make.sent(here, email="ruth@example.org", photos=2)
    first, second = (photo.id for photo in db.session.get(Sighting, one.id).photos)
    shown = Shown("What all may read", {first: "A fence", second: None})
    asset = answering.accept(here.ids.broker, one.id, found(here, postcode="M33 2AA"), shown=shown)
    asset = db.session.get(Asset, asset.id)
    assert (asset.kind, asset.status) == (Kind.LAND, Status.VACANT)
    assert asset.vacant_since == THE_DAY.date()
    assert asset.source.label == answering.SOURCE
    assert asset.ward_id == here.ward.id
    assert "fence" in asset.words.split()
    assert [photo.id for photo in queries.shown_photos([asset.id])[asset.id]] == [first]
    assert queries.shown_words(asset.id)[0].shown_words == "What all may read"
    assert letters("ruth@example.org")[-1] == "The broker has answered your report"


def test_who_holds_it_is_asked_where_nobody_knows(here):
    from portal.ownership.models import Question

    one = make.sent(here)
    asset = answering.accept(here.ids.broker, one.id, found(here, holder_id=None))
    question = db.session.scalars(select(Question)).one()
    assert question.asset_id == asset.id
    assert db.session.get(Asset, asset.id).holder.id != here.holder.id
    other = make.sent(here)
    answering.accept(here.ids.broker, other.id, found(here))
    assert count(Question) == 1


def test_nothing_is_half_done_when_the_question_cannot_be_asked(here, monkeypatch):
    one = make.sent(here, photos=1, email="ruth@example.org")

    def fails(*_args, **_kwargs):
        raise RuntimeError("killed")

    monkeypatch.setattr(answering, "ask_within", fails)
    with pytest.raises(RuntimeError):
        answering.accept(here.ids.broker, one.id, found(here, holder_id=None))
    assert count(Asset) == 0
    assert count(Photo, Photo.shown_at.is_not(None)) == 0
    assert db.session.get(Sighting, one.id).state is SightingState.REPORTED
    assert len(letters("ruth@example.org")) == 1


def test_merging_takes_the_photos_along_and_may_say_that_it_is_vacant(here):
    plot = make.plot(here, status=Status.OCCUPIED)
    one = make.sent(here, photos=1, asset_id=plot.id)
    photo_id = db.session.scalar(select(Photo.id))
    answering.merge(
        here.ids.broker, one.id, plot.id, shown=Shown("", {photo_id: "A fence"}), vacant=True
    )
    asset = db.session.get(Asset, plot.id)
    assert (asset.status, asset.vacant_since) == (Status.VACANT, THE_DAY.date())
    assert db.session.get(Fact, (plot.id, "status")).checked
    assert plot.id in queries.shown_photos([plot.id])


@pytest.mark.parametrize("status", [Status.GRANTED, Status.IN_USE, Status.UNDER_USED])
def test_merging_takes_no_place_from_who_uses_it(here, status):
    plot = make.plot(here, status=status)
    answering.merge(here.ids.broker, make.sent(here).id, plot.id, vacant=True)
    assert db.session.get(Asset, plot.id).status is status


def test_a_report_is_declined_with_a_reason_and_its_photos_are_never_public(here):
    plot = make.plot(here)
    one = make.sent(here, email="ruth@example.org", photos=1, asset_id=plot.id)
    answering.decline(here.ids.broker, one.id, Reason.HOME, answer="It is a garden.")
    letter = db.session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    assert "somebody's home" in letter.body
    assert "It is a garden." in letter.body
    assert "/assets/" not in letter.body
    assert f"/report/{one.token}/leave" in letter.body
    assert not queries.shown_photos([plot.id])
    photo_id = db.session.scalar(select(Photo.id))
    with broken("not-now"):
        answering.show(here.ids.broker, one.id, Shown("", {photo_id: "A fence"}))


def test_a_photo_can_be_taken_back(here):
    one = make.sent(here, photos=1)
    photo_id = db.session.scalar(select(Photo.id))
    shown = Shown("Words", {photo_id: "A fence"})
    asset = answering.accept(here.ids.broker, one.id, found(here), shown=shown)
    assert queries.photo(photo_id, small=True)[2]
    answering.show(here.ids.broker, one.id, Shown("", {photo_id: None}))
    assert not queries.photo(photo_id, small=True)[2]
    assert not queries.shown_photos([asset.id])
    assert not queries.shown_words(asset.id)


def test_photos_of_a_place_that_is_withheld_later_are_not_public(here):
    one = make.sent(here, photos=1)
    photo_id = db.session.scalar(select(Photo.id))
    asset = answering.accept(here.ids.broker, one.id, found(here), shown=Shown("", {photo_id: "x"}))
    db.session.get(Asset, asset.id).withheld_why = "A refuge."
    db.session.commit()
    assert not queries.photo(photo_id, small=True)[2]


@pytest.mark.parametrize("action", [Action.ACCEPT, Action.MERGE, Action.DECLINE])
def test_it_is_answered_once_and_the_second_broker_reads_by_whom(here, action):
    plot = make.plot(here)
    one = make.sent(here, email="ruth@example.org")
    answers = {
        Action.ACCEPT: lambda by: answering.accept(by, one.id, found(here)),
        Action.MERGE: lambda by: answering.merge(by, one.id, plot.id),
        Action.DECLINE: lambda by: answering.decline(by, one.id, Reason.IN_USE),
    }
    answers[action](here.ids.broker)
    assets = count(Asset)
    for other in answers.values():
        with broken("not-now"):
            other(here.ids.other_broker)
    with pytest.raises(RuleBroken, match=here.emails.broker):
        answers[Action.DECLINE](here.ids.other_broker)
    assert count(Asset) == assets
    assert len(letters("ruth@example.org")) == 2


def test_only_a_broker_answers(here):
    one = make.sent(here)
    for who in (here.ids.officer, here.ids.stranger):
        with broken("not-yours"):
            answering.decline(who, one.id, Reason.IN_USE)
        with broken("not-yours"):
            answering.accept(who, one.id, found(here))


def test_a_place_or_holder_of_elsewhere_is_refused_and_nothing_is_done(here):
    one = make.sent(here)
    elsewhere = factories.area(slug="elsewhere", name="Elsewhere")
    there = factories.holder(elsewhere)
    with broken("no-holder"):
        answering.accept(here.ids.broker, one.id, found(here, holder_id=there.id))
    with broken("no-asset"):
        answering.merge(here.ids.broker, one.id, factories.asset(there).id)
    with broken("outside"):
        answering.accept(here.ids.broker, one.id, found(here, place=Place("Leeds", -1.55, 53.8)))
    assert db.session.get(Sighting, one.id).state is SightingState.REPORTED
    assert count(Asset, Asset.area_id == here.area_id) == 0


# ---- leaving and forgetting


def test_who_leaves_is_forgotten_and_hears_no_more(here):
    one = make.sent(here, email="ruth@example.org")
    service.leave(one.token)
    service.leave(one.token)
    assert db.session.get(Sighting, one.id).email is None
    answering.decline(here.ids.broker, one.id, Reason.IN_USE)
    assert len(letters("ruth@example.org")) == 1


def test_the_clock_forgets_in_time_and_only_once(here):
    draft, kept_draft = make.told(here, photos=1), None
    declined = make.sent(here, photos=1, email="no@example.org")
    answering.decline(here.ids.broker, declined.id, Reason.IN_USE)
    accepted = make.sent(here, photos=1, email="yes@example.org")
    answering.accept(here.ids.broker, accepted.id, found(here))
    waiting = make.sent(here, photos=1, email="wait@example.org")
    assert tick.tick() == 0
    with clock.at(THE_DAY + timedelta(hours=24, minutes=1)):
        kept_draft = make.draft(here)
        assert tick.tick() == 1
        assert tick.tick() == 0
    with broken("no-report"):
        queries.by_token(draft)
    assert queries.by_token(kept_draft)
    with clock.at(THE_DAY + timedelta(days=30, minutes=1)):
        assert tick.tick() == 2  # the other draft, and the declined report's photo
    kept = {photo.sighting_id for photo in db.session.scalars(select(Photo))}
    assert kept == {accepted.id, waiting.id}
    with clock.at(THE_DAY.replace(year=2027, month=3, day=1)):
        assert tick.tick() == 0
    with clock.at(THE_DAY.replace(year=2027, month=3, day=3)):
        assert tick.tick() == 2
    emails = {one.id: one.email for one in db.session.scalars(select(Sighting))}
    assert emails == {declined.id: None, accepted.id: None, waiting.id: "wait@example.org"}

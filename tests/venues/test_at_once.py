"""Two people press the same button at the same moment: done once, and both get an answer."""

from datetime import date

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.errors import RuleBroken
from portal.register.models import Asset
from portal.register.rules import Opener
from portal.venues import opening, queries, service
from portal.venues.models import Closure, HolderTerm, Keyholder
from portal.venues.opening import Opens
from tests.lettings import make
from tests.test_many_at_once import at_once


@pytest.fixture
def here(app):
    return make.place()


def answered(call):
    """What came of it: "done", or the code of the refusal."""

    def run():
        try:
            call()
        except RuleBroken as refusal:
            return refusal.code
        return "done"

    return run


def counted(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_room_is_added_and_a_hall_divided_once(here, app):
    room_id, building_id, officer = make.room(here).id, here.building.id, here.ids.officer
    before = counted(Asset)
    add = answered(lambda: service.add_room(officer, building_id, "Attic", 10))
    assert sorted(at_once(app, [add] * 3)) == ["done", "same-name", "same-name"]
    assert counted(Asset) == before + 1
    divide = answered(lambda: service.divide(officer, room_id, [("North", 5), ("South", 5)]))
    assert sorted(at_once(app, [divide] * 3)) == ["divided-already", "divided-already", "done"]
    assert counted(Asset) == before + 3


def test_closures_terms_and_keyholders_are_written_once(here, app):
    holder_id, building_id, officer = here.holder.id, here.building.id, here.ids.officer
    days = date(2026, 4, 1), date(2026, 4, 3)
    calls = [
        answered(lambda: opening.close(officer, holder_id, None, *days, "Works")),
        answered(lambda: opening.add_terms(officer, holder_id, [("Spring", *days)])),
        answered(lambda: opening.add_keyholder(officer, building_id, Opens(Opener.STAFF, "Jo"))),
    ]
    assert at_once(app, calls * 3) == ["done"] * 9
    assert [counted(model) for model in (Closure, HolderTerm, Keyholder)] == [1, 1, 1]


def test_of_two_who_change_the_hours_one_is_told(here, app):
    room = make.room(here)
    room_id, shown = room.id, queries.mark(room, ["hire_hours"])
    calls = [
        answered(
            lambda text=text: service.set_hours(
                here.ids.officer, room_id, "hire_hours", text, shown=shown
            )
        )
        for text in ("Mo 10:00-12:00", "Tu 10:00-12:00")
    ]
    assert sorted(at_once(app, calls)) == ["changed-meanwhile", "done"]

"""One area in which something of everything has happened, for tests that read or shake all of the portal."""

from types import SimpleNamespace
from unittest.mock import patch

import shapely

from portal.lettings.finding import saving
from portal.lettings.hosting import feeds
from portal.lettings.hosting.rules import Scope
from portal.ownership import service as ownership
from portal.people.rules import Role
from portal.register.rules import Kind, Status
from tests import factories
from tests.hearings.stage import Open
from tests.lettings import make
from tests.rounds import make as rounds


def filled() -> SimpleNamespace:
    """Rooms, lets, a round, places of every kind, a question; a case whose hearing has a day, and its rival."""
    here = make.place()
    west = factories.ward(here.area)
    odd = '=HYPERLINK("x") </script> “Mühle” 🌱'
    factories.asset(here.holder, name=odd, ward_id=west.id, postcode="M33 2AA", land_m2=6600.5)
    factories.asset(here.holder, shape=shapely.Point(-2.4, 53.45), kind=Kind.BUILDING)
    yard = factories.asset(here.holder, status=Status.OCCUPIED, capacity=30, step_free=False)
    room = make.room(here, name="Garden room")
    make.confirmed_with_deposit(here, room)
    make.requested(here, make.room(here, name="Blue room"))
    saving.save(here.ids.organiser, make.wish(weekday=2))
    rounds.asked(here.ids.organiser, here.group_id, rounds.spring(here).id, (room, 4))
    ownership.ask(area_id=here.area_id, asset_id=yard.id, words="=Who?", source="question")
    key = feeds.make(here.ids.organiser, Scope.GROUP, here.group_id)
    stage = _case(here.area)
    admin = factories.with_role(here.area, Role.ADMINISTRATOR)
    rooms = {"lets": here.organiser.email, "keeper": here.officer.email}
    people = stage.emails | rooms | {"administrator": admin.email}
    return SimpleNamespace(here=here, stage=stage, people=people, calendar=key)


def _case(area) -> Open:
    with patch.object(factories, "area", lambda **_values: area):
        stage = Open()
    stage.on_notice()
    stage.rival()
    with patch.object(stage, "on_notice", lambda: None):
        stage.to_test()
    stage.set()
    return stage

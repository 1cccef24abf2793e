"""The holder's side on a phone without scripts: three taps approve, two give out a key, a keyholder sees the week."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from portal import clock
from portal.areas.queries import current_area
from portal.db import db
from portal.demo import cast
from portal.lettings import service
from portal.lettings.hosting import entry, keys
from portal.lettings.models import Let
from portal.lettings.rules import Insurance, Wish
from portal.people.models import Holder
from portal.people.rules import Role
from portal.register.rules import Kind, Opener, Status
from portal.venues.models import Keyholder
from tests import factories
from tests.browser.conftest import apart
from tests.lettings import make

PHONE = {"width": 390, "scripts": False}


def made():
    """A room of its own in the borough, a private group that asks for it from tomorrow on, and who opens it."""
    area = current_area()
    holder = db.session.scalars(select(Holder).where(Holder.area_id == area.id)).first()
    here = SimpleNamespace(
        holder=holder,
        building=factories.asset(
            holder, kind=Kind.BUILDING, status=Status.OCCUPIED, name="The Maltings"
        ),
    )
    room = make.room(here, name="Loft of the Maltings", shape=None, opener=Opener.KEYHOLDER)
    organiser = factories.user("loft@example.org", name="Ruth Hill")
    group = factories.group(area, organiser, name="Circle of the loft", private=True)
    keyholder = factories.user("opens@example.org", name="Kay Keys")
    factories.with_role(area, Role.OFFICER, holder=holder, email="loft.officer@example.org")
    row = {"area_id": area.id, "asset_id": room.id, "role": Opener.KEYHOLDER, "name": "Kay Keys"}
    db.session.add(Keyholder(**row, user_id=keyholder.id, changed_at=clock.now()))
    db.session.commit()
    day = clock.today() + timedelta(days=1)
    starts, ends = make.WISH.starts, make.WISH.ends
    wish = Wish(day.weekday(), starts, ends, day, day + timedelta(weeks=3), 12)
    said = {"insurance": Insurance.VENUE, "safeguarding": True}
    let = service.ask(organiser.id, room.id, group.id, wish, **said)
    entry.write(keyholder.id, room.id, words="Code 4711, then push.", version=0)
    return {"let": let.id, "room": room.id, "holder": holder.id, "keyholder": keyholder.id}


@pytest.fixture(scope="module")
def loft(town):
    def brought():
        with town.app_context():
            return made()

    return apart(brought)


@pytest.fixture
def given_once(town, loft):
    """A key was out before, so the form knows it."""

    def give():
        with town.app_context():
            let = db.session.get_one(Let, loft["let"])
            due = clock.today() + timedelta(days=2)
            loan = keys.give(loft["keyholder"], let.id, what="Side door 7", to="Ruth", due_on=due)
            keys.back(loft["keyholder"], let.id, loan.id)

    return lambda: apart(give)


def test_a_day_of_the_holders_side(visit, loft, given_once):
    """In the order of life: each step needs the one before."""
    three_taps_approve(visit, loft)
    given_once()
    two_taps_give_out_a_key(visit, loft)
    the_keyholder_sees_the_week(visit)
    the_group_reads_how_to_get_in(visit, loft)
    every_page_of_the_holder_is_sound(visit, loft)


def three_taps_approve(visit, loft):
    desk = visit("/desk", email=cast.BROKER.email, **PHONE)
    page = desk.page
    page.click(f"main a[href='/lets/{loft['let']}'] >> nth=0")
    page.click("main >> text=Approve this let")
    page.click("main button:has-text('Approve')")
    assert page.url.endswith(f"/lets/{loft['let']}")
    assert "Confirmed" in page.inner_text("main")
    desk.check()


def two_taps_give_out_a_key(visit, loft):
    opened = visit("/hosting/week", email="opens@example.org", **PHONE)
    page = opened.page
    if page.is_visible("main button:has-text('Give out: Side door 7')"):  # only for today's dates
        page.click("main button:has-text('Give out: Side door 7')")
    else:
        page.click("main >> text=Give out a key")
        assert page.input_value("[name=key_what]") == "Side door 7"
        page.click("main button:has-text('The key is out')")
    assert "with Ruth" in page.inner_text("main")
    opened.check()


def the_keyholder_sees_the_week(visit):
    opened = visit("/hosting/week", email="opens@example.org", **PHONE)
    said = opened.page.inner_text("main")
    assert "Loft of the Maltings" in said
    assert "ask for Ruth" in said
    assert "Circle" not in said
    opened.check()


def the_group_reads_how_to_get_in(visit, loft):
    opened = visit(f"/lets/{loft['let']}", email="loft@example.org", **PHONE)
    opened.page.click("main >> text=Read how to get in")
    assert "Code 4711, then push." in opened.page.inner_text("main")
    opened.check()
    opened = visit("/calendars", email="loft@example.org", **PHONE)
    opened.page.click("main button:has-text('Make an address')")
    assert "/calendar/" in opened.page.inner_text("main code")
    opened.check()


def every_page_of_the_holder_is_sound(visit, loft):
    officer, let = "loft.officer@example.org", f"/lets/{loft['let']}"
    for path in (
        "/hosting",
        f"/hosting/{loft['holder']}",
        f"/hosting/{loft['holder']}/approvals",
        f"/hosting/{loft['holder']}/approvals/new",
        f"/hosting/rooms/{loft['room']}/block",
        f"/hosting/places/{loft['room']}/way-in",
        f"{let}/papers",
        f"{let}/keys",
        let,
    ):
        opened = visit(path, email=officer, **PHONE)
        assert opened.status == 200, path
        opened.check()

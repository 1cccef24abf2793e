"""A round from both sides, a date from hand to hand, and the money for it: in Chromium, in the order of life."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from portal import clock
from portal.areas.queries import current_area
from portal.db import db
from portal.demo import cast
from portal.lettings import service
from portal.lettings.dates import tick, waiting
from portal.lettings.models import Let
from portal.lettings.paying import usual
from portal.lettings.rules import Insurance, Wish
from portal.people.models import Holder
from portal.register.rules import Kind, Status
from portal.rounds import service as rounds
from tests import factories
from tests.browser.conftest import apart
from tests.lettings import make

WEAVERS, DYERS = "weavers@example.org", "dyers@example.org"
PHONE = {"width": 390, "scripts": False}
TERMS = {"insurance": Insurance.VENUE, "safeguarding": True}


def made():
    """Two rooms of a building of its own: one let to the weavers, for which the dyers wait; a round of next term."""
    area = current_area()
    holder = db.session.scalars(select(Holder).where(Holder.area_id == area.id)).first()
    building = factories.asset(
        holder, kind=Kind.BUILDING, status=Status.OCCUPIED, name="The Tannery"
    )
    here = SimpleNamespace(holder=holder, building=building)
    loft, vault = (make.room(here, name=f"{n} of the Tannery", shape=None) for n in ("Loft", "Vault"))  # fmt: skip
    broker = cast.user(cast.BROKER).id
    weavers, dyers = (factories.user(email) for email in (WEAVERS, DYERS))
    groups = [
        factories.group(area, user, name=name, private=True).id
        for user, name in ((weavers, "Circle of weavers"), (dyers, "Circle of dyers"))
    ]
    ids = weavers.id, dyers.id
    first = clock.today() + timedelta(days=10)
    wish = Wish(first.weekday(), make.WISH.starts, make.WISH.ends, first, first + timedelta(weeks=4), 12)  # fmt: skip
    let = service.ask(ids[0], loft.id, groups[0], wish, **TERMS)
    service.approve(broker, let.id)
    usual.set_for(broker, loft.id, pence=15_00)
    waiting.join(ids[1], loft.id, groups[1], wish, **TERMS)
    term = first + timedelta(days=60)
    there = rounds.open_round(
        broker, name="Term of the Tannery", first=term, last=term + timedelta(days=60), closes_on=first
    )  # fmt: skip
    return {"let": let.id, "loft": loft.id, "vault": vault.id, "round": there.id}


@pytest.fixture(scope="module")
def tannery(town):
    return apart(inside(town, made))


def inside(town, call):
    def there():
        with town.app_context():
            return call()

    return there


def test_a_group_names_a_room_and_the_broker_gives_it(visit, tannery):
    path = f"/rounds/{tannery['round']}"
    asked = visit(path, email=WEAVERS, **PHONE)
    page, main = asked.page, asked.page.get_by_role("main")
    page.click("main >> text=Ask in this round")
    page.fill("[name=people]", "12")
    page.check("[name=safeguarding]")
    assert not asked.faults_found()
    main.get_by_role("button", name="Go on to rooms and times").click()
    page.select_option("[name=day]", "0")
    page.fill("[name=starts]", "18:00")
    page.fill("[name=ends]", "20:00")
    main.get_by_role("button", name="See which rooms would do").click()
    main.locator(".mw-card", has_text="Vault of the Tannery").get_by_role("button", name="Put it on our list").click()  # fmt: skip
    assert "1. Vault of the Tannery" in main.inner_text()
    asked.check()

    desk = visit(f"{path}/desk", email=cast.BROKER.email)
    main = desk.page.get_by_role("main")
    main.get_by_role("button", name="Close it now").click()
    main.get_by_role("button", name="Propose who gets what").click()
    assert "Vault of the Tannery" in main.inner_text()
    desk.check()
    desk.page.click("main a:has-text('Publish')")
    main.get_by_role("button", name="Publish and write to everybody").click()
    desk.page.wait_for_load_state()
    told = visit(path, email=WEAVERS, **PHONE)
    assert "Vault of the Tannery" in told.page.inner_text("main")
    told.check()


def test_a_date_goes_from_hand_to_hand_and_its_deposit_is_paid(visit, town, tannery):
    let = f"/lets/{tannery['let']}"
    gone = visit(let, email=WEAVERS, **PHONE)
    main = gone.page.get_by_role("main")
    gone.page.click("main table a >> nth=0")
    gone.check()
    main.get_by_role("button", name="Give this date up").click()
    assert "The room is for others then" in gone.page.inner_text("body")
    apart(inside(town, tick.tick))

    offered = visit("/waiting", email=DYERS, **PHONE)
    main = offered.page.get_by_role("main")
    main.locator(".mw-card a").first.click()
    assert "asks for a deposit of £15" in main.inner_text()
    offered.check()
    main.get_by_role("button", name="Take it").click()
    assert "It is yours as soon as the broker has the deposit" in offered.page.inner_text("body")
    taken = offered.page.url

    until_it_is_paid(visit, taken.removeprefix(offered.base))
    offered.page.goto(taken)
    assert "Receipt" in main.inner_text()
    offered.check()


def until_it_is_paid(visit, path):
    paid = visit(path, email=cast.BROKER.email)
    main = paid.page.get_by_role("main")
    paid.page.click("main a:has-text('Record the deposit')")
    main.get_by_label("In cash, and I have it").check()
    main.get_by_role("button", name="I have the deposit").click()
    assert "Confirmed" in main.inner_text()
    for page, what in (("/money/statement", "Deposits held for groups"), ("/lets/figures", "The Tannery"), ("/hosting/week", "Say who came today")):  # fmt: skip
        seen = visit(page, width=390, email=cast.BROKER.email)
        assert what in seen.page.inner_text("main")
        seen.check()


def test_what_was_given_up_is_taken_back(visit, town, tannery):
    let = f"/lets/{tannery['let']}"
    seen = visit(f"{let}/dates/give-up", email=WEAVERS)
    page, main = seen.page, seen.page.get_by_role("main")
    main.get_by_role("checkbox").last.check()
    main.get_by_role("button", name="Give dates up").click()
    page.click("main table a >> nth=-1")
    main.get_by_role("button", name="Take this date back").click()
    assert "Taken back" in page.inner_text("body")

    def stands():
        return db.session.get_one(Let, tannery["let"]).occurrences[-1].state.value

    assert apart(inside(town, stands)) == "planned"

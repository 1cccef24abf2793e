"""Two brokers at once, and double clicks: the same button pressed in three browsers at the same moment, on both engines."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from threading import Barrier

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from portal import clock
from portal.db import db
from portal.lettings.finding import saving
from portal.ownership import queries as questions
from portal.ownership import service as ownership
from portal.ownership.models import Listener
from portal.ownership.rules import Asker
from portal.people import service
from portal.people.models import Membership, RoleGrant, User
from portal.people.rules import Role
from portal.venues import opening
from tests import conftest, factories
from tests.conftest import csrf_token
from tests.hostile import FORMS, SHOWN, Sent, counts, everything, put_back
from tests.lettings import make
from tests.proposals.stage import Stage
from tests.test_many_at_once import at_once

# What must not be done twice: money, rooms, signatures, decisions, access.
PRESSED = (
    "approve", "give a date up", "deposit", "waive", "publish a round", "pay a holder out", "answer an offer", "sign",
    "grant", "give back", "settle a deposit", "refund by hand", "record a payment", "take an entry back", "move money",
    "give back what was too much", "join", "take a role", "give a role", "new group", "stop a need", "end a closure",
    "leave a need by its letter", "leave a question by its letter",
)  # fmt: skip
DONE, REFUSED = (200, 302), (403, 404, 409)


def closed():
    here = make.place()
    days = date(2027, 4, 1), date(2027, 4, 3)
    one = opening.close(here.ids.broker, here.holder.id, None, *days, "Works.")
    return f"/closures/{one.id}/remove", here.officer.email


def saved():
    here = make.place()
    return f"/needs/leave/{saving.save(here.ids.organiser, make.wish()).token}", "who@example.org"


def listening():
    stage = Stage()
    asker = Asker(email="anil@example.org", user_id=None)
    ownership.ask(area_id=stage.area.id, asset_id=stage.asset_id, words="Who?", source="question", asker=asker)  # fmt: skip
    token = questions.token_of(db.session.scalars(select(Listener)).one())
    return f"/questions/letters/{token}", "who@example.org"


# One button, or a mail program's own.
BUTTONS = {
    "end a closure": Sent(closed, {}),
    "leave a need by its letter": Sent(saved, {"List-Unsubscribe": "One-Click"}),
    "leave a question by its letter": Sent(listening, {"List-Unsubscribe": "One-Click"}),
}


def deputy_of(email):
    """Somebody else with the same roles and groups."""
    who = db.session.scalars(select(User).where(User.email == email)).one_or_none()
    if who is None:
        return email
    other = factories.user("deputy@example.org")
    for grant in db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == who.id)).all():
        db.session.add(
            RoleGrant(
                user_id=other.id, role=grant.role, area_id=grant.area_id, holder_id=grant.holder_id
            )
        )
    for mine in db.session.scalars(select(Membership).where(Membership.user_id == who.id)).all():
        db.session.add(Membership(user_id=other.id, group_id=mine.group_id))
    db.session.commit()
    return other.email


def hidden(name, sent, page):
    """What the page itself sends along of what it has shown."""
    said = dict(re.findall(r'name="(shown|shown_hash)"[^>]*value="([^"]*)"', page))
    return said if name == "sign" or SHOWN in sent.good.values() else {}


@pytest.mark.parametrize("name", PRESSED)
def test_pressed_by_three_at_once_it_is_done_once(app, monkeypatch, name):
    monkeypatch.setattr(conftest, "check_html", lambda _html: None)
    sent = BUTTONS.get(name) or FORMS[name]
    path, who = sent.bring()
    people = (who, who, deputy_of(who))
    browsers = [app.test_client().sign_in(one) for one in people]
    tokens = [csrf_token(one.get("/questions/new").get_data(as_text=True)) for one in browsers]
    good = sent.good | hidden(name, sent, browsers[0].get(path).get_data(as_text=True))
    start = everything()

    def press(number):
        data = MultiDict({"csrf_token": tokens[number]} | good)
        for field in sent.files:
            data[field] = (BytesIO(factories.photo()), "scan.jpg")
        return browsers[number].post(path, data=data)

    assert press(0).status_code in DONE
    once = counts(everything())
    assert once != counts(start) or name == "waive"
    put_back(start)
    now, barrier = clock.now(), Barrier(len(browsers))
    db.session.close()

    def in_a_browser(number):
        with app.app_context(), clock.at(now):
            barrier.wait()
            try:
                return press(number)
            finally:
                db.session.close()

    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = list(pool.map(in_a_browser, range(len(browsers))))
    told = [answer.status_code for answer in answers]
    assert set(told) <= {*DONE, *REFUSED}, told
    assert set(told) & set(DONE), told
    assert counts(everything()) == once


def test_an_account_is_made_once_whoever_makes_it_at_once(app):
    """Two letters answered in two browsers, a role and a group's key, all for an address that is new."""
    factories.area()
    tokens = [service.make_link("new@example.org").rpartition("/")[2] for _ in range(2)]
    calls = [lambda token=token: service.use_link(token) for token in tokens]
    calls += [lambda: service.give_role("new@example.org", Role.PANEL) and None] * 2
    at_once(app, calls)
    person = db.session.scalars(select(User)).one()
    assert [grant.user_id for grant in db.session.scalars(select(RoleGrant))] == [person.id]

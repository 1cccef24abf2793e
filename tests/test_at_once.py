"""Two brokers at once, and double clicks: the same button pressed in three browsers at the same moment, on both engines."""

import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from portal import clock
from portal.db import db
from portal.people.models import Membership, RoleGrant, User
from tests import conftest, factories
from tests.conftest import csrf_token
from tests.hostile import FORMS, SHOWN, counts, everything, put_back

# What must not be done twice: money, rooms, signatures, decisions, access.
PRESSED = (
    "approve", "give a date up", "deposit", "waive", "publish a round", "pay a holder out", "answer an offer", "sign",
    "grant", "give back", "settle a deposit", "refund by hand", "record a payment", "take an entry back", "move money",
    "give back what was too much", "join", "take a role",
)  # fmt: skip
DONE, REFUSED = (200, 302), (403, 404, 409)


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


def hidden(name, page):
    """What the page itself sends along of what it has shown."""
    said = dict(re.findall(r'name="(shown|shown_hash)"[^>]*value="([^"]*)"', page))
    return said if name == "sign" or SHOWN in FORMS[name].good.values() else {}


@pytest.mark.parametrize("name", PRESSED)
def test_pressed_by_three_at_once_it_is_done_once(app, monkeypatch, name):
    monkeypatch.setattr(conftest, "check_html", lambda _html: None)
    path, who = FORMS[name].bring()
    people = (who, who, deputy_of(who))
    browsers = [app.test_client().sign_in(one) for one in people]
    tokens = [csrf_token(one.get("/questions/new").get_data(as_text=True)) for one in browsers]
    good = FORMS[name].good | hidden(name, browsers[0].get(path).get_data(as_text=True))
    start = everything()

    def press(number):
        data = MultiDict({"csrf_token": tokens[number]} | good)
        for field in FORMS[name].files:
            data[field] = (BytesIO(factories.photo()), "scan.jpg")
        return browsers[number].post(path, data=data)

    assert press(0).status_code in DONE
    once = counts(everything())
    assert once != counts(start) or name == "waive"
    put_back(start)
    now, barrier = clock.now(), Barrier(len(browsers))
    db.session.close()

    def at_once(number):
        with app.app_context(), clock.at(now):
            barrier.wait()
            try:
                return press(number)
            finally:
                db.session.close()

    with ThreadPoolExecutor(len(browsers)) as pool:
        answers = list(pool.map(at_once, range(len(browsers))))
    told = [answer.status_code for answer in answers]
    assert set(told) <= {*DONE, *REFUSED}, told
    assert set(told) & set(DONE), told
    assert counts(everything()) == once

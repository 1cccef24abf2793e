"""The broker's pages as a broker uses them."""

import pytest
import shapely

from portal.db import db
from portal.register.models import Asset, Fact
from portal.register.rules import LocatedBy
from tests.locating import make

EVIDENCE = {
    "evidence": "site_visit",
    "seen_on-day": "1",
    "seen_on-month": "3",
    "seen_on-year": "2026",
    "words": "",
}


@pytest.fixture
def here(app):
    return make.place()


@pytest.fixture
def broker(client, here):
    return client.sign_in("broker@example.org")


def text(response):
    return response.get_data(as_text=True)


def hidden(html, name):
    import re

    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', html)
    return found[1] if found else ""


def test_a_place_is_found_by_its_postcode_in_two_steps(broker, here):
    lost = make.asset(here, name="Old Yard", postcode="M33 7DZ")
    other = make.asset(here, name="Lost Field")
    page = text(broker.get("/desk/locate"))
    assert "2 places wait" in page
    one = text(broker.get(f"/desk/locate/{lost.id}"))
    assert "The middle of its postcode" in one
    step = broker.get(f"/desk/locate/{lost.id}/here?suggestion=postcode")
    assert "Is it here?" in text(step)
    data = EVIDENCE | {
        name: hidden(text(step), name)
        for name in ("csrf_token", "shown", "spot", "suggestion", "place")
    }
    answer = broker.post(f"/desk/locate/{lost.id}/here", data=data)
    assert answer.status_code == 302
    assert answer.location == f"/desk/locate/{other.id}"
    placed = db.session.get(Asset, lost.id)
    assert shapely.equals(placed.shape, shapely.Point(make.CENTRE))
    assert placed.located_by is LocatedBy.BROKER
    fact = db.session.get(Fact, (lost.id, "shape"))
    assert (fact.source, fact.checked) == ("Broker, site visit", True)
    assert "1 place waits" in text(broker.get("/desk/locate"))

"""What the broker is told is what the public meets: each reason is held against the search and the pages."""

import pytest
import shapely

from geo.crs import Box
from portal.areas.queries import Place, current_area
from portal.db import db
from portal.locating import queries, visibility
from portal.locating.visibility import REASONS, Surface
from portal.register import queries as register
from portal.register.models import Asset
from portal.register.queries import Search
from portal.register.rules import LocatedBy, Status
from tests.conftest import THE_DAY
from tests.locating import make

SPOT = shapely.Point(-2.321, 53.426)
OUT = shapely.Point(-2.0, 53.4)
STANDS = {
    "plain": {"shape": SPOT},
    "withheld": {"shape": SPOT, "withheld_why": "A refuge."},
    "gone": {"shape": SPOT, "gone_on": THE_DAY.date()},
    "no-place": {},
    "outside": {"shape": OUT, "outlier": True},
    "postcode-only": {"shape": SPOT, "located_by": LocatedBy.POSTCODE},
    "occupied": {"shape": SPOT, "status": Status.OCCUPIED},
    "withheld, no place": {"withheld_why": "A refuge."},
    "gone, no place": {"gone_on": THE_DAY.date()},
}


@pytest.fixture
def here(app):
    return make.place()


def met(client, asset: Asset) -> dict[Surface, bool]:
    """Where the public does meet it."""
    area = current_area()
    x, y = (asset.shape.x, asset.shape.y) if asset.shape is not None else make.CENTRE
    box = Box(x - 0.1, y - 0.1, x + 0.1, y + 0.1)
    asked = {
        Surface.LIST: Search(),
        Surface.WATCH: Search(),
        Surface.MAP: Search(bbox=box),
        Surface.NEAR: Search(near=Place("here", x, y), within=5000.0),
    }
    found = {surface: register.find(area, search).assets for surface, search in asked.items()}
    shown = {surface: asset.id in [one.id for one in assets] for surface, assets in found.items()}
    return shown | {Surface.PAGE: client.get(f"/assets/{asset.id}").status_code == 200}


@pytest.mark.parametrize("name", STANDS)
def test_each_surface_is_as_it_is_told(client, here, name):
    asset_id = make.asset(here, **STANDS[name]).id
    db.session.rollback()
    asset = db.session.get_one(Asset, asset_id)
    told = visibility.explain(asset)
    assert {one.surface: one.shown for one in told} == met(client, asset)
    assert all(one.why for one in told if not one.shown)
    assert all(
        why.because and why.remedy and "%" not in why.because for one in told for why in one.why
    )


def test_every_reason_is_tried():
    assert {reason.code for reason in REASONS} <= {*STANDS, "no-place-to-watch"}


def test_what_hides_it_is_told_before_what_dims_it(here):
    asset = make.asset(here, withheld_why="A refuge.", status=Status.OCCUPIED)
    told = {one.surface: [why.code for why in one.why] for one in visibility.explain(asset)}
    assert told[Surface.LIST] == ["withheld"]
    assert told[Surface.MAP] == ["withheld", "no-place"]
    assert visibility.in_short(asset) == "Nobody but staff can see it."
    assert not queries.history_of(asset.id)


def test_in_short(here):
    assert visibility.in_short(make.asset(here, shape=SPOT)) == "Everybody can see it."
    assert visibility.in_short(make.asset(here)).startswith("Not shown: on the map")

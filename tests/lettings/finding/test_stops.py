"""Stops: read from NaPTAN's table or a map file, told on a room's card, and ranked by for who needs a step-free way."""

import json

import pytest
import shapely
from sqlalchemy import select

from portal.areas.models import Stop
from portal.areas.service import import_places
from portal.db import db
from portal.lettings import search, words
from portal.venues import stops
from tests.conftest import broken
from tests.lettings import make

HEAD = "ATCOCode,CommonName,Longitude,Latitude,StopType,Status"
HERE = f"{make.LON},{make.LAT + 0.004}"


@pytest.fixture
def here(app):
    return make.place()


def load(tmp_path, *lines, name="Stops.csv"):
    path = tmp_path / name
    path.write_text("\n".join((HEAD, *lines)))
    return import_places("testing", stops=path)


def test_only_live_stops_of_the_area_are_kept(here, tmp_path):
    report = load(
        tmp_path,
        f"1800A,Church Road,{HERE},BCT,active",
        f"1800B,Taxi rank,{HERE},TXR,active",
        f"1800C,Closed stop,{HERE},BCT,inactive",
        "1800D,London,-0.1,51.5,BCT,active",
        "1800E,No place,,,BCT,active",
        f"1800F,Tram,{HERE},PLT,",
    )
    assert report["stops"] == {"stored": 2}
    assert set(db.session.scalars(select(Stop.name))) == {"Church Road", "Tram"}
    load(tmp_path, f"1800G,Only this,{HERE},BCT,active")
    assert list(db.session.scalars(select(Stop.name))) == ["Only this"]


def test_a_map_file_does_too(here, tmp_path):
    point = {"type": "Point", "coordinates": [make.LON, make.LAT]}
    feature = {"type": "Feature", "properties": {"name": "The Green"}, "geometry": point}
    path = tmp_path / "stops.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert import_places("testing", stops=path)["stops"] == {"stored": 1}


@pytest.mark.parametrize("lines", [["x,,,,"], ["1,Far,-0.1,51.5,BCT,active"]])
def test_a_file_without_stops_changes_nothing(here, tmp_path, lines):
    load(tmp_path, f"1800A,Church Road,{HERE},BCT,active")
    with broken("no-stops"):
        load(tmp_path, *lines)
    assert db.session.scalars(select(Stop.name)).one() == "Church Road"


def test_the_card_tells_of_the_stop_as_soon_as_it_is_known(here, tmp_path):
    make.room(here, parent_id=None, shape=shapely.Point(make.LON, make.LAT + 0.006))
    assert not _stop_of(search.find(here.area, make.wish()).matches[0])
    assert stops.as_of(here.area.id) is None
    load(tmp_path, f"1800A,Church Road,{HERE},BCT,active")
    (match,) = search.find(here.area, make.wish()).matches
    assert _stop_of(match) == ["About 4 minutes on foot from the stop Church Road"]
    assert stops.as_of(here.area.id) is not None


def _stop_of(match):
    return [words.say(reason) for reason in match.reasons if reason.code == "stop"]


def test_who_needs_a_step_free_way_gets_the_shortest_walk_first(here, tmp_path):
    """1.1 km from where they live, or 2.2 km off and at a stop: the same order whichever way it is searched."""
    near = make.room(
        here, name="Near", parent_id=None, shape=shapely.Point(make.LON, make.LAT + 0.01)
    )
    by_stop = make.room(here, name="Stop", parent_id=None, shape=shapely.Point(make.LON, make.LAT + 0.02))  # fmt: skip
    load(tmp_path, f"1800A,Church Road,{make.LON},{make.LAT + 0.0201},BCT,active")
    for values, order in (
        ({}, [by_stop.id, near.id]),
        ({"step_free": False}, [near.id, by_stop.id]),
    ):
        found = search.find(here.area, make.wish(**values)).matches
        assert [m.room.id for m in found] == order
        wish = make.wish(**values)
        judged = search.judge(
            here.area, wish, search.candidates(here.area, wish), search.dates_of(wish)
        )
        judged.sort(key=lambda match, wish=wish: search.rank(match, wish))
        assert [m.room.id for m in judged] == order


def test_the_page_says_how_it_measured(client, here, tmp_path):
    from tests.lettings.test_pages import query

    make.room(here)
    page = client.get(f"/rooms/find?{query()}").get_data(as_text=True)
    assert "Distances are in a straight line." in page
    assert "tram stops" not in page
    load(tmp_path, f"1800A,Church Road,{HERE},BCT,active")
    page = client.get(f"/rooms/find?{query()}").get_data(as_text=True)
    assert "Bus and tram stops are those of 2 March 2026." in page

"""The search against brute force on both engines: same assets, same order, page by page."""

import random
from dataclasses import replace
from datetime import date

import pytest
import shapely
from sqlalchemy import text

from geo.crs import Box
from geo.shapes import distances
from portal.areas.models import Postcode
from portal.areas.queries import Place
from portal.db import db
from portal.errors import BadInput, NotFound
from portal.people.queries import holders
from portal.register import glance, queries, tick
from portal.register.models import Asset, AssetChange
from portal.register.nearby import find_place
from portal.register.queries import find
from portal.register.rules import ACCESS, Kind, Status, Tenure, fold, name_key, tokens
from portal.register.search import Search, Sort
from portal.register.state import state_of
from tests import factories

NAMES = (
    "Old Yard",
    "Élan Hall",
    "100% Field",
    "Under_pass",
    "Straße Garage",
    "chapel",
    "Zoo",
    "İstanbul ℡ House",
)


@pytest.fixture
def estate(app):
    """250 assets of all sorts, in two wards and for two holders; some have no place, some stand on one spot."""
    rng = random.Random(7)
    area = factories.area()
    wards = [
        factories.ward(area),
        factories.ward(area, name="East", shape=shapely.box(-2.35, 53.3, -2.2, 53.5)),
    ]
    holders = [factories.holder(area, name=name) for name in ("Città Council", "Homes")]
    for number in range(250):
        add_asset(rng, area, number, rng.choice(holders), rng.choice([*wards, None]))
    factories.holder(factories.area(slug="elsewhere", name="Elsewhere"))
    db.session.commit()
    return area


def add_asset(rng, area, number, holder, ward):
    lon, lat = rng.uniform(-2.5, -2.2), rng.uniform(53.3, 53.5)
    size = rng.choice((0, 0, 0.002, 0.03))
    plot = shapely.Polygon(
        [(lon, lat), (lon + size, lat), (lon + size / 2, lat + size / 3), (lon, lat + size)]
    )
    shape = plot if size else shapely.Point(round(lon, 1), round(lat, 1))
    name = rng.choice(NAMES)
    values = {flag: rng.choice((True, False, None)) for flag in ACCESS}
    asset = Asset(
        area_id=area.id, holder_id=holder.id, ward_id=ward and ward.id, kind=rng.choice(list(Kind)),
        status=rng.choice(list(Status)), code=f"A{number}", name=name, name_key=name_key(name),
        shape=None if number % 10 == 0 else shape, tenure_kind=rng.choice((None, *Tenure)),
        capacity=rng.choice((None, 5, 20, 60)), words=" ".join(tokens(f"{name} {holder.name}")),
        land_m2=rng.choice((None, 100.5, 800.0, 9000.0)),
        vacant_since=rng.choice((None, date(2024, 5, 1), date(2025, 11, 3))),
        withheld_why="A refuge" if number % 41 == 0 else None, gone_on=date(2025, 1, 1) if number % 43 == 0 else None,
        created_at=factories.clock.now(), changed_at=factories.clock.now(), **values,
    )  # fmt: skip
    db.session.add(asset)


def brute(area, search):
    """The same question asked of every asset in turn."""
    found = []
    for asset in db.session.query(Asset).filter(Asset.area_id == area.id):
        metres = None
        if search.near:
            metres = round(distances(search.near.lon, search.near.lat, [asset.shape], 27700)[0], 2)
        land = asset.land_m2
        tests = (
            asset.withheld_why is None and asset.gone_on is None,
            not search.kinds or asset.kind in search.kinds,
            not search.statuses or asset.status in search.statuses,
            not search.tenures or asset.tenure_kind in search.tenures,
            search.holder_id in (None, asset.holder_id),
            search.ward_id in (None, asset.ward_id),
            all(getattr(asset, name) is True for name in search.access),
            search.capacity is None or (asset.capacity or 0) >= search.capacity,
            search.land_from is None or (land is not None and land >= search.land_from),
            search.land_to is None or (land is not None and land <= search.land_to),
            all(
                any(said.startswith(word) for said in asset.words.split())
                for word in tokens(search.words)
            ),
            not search.near or asset.shape is not None,
            search.within is None or (metres is not None and metres <= search.within),
            *(
                asset.shape is not None and asset.shape.intersects(shape)
                for shape in (search.bbox and shapely.box(*search.bbox), search.inside)
                if shape
            ),
        )
        if all(tests):
            found.append((*sort_key(asset, metres, search.order), asset.id))
    return [key[-1] for key in sorted(found)]


def sort_key(asset, metres, order):
    if order is Sort.NEAREST:
        return (metres,)
    if order is Sort.NUMBER:
        return ()
    if order is Sort.NAME:
        return asset.status is Status.OCCUPIED, asset.name_key
    if order is Sort.NEWLY_VACANT:
        return (-asset.vacant_since.toordinal() if asset.vacant_since else 0,)
    return (-(-1 if asset.land_m2 is None else asset.land_m2),)


def random_search(rng, area):
    lon, lat = rng.uniform(-2.5, -2.2), rng.uniform(53.3, 53.5)
    near = rng.choice((None, Place("here", lon, lat)))
    wards = [ward.id for ward in area.wards]
    bodies = [holder.id for holder in holders()]
    corner = shapely.Polygon([(lon - 0.1, lat), (lon + 0.1, lat - 0.02), (lon, lat + 0.08)])
    return Search(
        kinds=tuple(rng.sample(list(Kind), rng.choice((0, 0, 1, 2)))),
        statuses=tuple(rng.sample(list(Status), rng.choice((0, 0, 2)))),
        tenures=tuple(rng.sample(list(Tenure), rng.choice((0, 0, 0, 2)))),
        holder_id=rng.choice((None, None, *bodies)),
        ward_id=rng.choice((None, None, *wards)),
        access=tuple(rng.sample(ACCESS, rng.choice((0, 0, 0, 0, 1, 2)))),
        capacity=rng.choice((None, None, None, 20)),
        land_from=rng.choice((None, None, None, 200)),
        land_to=rng.choice((None, None, None, 5000)),
        words=rng.choice(WORDS),
        near=near,
        within=rng.choice((None, 500, 3000, 12_000)) if near else None,
        bbox=rng.choice((None, None, Box(lon - 0.05, lat - 0.03, lon + 0.05, lat + 0.03))),
        inside=rng.choice((None, None, None, corner)),
        sort=rng.choice((None, None, *Sort)),
    )


WORDS = ("", "", "", "", "ELAN", "city council", "citta council", "100%", "under_", "STRASSE", "tel house")  # fmt: skip


@pytest.mark.parametrize("few", [queries.FEW, 3], ids=["sorted", "walked"])
def test_the_search_is_brute_force_s_answer_page_by_page(estate, monkeypatch, few):
    monkeypatch.setattr(queries, "FEW", few)
    monkeypatch.setattr(queries, "WALKED", 40)
    rng = random.Random(11)
    hits = 0
    for _ in range(150):
        search = random_search(rng, estate)
        expected = brute(estate, search)
        hits += bool(expected)
        got, after = [], None
        while True:
            page = find(estate, search, after=after, limit=17)
            assert page.total == len(expected), search
            assert page.first in (None, len(got) + 1)
            got += [asset.id for asset in page.assets]
            after = page.next_key
            if after is None:
                break
        assert got == expected, search
    assert hits > 60


def test_counts_are_what_the_list_would_find(estate):
    rng = random.Random(3)
    for _ in range(25):
        search = random_search(rng, estate)
        told = queries.counts(estate, search)
        for kind in Kind:
            expected = len(brute(estate, replace(search, kinds=(kind,))))
            assert told["kind"].get(kind, 0) == expected
        for ward in estate.wards:
            expected = len(brute(estate, replace(search, ward_id=ward.id)))
            assert told["ward"].get(ward.id, 0) == expected
        if "parking" not in search.access:
            expected = len(brute(estate, replace(search, access=(*search.access, "parking"))))
            assert told["parking"][True] == expected


CHANGES = {
    "its kind": "UPDATE asset SET kind = 'room' WHERE id = :id",
    "withheld": "UPDATE asset SET withheld_why = 'A refuge' WHERE id = :id",
    "gone": "UPDATE asset SET gone_on = '2026-01-01' WHERE id = :id",
    "deleted": "DELETE FROM asset WHERE id = :id",
    "its place forgotten": "UPDATE asset SET west = NULL, south = NULL, east = NULL, north = NULL, shape = NULL WHERE id = :id",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_another_process_changes_is_seen_at_once(estate, change):
    search = Search(
        kinds=(Kind.LAND, Kind.BUILDING), near=Place("here", -2.35, 53.4), within=15_000
    )
    for asset_id in brute(estate, search)[:5]:
        with db.engine.begin() as other:
            other.execute(text(change), {"id": asset_id})
        db.session.rollback()
        db.session.expire_all()
        found = find(estate, search, limit=500).assets
        assert [asset.id for asset in found] == brute(estate, search)


@pytest.mark.parametrize("table", ["holder", "ward"])
def test_a_new_name_of_a_holder_or_ward_is_a_change_too(estate, table):
    before = state_of(estate.id)
    with db.engine.begin() as other:
        other.execute(text(f"UPDATE {table} SET name = 'Renamed' WHERE name IN ('Homes', 'East')"))
    db.session.rollback()
    assert state_of(estate.id).whole_at > before.version


def test_a_change_that_is_taken_back_was_never_there(estate):
    before = find(estate, Search(), limit=500)
    one = db.session.get(Asset, before.assets[0].id)
    one.kind, one.status = Kind.ROOM, Status.IN_USE
    db.session.flush()
    find(estate, Search(kinds=(Kind.ROOM,)))
    db.session.rollback()
    with db.engine.begin() as other:
        other.execute(text("UPDATE asset SET changed_at = changed_at"))
    db.session.rollback()
    after = find(estate, Search(), limit=500)
    assert [asset.id for asset in after.assets] == [asset.id for asset in before.assets]


def test_old_changes_are_forgotten_and_nothing_is_missed(estate, monkeypatch):
    monkeypatch.setattr(tick, "KEPT", 20)
    behind = glance.glance(estate.id)  # a process that sleeps
    for status in ("granted", "vacant"):
        with db.engine.begin() as other:
            other.execute(text("UPDATE asset SET status = :status"), {"status": status})
    db.session.rollback()
    assert tick.tick(estate.id) > 200
    assert tick.tick(estate.id) == 0, "and once"
    assert db.session.query(AssetChange).count() == 20
    assert behind.state.version < state_of(estate.id).whole_at
    assert find(estate, Search(statuses=(Status.VACANT,))).total == find(estate, Search()).total


def test_many_changes_are_read_whole(estate, monkeypatch):
    monkeypatch.setattr(glance, "MOST_CHANGES", 10)
    find(estate, Search())
    with db.engine.begin() as other:
        other.execute(text("UPDATE asset SET status = 'granted' WHERE status = 'vacant'"))
    db.session.rollback()
    assert find(estate, Search(statuses=(Status.VACANT,))).total == 0


def test_words_are_found_without_case_and_accents(estate):
    for typed in ("elan", "ÉLAN hall", "CITTA", "strasse", "istanbul", "Tel"):
        assert find(estate, Search(words=typed)).total > 0, typed
    assert find(estate, Search(words="100%")).total == find(estate, Search(words="field")).total
    assert find(estate, Search(words="ard")).total == 0, "words are found by their beginning"


def test_a_key_that_is_gone_gives_the_first_page(estate):
    for search in (Search(), Search(bbox=Box(-2.5, 53.3, -2.2, 53.5))):
        first = find(estate, search)
        assert find(estate, search, after=999_999).assets == first.assets


def test_metres_are_told_for_each_and_unplaced_are_counted(estate):
    near = Search(near=Place("here", -2.35, 53.4), within=5000)
    page = find(estate, near)
    told = [page.metres[asset.id] for asset in page.assets]
    assert told == sorted(told)
    assert max(told) <= 5000
    assert queries.count_unplaced(estate, near) == 24, "of 25, one is withheld"


def test_an_asset_of_another_area_is_not_found(estate):
    asset = db.session.query(Asset).filter(Asset.withheld_why.is_(None)).first()
    assert queries.asset_with_all(estate, asset.id) is asset
    hidden = db.session.query(Asset).filter(Asset.withheld_why.is_not(None)).first()
    with pytest.raises(NotFound):
        queries.asset_with_all(estate, hidden.id)
    assert queries.asset_with_all(estate, hidden.id, withheld=True) is hidden
    other = factories.area(slug="third")
    with pytest.raises(NotFound):
        queries.asset_with_all(other, asset.id)


@pytest.fixture
def town(app):
    area = factories.area()
    factories.ward(area, name="Broad Heath")
    holder = factories.holder(area)
    for code, lon in (("M337DZ", -2.32), ("M337DX", -2.34), ("M32PX", -2.9)):
        db.session.add(Postcode(area_id=area.id, code=code, lon=lon, lat=53.42))
    for name, lon, street, town_name in (
        ("Elm Hall", -2.31, "Mill Lane", "Sale"),
        ("Oak Hall", -2.33, "Mill Lane", "Sale"),
        ("Ash Hall", -2.45, "Mill Lane", "Hale"),
    ):
        words = fold(f"{name} {street} {town_name}")
        factories.asset(
            holder,
            name=name,
            street=street,
            town=town_name,
            words=words,
            shape=shapely.Point(lon, 53.4),
        )
    return area


@pytest.mark.parametrize(
    ("typed", "label", "lon"),
    [
        ("m33 7dz", "M33 7DZ", -2.32),
        ("M33", "M33", -2.33),
        ("broad heath", "Broad Heath", -2.425),
        ("Broad", "Broad Heath", -2.425),
        ("MILL LANE", "Mill Lane, Sale", -2.32),
        ("oak hall", "Oak Hall, Sale", -2.33),
        ("Hale", "Hale", -2.45),
        ("ash ha", "Ash Hall, Hale", -2.45),
        ("53.42, -2.31", "53.4200, -2.3100", -2.31),
        ("-2.31 53.42", "53.4200, -2.3100", -2.31),
    ],
)
def test_a_place_as_people_type_it(town, typed, label, lon):
    place = find_place(town, typed)
    assert place.label == label
    assert place.lon == pytest.approx(lon)


@pytest.mark.parametrize("typed", ["Atlantis", "M99 9ZZ", "12.5, 41.9", "%", "x" * 500, "???"])
def test_an_unknown_place_says_what_to_try(town, typed):
    with pytest.raises(BadInput, match="postcode"):
        find_place(town, typed)

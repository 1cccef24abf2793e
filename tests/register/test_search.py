"""The search against brute force on both engines: same assets, same order, page by page."""

import random

import pytest
import shapely

from geo.crs import Box
from geo.shapes import distances
from portal.areas.models import Postcode
from portal.areas.queries import Place
from portal.db import db
from portal.errors import BadInput, NotFound
from portal.people.queries import holders
from portal.register import queries
from portal.register.models import Asset
from portal.register.nearby import find_place
from portal.register.queries import Search, find
from portal.register.rules import Kind, Status, fold
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
        lon, lat = rng.uniform(-2.5, -2.2), rng.uniform(53.3, 53.5)
        size = rng.choice((0, 0, 0.002, 0.03))
        shape = (
            shapely.box(lon, lat, lon + size, lat + size)
            if size
            else shapely.Point(round(lon, 1), round(lat, 1))
        )
        holder, ward = rng.choice(holders), rng.choice([*wards, None])
        name = rng.choice(NAMES)
        asset = Asset(
            area_id=area.id, holder_id=holder.id, ward_id=ward and ward.id, kind=rng.choice(list(Kind)),
            status=rng.choice(list(Status)), code=f"A{number}", name=name,
            shape=None if number % 10 == 0 else shape, step_free=rng.choice((True, False, None)),
            capacity=rng.choice((None, 5, 20, 60)), words=fold(f"{name} {holder.name}"),
            created_at=factories.clock.now(), changed_at=factories.clock.now(),
        )  # fmt: skip
        db.session.add(asset)
    factories.holder(factories.area(slug="elsewhere", name="Elsewhere"))
    db.session.commit()
    return area


def brute(area, search):
    """The same question asked of every asset in turn."""
    found = []
    for asset in db.session.query(Asset).filter(Asset.area_id == area.id):
        metres = None
        if search.near:
            metres = round(distances(search.near.lon, search.near.lat, [asset.shape], 27700)[0], 2)
        tests = (
            not search.kinds or asset.kind in search.kinds,
            not search.statuses or asset.status in search.statuses,
            search.holder_id in (None, asset.holder_id),
            search.ward_id in (None, asset.ward_id),
            not search.step_free or asset.step_free is True,
            search.capacity is None or (asset.capacity or 0) >= search.capacity,
            all(word in asset.words for word in fold(search.words).split()),
            not search.near or asset.shape is not None,
            search.within is None or (metres is not None and metres <= search.within),
            not search.bbox
            or (asset.shape is not None and asset.shape.intersects(shapely.box(*search.bbox))),
        )
        if all(tests):
            by_name = (asset.status is Status.OCCUPIED, asset.words, asset.id)
            found.append(((metres, asset.id) if search.near else by_name, asset.id))
    return [asset_id for _, asset_id in sorted(found)]


def random_search(rng, area):
    lon, lat = rng.uniform(-2.5, -2.2), rng.uniform(53.3, 53.5)
    near = rng.choice((None, Place("here", lon, lat)))
    wards = [ward.id for ward in area.wards]
    bodies = [holder.id for holder in holders()]
    return Search(
        kinds=tuple(rng.sample(list(Kind), rng.choice((0, 0, 1, 2)))),
        statuses=tuple(rng.sample(list(Status), rng.choice((0, 0, 2)))),
        holder_id=rng.choice((None, None, *bodies)),
        ward_id=rng.choice((None, None, *wards)),
        step_free=rng.random() < 0.2,
        capacity=rng.choice((None, None, 20)),
        words=rng.choice(
            (
                "",
                "",
                "ELAN",
                "city council",
                "citta council",
                "100%",
                "under_",
                "STRASSE",
                "tel house",
            )
        ),
        near=near,
        within=rng.choice((None, 500, 3000, 12_000)) if near else None,
        bbox=rng.choice((None, None, Box(lon - 0.05, lat - 0.03, lon + 0.05, lat + 0.03))),
    )


def test_the_search_is_brute_force_s_answer_page_by_page(estate):
    rng = random.Random(11)
    hits = 0
    for _ in range(60):
        search = random_search(rng, estate)
        expected = brute(estate, search)
        hits += bool(expected)
        got, after = [], None
        while True:
            page = find(estate, search, after=after, limit=17)
            assert page.total == len(expected), search
            assert page.first == len(got) + 1
            got += [asset.id for asset in page.assets]
            after = page.next_key
            if after is None:
                break
        assert got == expected, search
    assert hits > 30


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
    assert queries.count_unplaced(estate, near) == 25


def test_an_asset_of_another_area_is_not_found(estate):
    asset = db.session.query(Asset).first()
    assert queries.asset_with_all(estate, asset.id) is asset
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

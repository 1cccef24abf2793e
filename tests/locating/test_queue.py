"""The queue: what waits and why, worst first, page by page."""

import pytest
import shapely

from portal.db import db
from portal.locating import queries
from portal.locating.queries import Filter, Key, read_key
from portal.locating.rules import Doubt
from portal.register.models import Fact
from portal.register.rules import Kind, LocatedBy
from tests import factories
from tests.conftest import THE_DAY
from tests.locating import make

FINE = shapely.Point(-2.321, 53.426)
FAR = shapely.Point(-2.34, 53.425)  # 1.3 km west of the postcode's middle
OUT = shapely.Point(-2.0, 53.4)


@pytest.fixture
def here(app):
    return make.place()


def doubts(here, **asked):
    db.session.rollback()
    return {asset.id: key.doubt for key, asset in queries.page(here.area, Filter(**asked))}


@pytest.mark.parametrize(
    ("values", "doubt"),
    [
        ({}, Doubt.NO_PLACE),
        ({"shape": OUT, "outlier": True}, Doubt.OUTSIDE),
        ({"shape": shapely.Point(make.CENTRE), "located_by": LocatedBy.POSTCODE}, Doubt.POSTCODE_ONLY),
        ({"shape": FAR, "postcode": "M33 7DZ"}, Doubt.FAR_FROM_POSTCODE),
        ({"shape": FAR, "postcode": "m337dz"}, Doubt.FAR_FROM_POSTCODE),
        ({"shape": FAR, "uprn": "000100011"}, Doubt.FAR_FROM_PROPERTY),
        ({"shape": FAR, "uprn": "100011", "postcode": "M33 7DZ", "outlier": True}, Doubt.OUTSIDE),
        ({"shape": FINE, "postcode": "M33 7DZ", "uprn": "100011"}, None),
        ({"shape": FAR, "postcode": "M99 9ZZ"}, None),
        ({"shape": FINE.buffer(0.03), "postcode": "M33 7DZ"}, None),
        ({"shape": FAR, "postcode": "M33 7DZ", "located_by": LocatedBy.BROKER}, None),
        ({"gone_on": THE_DAY.date()}, None),
        ({"withheld_why": "A refuge"}, Doubt.NO_PLACE),
    ],
)  # fmt: skip
def test_the_worst_doubt(here, values, doubt):
    asset = make.asset(here, **values)
    assert doubts(here).get(asset.id) is doubt
    key = queries.key_of(here.area, asset.id)
    assert (key and key.doubt) is doubt
    assert queries.waiting(here.area) == (doubt is not None)


def test_what_a_person_has_checked_does_not_wait(here):
    asset = make.asset(here, shape=OUT, outlier=True)
    db.session.add(
        Fact(asset_id=asset.id, name="shape", source="s", as_of=THE_DAY.date(), checked=True)
    )
    db.session.commit()
    assert not doubts(here)


def test_several_postcodes_of_a_holder_on_one_point(here):
    one = make.asset(here, shape=FINE, postcode="M33 1AA")
    make.asset(here, shape=FINE, postcode="M33 2BB", gone_on=THE_DAY.date())
    assert not doubts(here)
    two = make.asset(here, shape=FINE, postcode="M33 3CC")
    same = make.asset(here, shape=FINE, postcode="M33 3cc")
    plot = make.asset(here, shape=FINE.buffer(0.001), postcode="M33 3CC")
    other = factories.asset(factories.holder(here.area), shape=FINE, postcode="M33 4DD")
    assert doubts(here) == dict.fromkeys((one.id, two.id, same.id), Doubt.SAME_POINT)
    assert plot.id != other.id


def test_a_room_is_asked_about_only_without_a_building(here):
    building = make.building(here)
    make.asset(here, kind=Kind.ROOM, parent_id=building.id)
    alone = make.asset(here, kind=Kind.ROOM)
    assert set(doubts(here)) == {building.id, alone.id}


def test_counts_and_filters(here):
    lost = [make.asset(here) for _ in range(3)]
    make.asset(here, shape=OUT, outlier=True)
    other = factories.holder(here.area, name="Another body")
    theirs = factories.asset(other, shape=OUT, outlier=True)
    elsewhere = factories.area(slug="elsewhere")
    factories.asset(factories.holder(elsewhere), shape=OUT, outlier=True)
    assert queries.counts(here.area) == {Doubt.NO_PLACE: 3, Doubt.OUTSIDE: 2}
    assert queries.counts(here.area, other.id) == {Doubt.OUTSIDE: 1}
    assert [(h.name, n) for h, n in queries.holders(here.area)] == [
        ("Another body", 1),
        ("Testing Council", 4),
    ]
    assert set(doubts(here, doubt=Doubt.NO_PLACE)) == {asset.id for asset in lost}
    assert set(doubts(here, holder_id=other.id)) == {theirs.id}


def test_pages_with_keys_and_the_next_in_turn(here):
    ids = [make.asset(here).id for _ in range(5)] + [make.asset(here, shape=OUT, outlier=True).id]
    seen, after = [], None
    while found := queries.page(here.area, Filter(), after, limit=2):
        seen += [asset.id for _, asset in found]
        after = found[-1][0]
    assert seen == ids
    second = queries.key_of(here.area, ids[1])
    assert queries.next_after(here.area, Filter(), second).id == ids[2]
    last = queries.key_of(here.area, ids[-1])
    assert queries.next_after(here.area, Filter(), last).id == ids[0]
    assert queries.next_after(here.area, Filter(Doubt.OUTSIDE), last) is None
    assert queries.next_after(here.area, Filter(), None).id == ids[0]


@pytest.mark.parametrize("text", ["", "1", "0.5", "9.5", "1.-2", "1.99999999999", "a.b", "1.2.3"])
def test_no_key(text):
    with pytest.raises(ValueError, match=r".*"):
        read_key(text)


def test_a_key_there_and_back():
    assert read_key(str(Key(2, 17))) == Key(2, 17)

"""Where an asset may stand: what each thing that is known suggests."""

import pytest
import shapely

from portal.areas.models import Postcode
from portal.db import db
from portal.errors import BadInput
from portal.locating.rules import Method
from portal.locating.suggestions import streets_of, suggested, suggestions
from portal.register.models import Asset
from portal.register.rules import Kind, LocatedBy, tokens
from tests.locating import make

ONE, TWO = shapely.Point(-2.41, 53.41), shapely.Point(-2.42, 53.42)


@pytest.fixture
def here(app):
    return make.place()


def placed(here, name="Depot", shape=ONE, **values):
    words = " ".join(tokens(f"{name} {values.get('street', '')}"))
    return make.asset(here, name=name, shape=shape, words=words, **values)


def of(here, asset):
    db.session.rollback()
    found = suggestions(here.area, db.session.get_one(Asset, asset.id))
    return {one.key: (one.method, one.shape) for one in found}


def test_what_is_known_suggests_the_surest_first(here):
    building = make.building(here, name="Town Hall", shape=ONE)
    same = placed(here, "Elsewhere", TWO, uprn="100011")
    room = make.asset(
        here, name="Hall", kind=Kind.ROOM, parent_id=building.id, uprn="100011", postcode="M33 7DZ"
    )
    found = of(here, room)
    assert list(found) == ["uprn", f"same-{same.id}", "building", "postcode"]
    assert found["building"] == (Method.PARENT, ONE)
    assert found["uprn"][1].x == -2.3192


def test_a_shape_is_suggested_as_a_shape(here):
    plot = ONE.buffer(0.001)
    other = placed(here, "Rose Garden", plot)
    assert of(here, make.asset(here, name="ROSE GARDEN"))[f"name-{other.id}"] == (
        Method.SAME_NAME,
        plot,
    )


def test_streets_and_parks_that_a_name_speaks_of(here):
    one = placed(here, "Shop", ONE, street="Moss Vale Road", town="Urmston")
    two = placed(here, "Longford Park café", TWO)
    placed(here, "Another town's", TWO, street="Moss Vale Road", town="Sale")
    asset = make.asset(
        here, name="Land between Moss Vale Rd. and the river, Urmston", town="Urmston"
    )
    assert list(of(here, asset)) == [f"street0-{one.id}"]
    toilets = make.asset(here, name="Longford Park, public toilets")
    assert f"begins-{two.id}" in of(here, toilets)


def test_the_middle_of_a_street(here):
    placed(here, "A", ONE, street="Dane Road")
    placed(here, "B", TWO, street="Dane Road")
    method, shape = of(here, make.asset(here, street="Dane Road"))["street0"]
    assert method is Method.STREET
    assert (shape.x, shape.y) == pytest.approx((-2.415, 53.415))


@pytest.mark.parametrize(("postcode", "found"), [("M33", True), ("M33 7ZZ", True), ("M34", False), ("M3", False), (None, False), ("WA1 1AA", False)])  # fmt: skip
def test_half_a_postcode_or_one_that_is_no_more_is_roughly_known(here, postcode, found):
    db.session.add(Postcode(area_id=here.area.id, code="M337EA", lon=-2.33, lat=53.43))
    db.session.commit()
    suggestion = of(here, make.asset(here, postcode=postcode)).get("postcodes")
    assert (suggestion is not None) == found
    if suggestion:
        assert (suggestion[1].x, suggestion[1].y) == pytest.approx((-2.325, 53.4275))


@pytest.mark.parametrize("values", [{"outlier": True}, {"located_by": LocatedBy.POSTCODE}])
def test_what_is_itself_in_doubt_is_no_help(here, values):
    placed(here, "Rose Garden", ONE, **values)
    assert not of(here, make.asset(here, name="Rose Garden"))


def test_a_suggestion_that_is_none_any_more(here):
    asset = make.asset(here, postcode="M33 7DZ")
    assert suggested(here.area, asset, "postcode").method is Method.POSTCODE
    with pytest.raises(BadInput):
        suggested(here.area, asset, "uprn")


@pytest.mark.parametrize(
    ("street", "name", "streets"),
    [
        (
            None,
            "Land at the junction of Barton Road and Moss Vale Road",
            ["Barton Road", "Moss Vale Road"],
        ),
        ("Cecil Road", "Land in Cecil Rd., Hale", ["Cecil Road"]),
        (None, "Queen's Gdns and St. Mary's Ave", ["Queen's Gardens", "Mary's Avenue"]),
        (None, "Clock tower", []),
        (None, "Road", []),
        (None, "Park " * 50, ["Park Park Park Park", "Park Park"]),
    ],
)
def test_streets_in_a_name(street, name, streets):
    assert streets_of(Asset(street=street, name=name)) == streets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.typed import Pair, read_pair

SALE = pytest.approx(Pair(-2.319, 53.4291, 0), abs=1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "53.4291, -2.319", "53.4291 -2.319", "53.4291;-2.319", "(53.4291, -2.319)", " 53.4291,-2.319 ",
        "53.4291 N, 2.319 W", "53.4291N 2.319W", "N53.4291 W2.319", "2.319 W 53.4291 N", "53.4291°N 2.319°W",
        "lat 53.4291, lon -2.319", "Latitude: 53.4291 Longitude: -2.319", "lon=-2.319 lat=53.4291",
        "53°25'44.76\"N 2°19'8.4\"W", "53° 25.746' N, 2° 19.14' W",
        "https://www.openstreetmap.org/#map=19/53.4291/-2.319", "https://www.google.com/maps/@53.4291,-2.319,17z",
        "https://maps.example/?q=53.4291,-2.319", "https://www.openstreetmap.org/?mlat=53.4291&mlon=-2.319#map=3/0/0",
        "geo:53.4291,-2.319",
    ],
)  # fmt: skip
def test_degrees_are_read_as_people_write_them(text):
    found = read_pair(text)
    assert (found.x, found.y, 0) == SALE


@pytest.mark.parametrize(
    "text",
    [
        "378900 394500", "378900,394500", "E 378900 N 394500", "E378900N394500", "N 394500, E 378900",
        "378900E 394500N", "Easting 378900 Northing 394500", "X: 378900 Y: 394500", "378900m 394500m",
    ],
)  # fmt: skip
def test_metres_are_read_east_first_or_by_their_letters(text):
    found = read_pair(text)
    assert (found.x, found.y) == (378900, 394500)


@pytest.mark.parametrize(
    "text",
    [
        "", "53.4", "378900394500", "53.4, -2.3, 5", "M33 7DZ", "SJ 789 945", "N 1 N 2", "E 1 2", "a 1 2", "1e5 2e5", "nan nan",
        "5 Stamford Street 2", "https://example.org/", "geo:", "12,34,56", "-", "N E", "53..4 2", "1" * 9 + " 2",
    ],
)  # fmt: skip
def test_other_text_is_no_pair(text):
    assert read_pair(text) is None


@given(st.text(alphabet="0123456789.,-+ °'\"NSEWnsewlatx:=/()m", max_size=40))
def test_no_text_breaks_it(text):
    found = read_pair(text)
    assert found is None or isinstance(found.x, float)


@given(st.floats(-179, 179), st.floats(-89, 89))
def test_what_is_written_is_read(lon, lat):
    found = read_pair(f"{lat:.7f}, {lon:.7f}")
    assert (found.x, found.y) == pytest.approx((lon, lat), abs=1e-6)

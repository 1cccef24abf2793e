"""An area drawn by hand: by its corners, typed or put on the map; both end as the same lines of text."""

from collections.abc import Sequence

import shapely
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from geo.shapes import sound
from portal.areas.models import Area
from portal.areas.queries import Place
from portal.errors import BadInput
from portal.register.nearby import find_place
from portal.register.search import LEAST_CORNERS, MOST_CORNERS, inside_text
from portal.web import SearchForm

LONGEST = 10_000


class AreaForm(SearchForm):
    """The corners of an area, one on a line."""

    corners = TextAreaField(
        _l("Corners"),
        description=_l(
            "One on each line, in order round the edge: a postcode, a street, a place, or coordinates like 53.4291, -2.3190."
        ),
        validators=[InputRequired(), Length(max=LONGEST)],
    )


def area_from(area: Area, text: str) -> str:
    """The drawn area as it stands in an address (`inside`). Raises BadInput with the line that needs another look."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) < LEAST_CORNERS:
        raise BadInput("few-corners", "An area needs at least three corners, one on each line.")
    if len(lines) > MOST_CORNERS:
        raise BadInput(
            "many-corners", "Draw the area with at most %(most)s corners.", most=MOST_CORNERS
        )
    places = [_corner(area, number, line) for number, line in enumerate(lines, 1)]
    shape = sound([shapely.Polygon([(place.lon, place.lat) for place in places])])[0]
    if shape is None or shape.area == 0:
        raise BadInput(
            "flat-area", "These corners lie on one line. Put at least one of them elsewhere."
        )
    return inside_text(shape)


def _corner(area: Area, number: int, line: str) -> Place:
    try:
        return find_place(area, line)
    except BadInput as unknown:
        raise BadInput(
            "unknown-corner",
            "We do not know corner %(number)s, “%(line)s”. Try a whole postcode, the name of a street, or coordinates.",
            number=number,
            line=line[:60],
        ) from unknown


def corners_of(shape: shapely.Geometry | None) -> str:
    """A drawn area as lines to change it by."""
    if shape is None:
        return ""
    return "\n".join(f"{lat}, {lon}" for lon, lat in _pairs(inside_text(shape)))


def _pairs(text: str) -> Sequence[tuple[str, str]]:
    return [tuple(pair.split(",")) for pair in text.split(";")]  # type: ignore[misc]

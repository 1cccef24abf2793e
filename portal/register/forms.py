"""The filters of the list: sent in the address, so that what was found can be linked to."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)

from portal.areas.models import Area
from portal.areas.queries import wards_of
from portal.people.queries import holders
from portal.register.rules import ACCESS, Kind, Status, Tenure
from portal.register.search import FARTHEST, Asked, Search, Sort, read, without
from portal.states import state_words
from portal.web import SearchForm

KINDS = {Kind.LAND: _l("Land"), Kind.BUILDING: _l("Buildings"), Kind.ROOM: _l("Rooms")}
TENURES = {
    Tenure.FREEHOLD: _l("Freehold"),
    Tenure.LEASEHOLD: _l("Leasehold"),
    Tenure.LICENCE: _l("Licence"),
    Tenure.OTHER: _l("Another tenure"),
}
ACCESS_WORDS = {
    "step_free": _l("Step-free way in"),
    "hearing_loop": _l("Hearing loop"),
    "accessible_toilet": _l("Accessible toilet"),
    "changing_place": _l("Changing place"),
    "parking": _l("Parking"),
}
SORTS = {
    Sort.NEAREST: _l("Nearest first"),
    Sort.NAME: _l("By name, unused first"),
    Sort.NEWLY_VACANT: _l("Newly vacant first"),
    Sort.LARGEST: _l("Most land first"),
}
DISTANCES = (500, 1000, 2000, 5000, 10_000)
NUMBER = {"inputmode": "numeric"}


def distance_words(metres: float) -> str:
    """500 m, 1.2 km."""
    if metres < 1000:  # noqa: PLR2004 - a kilometre
        return _("%(number)s m", number=round(metres))
    return _("%(number)s km", number=f"{metres / 1000:.1f}".removesuffix(".0"))


class PlacesForm(SearchForm):
    """What to look for. Every field may stay empty; what its text means is told by `search.read`."""

    near = StringField(
        _l("Near"),
        description=_l("A postcode, ward, street or place"),
        render_kw={"autocomplete": "postal-code", "data-here": ""},
    )
    within = SelectField(_l("Within"))
    words = StringField(_l("Words"), description=_l("In the name, address, holder or code"))
    kind = SelectMultipleField(_l("What"))
    status = SelectMultipleField(_l("How it stands"))
    ward = SelectField(_l("Ward"))
    holder = SelectField(_l("Who holds it"))
    tenure = SelectMultipleField(_l("Tenure"))
    step_free = BooleanField(ACCESS_WORDS["step_free"])
    hearing_loop = BooleanField(ACCESS_WORDS["hearing_loop"])
    accessible_toilet = BooleanField(ACCESS_WORDS["accessible_toilet"])
    changing_place = BooleanField(ACCESS_WORDS["changing_place"])
    parking = BooleanField(ACCESS_WORDS["parking"])
    capacity = StringField(_l("Room for at least"), description=_l("people"), render_kw=NUMBER)
    land_from = StringField(
        _l("Land of at least"), description=_l("square metres"), render_kw=NUMBER
    )
    land_to = StringField(_l("Land of at most"), description=_l("square metres"), render_kw=NUMBER)
    inside = HiddenField(_l("Drawn area"))
    bbox = HiddenField(_l("Part of the map"))
    sort = SelectField(_l("Order"))

    def __init__(self, area: Area, args: MultiDict[str, str]) -> None:
        self.area = area
        self.read: Asked = read(area, args)
        super().__init__(self.read.given)
        self._known = {
            "ward": {str(ward.id): ward.name for ward in wards_of(area)},
            "holder": {str(holder.id): holder.name for holder in holders()},
        }
        self.offer({})
        for name, known in self._known.items():
            if (
                (said := self.asked.get(name))
                and name not in self.errors_read
                and said not in known
            ):
                self.errors_read[name] = _("Choose one from the list.")
                self.read.search = replace(self.read.search, **{f"{name}_id": None})
        for name, sentence in self.errors_read.items():
            if name in self._fields:
                self._fields[name].errors = [sentence]

    @property
    def asked(self) -> MultiDict[str, str]:
        """What the address holds, tidied."""
        return self.read.given

    @property
    def errors_read(self) -> dict[str, str]:
        """What could not be read, by the name of its field."""
        return self.read.errors

    def search(self) -> Search:
        """What was asked for. A field that makes no sense, or an unknown place, asks nothing."""
        return self.read.search

    def offer(self, counts: dict[str, dict[Any, int]]) -> None:
        """Fill the lists, each choice with how many there are of it."""
        self.kind.choices = self._choices("kind", KINDS.items(), counts)
        self.status.choices = self._choices(
            "status", ((one, state_words(one.value)[0]) for one in Status), counts
        )
        self.tenure.choices = self._choices("tenure", TENURES.items(), counts)
        self.within.choices = [SelectChoice("", _("Any distance")), *self._distances()]
        self.sort.choices = [SelectChoice("", _("As usual")), *self._sorts()]
        for name, every in (("ward", _("All wards")), ("holder", _("All holders"))):
            known = ((int(key), words) for key, words in self._known[name].items())
            self[name].choices = [SelectChoice("", every), *self._choices(name, known, counts)]
        for name in ACCESS:
            if name in counts:
                self[name].label.text = _with(str(ACCESS_WORDS[name]), counts[name][True])

    def _choices(self, name: str, values: Any, counts: dict[str, dict[Any, int]]) -> list[Any]:
        """The choices of a list; one that nothing has is left out, unless it was asked for."""
        told = counts.get(name)
        asked = self.asked.getlist(name)
        return [
            SelectChoice(str(value), _with(str(words), told.get(value, 0)) if told else str(words))
            for value, words in values
            if told is None or told.get(value) or str(value) in asked
        ]

    def _distances(self) -> Iterator[SelectChoice]:
        """The usual distances, and the one asked for where it is another."""
        asked = self.asked.get("within", type=int)
        known = set(DISTANCES) | ({asked} if asked and 0 < asked <= FARTHEST else set())
        return (SelectChoice(str(metres), distance_words(metres)) for metres in sorted(known))

    def _sorts(self) -> Iterator[SelectChoice]:
        near = self.search().near is not None
        return (
            SelectChoice(sort.value, str(words))
            for sort, words in SORTS.items()
            if near or sort is not Sort.NEAREST
        )

    def tags(self) -> Iterator[tuple[str, str]]:
        """Each filter in words, with the address of the same list without it."""
        for name, value in self.asked.items(multi=True):
            if name in self._fields and name != "sort" and not self._fields[name].errors:
                rest = [pair for pair in without(self.asked, ["after"]) if pair != (name, value)]
                yield self._tag(name, value), f"?{urlencode(rest)}"

    def _tag(self, name: str, value: str) -> str:
        if name in TAGS:
            return TAGS[name](value)
        if name in ACCESS:
            return str(ACCESS_WORDS[name])
        return str(self._words_of(name, value))

    def _words_of(self, name: str, value: str) -> Any:
        lists: dict[str, Callable[[], Any]] = {
            "kind": lambda: KINDS[Kind(value)],
            "status": lambda: state_words(value)[0],
            "tenure": lambda: TENURES[Tenure(value)],
            "ward": lambda: self._known["ward"][value],
            "holder": lambda: self._known["holder"][value],
        }
        return lists[name]()


TAGS: dict[str, Callable[[str], str]] = {
    "near": lambda value: _("Near %(place)s", place=value),
    "within": lambda value: _("Within %(distance)s", distance=distance_words(int(value))),
    "words": lambda value: f"“{value}”",
    "capacity": lambda value: _("At least %(number)s people", number=value),
    "land_from": lambda value: _("At least %(number)s m² of land", number=value),
    "land_to": lambda value: _("At most %(number)s m² of land", number=value),
    "inside": lambda _value: _("Inside the area drawn"),
    "bbox": lambda _value: _("In this part of the map"),
}


def _with(words: str, number: int) -> str:
    """A choice and how many there are of it."""
    return f"{words} ({format_decimal(number)})"

"""The filters of the list: sent in the address, so that what was found can be linked to."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import Length

from geo.crs import Box
from portal.areas.models import Area
from portal.areas.queries import wards_of
from portal.errors import BadInput
from portal.people.queries import holders
from portal.register.nearby import find_place
from portal.register.queries import Search
from portal.register.rules import Kind, Status
from portal.states import state_words
from portal.web import SearchForm, stripped, told

KINDS = {Kind.LAND: _l("Land"), Kind.BUILDING: _l("Buildings"), Kind.ROOM: _l("Rooms")}
DISTANCES = (500, 1000, 2000, 5000, 10_000)
FARTHEST = 100_000
MOST_PEOPLE = 100_000
LONGEST = 100


def distance_words(metres: float) -> str:
    """500 m, 1.2 km."""
    if metres < 1000:  # noqa: PLR2004 - a kilometre
        return _("%(number)s m", number=round(metres))
    return _("%(number)s km", number=f"{metres / 1000:.1f}".removesuffix(".0"))


def _number(value: str | None) -> int | None:
    return int(value) if value else None


def _some_people(_form: SearchForm, field: IntegerField) -> None:
    if field.data is not None and not 0 < field.data <= MOST_PEOPLE:
        raise ValidationError(_("Write how many people, for example 15."))


class PlacesForm(SearchForm):
    """What to look for. Every field may stay empty."""

    near = StringField(
        _l("Near"),
        description=_l("A postcode, ward, street or place"),
        validators=[Length(max=LONGEST)],
        render_kw={"autocomplete": "postal-code"},
    )
    within = SelectField(_l("Within"), coerce=_number)
    words = StringField(
        _l("Words"),
        description=_l("In the name, address, holder or code"),
        validators=[Length(max=LONGEST)],
    )
    kind = SelectMultipleField(
        _l("What"), choices=[SelectChoice(kind.value, words) for kind, words in KINDS.items()]
    )
    status = SelectMultipleField(_l("How it stands"))
    ward = SelectField(_l("Ward"), coerce=_number)
    holder = SelectField(_l("Who holds it"), coerce=_number)
    step_free = BooleanField(_l("Step-free way in"))
    capacity = IntegerField(
        _l("Room for at least"), description=_l("people"), validators=[_some_people]
    )

    def __init__(self, area: Area, asked: MultiDict[str, str]) -> None:
        # A field left empty is a field not asked, however the browser sends it.
        tidy = ((name, stripped(value)) for name, value in asked.items(multi=True))
        given = MultiDict((name, value) for name, value in tidy if value)
        super().__init__(given)
        self.area = area
        self.asked = given
        self.status.choices = [
            SelectChoice(status.value, state_words(status.value)[0]) for status in Status
        ]
        self.within.choices = [SelectChoice("", _("Any distance")), *self._distances()]
        self.ward.choices = [SelectChoice("", _("All wards"))]
        self.ward.choices += [SelectChoice(ward.id, ward.name) for ward in wards_of(area)]
        self.holder.choices = [SelectChoice("", _("All holders"))]
        self.holder.choices += [SelectChoice(holder.id, holder.name) for holder in holders()]

    def _distances(self) -> list[SelectChoice]:
        """The usual distances, and the one asked for where it is another."""
        asked = self.asked.get("within", type=int)
        known = set(DISTANCES) | ({asked} if asked and 0 < asked <= FARTHEST else set())
        return [SelectChoice(metres, distance_words(metres)) for metres in sorted(known)]

    def search(self, bbox: Box | None = None) -> Search:
        """What was asked for. A field that makes no sense, or an unknown place, gets its error and asks nothing."""
        self.validate()
        near = None
        if self.near.data and not self.near.errors:
            try:
                near = find_place(self.area, self.near.data)
            except BadInput as unknown:
                self.near.errors = [told(unknown)]
        return Search(
            kinds=tuple(Kind(value) for value in self._good(self.kind) or ()),
            statuses=tuple(Status(value) for value in self._good(self.status) or ()),
            holder_id=self._good(self.holder),
            ward_id=self._good(self.ward),
            step_free=bool(self.step_free.data),
            capacity=self._good(self.capacity),
            words=self._good(self.words) or "",
            near=near,
            within=self._good(self.within) if near else None,
            bbox=bbox,
        )

    @staticmethod
    def _good(field: Any) -> Any:
        return None if field.errors else field.data

    def tags(self) -> Iterator[tuple[str, str]]:
        """Each filter in words, with the address of the same list without it."""
        for name, value in self.asked.items(multi=True):
            if name in self._fields and not self._fields[name].errors:
                rest = [
                    pair
                    for pair in self.asked.items(multi=True)
                    if pair != (name, value) and pair[0] != "after"
                ]
                yield self._tag(name, value), f"?{urlencode(rest)}"

    def _tag(self, name: str, value: str) -> str:
        field = self._fields[name]
        words = {
            "near": lambda: _("Near %(place)s", place=value),
            "within": lambda: _("Within %(distance)s", distance=distance_words(int(value))),
            "words": lambda: f"“{value}”",
            "step_free": lambda: str(field.label.text),
            "capacity": lambda: _("At least %(number)s people", number=value),
        }
        return words[name]() if name in words else dict(self._labels(field))[value]

    @staticmethod
    def _labels(field: Any) -> list[tuple[str, str]]:
        return [(str(choice.value), str(choice.label)) for choice in field.iter_choices()]

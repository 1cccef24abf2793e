"""What a reporter is asked step by step, and what the broker answers: shape and wording."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length, Optional

from portal.areas.models import Area
from portal.areas.queries import Place
from portal.areas.rules import postcode_key, postcode_shown
from portal.errors import PortalError, RuleBroken
from portal.people.models import Holder
from portal.people.rules import check_email
from portal.pictures import ACCEPTED
from portal.register.nearby import find_place
from portal.register.rules import Kind
from portal.sightings import queries
from portal.sightings.answering import Shown
from portal.sightings.models import Photo
from portal.sightings.queries import Near
from portal.sightings.rules import HowLong
from portal.sightings.words import HOW_LONG, REASONS
from portal.web import Form, SearchForm, told

LONGEST = 2000
LONGEST_PLACE = 100
LONGEST_EMAIL = 254
NOT_KNOWN = "unknown"
PLACE_HINT = _l(
    "A postcode, a street, the name of a place, or coordinates, for example 53.42, -2.31"
)


class PlaceForm(SearchForm):
    """Where it is: typed, taken from the map or the device into the same field, or a link's point (`at`)."""

    place = StringField(
        _l("Where is the place?"),
        description=PLACE_HINT,
        validators=[Length(max=LONGEST_PLACE)],
        render_kw={"data-here": ""},
    )
    at = HiddenField()

    def found(self, area: Area) -> Place | None:
        """The place meant, in this area; or None with the reason at the question."""
        text = self.at.data or self.place.data
        if not text:
            self.place.errors = [_l("Say where it is: a postcode or a street is enough.")]
            return None
        if not self.validate():
            return None
        try:
            return queries.in_area(area, find_place(area, text))
        except PortalError as refusal:
            self.place.errors = [told(refusal)]
            return None


class TellForm(Form):
    """What the reporter sees."""

    words = TextAreaField(
        _l("What do you see?"),
        description=_l(
            "For example: a shop with boarded windows, or a plot with a locked gate and high grass. Please name nobody."
        ),
        validators=[
            DataRequired(_l("Say in a few words what you see there.")),
            Length(max=LONGEST),
        ],
    )
    exactly = StringField(
        _l("Where exactly?"),
        description=_l("If the mark on the map is not quite right: beside what, behind what?"),
        validators=[Optional(), Length(max=300)],
    )
    how_long = RadioField(
        _l("How long has it stood empty, do you think?"),
        choices=[SelectChoice(value.value, said) for value, said in HOW_LONG.items()],
        default=HowLong.UNKNOWN.value,
    )
    email = EmailField(
        _l("Your e-mail address, if you want to hear what happens"),
        description=_l("Only the broker sees it. Each letter says how to stop them."),
        validators=[Optional(), Length(max=LONGEST_EMAIL)],
    )

    def validate_email(self, field: EmailField) -> None:
        """As the service reads it, so that the refusal stands at the question."""
        if field.data:
            try:
                check_email(field.data)
            except RuleBroken as refusal:
                raise ValidationError(told(refusal)) from refusal


class PhotosForm(Form):
    """Photos, as many as there is room for."""

    photos = MultipleFileField(
        _l("Photos"),
        render_kw={"accept": ACCEPTED},
        validators=[Optional()],
    )


class PublishForm(Form):
    """What may be public of a report: the words and photos, whose fields `with_photos` adds behind all others."""

    @property
    def shown(self) -> Shown:
        """What was chosen, as the service takes it."""
        numbers = [
            int(name.removeprefix("show_")) for name in self._fields if name.startswith("show_")
        ]
        chosen = {n: self[f"alt_{n}"].data if self[f"show_{n}"].data else None for n in numbers}
        return Shown(self["words"].data or "", chosen)


class AcceptForm(PublishForm):
    """A place that is new to the register."""

    kind = RadioField(
        _l("What is it?"),
        choices=[
            SelectChoice(Kind.LAND.value, _l("Land")),
            SelectChoice(Kind.BUILDING.value, _l("A building")),
        ],
        validators=[DataRequired(_l("Choose one of the two."))],
    )
    name = StringField(
        _l("What shall it be called?"),
        description=_l("For example: Land behind 12 to 18 Cross Street"),
        validators=[DataRequired(_l("Give it a name by which people find it.")), Length(max=300)],
    )
    where = StringField(
        _l("Where does it stand?"),
        description=PLACE_HINT,
        validators=[DataRequired(_l("Say where it stands.")), Length(max=LONGEST_PLACE)],
    )
    street = StringField(_l("Street"), validators=[Optional(), Length(max=200)])
    postcode = StringField(
        _l("Postcode"),
        validators=[Optional(), Length(max=10)],
        render_kw={"class": "govuk-input--width-10", "autocomplete": "off"},
    )
    holder = SelectField(
        _l("Who holds it?"),
        description=_l(
            "If nobody knows, the question who holds it is opened and you can follow it."
        ),
    )
    place: Place

    def validate_where(self, field: StringField) -> None:
        try:
            self.place = find_place(self.area, field.data)
            queries.in_area(self.area, self.place)
        except PortalError as refusal:
            raise ValidationError(told(refusal)) from refusal

    def validate_postcode(self, field: StringField) -> None:
        if field.data and not postcode_key(field.data):
            raise ValidationError(
                _l("Write a whole postcode, for example M33 7DZ, or leave it empty.")
            )
        field.data = postcode_shown(field.data or "")

    def over(self, area: Area, holders: Sequence[Holder]) -> "AcceptForm":
        """With the area's holders to choose from."""
        self.area = area
        self.holder.choices = [
            SelectChoice(NOT_KNOWN, _l("Not known yet")),
            *(SelectChoice(str(holder.id), holder.name) for holder in holders),
        ]
        return self


class MergeForm(PublishForm):
    """A place that the register has already."""

    asset = RadioField(
        _l("Which place is it?"), validators=[DataRequired(_l("Choose the place that it is."))]
    )
    vacant = BooleanField(
        _l("I have seen that it stands empty"),
        description=_l("A place that the register says is in use is shown as vacant from then on."),
    )

    def over(self, near: Sequence[Near], far: Any) -> "MergeForm":
        """With the places around to choose from; `far` says a distance in words."""
        self.asset.choices = [
            SelectChoice(str(one.thing.id), one.thing.name, render_kw={"hint": far(one)})
            for one in near
        ]
        return self


class DeclineForm(Form):
    """No, and why."""

    reason = RadioField(
        _l("Why?"),
        choices=[SelectChoice(value.value, said.label) for value, said in REASONS.items()],
        validators=[DataRequired(_l("Choose a reason."))],
    )
    answer = TextAreaField(
        _l("What you want to say to the person who reported it"),
        description=_l("They read the reason, and this, if they left an address."),
        validators=[Optional(), Length(max=LONGEST)],
    )


def with_photos(base: type[PublishForm], photos: Sequence[Photo]) -> type[PublishForm]:
    """The form with what may be read, and for each photo: may it be public, and what does it show?"""

    def described(number: int) -> Any:
        def check(form: Form, field: StringField) -> None:
            if form[f"show_{number}"].data and not field.data:
                raise ValidationError(
                    _l("Say what this photo shows, for people who cannot see it.")
                )

        return check

    fields: dict[str, Any] = {
        "words": TextAreaField(
            _l("What everybody may read of the report"),
            description=_l(
                "In the resident's own words. Take out names and whatever tells who wrote it. Empty: nothing is published."
            ),
            validators=[Optional(), Length(max=LONGEST)],
        )
    }
    for photo in photos:
        fields[f"show_{photo.id}"] = BooleanField(
            _l("Publish this photo: it shows no faces, no number plates and nobody's home inside"),
            default=photo.shown_at is not None,
        )
        fields[f"alt_{photo.id}"] = StringField(
            _l("What does it show?"),
            description=_l(
                "For people who cannot see it. For example: a plot with high grass behind a fence"
            ),
            default=photo.alt,
            validators=[Length(max=300), described(photo.id)],
        )
    return type(base.__name__, (base,), fields)

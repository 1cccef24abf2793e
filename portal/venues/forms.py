"""What is asked of those who keep a room: its week, what is in it, what it costs, who opens, when it is closed."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal import clock
from portal.fields import DateParts, Pounds
from portal.people.rules import GroupKind
from portal.register.models import Asset
from portal.register.rules import ACCESS, HireWhen, Kind, Opener
from portal.venues import words
from portal.venues.facilities import FACILITIES
from portal.venues.opening import Opens
from portal.web import Form

MOST_PEOPLE = 10_000
MOST_MINUTES = 240
LONGEST_NAME = 300
NOT_LOOKED = "-"


class ShownForm(Form):
    """A form about something as its page showed it."""

    shown = HiddenField()


class TextForm(ShownForm):
    """Hours as those write them who know the syntax."""

    text = TextAreaField(
        _l("Hours"),
        description=_l(
            "In the words of OpenStreetMap: Mo-Fr 09:00-17:00; Sa 10:00-13:00; PH off. PH are bank holidays. Leave it empty to take the hours away."
        ),
        validators=[
            Optional(),
            Length(max=300, message=_l("This is too long: at most %(max)d letters.")),
        ],
        render_kw={"rows": 3, "spellcheck": "false"},
    )


class DetailsForm(ShownForm):
    """What a room is like; of a building, only in which part of the year it is let."""

    name = StringField(
        _l("Name"), validators=[InputRequired(_l("Write its name.")), Length(max=LONGEST_NAME)]
    )
    capacity = IntegerField(
        _l("Room for how many people?"),
        validators=[
            Optional(),
            NumberRange(1, MOST_PEOPLE, _l("Write how many people, for example 30.")),
        ],
    )
    buffer_before_minutes = IntegerField(
        _l("Minutes kept free before each meeting"),
        default=0,
        validators=[
            InputRequired(_l("Write a number; 0 for none.")),
            NumberRange(0, MOST_MINUTES, _l("Write at most 240 minutes.")),
        ],
    )
    buffer_after_minutes = IntegerField(
        _l("Minutes kept free after each meeting"),
        default=0,
        validators=[
            InputRequired(_l("Write a number; 0 for none.")),
            NumberRange(0, MOST_MINUTES, _l("Write at most 240 minutes.")),
        ],
    )
    facilities = SelectMultipleField(
        _l("What is in it?"),
        choices=[SelectChoice(word, said) for word, said in FACILITIES.items()],
        validators=[Optional()],
    )
    hire_when = RadioField(
        _l("In which part of the year is it let?"),
        choices=[SelectChoice(when.value, said) for when, said in words.WHEN.items()],
        default=HireWhen.ALWAYS.value,
        validators=[InputRequired(_l("Choose one."))],
    )

    def __init__(self, asset: Asset) -> None:
        columns = (
            "name",
            "capacity",
            "buffer_before_minutes",
            "buffer_after_minutes",
            "facilities",
        )
        known = {name: getattr(asset, name) for name in columns}
        super().__init__(**known, hire_when=(asset.hire_when or HireWhen.ALWAYS).value)
        if asset.kind is Kind.BUILDING:
            for name in ("name", "capacity", "facilities"):
                del self[name]
            del self.buffer_before_minutes
            del self.buffer_after_minutes

    def said(self) -> dict[str, Any]:
        """Column and value."""
        values = {f.name: f.data for f in self if f.name not in ("csrf_token", "shown")}
        when = HireWhen(values["hire_when"])
        values["hire_when"] = None if when is HireWhen.ALWAYS else when
        if "facilities" in values:
            values["facilities"] = tuple(w for w in FACILITIES if w in values["facilities"])
        return values


class PricesForm(ShownForm):
    """The price of an hour, and what kinds of group pay instead."""

    standard = Pounds(
        _l("An hour costs"),
        description=_l("0 if it is free. What every group pays that has no rate of its own below."),
    )

    def rates(self) -> dict[GroupKind, int]:
        """Pence an hour of the kinds of group that have their own rate."""
        answers = {kind: self[f"rate_{kind.value}"].data for kind in GroupKind}
        return {kind: pence for kind, pence in answers.items() if pence is not None}


for _kind, _said in words.GROUPS.items():
    setattr(PricesForm, f"rate_{_kind.value}", Pounds(_said))


class AccessForm(Form):
    """What somebody found who looked; what was not looked at keeps its day."""

    on = DateParts(
        _l("On which day did somebody look?"),
        default=clock.today,
        validators=[InputRequired(_l("Write the day, for example 20 11 2026."))],
    )

    def validate_on(self, field: DateParts) -> None:
        """Nobody has looked tomorrow."""
        if field.data and not date(1950, 1, 1) <= field.data <= clock.today():
            raise ValidationError(_("Write a day between 1950 and today."))

    def seen(self) -> dict[str, bool | None]:
        """Of each fact that was looked at: yes, no, or not known."""
        read = {"yes": True, "no": False, "unknown": None}
        return {name: read[self[name].data] for name in ACCESS if self[name].data in read}


for _name in ACCESS:
    _field = SelectField(
        words.ACCESS_WORDS[_name],
        default=NOT_LOOKED,
        choices=[
            SelectChoice(NOT_LOOKED, _l("Not looked at now")),
            SelectChoice("yes", _l("Yes")),
            SelectChoice("no", _l("No")),
            SelectChoice("unknown", _l("Not known")),
        ],
    )
    setattr(AccessForm, _name, _field)


def _named(label: Any) -> StringField:
    return StringField(
        label, validators=[InputRequired(_l("Write its name.")), Length(max=LONGEST_NAME)]
    )


def _people(label: Any) -> IntegerField:
    wrong = _l("Write how many people, for example 30.")
    return IntegerField(label, validators=[Optional(), NumberRange(1, MOST_PEOPLE, wrong)])


class RoomForm(Form):
    """A room that no list has told of."""

    name = _named(_l("What is the room called?"))
    capacity = _people(_l("Room for how many people?"))


class DivideForm(Form):
    """The two halves of a hall."""

    first = _named(_l("What is the first half called?"))
    first_capacity = _people(_l("Room for how many people in the first half?"))
    second = _named(_l("What is the second half called?"))
    second_capacity = _people(_l("Room for how many people in the second half?"))

    def validate_second(self, field: Field) -> None:
        """Two halves need two names."""
        if field.data and field.data.casefold() == (self.first.data or "").casefold():
            raise ValidationError(_("Give the two halves different names."))

    def halves(self) -> list[tuple[str, int | None]]:
        """Name and size of each."""
        return [
            (self.first.data, self.first_capacity.data),
            (self.second.data, self.second_capacity.data),
        ]


class KeyholderForm(ShownForm):
    """Somebody who lets people in. Only staff and this person read it."""

    role = SelectField(
        _l("What are they?"),
        choices=[SelectChoice(role.value, said) for role, said in words.OPENERS.items()],
        default=Opener.CARETAKER.value,
    )
    name = StringField(
        _l("Name"),
        description=_l("Of a door with a code: what the door is called."),
        validators=[InputRequired(_l("Write a name.")), Length(max=120)],
    )
    email = EmailField(
        _l("E-mail"),
        description=_l("With it they can sign in and see when to open."),
        validators=[Optional(), Length(max=254)],
    )
    phone = TelField(_l("Phone"), validators=[Optional(), Length(max=40)])
    days = SelectMultipleField(
        _l("On which days do they come?"),
        description=_l("None ticked means every day."),
        coerce=int,
        validators=[Optional()],
    )
    until = TimeField(
        _l("Until what time, at the latest?"),
        description=_l("When the alarm is set or they go home. 00:00 is midnight. Empty: no end."),
        validators=[Optional()],
    )
    cost_pence = Pounds(
        _l("What does one opening cost?"),
        description=_l("It is added to the price where the building is closed. Empty: nothing."),
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        names = enumerate(words.weekdays())
        self.days.choices = [SelectChoice(str(number), name) for number, name in names]

    def said(self) -> Opens:
        """The answers."""
        return Opens(
            Opener(self.role.data),
            self.name.data,
            (self.email.data or "").lower(),
            self.phone.data or "",
            tuple(sorted(self.days.data or ())) if len(self.days.data or ()) < 7 else (),  # noqa: PLR2004
            self.until.data,
            self.cost_pence.data or 0,
        )


class TermsForm(Form):
    """Term dates, pasted or as a file."""

    text = TextAreaField(
        _l("Terms, one in each line"),
        description=_l("For example: Autumn term, 1 September 2026 to 18 December 2026"),
        validators=[Optional(), Length(max=10_000)],
        render_kw={"rows": 6},
    )
    file = FileField(
        _l("Or a calendar file (.ics) whose events are the terms"), validators=[Optional()]
    )


class ClosureForm(Form):
    """Days on which nothing is let."""

    place = SelectField(_l("What is closed?"), coerce=int, default=0)
    first = DateParts(
        _l("First day"), validators=[InputRequired(_l("Write the day, for example 24 12 2026."))]
    )
    last = DateParts(
        _l("Last day"),
        description=_l("Leave it empty for one day."),
        validators=[Optional()],
    )
    why = StringField(
        _l("Why?"),
        description=_l("Only staff read it. Everybody else reads that it is closed."),
        validators=[InputRequired(_l("Write why.")), Length(max=300)],
    )

    def __init__(self, holder: str, places: list[Asset], **values: Any) -> None:
        super().__init__(**values)
        rest = [SelectChoice(str(place.id), place.name) for place in places]
        self.place.choices = [SelectChoice("0", _("All places of %(holder)s", holder=holder)), *rest]  # fmt: skip

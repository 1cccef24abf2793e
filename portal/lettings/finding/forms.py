"""What a group is asked when it looks for a room: shape and wording."""

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DecimalField,
    Field,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)
from wtforms.validators import Length, NumberRange, Optional, StopValidation

from portal import clock
from portal.areas.models import Area
from portal.errors import PortalError
from portal.fields import DateParts, Pounds
from portal.lettings import rules, search, walltime, words
from portal.lettings.finding import repairs
from portal.lettings.rules import Wish
from portal.people.forms import GROUP_KINDS
from portal.people.rules import GroupKind
from portal.register.nearby import find_place
from portal.venues.facilities import FACILITIES
from portal.web import Form, SearchForm, told

A_KM = 1000
FARTHEST_KM = 100
MOST_PEOPLE = 10_000
# Which field a rule about the whole wish is shown at.
FIELD_OF = {
    "ends-before-start": "ends",
    "last-before-first": "last",
    "in-the-past": "first",
    "too-long": "last",
    "nobody": "people",
    "no-such-day": "day",
    "window-too-short": "earliest",
    "outside-window": "earliest",
    "too-many-left-out": "last",
}
ACCESS_CHOICES = [
    SelectChoice("step_free", _l("A step-free way in")),
    SelectChoice("hearing_loop", _l("A hearing loop")),
    SelectChoice("accessible_toilet", _l("An accessible toilet")),
    SelectChoice("changing_place", _l("A changing place")),
    SelectChoice("parking", _l("Parking")),
]
FACILITY_CHOICES = [SelectChoice(name, said) for name, said in FACILITIES.items()]
# What folds away below the first questions; it is open when something in it is not as we fill it in.
FOLDED = {
    "room": ("access", "facilities"),
    "times": ("other_days", "earliest", "latest"),
    "dates": ("first", "last", "every"),
    "means": ("within", "pay", "group_kind"),
}


def needed(sentence: Any) -> Callable[[Form, Field], None]:
    """An answer is needed; one that cannot be read is told by its own sentence."""

    def check(_form: Form, field: Field) -> None:
        if field.data is None and not any(field.raw_data or ()):
            field.errors = []
            raise StopValidation(sentence)

    return check


def next_month() -> date:
    """The first day of the coming month: groups plan ahead."""
    return (clock.today().replace(day=1) + timedelta(days=32)).replace(day=1)


def four_months_on() -> date:
    """The last day of the fourth month from then."""
    return (next_month() + timedelta(days=124)).replace(day=1) - timedelta(days=1)


class FindForm(SearchForm):
    """What a group needs. Filled with what most groups say, so that little is left to type."""

    day = SelectField(_l("Which day of the week?"), coerce=int, default=3)
    starts = TimeField(
        _l("From what time?"),
        default=time(18),
        validators=[needed(_l("Write when you begin, for example 18:00."))],
    )
    ends = TimeField(
        _l("Until what time?"),
        default=time(20),
        validators=[needed(_l("Write when you end, for example 20:00."))],
    )
    every = SelectField(
        _l("How often?"),
        coerce=int,
        default=1,
        choices=[SelectChoice(str(n), said) for n, said in words.EVERY.items()],
    )
    first = DateParts(
        _l("From which day?"),
        default=next_month,
        validators=[needed(_l("Write the first day, for example 1 2 2027."))],
    )
    last = DateParts(
        _l("To which day?"),
        default=four_months_on,
        validators=[needed(_l("Write the last day, for example 31 5 2027."))],
    )
    people = IntegerField(
        _l("How many people come?"),
        validators=[
            needed(_l("Write how many people come, for example 15.")),
            NumberRange(1, MOST_PEOPLE, _l("Write how many people come, for example 15.")),
        ],
    )
    access = SelectMultipleField(
        _l("What must the room have?"),
        description=_l("Only rooms where somebody has checked it."),
        choices=ACCESS_CHOICES,
        validators=[Optional()],
    )
    facilities = SelectMultipleField(
        _l("What must be in it?"),
        choices=FACILITY_CHOICES,
        validators=[Optional()],
    )
    other_days = SelectMultipleField(
        _l("Which other days would do?"),
        description=_l("One day for the whole time; we take the first that is free."),
        coerce=int,
        validators=[Optional()],
    )
    earliest = TimeField(
        _l("What is the earliest you could begin?"),
        description=_l("If the hour above is taken we look for the nearest that would do."),
        validators=[Optional()],
    )
    latest = TimeField(_l("What is the latest you could end?"), validators=[Optional()])
    group_kind = SelectField(
        _l("What kind of group are you?"),
        description=_l("Some rooms cost less, or nothing, for some groups."),
        choices=[
            SelectChoice("", _l("Not said")),
            *(SelectChoice(k.value, w) for k, w in GROUP_KINDS),
        ],
        default="",
    )
    without = SelectMultipleField(
        _l("Leave dates out"),
        description=_l("Tick those on which you do not meet, half-term for example."),
        validate_choice=False,
    )
    near = StringField(
        _l("Near where?"),
        description=_l("A postcode, ward, street or place. Leave it empty to look everywhere."),
        validators=[Length(max=100)],
        render_kw={"autocomplete": "postal-code"},
    )
    within = DecimalField(
        _l("At most how far, in kilometres?"),
        default=Decimal(3),
        places=None,
        validators=[
            needed(_l("Write a distance in kilometres, for example 3.")),
            NumberRange(
                Decimal("0.1"), FARTHEST_KM, _l("Write a distance between 0.1 and 100 kilometres.")
            ),
        ],
    )
    pay = Pounds(
        _l("What can you pay for one meeting?"),
        description=_l("Leave it empty if you have nothing to pay with. Many rooms are free."),
    )

    def __init__(self, area: Area, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.area = area
        self.wish: Wish | None = None
        self.day.choices = [SelectChoice(value, name) for value, name in words.weekdays()]
        self.other_days.choices = self.day.choices
        self.without.choices = [SelectChoice(one, one) for one in self.without.data or ()]

    def validate(self, extra_validators: Any = None) -> bool:
        """Read the answers into `wish`; what the rules say against it stands at the field it is about."""
        readable = super().validate(extra_validators)
        place = place_named(self.area, self.near)
        if not readable or self.near.errors:
            return False
        wish = Wish(
            weekday=self.day.data,
            starts=self.starts.data,
            ends=self.ends.data,
            every_weeks=self.every.data,
            first=self.first.data,
            last=self.last.data,
            other_days=tuple(day for day in self.other_days.data if day != self.day.data),
            earliest=self.earliest.data,
            latest=self.latest.data,
            group_kind=GroupKind(self.group_kind.data) if self.group_kind.data else None,
            **room_needed(self),
            **place,
        )
        return self._rules_hold(self._left_out(wish))

    def _left_out(self, wish: Wish) -> Wish:
        """Of the dates that were ticked those that are dates of this need; they can be ticked from now on."""
        days = search.dates_of(wish)
        if len(days) > rules.LONGEST_TERM_DAYS:  # told by the rules
            return wish
        ticked = [text for text in self.without.data or () if _is_stretch(text)]
        kept = [not walltime.left_out(day, tuple(ticked)) for day in days]
        self.without.choices = [SelectChoice(day.isoformat(), words.short(day)) for day in days]
        self.without.data = [
            day.isoformat() for day, keep in zip(days, kept, strict=True) if not keep
        ]
        return repairs.leaving_out(wish, days, kept)

    def dates_said(self) -> str:
        """From when to when, where both can be read: what is filled in shall be seen without unfolding it."""
        if not (self.first.data and self.last.data):
            return "…"
        return str(
            _l(
                "%(first)s to %(last)s",
                first=words.full(self.first.data),
                last=words.full(self.last.data),
            )
        )

    def is_set(self, part: str) -> bool:
        """Whether something in a part that folds away is answered, or needs another look."""
        return any(
            field.errors or (field.data or None) != (_default(field) or None)
            for field in (self[name] for name in FOLDED[part])
        )

    def _rules_hold(self, wish: Wish) -> bool:
        try:
            rules.check_wish(wish, search.dates_of(wish), clock.now())
        except PortalError as refusal:
            self[FIELD_OF[refusal.code]].errors = [told(refusal)]
            return False
        self.wish = wish
        return True


def place_named(area: Area, near: Field) -> dict[str, float]:
    """Where the place is that was named, as a need keeps it; one that nobody knows stands at its field."""
    if not near.data or near.errors:
        return {}
    try:
        place = find_place(area, near.data)
    except PortalError as refusal:
        near.errors = [told(refusal)]
        return {}
    return {"lon": place.lon, "lat": place.lat}


def room_needed(form: Form) -> dict[str, Any]:
    """What was said of the room, the way to it and the price, as a need keeps it."""
    return {
        "people": form.people.data,
        "facilities": tuple(form.facilities.data),
        "near": form.near.data or "",
        "within_m": int(form.within.data * A_KM),
        "max_pence": form.pay.data or 0,
        **{name: name in form.access.data for name in rules.ACCESS},
    }


def _default(field: Field) -> Any:
    return field.default() if callable(field.default) else field.default


def _is_stretch(text: str) -> bool:
    try:
        walltime.stretch(text)
    except ValueError:
        return False
    return True

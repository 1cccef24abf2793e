"""What a group is asked when it looks for a room, asks for one, and what the broker answers: shape and wording."""

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    Field,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    StopValidation,
)

from portal import clock
from portal.areas.models import Area
from portal.errors import PortalError
from portal.fields import DateParts, Pounds
from portal.lettings import rules, search, words
from portal.lettings.rules import Insurance, Wish
from portal.money.rules import Paid
from portal.people.forms import GroupForm
from portal.people.models import Group
from portal.people.rules import GroupKind
from portal.register.nearby import find_place
from portal.web import Form, SearchForm, told

LONGEST = 2000
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
        choices=[
            SelectChoice("step_free", _l("A step-free way in")),
            SelectChoice("hearing_loop", _l("A hearing loop")),
            SelectChoice("accessible_toilet", _l("An accessible toilet")),
        ],
        validators=[Optional()],
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

    def validate(self, extra_validators: Any = None) -> bool:
        """Read the answers into `wish`; what the rules say against it stands at the field it is about."""
        readable = super().validate(extra_validators)
        place = self._place()
        if not readable or self.near.errors:
            return False
        wish = Wish(
            weekday=self.day.data,
            starts=self.starts.data,
            ends=self.ends.data,
            every_weeks=self.every.data,
            first=self.first.data,
            last=self.last.data,
            people=self.people.data,
            near=self.near.data or "",
            within_m=int(self.within.data * 1000),
            max_pence=self.pay.data or 0,
            **{name: name in self.access.data for name in rules.ACCESS},
            **place,
        )
        return self._rules_hold(wish)

    def _place(self) -> dict[str, float]:
        if not self.near.data or self.near.errors:
            return {}
        try:
            place = find_place(self.area, self.near.data)
        except PortalError as refusal:
            self.near.errors = [told(refusal)]
            return {}
        return {"lon": place.lon, "lat": place.lat}

    def _rules_hold(self, wish: Wish) -> bool:
        try:
            rules.check_wish(wish, search.dates_of(wish), clock.now())
        except PortalError as refusal:
            self[FIELD_OF[refusal.code]].errors = [told(refusal)]
            return False
        self.wish = wish
        return True


class AskForm(GroupForm):
    """Who asks, and what is agreed to. Somebody without a group names one here; with groups one chooses."""

    group = RadioField(
        _l("Which group is it for?"),
        validators=[DataRequired(_l("Choose the group."))],
        coerce=int,
    )
    insurance = RadioField(
        _l("Whose insurance covers your meetings?"),
        default=Insurance.VENUE.value,
        validators=[InputRequired(_l("Choose whose insurance covers you."))],
    )
    safeguarding = BooleanField(
        _l(
            "We look after children and adults at risk who come, and stop the meeting if we cannot."
        ),
        validators=[InputRequired(_l("A room is let only to groups that agree to this."))],
    )
    note = TextAreaField(
        _l("What should the broker know?"),
        description=_l(
            "For example that some of you use wheelchairs. Nobody else reads it but the venue."
        ),
        validators=[Optional(), Length(max=LONGEST)],
    )

    def __init__(self, groups: list[Group]) -> None:
        only = groups[0].id if len(groups) == 1 else None
        super().__init__(group=only, kind=GroupKind.UNCONSTITUTED.value)
        routes = [Insurance.VENUE, Insurance.OWN]
        if any(group.sponsor for group in groups):
            routes.append(Insurance.SPONSOR)
        self.insurance.choices = [SelectChoice(r.value, words.INSURANCE[r]) for r in routes]
        self.group.choices = [SelectChoice(str(group.id), group.name) for group in groups]
        for name in ("name", "kind", "private", "sponsor") if groups else ("group", "sponsor"):
            del self[name]


class ApproveForm(Form):
    """The broker's terms."""

    price_pence = Pounds(
        _l("Price of one meeting"),
        description=_l("If it is more than the group said it can pay, the group is asked first."),
        validators=[InputRequired(_l("Write the price; 0 if it is free."))],
    )
    deposit_pence = Pounds(_l("Deposit"), description=_l("Leave it empty to ask for none."))
    waiver = StringField(
        _l("If you ask for no deposit: why"), validators=[Optional(), Length(max=LONGEST)]
    )


class WhyForm(Form):
    """A reason that the other side reads."""

    why = TextAreaField(
        _l("The reason"),
        description=_l("The other side reads it as you write it."),
        validators=[InputRequired(_l("Write the reason.")), Length(max=LONGEST)],
    )


class MaybeWhyForm(Form):
    """A reason, if there is one to give."""

    why = TextAreaField(_l("The reason"), validators=[Optional(), Length(max=LONGEST)])


class DepositForm(Form):
    """How the deposit came."""

    paid_by = RadioField(
        _l("How was it paid?"),
        coerce=Paid,
        choices=[
            SelectChoice(Paid.CASH.value, _l("In cash, and I have it")),
            SelectChoice(Paid.TRANSFER.value, _l("By bank transfer, and it has arrived")),
        ],
        validators=[InputRequired(_l("Choose how it was paid."))],
    )


class ReturnForm(Form):
    """What goes back, and what is kept and why."""

    retained_pence = Pounds(
        _l("Keep back"), description=_l("Leave it empty to return the whole deposit.")
    )
    why = TextAreaField(
        _l("If you keep something: why"), validators=[Optional(), Length(max=LONGEST)]
    )
    evidence = TextAreaField(
        _l("And what shows it"),
        description=_l("For example photos and the bill of the repair."),
        validators=[Optional(), Length(max=LONGEST)],
    )


def said(form: Form) -> dict[str, Any]:
    """What was answered, by field; questions left open are left out."""
    return {
        name: value
        for name, value in form.data.items()
        if name != "csrf_token" and value not in (None, "")
    }

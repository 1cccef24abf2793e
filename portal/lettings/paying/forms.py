"""What is asked about a deposit: shape and wording."""

from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal import clock
from portal.fields import Pounds
from portal.money.forms import paid_by_field
from portal.web import Form

LONGEST = 2000
NEEDED = InputRequired(_l("This answer is needed."))


MONTHS = 4


def _next(first: date, _number: int) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _month(value: Any) -> date | None:
    """The first day of a month, as a form sends it."""
    return value if value is None or isinstance(value, date) else date.fromisoformat(value)


class DepositForm(Form):
    """How the deposit came."""

    paid_by = paid_by_field()


class UsualForm(Form):
    """What deposit a room asks for."""

    pence = Pounds(
        _l("Deposit"),
        description=_l("Leave it empty to ask for none. The broker can ask a group for another amount, or for none."),
        validators=[Optional()],
    )  # fmt: skip


class MonthForm(Form):
    """For which month rent is asked for in advance."""

    month = RadioField(
        _l("For which month?"), validators=[InputRequired(_l("Choose a month."))], coerce=_month
    )

    def __init__(self, **known: Any) -> None:
        super().__init__(**known)
        months = accumulate(range(MONTHS - 1), _next, initial=clock.today().replace(day=1))
        self.month.choices = [
            SelectChoice(f"{m:%Y-%m-%d}", format_date(m, "MMMM y")) for m in months
        ]


class PledgeForm(Form):
    """Who promises."""

    who = TextAreaField(
        _l("Who promises to pay if something is damaged?"),
        description=_l(
            "The body or person, and who spoke for it, for example: Sale Parish Council, Ada Hill, by letter of 3 May."
        ),
        validators=[NEEDED, Length(max=300)],
    )


class ClaimForm(Form):
    """What is to be kept, and why."""

    pence = Pounds(
        _l("How much is to be kept?"), validators=[InputRequired(_l("Write an amount."))]
    )
    why = TextAreaField(_l("Why?"), validators=[NEEDED, Length(max=LONGEST)])
    evidence = TextAreaField(
        _l("What shows it?"),
        description=_l("For example photos of before and after, and the bill of the repair."),
        validators=[NEEDED, Length(max=LONGEST)],
    )


class AnswerForm(Form):
    """What the group says to it."""

    agrees = RadioField(
        _l("Do you agree that this is kept?"),
        choices=[SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))],
        coerce=lambda value: value if isinstance(value, bool) else value == "yes",
        validators=[InputRequired(_l("Say yes or no."))],
    )
    words = TextAreaField(
        _l("What do you say to it?"),
        description=_l("If you do not agree, say why."),
        validators=[Optional(), Length(max=LONGEST)],
    )


class ReturnForm(Form):
    """What is kept after all."""

    kept_pence = Pounds(
        _l("How much is kept after all?"),
        description=_l(
            "At most what you have told the group before. Leave it empty to give all of it back."
        ),
        validators=[Optional()],
    )

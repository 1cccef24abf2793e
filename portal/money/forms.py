"""What the broker says about money: shape and wording."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.fields import DateParts, Pounds
from portal.money.rules import AT_HAND, Account, Paid
from portal.money.words import ACCOUNTS
from portal.web import Form, SearchForm

LONGEST = 200
AMOUNT = InputRequired(_l("Write an amount."))


def paid_by_field() -> Any:
    """How money came: cash or transfer."""
    return RadioField(
        _l("How was it paid?"),
        coerce=Paid,
        choices=[
            SelectChoice(Paid.CASH.value, _l("In cash, and I have it")),
            SelectChoice(Paid.TRANSFER.value, _l("By bank transfer, and it has arrived")),
        ],
        validators=[InputRequired(_l("Choose how it was paid."))],
    )


class Shown(HiddenField):
    """What the page said, sent back with the answer, so that two who act at once are told apart."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = int(text) if text.isdecimal() and len(text) <= 10 else None  # noqa: PLR2004 - fits the column


class PaymentForm(Form):
    """A payment that the broker has in hand."""

    paid_by = paid_by_field()
    pence = Pounds(
        _l("How much?"),
        description=_l("All that is open, unless a part was paid."),
        validators=[AMOUNT],
    )
    shown = Shown()


class GiveBackForm(Form):
    """How the broker gave something back."""

    paid_by = RadioField(
        _l("How did you give it back?"),
        coerce=Paid,
        choices=[
            SelectChoice(Paid.CASH.value, _l("In cash")),
            SelectChoice(Paid.TRANSFER.value, _l("By bank transfer")),
        ],
        validators=[InputRequired(_l("Choose how you gave it back."))],
    )
    shown = Shown()


class PayOutForm(Form):
    """What the broker has paid to a holder."""

    pence = Pounds(_l("How much have you transferred?"), validators=[AMOUNT])
    shown = Shown()


class WhyForm(Form):
    """A reason that stays in the books."""

    why = TextAreaField(
        _l("The reason"),
        description=_l("It stays in the books, and the group reads it."),
        validators=[InputRequired(_l("Write the reason.")), Length(max=LONGEST)],
    )


def _places() -> list[SelectChoice]:
    return [SelectChoice(account.value, ACCOUNTS[account]) for account in AT_HAND]


class MoveForm(Form):
    """Money that goes from one place to another."""

    source = SelectField(_l("From"), coerce=Account, choices=_places(), default=Account.CASH.value)
    target = SelectField(_l("To"), coerce=Account, choices=_places(), default=Account.BANK.value)
    pence = Pounds(_l("How much?"), validators=[AMOUNT])
    shown = Shown()


class StatementForm(SearchForm):
    """Whose statement, and for which days. Empty: this calendar month."""

    first = DateParts(_l("From"), validators=[Optional()])
    last = DateParts(_l("To"), validators=[Optional()])

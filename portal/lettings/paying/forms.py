"""What is asked about a deposit: shape and wording."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.fields import Pounds
from portal.money.forms import paid_by_field
from portal.web import Form

LONGEST = 2000
NEEDED = InputRequired(_l("This answer is needed."))


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

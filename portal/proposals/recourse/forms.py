"""Forms of more time and of the review: shape and wording."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired

from portal.fields import DateParts
from portal.proposals.boxes import NEEDED, text_box, with_fields
from portal.proposals.recourse.more_time import Stretch
from portal.proposals.words import EXTENDED
from portal.web import Form, day


class MoreTimeForm(Form):
    """Which last day, until when, and why."""

    period = RadioField(
        _l("Which last day should be later?"),
        validators=[InputRequired(_l("Choose which last day should be later."))],
    )
    until = DateParts(_l("Until when?"), validators=[NEEDED])
    words = text_box(
        _l("Why is more time needed?"),
        _l("The other side reads this, and it is published."),
        needed=True,
    )


class ReviewForm(Form):
    """Why the group asks for another look."""

    words = text_box(
        _l("What should be looked at again?"),
        _l("What was overlooked, or weighed wrongly. It is published."),
        needed=True,
        rows=6,
    )


def more_time_form(ahead: Sequence[Stretch]) -> type[MoreTimeForm]:
    """The form with the last days of this case that still lie ahead."""
    choices = [SelectChoice(one.period, f"{EXTENDED[one.period]} {day(one.due)}") for one in ahead]
    field = RadioField(
        _l("Which last day should be later?"),
        choices=choices,
        validators=[InputRequired(_l("Choose which last day should be later."))],
    )
    return with_fields(MoreTimeForm, {"period": field})

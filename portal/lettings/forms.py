"""What a group is asked when it looks for a room, asks for one, and what the broker answers: shape and wording."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    Optional,
)

from portal.fields import Pounds
from portal.lettings import words
from portal.lettings.models import Let
from portal.lettings.paying import usual
from portal.lettings.rules import Insurance
from portal.people.forms import GroupForm
from portal.people.models import Group
from portal.people.rules import GroupKind
from portal.web import Form

LONGEST = 2000


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

    def __init__(self, groups: list[Group], kind: GroupKind | None = None) -> None:
        """`kind` is what was said of the group when the room was looked for."""
        only = groups[0].id if len(groups) == 1 else None
        super().__init__(group=only, kind=(kind or GroupKind.UNCONSTITUTED).value)
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


def known(let: Let) -> dict[str, Any]:
    """What a form about a let is filled with at first."""
    claim = let.deposit.retention if let.deposit else None
    return {
        "price_pence": let.price_pence,
        "deposit_pence": usual.of_room(let.room_id) or None,
        "kept_pence": claim.pence if claim else None,
    }


def said(form: Form) -> dict[str, Any]:
    """What was answered, by field; questions left open are left out."""
    return {
        name: value
        for name, value in form.data.items()
        if name != "csrf_token" and value not in (None, "")
    }

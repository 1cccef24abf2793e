"""What somebody who asks is asked, and what a broker answers: shape and wording."""

import secrets
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional, Regexp

from portal import clock
from portal.areas.models import Area
from portal.areas.queries import Place
from portal.errors import BadInput
from portal.fields import DateParts
from portal.ownership import places
from portal.ownership.models import Question
from portal.ownership.rules import OwnerKind
from portal.people.models import Group, Holder, User
from portal.people.rules import EMAIL_PATTERN, HolderKind
from portal.register.models import Asset
from portal.web import LARGEST_ID, Form, told

LONGEST = 2000
AN_ADDRESS = Regexp(EMAIL_PATTERN, message=_l("Write an e-mail address like name@example.org."))


def address_field() -> EmailField:
    return EmailField(
        _l("Your e-mail address"),
        description=_l("Only to tell you the answer. Nobody else sees it."),
        validators=[Optional(), Length(max=254), AN_ADDRESS],
    )


def tell_field() -> BooleanField:
    return BooleanField(_l("Send me the answer by e-mail"), default=True)


class AskForm(Form):
    """One question, one address if the answer is wanted. `place` falls away for an asset, `email` for who is signed in."""

    place = StringField(
        _l("Where is it?"),
        description=_l("An address or postcode. A grid reference or “53.42, -2.31” does as well."),
        validators=[DataRequired(_l("Say where it is, for example: beside 12 Ayres Road, M16 7GP.")), Length(max=250)],
        render_kw={"autocomplete": "street-address"},
    )  # fmt: skip
    words = TextAreaField(
        _l("What do you want to know?"),
        description=_l("Everybody can read this. Leave names out."),
        validators=[DataRequired(_l("Say what you want to know.")), Length(max=LONGEST)],
    )
    email = address_field()
    tell = tell_field()
    group = SelectField(_l("Who asks?"), coerce=int, default=0)
    once = HiddenField(validators=[Length(max=64)])
    shown = HiddenField()

    where: Place | None = None

    def __init__(self, area: Area, asset: Asset | None, user: User | None, groups: list[Group], **kwargs: Any) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.area = area
        self.once.data = self.once.data or secrets.token_urlsafe(12)
        self.group.choices = [SelectChoice(0, _("A resident"))]
        self.group.choices += [SelectChoice(one.id, one.name) for one in groups]
        for name, there in (("place", asset is None), ("email", user is None), ("tell", user is not None), ("group", bool(groups))):  # fmt: skip
            if not there:
                del self[name]

    def validate_place(self, field: StringField) -> None:
        if field.errors:
            return  # too long to look for
        try:
            self.where = places.read_place(self.area, field.data)
        except BadInput as unknown:
            raise ValidationError(told(unknown)) from unknown

    def seen(self) -> set[str]:
        """What the page had shown as likely the same when this was sent."""
        return set((self.shown.data or "").split(","))


class FollowForm(Form):
    """To be told the answer to a question that somebody else asked."""

    email = address_field()

    def __init__(self, user: User | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if user is not None:
            del self.email
        else:
            self.email.validators = [
                DataRequired(_l("Write your e-mail address, so that we can tell you.")),
                *self.email.validators[1:],
            ]
            self.email.flags.optional = False


def words_field(label: Any, description: Any = "", *, needed: bool = True) -> TextAreaField:
    first = DataRequired(_l("Write a few words. They stay with the question.")) if needed else Optional()  # fmt: skip
    return TextAreaField(label, description=description, validators=[first, Length(max=LONGEST)])


class NoteForm(Form):
    why = words_field(_l("What was tried, and what came of it?"), _l("Everybody can read this."))


class SendForm(Form):
    name = StringField(
        _l("Which body do you ask?"),
        description=_l("Everybody can read this: name the office, not a person."),
        validators=[DataRequired(_l("Write the name of the body.")), Length(max=200)],
    )
    email = EmailField(
        _l("Its e-mail address"),
        description=_l("A letter with the question goes there. It is not published."),
        validators=[Optional(), Length(max=254), AN_ADDRESS],
    )
    why = words_field(_l("Anything to add?"), _l("Everybody can read this."), needed=False)


class ChaseForm(Form):
    body_id = RadioField(_l("Whom do you ask again?"), coerce=int)
    why = words_field(_l("Anything to add?"), _l("Everybody can read this."), needed=False)


class AnswerForm(Form):
    kind = RadioField(
        _l("Who owns it?"),
        choices=[
            SelectChoice(OwnerKind.HOLDER.value, _l("A body of the register")),
            SelectChoice(OwnerKind.BODY.value, _l("Another body")),
            SelectChoice(
                OwnerKind.PRIVATE.value,
                _l("A private person"),
                render_kw={"hint": _l("The name is neither kept nor published.")},
            ),
        ],
        validators=[DataRequired(_l("Say who owns it."))],
    )
    holder_id = SelectField(_l("Which body of the register?"), coerce=int, default=0)
    owner = StringField(_l("Name of the other body"), validators=[Optional(), Length(max=200)])
    title_number = StringField(
        _l("Title number"),
        description=_l(
            "Of the land registry, for example GM123456. If there is none, fill in the next two."
        ),
        validators=[Optional(), Length(max=40)],
    )
    document = StringField(
        _l("Which document shows it?"),
        description=_l("For example: title register; minutes of 3 May 2024."),
        validators=[Optional(), Length(max=300)],
    )
    said_by = StringField(
        _l("Who said so?"),
        description=_l("The office, not the person. Everybody can read this."),
        validators=[Optional(), Length(max=200)],
    )
    as_of = DateParts(
        _l("As of which day?"),
        default=clock.today,
        validators=[DataRequired(_l("Write the day, for example 3 5 2026."))],
    )
    more = words_field(
        _l("Who may use it, and whom to talk to?"), _l("Everybody can read this."), needed=False
    )
    in_register = BooleanField(_l("Write the owner into the register"), default=True)

    def validate_kind(self, field: RadioField) -> None:
        if field.data == OwnerKind.HOLDER and not self.holder_id.data:
            raise ValidationError(_("Choose the body of the register too."))
        if field.data == OwnerKind.BODY and not self.owner.data:
            raise ValidationError(_("Write the name of the other body too."))

    def validate_as_of(self, field: DateParts) -> None:
        if field.data and field.data > clock.today():
            raise ValidationError(_("That day has not come yet."))


class NotEstablishedForm(Form):
    tried = words_field(
        _l("What else was tried?"),
        _l("One thing in each line. Two at least, with what the history has already."),
        needed=False,
    )
    why = words_field(_l("What is known all the same?"), _l("Everybody can read this."), needed=False)  # fmt: skip


class JoinForm(Form):
    number = IntegerField(
        _l("Number of the question that goes on"),
        validators=[DataRequired(_l("Write the number.")), NumberRange(1, LARGEST_ID, _l("There is no such question."))],
    )  # fmt: skip


class ReasonForm(Form):
    why = words_field(_l("Why?"), _l("Everybody can read this."))


class HideForm(Form):
    why = StringField(
        _l("Why?"),
        description=_l("Everybody can read this in the place of the words."),
        validators=[DataRequired(_l("Write a few words. They stay with the question.")), Length(max=300)],
    )  # fmt: skip


def chase_form(question: Question) -> ChaseForm:
    """Which of the bodies; the last one asked is chosen."""
    form = ChaseForm(body_id=question.bodies[-1].id if question.bodies else None)
    form.body_id.choices = [SelectChoice(body.id, body.name) for body in question.bodies]
    return form


def answer_form(question: Question, holders: list[Holder]) -> AnswerForm:
    """With the holders of the area; what the register says now is chosen."""
    now = question.asset.holder if question.asset else None
    known = [one for one in holders if one.kind is not HolderKind.UNKNOWN]
    chosen = now.id if now in known else 0
    form = AnswerForm(holder_id=chosen)
    form.holder_id.choices = [SelectChoice(0, _("Choose one"))]
    form.holder_id.choices += [SelectChoice(one.id, one.name) for one in known]
    if question.asset_id is None:
        del form.in_register
    return form

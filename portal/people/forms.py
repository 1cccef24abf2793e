"""Forms about people: shape and wording."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from portal.people.rules import EMAIL_PATTERN, GroupKind
from portal.web import Form

GROUP_KINDS = (
    (GroupKind.UNCONSTITUTED, _l("Neighbours or a self-help group without a constitution")),
    (GroupKind.ASSOCIATION, _l("An association with written rules")),
    (GroupKind.CHARITY, _l("A charity")),
    (GroupKind.CIO, _l("A charitable incorporated organisation (CIO)")),
    (GroupKind.CIC, _l("A community interest company (CIC)")),
    (GroupKind.COMPANY, _l("A company")),
    (GroupKind.COOPERATIVE, _l("A co-operative")),
)

EMAIL = (
    InputRequired(_l("Write an e-mail address.")),
    Length(max=254, message=_l("An e-mail address has at most 254 characters.")),
    Regexp(EMAIL_PATTERN, message=_l("Write an e-mail address like name@example.org.")),
)


class SignInForm(Form):
    email = EmailField(
        _l("Your e-mail address"),
        description=_l("We send you a link. There is no password."),
        validators=EMAIL,
        render_kw={"autocomplete": "email", "spellcheck": "false"},
    )
    next = HiddenField()


class NameForm(Form):
    name = StringField(
        _l("Your name"),
        description=_l("As the broker and your group should see it."),
        validators=[InputRequired(_l("Write your name.")), Length(max=120)],
        render_kw={"autocomplete": "name"},
    )


class GroupForm(Form):
    name = StringField(
        _l("The group's name"),
        validators=[InputRequired(_l("Write the group's name.")), Length(max=200)],
    )
    kind = RadioField(
        _l("What is the group?"),
        description=_l("Every kind of group can ask for everything here."),
        choices=[SelectChoice(kind.value, words) for kind, words in GROUP_KINDS],
        validators=[InputRequired(_l("Choose what the group is."))],
    )
    sponsor = StringField(
        _l("A body that stands behind the group"),
        description=_l(
            "For example a charity or church that lends its insurance. Leave empty if there is none."
        ),
        validators=[Optional(), Length(max=200)],
    )
    private = BooleanField(
        _l("Keep the group's name private"),
        description=_l("For support groups: only the broker and the venue see who you are."),
        default=True,
    )


class InviteForm(Form):
    email = EmailField(
        _l("E-mail address of somebody who shall organise the group too"),
        description=_l("They get a letter with a link, which works for 14 days."),
        validators=EMAIL,
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

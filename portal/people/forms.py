"""Forms about people: shape and wording."""

from types import MappingProxyType

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


# What is wrong with a code is said beside it.
CODE = MappingProxyType({"wrong-code": "code", "second-step-waits": "code"})
# Telephones show digits to type, and offer a code that has just come.
ONE_TIME = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}


class SignInForm(Form):
    about = MappingProxyType({"email-form": "email"})
    email = EmailField(
        _l("Your e-mail address"),
        description=_l("We send you an e-mail with a link and a code. There is no password."),
        validators=EMAIL,
        render_kw={"autocomplete": "email", "spellcheck": "false"},
    )
    next = HiddenField()


class LetterCodeForm(Form):
    about = CODE
    code = StringField(
        _l("The code from the e-mail"),
        description=_l("Eight digits, below the link."),
        validators=[InputRequired(_l("Type the code from the e-mail.")), Length(max=40)],
        render_kw=ONE_TIME,
    )


class StepForm(Form):
    about = CODE
    code = StringField(
        _l("Code"),
        description=_l("Six digits from the app, or one of your recovery codes."),
        validators=[InputRequired(_l("Type the code that your app shows now.")), Length(max=40)],
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false", "autocapitalize": "off"},
    )


class SetUpForm(Form):
    about = CODE
    code = StringField(
        _l("What the app shows now"),
        description=_l("Six digits. They change every half minute."),
        validators=[InputRequired(_l("Type the six digits that the app shows.")), Length(max=40)],
        render_kw=ONE_TIME,
    )


class ResetForm(Form):
    about = MappingProxyType({"no-second-step": "email", "own-second-step": "email"})
    email = EmailField(
        _l("Whose second step?"),
        description=_l("The person's e-mail address."),
        validators=EMAIL,
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    why = StringField(
        _l("Why, and how did you make sure who asks?"),
        description=_l("The person gets this in a letter. Call back on a number that you know."),
        validators=[InputRequired(_l("Write why.")), Length(max=300)],
    )


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

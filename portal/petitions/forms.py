"""What is asked about a petition: opening it, signing it, counting paper. Shape and wording."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    FileField,
    IntegerField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange

from portal.areas.rules import postcode_key
from portal.fields import DateParts
from portal.people.forms import EMAIL
from portal.petitions.models import PetitionSignature
from portal.petitions.rules import MOST_ON_PAPER, OnPaper
from portal.proposals.boxes import PAPERS, MayWait
from portal.web import Form, day

LONGEST_WORDS = 2000
KEEP_ALL = "keep"


class OpenForm(Form):
    """What the neighbours are asked to sign, and until when."""

    words = TextAreaField(
        _l("What do you ask your neighbours to sign?"),
        description=_l("In plain words. It cannot be changed once the petition is open."),
        validators=[
            InputRequired(_l("Write what you ask your neighbours to sign.")),
            Length(max=LONGEST_WORDS),
        ],
        render_kw={"rows": 6},
    )
    closes_on = DateParts(
        _l("The last day to sign"), validators=[InputRequired(_l("Write the last day."))]
    )


class SignForm(Form):
    """Who signs. Nothing of it is shown to anybody but the broker."""

    name = StringField(
        _l("Your name"),
        validators=[InputRequired(_l("Write your name.")), Length(max=120)],
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(
        _l("Your e-mail address"),
        description=_l(
            "We send one letter with a link to it. Your signature counts once you have opened the link and pressed the button."
        ),
        validators=EMAIL,
        render_kw={"autocomplete": "email", "spellcheck": "false"},
    )
    postcode = StringField(
        _l("Your postcode"),
        description=_l("Where you live, or where you work if that is why you sign."),
        validators=[InputRequired(_l("Write your postcode.")), Length(max=12)],
        render_kw={"autocomplete": "postal-code", "class": "govuk-input--width-10"},
    )
    here = BooleanField(
        _l("I live or work at this postcode"),
        validators=[InputRequired(_l("Tick the box if you live or work there."))],
    )
    apart = BooleanField(_l("Sign all the same; my signature is counted apart"))
    wants_news = BooleanField(_l("Write to me once if a public hearing is held about it"))

    def validate_postcode(self, field: StringField) -> None:
        """A whole one: half a postcode does not say in which ward somebody lives."""
        if postcode_key(field.data) is None:
            raise ValidationError(_("Write a whole postcode, for example M33 7DZ."))


def _number(label: str, hint: str = "") -> IntegerField:
    return IntegerField(
        label,
        description=hint,
        default=0,
        validators=[
            InputRequired(_l("Write a number; 0 if there are none.")),
            NumberRange(0, MOST_ON_PAPER, _l("Write a number from 0 to 10,000.")),
        ],
    )


class CorrectForm(Form):
    """What stands on paper: what counts, and what was struck out for which reason."""

    valid = _number(_l("How many signatures count?"))
    double = _number(_l("Struck out: signed already, on paper or by e-mail"))
    outside = _number(_l("Struck out: from outside, so not one of those who are counted"))
    unreadable = _number(_l("Struck out: cannot be read, or something is missing"))
    why = StringField(
        _l("Why is the count corrected?"),
        description=_l("It is published with the new numbers. Please name nobody."),
        validators=[InputRequired(_l("Say why the count is corrected.")), Length(max=300)],
    )

    @property
    def counted(self) -> OnPaper:
        """The numbers as the service takes them."""
        return OnPaper(*(self[name].data for name in OnPaper._fields))


class CountForm(CorrectForm):
    """A new heap of sheets, with their scan."""

    why = None
    scan = FileField(
        _l("A scan or photo of the sheets"),
        description=_l(
            "One PDF or picture. Only the broker can open it; names are never published."
        ),
        # The case's table asks for it, so its label does not say "optional".
        validators=[MayWait()],
        render_kw={"accept": PAPERS},
    )


class LookForm(Form):
    """Whether likely doubles are one person."""

    which = RadioField(
        _l("Is this one person?"),
        validators=[InputRequired(_l("Choose one of the answers shown."))],
    )


def look_form(group: list[PetitionSignature]) -> LookForm:
    """The answers for one group of likely doubles; its name keeps several forms of one page apart."""
    form = LookForm(prefix=f"look{group[0].id}")
    form.which.choices = [
        SelectChoice(KEEP_ALL, _("These are different people: count all of them")),
        *(
            SelectChoice(
                str(one.id),
                _(
                    "One person: strike out the signature of %(day)s with the address %(email)s",
                    day=day(one.confirmed_at.date()),
                    email=one.email,
                ),
            )
            for one in group
        ),
    ]
    return form

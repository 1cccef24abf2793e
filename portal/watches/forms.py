"""What somebody who watches is asked: shape and wording."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, RadioField, SelectChoice
from wtforms.validators import InputRequired

from portal.people.forms import EMAIL
from portal.watches.rules import Often
from portal.watches.words import OFTEN
from portal.web import Form


class KeepForm(Form):
    often = RadioField(
        _l("How often may we write?"),
        choices=[SelectChoice(often.value, words) for often, words in OFTEN.items()],
        default=Often.WEEKLY.value,
        description=_l("Only when something is new."),
        validators=[InputRequired(_l("Choose one of the answers shown."))],
    )


class WatchForm(KeepForm):
    email = EmailField(
        _l("Your e-mail address"),
        description=_l("Nobody but the portal sees it. It is deleted when you leave."),
        validators=EMAIL,
        render_kw={"autocomplete": "email", "spellcheck": "false"},
    )

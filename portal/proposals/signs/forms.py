"""The form that proves the sign on the site: a photo and the day it was taken."""

from flask_babel import lazy_gettext as _l
from wtforms import FileField

from portal.fields import DateParts
from portal.pictures import ACCEPTED
from portal.proposals.boxes import NEEDED, MayWait, text_box
from portal.web import Form


class SignPhotoForm(Form):
    """One photo at a time: a second one shows later that the sign is still there."""

    photo = FileField(
        _l("A photo of the sign in its place"),
        description=_l(
            "So that the sign can be read and the place be recognised. Everything else that your phone puts into a photo, "
            "as where it was taken, is removed. Faces and number plates are not: look before you send it."
        ),
        validators=[MayWait()],  # the table says that it is needed, and keeps what was typed
        render_kw={"accept": ACCEPTED, "capture": "environment"},
    )
    taken_on = DateParts(
        _l("On which day was it taken?"),
        description=_l("The days are counted from the first day that a photo shows."),
        validators=[NEEDED],
    )
    shows = text_box(
        _l("What does it show?"),
        _l(
            "In a few words, for people who cannot see it. For example: the sign on the gate in Mill Lane."
        ),
        rows=2,
    )

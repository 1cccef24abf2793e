"""Forms of the agreement: shape and wording."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired, Length

from portal.fields import DateParts
from portal.proposals.boxes import NEEDED, text_box
from portal.proposals.models import Proposal
from portal.web import Form


class TermsForm(Form):
    starts_on = DateParts(_l("On which day does it begin?"), validators=[NEEDED])
    term_months = IntegerField(
        _l("For how many months?"), validators=[InputRequired(_l("Write how many months."))]
    )
    permitted_use = text_box(_l("What the place may be used for"), needed=True)
    further_terms = text_box(_l("Further terms"))


def terms_form(case: Proposal) -> Form:
    """The usual terms, filled in from the proposal."""
    return TermsForm(
        data={
            "term_months": case.term_months,
            "permitted_use": case.use,
            "starts_on": case.agreement.starts_on if case.agreement else None,
        }
    )


class SignForm(Form):
    shown_hash = HiddenField()
    name = StringField(
        _l("Your full name"),
        validators=[InputRequired(_l("Write your name to sign.")), Length(max=120)],
    )
    read = BooleanField(
        _l("I have read the text and sign it for my side"),
        validators=[InputRequired(_l("Tick the box to sign."))],
    )

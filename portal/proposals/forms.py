"""Forms of the group and its neighbours: shape and wording. What follows a profile's list is made when needed.

The forms of the test and the decision are in `forms_judging.py`.
"""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import (
    IntegerField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.areas.profile import Profile
from portal.people.models import Group
from portal.proposals.boxes import LONG, MayWait, text_box, with_fields
from portal.proposals.models import Representation
from portal.proposals.words import QUESTIONS
from portal.web import Form


class DraftForm(Form):
    """Nothing here is required: a draft is saved however little is written."""

    title = StringField(
        QUESTIONS["title"],
        description=_l("For example: A shared vegetable garden behind Mill Lane."),
        validators=[Length(max=200)],
    )
    use = TextAreaField(
        QUESTIONS["use"],
        description=_l("What happens there, how often, and for whom."),
        validators=[LONG],
    )
    timescale = TextAreaField(
        QUESTIONS["timescale"],
        description=_l("For example: clear the ground in March, plant in April."),
        validators=[LONG],
    )
    term_months = IntegerField(
        QUESTIONS["term_months"],
        validators=[MayWait(), NumberRange(1, 600, _l("Write a number of months from 1 up."))],
    )
    costs = TextAreaField(
        QUESTIONS["costs"],
        description=_l("Money, gifts, work. Small and sure is better than large and hoped for."),
        validators=[LONG],
    )
    insurance = TextAreaField(
        QUESTIONS["insurance"],
        description=_l("Your own, the holder's cover, or that of a body that stands behind you."),
        validators=[LONG],
    )
    responsible = TextAreaField(
        QUESTIONS["responsible"],
        description=_l(
            "Who looks after the place and can be reached. This becomes public: no private addresses."
        ),
        validators=[LONG],
    )
    safeguarding = TextAreaField(
        QUESTIONS["safeguarding"],
        description=_l("Leave empty if only adults who look after themselves come."),
        validators=[Optional(), LONG],
    )


def draft_form(profile: Profile) -> type[DraftForm]:
    """The proposal with two boxes for each criterion of the profile."""
    fields: dict[str, object] = {}
    for criterion in profile.criteria.values():
        fields[f"gain_{criterion.name}"] = TextAreaField(_l("What it brings"), validators=[LONG])
        fields[f"evidence_{criterion.name}"] = TextAreaField(_l("What shows it"), validators=[LONG])
    return with_fields(DraftForm, fields)


def said_for(form: Form, criteria: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Criterion -> (gain, evidence), as the form has them."""
    return {
        name: (form[f"gain_{name}"].data or "", form[f"evidence_{name}"].data or "")
        for name in criteria
    }


def claim_form(groups: list[Group]) -> Form:
    """For which group the place is claimed."""
    field = RadioField(
        _l("Which group claims it?"),
        choices=[SelectChoice(str(group.id), group.name) for group in groups],
        validators=[InputRequired(_l("Choose the group."))],
        default=str(groups[0].id) if len(groups) == 1 else None,
    )
    return with_fields(Form, {"group": field})()


class ReturnForm(Form):
    which = SelectMultipleField(
        _l("Which answers are missing or too thin?"),
        choices=[SelectChoice(name, words) for name, words in QUESTIONS.items()],
    )
    words = text_box(_l("What the group should add"), needed=True)


class RepresentForm(Form):
    stance = RadioField(
        _l("Are you for it or against it?"),
        choices=[SelectChoice("for", _l("For it")), SelectChoice("against", _l("Against it"))],
        validators=[InputRequired(_l("Say whether you are for it or against it."))],
    )
    words = text_box(
        _l("Why?"),
        _l("Write nothing that tells who you are, or that is private about somebody else."),
        needed=True,
    )


def answer_form(open_ones: list[Representation]) -> type[Form]:
    """One box for each word that has no answer yet."""
    return with_fields(
        Form,
        {
            f"answer_{one.id}": text_box(
                _l("Your answer to: “%(words)s”", words=" ".join(one.words.split())[:160])
            )
            for one in open_ones
        },
    )


class WordsForm(Form):
    words = text_box(_l("A few words, if you like"))

"""Forms of the group and its neighbours: shape and wording. What follows a profile's list is made when needed.

The proposal itself is written with `forms_writing.py`. The forms of the test and the decision are in `forms_judging.py`.
"""

from collections.abc import Collection, Iterable
from textwrap import shorten

from flask_babel import lazy_gettext as _l
from wtforms import (
    RadioField,
    SelectChoice,
    SelectMultipleField,
)
from wtforms.validators import InputRequired

from portal.people.models import Group
from portal.proposals.boxes import text_box, with_fields
from portal.proposals.models import Representation
from portal.proposals.writing.words import MODERATED_FOR, QUESTIONS
from portal.web import Form, row_id


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


def return_form(names: Collection[str]) -> Form:
    """Which of the answers that this case is asked for want more, and what."""
    which = SelectMultipleField(
        _l("Which answers are missing or too thin?"),
        choices=[SelectChoice(name, said) for name, said in QUESTIONS.items() if name in names],
    )
    words = text_box(_l("What the group should add"), needed=True)
    return with_fields(Form, {"which": which, "words": words})()


class RepresentForm(Form):
    stance = RadioField(
        _l("Are you for it or against it?"),
        choices=[SelectChoice("for", _l("For it")), SelectChoice("against", _l("Against it"))],
        validators=[InputRequired(_l("Say whether you are for it or against it."))],
    )
    words = text_box(
        _l("Why?"),
        _l(
            "Write nothing that tells who you are, or that is private about somebody else. Telephone numbers, e-mail addresses, house numbers and postcodes are left out by themselves."
        ),
        needed=True,
    )


def moderate_form(shown: list[Representation]) -> type[Form]:
    """Which of the words that are shown to take out, and why."""
    which = RadioField(
        _l("What is to be taken out?"),
        choices=[SelectChoice(one.id, shorten(one.words, 200, placeholder="…")) for one in shown],
        coerce=row_id,
        # The service knows better than an old page what can still be taken out.
        validate_choice=False,
        validators=[InputRequired(_l("Choose what is to be taken out."))],
    )
    reason = RadioField(
        _l("For what reason?"),
        choices=[SelectChoice(name, words) for name, words in MODERATED_FOR.items()],
        validators=[InputRequired(_l("Choose the reason."))],
    )
    words = text_box(
        _l("Say it in your own words"),
        _l("This becomes public, and goes to whoever wrote it. Do not repeat what was said."),
        needed=True,
    )
    return with_fields(Form, {"which": which, "reason": reason, "words": words})


class RepeatForm(Form):
    words = text_box(
        _l("Why is it taken on all the same?"),
        _l("For example: the ground of the first refusal no longer holds. This becomes public."),
        needed=True,
    )


class DeclineForm(Form):
    words = text_box(
        _l("Why do you decline it?"),
        _l("Say what is the same as when it was refused. The group reads this."),
        needed=True,
    )


class WithdrawForm(Form):
    words = text_box(
        _l("Why do you withdraw it?"),
        _l("A few words are enough. They become public with the case."),
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

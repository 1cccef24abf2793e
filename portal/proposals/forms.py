"""Forms about cases: shape and wording. Those that follow a profile's lists are made when they are needed."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.areas.profile import Profile
from portal.fields import DateParts
from portal.people.models import Group
from portal.proposals.models import Proposal, Representation
from portal.proposals.words import QUESTIONS
from portal.web import Form

LONG = Length(max=5000)
NEEDED = InputRequired(_l("This answer is needed."))


def _text(label: str, hint: str = "", *, needed: bool = False, rows: int = 4) -> TextAreaField:
    validators = [NEEDED if needed else Optional(), LONG]
    return TextAreaField(label, description=hint, validators=validators, render_kw={"rows": rows})


def _with(base: type[Form], fields: dict[str, object]) -> type[Form]:
    """A form class with more fields, for lists that only the profile or the case knows."""
    return type(base.__name__, (base,), fields)


class MayWait(Optional):
    """May stay empty in a draft, but lodging asks for it: so the label does not say "optional"."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {}


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
    return _with(DraftForm, fields)


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
    return _with(Form, {"group": field})()


class ReturnForm(Form):
    which = SelectMultipleField(
        _l("Which answers are missing or too thin?"),
        choices=[SelectChoice(name, words) for name, words in QUESTIONS.items()],
    )
    words = _text(_l("What the group should add"), needed=True)


class RepresentForm(Form):
    stance = RadioField(
        _l("Are you for it or against it?"),
        choices=[SelectChoice("for", _l("For it")), SelectChoice("against", _l("Against it"))],
        validators=[InputRequired(_l("Say whether you are for it or against it."))],
    )
    words = _text(
        _l("Why?"),
        _l("Write nothing that tells who you are, or that is private about somebody else."),
        needed=True,
    )


def answer_form(open_ones: list[Representation]) -> type[Form]:
    """One box for each word that has no answer yet."""
    return _with(
        Form,
        {
            f"answer_{one.id}": _text(
                _l("Your answer to: “%(words)s”", words=" ".join(one.words.split())[:160])
            )
            for one in open_ones
        },
    )


class WordsForm(Form):
    words = _text(_l("A few words, if you like"))


class ObjectForm(Form):
    ground = RadioField(_l("On which ground?"), validators=[InputRequired(_l("Choose a ground."))])
    evidence = _text(_l("What is the evidence?"), needed=True)
    officer = StringField(
        _l("Which officer answers for this?"), validators=[NEEDED, Length(max=120)]
    )


class AlternativeForm(Form):
    planned = RadioField(
        _l("Do you have this use already?"),
        choices=[
            SelectChoice("has", _l("We have it already")),
            SelectChoice("plans", _l("We plan it")),
        ],
        validators=[InputRequired(_l("Say whether you have it or plan it."))],
    )
    name = StringField(_l("What is it called?"), validators=[NEEDED, Length(max=200)])
    use = _text(_l("What is the use?"), needed=True)
    begins = DateParts(_l("When does it begin?"), validators=[NEEDED])
    budget_line = StringField(
        _l("Which budget line pays for it?"), validators=[NEEDED, Length(max=200)]
    )
    document = StringField(
        _l("Which document says so?"),
        description=_l("Name and page, or a web address."),
        validators=[NEEDED, Length(max=500)],
    )


def alternative_form(profile: Profile) -> type[Form]:
    """The alternative with two boxes for each criterion."""
    fields: dict[str, object] = {}
    for criterion in profile.criteria.values():
        fields[f"gain_{criterion.name}"] = _text(_l("What it brings"), rows=2)
        fields[f"evidence_{criterion.name}"] = _text(_l("What shows it"), rows=2)
    return _with(AlternativeForm, fields)


def score_form(profile: Profile, sides: Iterable[str]) -> type[Form]:
    """Points and a reason for each criterion and column."""
    points = [SelectChoice(str(n), str(n)) for n in range(profile.most_points + 1)]
    fields: dict[str, object] = {}
    for criterion in profile.criteria.values():
        for side in sides:
            fields[f"points_{side}_{criterion.name}"] = RadioField(
                _l("Points"),
                choices=points,
                validators=[
                    InputRequired(_l("%(criterion)s: give points.", criterion=_l(criterion.title)))
                ],
            )
            fields[f"reason_{side}_{criterion.name}"] = TextAreaField(
                _l("Reason"),
                validators=[
                    InputRequired(
                        _l("%(criterion)s: give a reason.", criterion=_l(criterion.title))
                    ),
                    LONG,
                ],
            )
    return _with(Form, fields)


def capacity_form(profile: Profile) -> type[Form]:
    """Yes or no, and what shows it, for each point."""
    fields: dict[str, object] = {}
    for item, title in profile.capacity.items():
        fields[f"holds_{item}"] = RadioField(
            _l(title),
            choices=[SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))],
            validators=[InputRequired(_l("%(point)s: say yes or no.", point=_l(title)))],
        )
        fields[f"evidence_{item}"] = TextAreaField(
            _l("What shows it?"),
            validators=[InputRequired(_l("%(point)s: say what shows it.", point=_l(title))), LONG],
        )
    return _with(Form, fields)


class GrantForm(Form):
    reasons = _text(_l("Your reasons, besides the result of the test"))


class ObjectionForm(Form):
    upheld = RadioField(
        _l("Do you uphold the holder's objection?"),
        choices=[
            SelectChoice("no", _l("No: the use is granted, because the test is passed")),
            SelectChoice("yes", _l("Yes: the use is refused on the holder's ground")),
        ],
        validators=[InputRequired(_l("Choose yes or no."))],
    )
    evidence = _text(_l("If you uphold it: what is the evidence?"))
    reasons = _text(_l("Your reasons, besides the result of the test"))


class RefuseForm(Form):
    ground = RadioField(
        _l("On which ground is it refused?"), validators=[InputRequired(_l("Choose a ground."))]
    )
    evidence = _text(_l("What is the evidence?"), needed=True)
    reasons = _text(_l("Your reasons, besides the result of the test"))


def with_grounds(base: type[Form], profile: Profile) -> type[Form]:
    """A form whose grounds are the profile's closed list."""
    unbound = base.ground
    choices = [SelectChoice(name, _l(words)) for name, words in profile.grounds.items()]
    ground = RadioField(*unbound.args, **unbound.kwargs | {"choices": choices})
    ground.creation_counter = unbound.creation_counter  # its place among the questions stays
    return _with(base, {"ground": ground})


class TermsForm(Form):
    starts_on = DateParts(_l("On which day does it begin?"), validators=[NEEDED])
    term_months = IntegerField(
        _l("For how many months?"), validators=[InputRequired(_l("Write how many months."))]
    )
    permitted_use = _text(_l("What the place may be used for"), needed=True)
    further_terms = _text(_l("Further terms"))


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

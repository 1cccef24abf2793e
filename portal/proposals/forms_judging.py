"""Forms of the holder, the panel and its chair: shape and wording. Lists are the profile's."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.areas.profile import Profile
from portal.fields import DateParts
from portal.proposals.boxes import LONG, NEEDED, text_box, with_fields
from portal.web import Form


class ObjectForm(Form):
    ground = RadioField(_l("On which ground?"), validators=[InputRequired(_l("Choose a ground."))])
    evidence = text_box(_l("What is the evidence?"), needed=True)
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
    use = text_box(_l("What is the use?"), needed=True)
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
        fields[f"gain_{criterion.name}"] = text_box(_l("What it brings"), rows=2)
        fields[f"evidence_{criterion.name}"] = text_box(_l("What shows it"), rows=2)
    return with_fields(AlternativeForm, fields)


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
    return with_fields(Form, fields)


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
    return with_fields(Form, fields)


class GrantForm(Form):
    reasons = text_box(_l("Your reasons, besides the result of the test"))


class ObjectionForm(Form):
    upheld = RadioField(
        _l("Do you uphold the holder's objection?"),
        choices=[
            SelectChoice("no", _l("No: the use is granted, because the test is passed")),
            SelectChoice("yes", _l("Yes: the use is refused on the holder's ground")),
        ],
        validators=[InputRequired(_l("Choose yes or no."))],
    )
    evidence = text_box(_l("If you uphold it: what is the evidence?"))
    reasons = text_box(_l("Your reasons, besides the result of the test"))


class RefuseForm(Form):
    ground = RadioField(
        _l("On which ground is it refused?"), validators=[InputRequired(_l("Choose a ground."))]
    )
    evidence = text_box(_l("What is the evidence?"), needed=True)
    reasons = text_box(_l("Your reasons, besides the result of the test"))


def with_grounds(base: type[Form], profile: Profile) -> type[Form]:
    """A form whose grounds are the profile's closed list."""
    unbound = base.ground
    choices = [SelectChoice(name, _l(words)) for name, words in profile.grounds.items()]
    ground = RadioField(*unbound.args, **unbound.kwargs | {"choices": choices})
    ground.creation_counter = unbound.creation_counter  # its place among the questions stays
    return with_fields(base, {"ground": ground})

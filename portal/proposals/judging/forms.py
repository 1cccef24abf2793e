"""Forms of the holder, the panel and its chair: shape and wording. Lists are the profile's."""

from collections.abc import Collection, Iterable, Iterator

from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from portal.areas.profile import Profile
from portal.fields import DateParts
from portal.proposals.boxes import (
    LONG,
    NEEDED,
    MayWait,
    chosen,
    paper_field,
    papers_field,
    text_box,
    with_fields,
)
from portal.web import Form


class ObjectForm(Form):
    ground = RadioField(_l("On which ground?"), validators=[InputRequired(_l("Choose a ground."))])
    evidence = text_box(
        _l("What is the evidence?"),
        _l("Say what shows it, and where: a plan and its page, a survey and its date."),
        needed=True,
    )
    files = papers_field(_l("Files that show it"))
    officer = StringField(
        _l("Which officer answers for this?"),
        description=_l("Name and surname. It is published."),
        validators=[NEEDED, Length(max=120)],
    )
    post = StringField(
        _l("What is the officer's post?"),
        description=_l("For example: Head of property"),
        validators=[NEEDED, Length(max=120)],
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
    begins = DateParts(
        _l("When does it begin?"),
        description=_l("If you have it already: since when."),
        validators=[NEEDED],
    )
    budget_line = StringField(
        _l("Which budget line pays for it?"), validators=[NEEDED, Length(max=200)]
    )
    document = StringField(
        _l("Which document says so?"),
        description=_l("Name and page, or a web address. You can add the document itself instead."),
        validators=[MayWait(), Length(max=500)],
    )
    files = papers_field(_l("The document, and whatever shows what it would bring"))

    def validate(self, extra_validators: object = None) -> bool:
        """Besides the answers: a document, something that it brings, and what shows each of those."""
        valid = super().validate(extra_validators)
        for field, sentence in self._unplanned():
            field.errors = [*field.errors, sentence]
            valid = False
        return valid

    def _unplanned(self) -> Iterator[tuple[Field, str]]:
        if not self.document.data and not chosen(self.files):
            yield self.document, _l("Name the document that says so, or add it as a file.")
        gains = [field for field in self if field.name.startswith("gain_")]
        if not any(field.data for field in gains):
            yield gains[0], _l("Say what it would bring, for at least one of these.")
        for field in gains:
            shown_by = self[field.name.replace("gain_", "evidence_", 1)]
            if field.data and not shown_by.data:
                yield shown_by, _l("Say what shows that it would bring this.")


def alternative_form(profile: Profile) -> type[Form]:
    """The alternative with two boxes for each criterion."""
    fields: dict[str, object] = {}
    for criterion in profile.criteria.values():
        fields[f"gain_{criterion.name}"] = text_box(_l("What it brings"), rows=2)
        fields[f"evidence_{criterion.name}"] = text_box(_l("What shows it"), rows=2)
    return with_fields(AlternativeForm, fields)


class NoticeForm(Form):
    """Whether land is open space, and one notice in a newspaper if it is."""

    open_space = RadioField(
        _l("Is this land open space?"),
        description=_l(
            "A garden or ground for the public's play and rest, or a disused burial ground (Town and Country Planning Act 1990, section 336)."
        ),
        choices=[SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))],
        validators=[InputRequired(_l("Say yes or no."))],
    )
    words = text_box(_l("How do you know?"), _l("For example: the planning register, seen today."))
    newspaper = StringField(
        _l("If a notice has appeared: in which newspaper?"),
        description=_l("One that is read in the area. Record each notice by itself."),
        validators=[Optional(), Length(max=120)],
    )
    on = DateParts(_l("On which day?"), validators=[Optional()])
    scan = paper_field(_l("A scan or photo of the notice"))

    def validate(self, extra_validators: object = None) -> bool:
        """A "no" says why; a notice has its newspaper, its day and its scan, or none of them."""
        valid = super().validate(extra_validators)
        for field, sentence in self._half_said():
            if not field.errors:
                field.errors = [sentence]
            valid = False
        return valid

    def _half_said(self) -> Iterator[tuple[Field, str]]:
        if self.open_space.data == "no" and not self.words.data:
            yield self.words, _l("Say how you know that it is no open space.")
        notice = {
            self.newspaper: _l("Write the name of the newspaper."),
            self.on: _l("Write the day on which the notice appeared."),
            self.scan: _l("Add a scan or a photo of the notice."),
        }
        there = [bool(chosen(field) if field is self.scan else field.data) for field in notice]
        for field, given in zip(notice, there, strict=True):
            if any(there) and not given:
                yield field, notice[field]


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
            validators=[InputRequired(_l("Say yes or no."))],
        )
        fields[f"evidence_{item}"] = TextAreaField(
            _l("What shows it?"),
            validators=[InputRequired(_l("%(point)s: say what shows it.", point=_l(title))), LONG],
        )
    return with_fields(Form, fields)


class SumUpForm(Form):
    words = text_box(
        _l("What did the panel find?"),
        _l("In plain words, for people who were not there. What spoke for it, what against it?"),
        needed=True,
        rows=8,
    )


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


def _to_show(profile: Profile, ground: str) -> str:
    """What must be shown for a ground, under its name."""
    return _l("To show: %(what)s", what=_l(profile.ground_evidence[ground]))


def with_grounds(
    base: type[Form], profile: Profile, only: Collection[str] | None = None
) -> type[Form]:
    """A form whose grounds are the profile's closed list, or those of it that can be chosen now."""
    unbound = base.ground
    choices = [
        SelectChoice(name, _l(words), render_kw={"hint": _to_show(profile, name)})
        for name, words in profile.grounds.items()
        if only is None or name in only
    ]
    ground = RadioField(*unbound.args, **unbound.kwargs | {"choices": choices})
    ground.creation_counter = unbound.creation_counter  # its place among the questions stays
    return with_fields(base, {"ground": ground})

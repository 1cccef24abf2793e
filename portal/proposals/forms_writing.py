"""The forms in which a group writes its proposal: one a part, nothing required, because a draft is saved as it is."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, SelectChoice, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from portal.areas.profile import Profile
from portal.proposals.boxes import LONG, MayWait, papers_field, with_fields
from portal.proposals.models import CaseFile
from portal.proposals.sections import EVIDENCE, FIELDS, GAIN, Section
from portal.proposals.words_writing import QUESTIONS, USES
from portal.web import Form

MOST_MONTHS = 600
FILE_SHOWS = Length(max=300)

QUESTION_FIELDS = {
    "title": StringField(
        QUESTIONS["title"],
        description=_l("For example: A shared vegetable garden behind Mill Lane."),
        validators=[Length(max=200)],
    ),
    "use_kind": RadioField(
        QUESTIONS["use_kind"],
        description=_l("The one that fits best."),
        choices=[SelectChoice(kind.value, words) for kind, words in USES.items()],
        validators=[MayWait()],
    ),
    "use": TextAreaField(
        QUESTIONS["use"],
        description=_l("What happens there, how often, and for whom."),
        validators=[LONG],
        render_kw={"rows": 7},
    ),
    "timescale": TextAreaField(
        QUESTIONS["timescale"],
        description=_l("For example: clear the ground in March, plant in April."),
        validators=[LONG],
    ),
    "term_months": IntegerField(
        QUESTIONS["term_months"],
        validators=[
            MayWait(),
            NumberRange(1, MOST_MONTHS, _l("Write a number of months from 1 up.")),
        ],
    ),
    "costs": TextAreaField(
        QUESTIONS["costs"],
        description=_l("Money, gifts, work. Small and sure is better than large and hoped for."),
        validators=[LONG],
    ),
    "insurance": TextAreaField(
        QUESTIONS["insurance"],
        description=_l("Your own, the holder's cover, or that of a body that stands behind you."),
        validators=[LONG],
    ),
    "responsible": TextAreaField(
        QUESTIONS["responsible"],
        description=_l(
            "Who looks after the place and can be reached. This becomes public: no private addresses."
        ),
        validators=[LONG],
    ),
    "backing": TextAreaField(
        QUESTIONS["backing"],
        description=_l(
            "Neighbours, schools, shops, other groups: who they are and what they promised. Leave it empty if that is still to come."
        ),
        validators=[Optional(), LONG],
    ),
    "safeguarding": TextAreaField(
        QUESTIONS["safeguarding"],
        description=_l("Leave empty if only adults who look after themselves come."),
        validators=[Optional(), LONG],
    ),
}


class SectionForm(Form):
    """A part of a proposal; `version` says from which save the page was made."""

    version = HiddenField()

    @property
    def from_version(self) -> int:
        """The version of the page; 0 where it says nothing that can be read."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0  # noqa: PLR2004

    def answers(self) -> dict[str, object]:
        """What was sent and can be read, without what belongs to the page itself."""
        return {
            field.name: field.data
            for field in self
            if field.name not in ("version", "csrf_token") and not field.errors
        }


def section_form(section: Section, profile: Profile) -> type[SectionForm]:
    """The form of one part; what it brings asks for each criterion of the profile."""
    if section is not Section.BRINGS:
        return with_fields(SectionForm, {name: QUESTION_FIELDS[name] for name in FIELDS[section]})
    fields: dict[str, object] = {}
    for name in profile.criteria:
        fields[GAIN + name] = TextAreaField(_l("What it brings"), validators=[LONG])
        fields[EVIDENCE + name] = TextAreaField(_l("What shows it"), validators=[LONG])
    return with_fields(SectionForm, fields)


def files_form(files: list[CaseFile]) -> type[Form]:
    """Choose more files, and say of each that is there what it shows."""
    fields: dict[str, object] = {
        "files": papers_field(_l("Photos or PDF files")),
        "shows": StringField(
            _l("What do they show?"),
            description=_l(
                "A few words, for people who cannot see them. You can say it for each one afterwards."
            ),
            validators=[Optional(), FILE_SHOWS],
        ),
    }
    for file in files:
        fields[f"shows_{file.id}"] = StringField(
            _l("What %(name)s shows", name=file.name), validators=[MayWait(), FILE_SHOWS]
        )
    return with_fields(Form, fields)

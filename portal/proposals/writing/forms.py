"""The forms in which a group writes its proposal: one a part, nothing required, because a draft is saved as it is."""

from collections.abc import Collection
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional

from portal.areas.profile import Profile
from portal.proposals.boxes import LONG, MayWait, papers_field, with_fields
from portal.proposals.models import CaseFile
from portal.proposals.writing.sections import EVIDENCE, FIELDS, GAIN, Section
from portal.proposals.writing.words import QUESTIONS, USES
from portal.web import Form

MOST_MONTHS = 600
FILE_SHOWS = Length(max=300)

# How each question is asked: the kind of field, what is checked of an answer, and what helps to give it.
ASKED: dict[str, tuple[type[Field], list[Any], dict[str, Any]]] = {
    "title": (
        StringField,
        [Length(max=200)],
        {"description": _l("For example: A shared vegetable garden behind Mill Lane.")},
    ),
    "use_kind": (
        RadioField,
        [],
        {
            "description": _l("The one that fits best."),
            "choices": [SelectChoice(kind.value, words) for kind, words in USES.items()],
        },
    ),
    "use": (
        TextAreaField,
        [LONG],
        {
            "description": _l("What happens there, how often, and for whom."),
            "render_kw": {"rows": 7},
        },
    ),
    "timescale": (
        TextAreaField,
        [LONG],
        {"description": _l("For example: clear the ground in March, plant in April.")},
    ),
    "term_months": (
        IntegerField,
        [
            NumberRange(
                1,
                MOST_MONTHS,
                _l("Write a number of months: 1 or more, and not more than is possible here."),
            )
        ],
        {},
    ),
    "costs": (
        TextAreaField,
        [LONG],
        {
            "description": _l(
                "Money, gifts, work. Small and sure is better than large and hoped for."
            )
        },
    ),
    "insurance": (
        TextAreaField,
        [LONG],
        {
            "description": _l(
                "Your own, the holder's cover, or that of a body that stands behind you."
            )
        },
    ),
    "responsible": (
        TextAreaField,
        [LONG],
        {
            "description": _l(
                "Who looks after the place and can be reached. This becomes public: no private addresses."
            )
        },
    ),
    "backing": (
        TextAreaField,
        [LONG],
        {
            "description": _l(
                "Neighbours, schools, shops, other groups: who they are and what they promised."
            )
        },
    ),
    "safeguarding": (
        TextAreaField,
        [LONG],
        {
            "description": _l(
                "Who comes, who is with them, and who was checked. If only adults who look after themselves come, say that."
            )
        },
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


def section_form(section: Section, profile: Profile, needed: Collection[str]) -> type[SectionForm]:
    """The form of one part; what it brings asks for each criterion of the profile.

    `needed`: the answers without which a proposal cannot be lodged; the others are marked as open.
    """
    if section is not Section.BRINGS:
        asked = {name: _question(name, needed=name in needed) for name in FIELDS[section]}
        return with_fields(SectionForm, asked)
    fields: dict[str, object] = {}
    for name in profile.criteria:
        fields[GAIN + name] = TextAreaField(_l("What it brings"), validators=[LONG])
        fields[EVIDENCE + name] = TextAreaField(_l("What shows it"), validators=[LONG])
    return with_fields(SectionForm, fields)


def _question(name: str, *, needed: bool) -> Field:
    cls, checks, more = ASKED[name]
    return cls(QUESTIONS[name], validators=[MayWait() if needed else Optional(), *checks], **more)


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
